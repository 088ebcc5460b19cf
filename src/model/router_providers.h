// Who provides routers, by the names and the drivers that Neutron has for its kinds of routers, because flavors of
// today's clouds name those. Here they differ in what `distributed` is at
// first, and all are highly available.
#pragma once

#include <string_view>

namespace tarn::model {

struct RouterProvider {
  std::string_view name;
  std::string_view driver;  // of a service profile
};

inline constexpr RouterProvider router_providers[] = {
    {"dvrha", "neutron.services.l3_router.service_providers.dvrha.DvrHaDriver"},
    {"dvr", "neutron.services.l3_router.service_providers.dvr.DvrDriver"},
    {"ha", "neutron.services.l3_router.service_providers.ha.HaDriver"},
    {"single_node", "neutron.services.l3_router.service_providers.single_node.SingleNodeDriver"},
};

}  // namespace tarn::model
