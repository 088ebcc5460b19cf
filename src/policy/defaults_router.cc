#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// Routers, floating addresses and what is forwarded to them. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"create_router", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_router:distributed", "rule:admin_only"},
    {"create_router:ha", "rule:admin_only"},
    {"create_router:external_gateway_info", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:admin_or_owner"},
    {"create_router:external_gateway_info:network_id", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:admin_or_owner"},
    {"create_router:external_gateway_info:enable_snat", "rule:admin_only"},
    {"create_router:external_gateway_info:external_fixed_ips", "rule:admin_only"},
    {"get_router", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"get_router:distributed", "rule:admin_only"},
    {"get_router:ha", "rule:admin_only"},
    {"update_router", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_router:distributed", "rule:admin_only"},
    {"update_router:ha", "rule:admin_only"},
    {"update_router:external_gateway_info", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:admin_or_owner"},
    {"update_router:external_gateway_info:network_id", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:admin_or_owner"},
    {"update_router:external_gateway_info:enable_snat", "rule:admin_only"},
    {"update_router:external_gateway_info:external_fixed_ips", "rule:admin_only"},
    {"delete_router", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"add_router_interface", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"remove_router_interface", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"add_extraroutes", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"remove_extraroutes", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"create_floatingip", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_floatingip:floating_ip_address", "rule:admin_only"},
    {"get_floatingip", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_floatingip", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"delete_floatingip", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"create_floatingip_port_forwarding", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"get_floatingip_port_forwarding", "role:reader and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"update_floatingip_port_forwarding", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"delete_floatingip_port_forwarding", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"get_floatingip_pool", "role:reader and project_id:%(project_id)s", "rule:regular_user"},
    {"create_router_conntrack_helper", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"get_router_conntrack_helper", "role:reader and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"update_router_conntrack_helper", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"delete_router_conntrack_helper", "role:member and project_id:%(project_id)s or rule:ext_parent_owner",
     "rule:admin_or_ext_parent_owner"},
    {"create_ndp_proxy", "role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"get_ndp_proxy", "role:reader and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_ndp_proxy", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"delete_ndp_proxy", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
};

}  // namespace

std::span<const DefaultRule> router_defaults() {
  return rows;
}

}  // namespace tarn::policy
