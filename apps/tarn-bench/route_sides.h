// A host with a thousand networks, an instance's port in each, and routers on them, one to a network: ours, and OVN's.
#pragma once

#include "change_trial.h"

namespace tarn::bench {

class RouteSide : public ChangeSide {
 public:
  // The same route on each router at once; and no longer.
  virtual Status add_everywhere() = 0;
  virtual Status remove_everywhere() = 0;
};

// Errors: which part did not start.
Result<std::unique_ptr<RouteSide>> raise_own_routes(const Settings& settings);
Result<std::unique_ptr<RouteSide>> raise_ovn_routes();

}  // namespace tarn::bench
