// Who provides routers, by the names and the drivers that Neutron has for its kinds of routers, because flavors of
// today's clouds name those. They differ in what `distributed` and `ha` of their routers may be; only the first of
// these makes a difference.
#pragma once

#include <string_view>

namespace tarn::model {

struct RouterProvider {
  std::string_view name;
  std::string_view driver;  // of a service profile
  bool distributed = false;
  bool ha = false;
};

inline constexpr RouterProvider router_providers[] = {
    {"dvrha", "neutron.services.l3_router.service_providers.dvrha.DvrHaDriver", true, true},
    {"dvr", "neutron.services.l3_router.service_providers.dvr.DvrDriver", true, false},
    {"ha", "neutron.services.l3_router.service_providers.ha.HaDriver", false, true},
    {"single_node", "neutron.services.l3_router.service_providers.single_node.SingleNodeDriver", false, false},
};

}  // namespace tarn::model
