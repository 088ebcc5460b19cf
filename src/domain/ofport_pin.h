// The OpenFlow port number of an interface, held fast through `ofport_request` so that a restarted switch does not
// renumber what flows match on. The row belongs to who plugged it: Tarn writes two columns of it and clears these two
// when the pin goes; it never makes or removes the row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reconcile/domain.h"

namespace tarn::domain {

struct OfportPin {
  using Key = std::string;  // the interface's name

  static constexpr std::string_view mark = "tarn-ofport";  // key of Interface.external_ids

  struct Spec {
    std::uint32_t ofport = 0;  // 1 to 65279, ovs-vswitchd.conf.db(5), Interface: "ofport_request"

    bool operator==(const Spec&) const = default;
  };
  // Seen only where a request or our mark is written; other interfaces are not in the table.
  struct Seen {
    std::optional<std::int64_t> requested;
    std::optional<std::string> recorded;  // our mark's value; absent: somebody else's request

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "ofport pin";
  static reconcile::Ownership ownership(const Key&, const Seen& have) {
    return have.recorded.has_value() ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  static reconcile::Drift drift(const Spec& want, const Seen& have);
  static std::uint64_t group(const Key& key, const Spec&);
  static std::uint64_t group(const Key& key, const Seen&);
};

}  // namespace tarn::domain
