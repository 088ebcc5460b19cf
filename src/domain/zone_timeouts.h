// How long the switch's connection tracking remembers in a zone, where its own defaults are too short: a row CT_Zone of
// the userspace datapath ("netdev") with a policy of its own. The zone is the local number of a network or gateway. A
// zone's row without our mark is somebody else's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "reconcile/domain.h"

namespace tarn::domain {

struct ZoneTimeouts {
  using Key = std::uint32_t;  // the zone, 1 to 65535

  static constexpr std::string_view unit_mark = "tarn-unit";  // key of CT_Zone.external_ids

  // ovs-vswitchd.conf.db(5), CT_Timeout_Policy: what for → seconds.
  using Seconds = std::map<std::string, std::int64_t>;

  struct Spec {
    Seconds seconds;
    std::string unit;  // whose row this is; not empty

    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    Seconds seconds;
    std::optional<std::string> unit;  // absent: no mark, a foreign row

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "zone timeouts";
  static reconcile::Ownership ownership(const Key&, const Seen& have) {
    return have.unit.has_value() ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return want.seconds == have.seconds && have.unit == want.unit ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static std::uint64_t group(const Key& key, const Spec&) { return key; }
  static std::uint64_t group(const Key& key, const Seen&) { return key; }
};

static_assert(reconcile::Domain<ZoneTimeouts>);

}  // namespace tarn::domain
