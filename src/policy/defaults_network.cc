#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// Networks, subnets, subnet pools, address scopes and segments. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"external", "field:networks:router:external=True"},
    {"create_network", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_network:shared", "rule:admin_only"},
    {"create_network:router:external", "rule:admin_only"},
    {"create_network:is_default", "rule:admin_only"},
    {"create_network:port_security_enabled", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:regular_user"},
    {"create_network:segments", "rule:admin_only"},
    {"create_network:provider:network_type", "rule:admin_only"},
    {"create_network:provider:physical_network", "rule:admin_only"},
    {"create_network:provider:segmentation_id", "rule:admin_only"},
    {"get_network",
     "rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared or rule:external or "
     "rule:context_is_advsvc or rule:service_api",
     "rule:admin_or_owner or rule:shared or rule:external or rule:context_is_advsvc"},
    {"get_network:router:external", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"get_network:segments", "rule:admin_only"},
    {"get_network:provider:network_type", "rule:admin_only"},
    {"get_network:provider:physical_network", "rule:admin_only"},
    {"get_network:provider:segmentation_id", "rule:admin_only"},
    {"update_network", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_network:segments", "rule:admin_only"},
    {"update_network:shared", "rule:admin_only"},
    {"update_network:provider:network_type", "rule:admin_only"},
    {"update_network:provider:physical_network", "rule:admin_only"},
    {"update_network:provider:segmentation_id", "rule:admin_only"},
    {"update_network:router:external", "rule:admin_only"},
    {"update_network:is_default", "rule:admin_only"},
    {"update_network:port_security_enabled", "rule:admin_only or role:member and project_id:%(project_id)s",
     "rule:admin_or_owner"},
    {"delete_network", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    // Release 21 lets every member make subnets on networks that are shared with him; later ones do not, nor do we.
    {"create_subnet", "rule:admin_only or role:member and rule:network_owner", "rule:admin_or_network_owner"},
    {"create_subnet:segment_id", "rule:admin_only"},
    {"create_subnet:service_types", "rule:admin_only"},
    {"get_subnet", "rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared",
     "rule:admin_or_owner or rule:shared"},
    {"get_subnet:segment_id", "rule:admin_only"},
    {"update_subnet", "rule:admin_only or role:member and project_id:%(project_id)s or rule:network_owner",
     "rule:admin_or_network_owner"},
    {"update_subnet:segment_id", "rule:admin_only"},
    {"update_subnet:service_types", "rule:admin_only"},
    {"delete_subnet", "rule:admin_only or role:member and project_id:%(project_id)s or rule:network_owner",
     "rule:admin_or_network_owner"},
    {"shared_subnetpools", "field:subnetpools:shared=True"},
    {"create_subnetpool", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_subnetpool:shared", "rule:admin_only"},
    {"create_subnetpool:is_default", "rule:admin_only"},
    {"get_subnetpool", "rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_subnetpools",
     "rule:admin_or_owner or rule:shared_subnetpools"},
    {"update_subnetpool", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_subnetpool:is_default", "rule:admin_only"},
    {"delete_subnetpool", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"onboard_network_subnets", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"add_prefixes", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"remove_prefixes", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"shared_address_scopes", "field:address_scopes:shared=True"},
    {"create_address_scope", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_address_scope:shared", "rule:admin_only"},
    {"get_address_scope", "rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_address_scopes",
     "rule:admin_or_owner or rule:shared_address_scopes"},
    {"update_address_scope", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_address_scope:shared", "rule:admin_only"},
    {"delete_address_scope", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"create_segment", "rule:admin_only"},
    {"get_segment", "rule:admin_only"},
    {"update_segment", "rule:admin_only"},
    {"delete_segment", "rule:admin_only"},
    {"get_network_ip_availability", "rule:admin_only"},
    {"create_network_segment_range", "rule:admin_only"},
    {"get_network_segment_range", "rule:admin_only"},
    {"update_network_segment_range", "rule:admin_only"},
    {"delete_network_segment_range", "rule:admin_only"},
    {"get_auto_allocated_topology", "role:reader and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"delete_auto_allocated_topology", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
};

}  // namespace

std::span<const DefaultRule> network_defaults() {
  return rows;
}

}  // namespace tarn::policy
