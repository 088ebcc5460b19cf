// A bridge of Open vSwitch, known by its name. Any bridge of that name fulfils the wish, whoever made it: workloads of
// others hang on it. So a bridge is made when absent and afterwards never changed and never removed by us; what differs
// is told to the operator (remarks).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconcile/domain.h"

namespace tarn::domain {

struct Bridge {
  using Key = std::string;

  static constexpr std::string_view userspace = "netdev";  // the datapath's type where that is ovs-vswitchd itself

  struct Spec {
    std::string datapath_type;  // "system" or "netdev"; empty is "system"
    // Said in the creating transaction only: a later write, without a controller, costs the bridge all its flows.
    std::string fail_mode = "secure";

    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    std::string datapath_type;
    std::string fail_mode;
    std::string datapath_id;  // empty until ovs-vswitchd has made the bridge
    bool has_controller = false;
    bool made_by_us = false;

    bool operator==(const Seen&) const = default;
  };

  static constexpr std::string_view name = "bridge";
  static constexpr bool shares_foreign = true;
  static reconcile::Ownership ownership(const Key&, const Seen&) { return reconcile::Ownership::foreign; }
  static reconcile::Drift drift(const Spec&, const Seen&) { return reconcile::Drift::none; }
  static std::uint64_t group(const Key& key, const Spec&);
  static std::uint64_t group(const Key& key, const Seen&);

  // What an operator should know of a bridge that serves us but is not as we would have made it. Empty: nothing.
  static std::vector<std::string> remarks(const Key& key, const Spec& want, const Seen& have);
};

}  // namespace tarn::domain
