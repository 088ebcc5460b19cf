// A port of a bridge that Tarn makes (tunnel, patch, internal), or that it makes of a device of the host: a Port row
// and its one Interface row, both of the key's name. Ours is marked on the Port row; ports plugged by a hypervisor
// carry no mark and are foreign (see ofport_pin.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "reconcile/domain.h"

namespace tarn::domain {

struct SwitchPort {
  using Key = std::string;  // at most name_bytes_max bytes

  // Linux's IFNAMSIZ without its closing zero: the datapath makes a device of that name for some types.
  static constexpr std::size_t name_bytes_max = 15;
  // Keys of Port.external_ids.
  static constexpr std::string_view unit_mark = "tarn-unit";
  static constexpr std::string_view hash_mark = "tarn-hash";

  enum class Type : std::uint8_t { vxlan, geneve, gre, ip6gre, erspan, ip6erspan, patch, internal, system };

  struct Spec {
    std::string bridge;
    Type type = Type::internal;
    std::map<std::string, std::string> options;   // ovs-vswitchd.conf.db(5), Interface: "options"
    std::string unit;                             // whose port this is; not empty
    std::map<std::string, std::string> bfd = {};  // the same page, Interface: "bfd"; empty: nobody is watched by it

    bool operator==(const Spec&) const = default;
    [[nodiscard]] std::string hash() const;  // 16 hexadecimal digits of the content
  };
  struct Seen {
    std::string bridge;
    std::string type;
    std::map<std::string, std::string> options;
    std::map<std::string, std::string> bfd;
    std::optional<std::string> unit;  // absent: no mark, a foreign port
    std::string hash;
    std::optional<std::int64_t> ofport;  // absent until ovs-vswitchd has chosen; -1: it could not make the port
    std::string error;                   // its words for that

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "switch port";
  static reconcile::Ownership ownership(const Key&, const Seen& have) {
    return have.unit.has_value() ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  static reconcile::Drift drift(const Spec& want, const Seen& have);
  static std::uint64_t group(const Key& key, const Spec& want);
  static std::uint64_t group(const Key& key, const Seen& have);
};

std::string_view text_of(SwitchPort::Type type);  // as Interface.type has it

}  // namespace tarn::domain
