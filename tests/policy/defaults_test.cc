// Who may do what by default, as Neutron itself decides.
#include <gtest/gtest.h>

#include "policy/rules.h"
#include "policy/thing.h"

namespace tarn::policy {
namespace {

using namespace std::string_view_literals;

// Made by Debian's python3-neutron 21.0.0 and python3-oslo.policy 4.0.0: an oslo_policy.policy.Enforcer with
// neutron.conf.policies.list_rules() and Neutron's attribute maps, asked enforce(name, target, creds) for each of
// `personas()` (a group) and each of `targets()` (a letter).
struct Decisions {
  std::string_view name;
  std::string_view allowed;
};
constexpr Decisions decisions[] = {
    {"context_is_admin", "yyyyy ----- ----- ----- ----- -----"},
    {"owner", "----- y---y y---y y---y ----- -----"},
    {"admin_or_owner", "yyyyy y---y y---y y---y ----- -----"},
    {"context_is_advsvc", "----- ----- ----- ----- yyyyy -----"},
    {"admin_or_network_owner", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"admin_owner_or_network_owner", "yyyyy y--yy y--yy y--yy ----- -----"},
    {"network_owner", "----- ---y- ---y- ---y- ----- -----"},
    {"admin_only", "yyyyy ----- ----- ----- ----- -----"},
    {"regular_user", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"shared", "--y-- --y-- --y-- --y-- --y-- --y--"},
    {"default", "yyyyy y---y y---y y---y ----- -----"},
    {"admin_or_ext_parent_owner", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"ext_parent_owner", "----- ---y- ---y- ---y- ----- -----"},
    {"sg_owner", "----- ---y- ---y- ---y- ----- -----"},
    {"shared_address_groups", "--y-- --y-- --y-- --y-- --y-- --y--"},
    {"get_address_group", "yyyyy y-y-y y-y-y y-y-y --y-- --y--"},
    {"shared_address_scopes", "--y-- --y-- --y-- --y-- --y-- --y--"},
    {"create_address_scope", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_address_scope:shared", "yyyyy ----- ----- ----- ----- -----"},
    {"get_address_scope", "yyyyy y-y-y y-y-y y-y-y --y-- --y--"},
    {"update_address_scope", "yyyyy y---y y---y y---y ----- -----"},
    {"update_address_scope:shared", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_address_scope", "yyyyy y---y y---y y---y ----- -----"},
    {"get_agent", "yyyyy ----- ----- ----- ----- -----"},
    {"update_agent", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_agent", "yyyyy ----- ----- ----- ----- -----"},
    {"create_dhcp-network", "yyyyy ----- ----- ----- ----- -----"},
    {"get_dhcp-networks", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_dhcp-network", "yyyyy ----- ----- ----- ----- -----"},
    {"create_l3-router", "yyyyy ----- ----- ----- ----- -----"},
    {"get_l3-routers", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_l3-router", "yyyyy ----- ----- ----- ----- -----"},
    {"get_dhcp-agents", "yyyyy ----- ----- ----- ----- -----"},
    {"get_l3-agents", "yyyyy ----- ----- ----- ----- -----"},
    {"get_auto_allocated_topology", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_auto_allocated_topology", "yyyyy y---y y---y y---y ----- -----"},
    {"get_availability_zone", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_flavor", "yyyyy ----- ----- ----- ----- -----"},
    {"get_flavor", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"update_flavor", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_flavor", "yyyyy ----- ----- ----- ----- -----"},
    {"create_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"get_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"update_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"get_flavor_service_profile", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_flavor_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_flavor_service_profile", "yyyyy ----- ----- ----- ----- -----"},
    {"create_floatingip", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_floatingip:floating_ip_address", "yyyyy ----- ----- ----- ----- -----"},
    {"get_floatingip", "yyyyy y---y y---y y---y ----- -----"},
    {"update_floatingip", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_floatingip", "yyyyy y---y y---y y---y ----- -----"},
    {"get_floatingip_pool", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_floatingip_port_forwarding", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"get_floatingip_port_forwarding", "yyyyy y--yy y--yy ---y- ----- -----"},
    {"update_floatingip_port_forwarding", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"delete_floatingip_port_forwarding", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"create_router_conntrack_helper", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"get_router_conntrack_helper", "yyyyy y--yy y--yy ---y- ----- -----"},
    {"update_router_conntrack_helper", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"delete_router_conntrack_helper", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"create_local_ip", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"get_local_ip", "yyyyy y---y y---y y---y ----- -----"},
    {"update_local_ip", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_local_ip", "yyyyy y---y y---y y---y ----- -----"},
    {"create_local_ip_port_association", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"get_local_ip_port_association", "yyyyy y--yy y--yy ---y- ----- -----"},
    {"delete_local_ip_port_association", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"get_loggable_resource", "yyyyy ----- ----- ----- ----- -----"},
    {"create_log", "yyyyy ----- ----- ----- ----- -----"},
    {"get_log", "yyyyy ----- ----- ----- ----- -----"},
    {"update_log", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_log", "yyyyy ----- ----- ----- ----- -----"},
    {"create_metering_label", "yyyyy ----- ----- ----- ----- -----"},
    {"get_metering_label", "yyyyy y---y y---y ----- ----- -----"},
    {"delete_metering_label", "yyyyy ----- ----- ----- ----- -----"},
    {"create_metering_label_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_metering_label_rule", "yyyyy y---y y---y ----- ----- -----"},
    {"delete_metering_label_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"create_ndp_proxy", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"get_ndp_proxy", "yyyyy y---y y---y y---y ----- -----"},
    {"update_ndp_proxy", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_ndp_proxy", "yyyyy y---y y---y y---y ----- -----"},
    {"external", "--y-- --y-- --y-- --y-- --y-- --y--"},
    {"create_network", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_network:shared", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:router:external", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:is_default", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:port_security_enabled", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_network:segments", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:provider:network_type", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:provider:physical_network", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network:provider:segmentation_id", "yyyyy ----- ----- ----- ----- -----"},
    {"get_network", "yyyyy y-y-y y-y-y y-y-y yyyyy --y--"},
    {"get_network:router:external", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"get_network:segments", "yyyyy ----- ----- ----- ----- -----"},
    {"get_network:provider:network_type", "yyyyy ----- ----- ----- ----- -----"},
    {"get_network:provider:physical_network", "yyyyy ----- ----- ----- ----- -----"},
    {"get_network:provider:segmentation_id", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network", "yyyyy y---y y---y y---y ----- -----"},
    {"update_network:segments", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:shared", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:provider:network_type", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:provider:physical_network", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:provider:segmentation_id", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:router:external", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:is_default", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network:port_security_enabled", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_network", "yyyyy y---y y---y y---y ----- -----"},
    {"get_network_ip_availability", "yyyyy ----- ----- ----- ----- -----"},
    {"create_network_segment_range", "yyyyy ----- ----- ----- ----- -----"},
    {"get_network_segment_range", "yyyyy ----- ----- ----- ----- -----"},
    {"update_network_segment_range", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_network_segment_range", "yyyyy ----- ----- ----- ----- -----"},
    {"network_device", "-y-yy -y-yy -y-yy -y-yy -y-yy -y-yy"},
    {"admin_or_data_plane_int", "yyyyy ----- ----- ----- ----- yyyyy"},
    {"create_port", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_port:device_owner", "yyyyy y-yy- y-yy- y-yy- yyyyy y-y--"},
    {"create_port:mac_address", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"create_port:fixed_ips", "yyyyy --yy- --yy- --yy- yyyyy --y--"},
    {"create_port:fixed_ips:ip_address", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"create_port:fixed_ips:subnet_id", "yyyyy --yy- --yy- --yy- yyyyy --y--"},
    {"create_port:port_security_enabled", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"create_port:binding:host_id", "yyyyy ----- ----- ----- ----- -----"},
    {"create_port:binding:profile", "yyyyy ----- ----- ----- ----- -----"},
    {"create_port:binding:vnic_type", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_port:allowed_address_pairs", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"create_port:allowed_address_pairs:mac_address", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"create_port:allowed_address_pairs:ip_address", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"get_port", "yyyyy y--yy y--yy y--yy yyyyy -----"},
    {"get_port:binding:vif_type", "yyyyy ----- ----- ----- ----- -----"},
    {"get_port:binding:vif_details", "yyyyy ----- ----- ----- ----- -----"},
    {"get_port:binding:host_id", "yyyyy ----- ----- ----- ----- -----"},
    {"get_port:binding:profile", "yyyyy ----- ----- ----- ----- -----"},
    {"get_port:resource_request", "yyyyy ----- ----- ----- ----- -----"},
    {"update_port", "yyyyy y---y y---y y---y yyyyy -----"},
    {"update_port:device_owner", "yyyyy y-yy- y-yy- y-yy- yyyyy y-y--"},
    {"update_port:mac_address", "yyyyy ----- ----- ----- yyyyy -----"},
    {"update_port:fixed_ips", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"update_port:fixed_ips:ip_address", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"update_port:fixed_ips:subnet_id", "yyyyy --yy- --yy- --yy- yyyyy --y--"},
    {"update_port:port_security_enabled", "yyyyy ---y- ---y- ---y- yyyyy -----"},
    {"update_port:binding:host_id", "yyyyy ----- ----- ----- ----- -----"},
    {"update_port:binding:profile", "yyyyy ----- ----- ----- ----- -----"},
    {"update_port:binding:vnic_type", "yyyyy y---y y---y y---y yyyyy -----"},
    {"update_port:allowed_address_pairs", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"update_port:allowed_address_pairs:mac_address", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"update_port:allowed_address_pairs:ip_address", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"update_port:data_plane_status", "yyyyy ----- ----- ----- ----- yyyyy"},
    {"delete_port", "yyyyy y--yy y--yy y--yy yyyyy -----"},
    {"get_policy", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_policy", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy", "yyyyy ----- ----- ----- ----- -----"},
    {"get_rule_type", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"get_policy_bandwidth_limit_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_policy_bandwidth_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy_bandwidth_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy_bandwidth_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_policy_packet_rate_limit_rule", "yyyyy y---y y---y ----- ----- -----"},
    {"create_policy_packet_rate_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy_packet_rate_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy_packet_rate_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_policy_dscp_marking_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_policy_dscp_marking_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy_dscp_marking_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy_dscp_marking_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_policy_minimum_bandwidth_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_policy_minimum_bandwidth_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy_minimum_bandwidth_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy_minimum_bandwidth_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_policy_minimum_packet_rate_rule", "yyyyy y---y y---y ----- ----- -----"},
    {"create_policy_minimum_packet_rate_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"update_policy_minimum_packet_rate_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_policy_minimum_packet_rate_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_alias_bandwidth_limit_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"update_alias_bandwidth_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_alias_bandwidth_limit_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_alias_dscp_marking_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"update_alias_dscp_marking_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_alias_dscp_marking_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_alias_minimum_bandwidth_rule", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"update_alias_minimum_bandwidth_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_alias_minimum_bandwidth_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_alias_minimum_packet_rate_rule", "yyyyy y---y y---y ----- ----- -----"},
    {"update_alias_minimum_packet_rate_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_alias_minimum_packet_rate_rule", "yyyyy ----- ----- ----- ----- -----"},
    {"get_quota", "yyyyy ----- ----- ----- ----- -----"},
    {"update_quota", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_quota", "yyyyy ----- ----- ----- ----- -----"},
    {"restrict_wildcard", "yyyyy yy--- yy--- yy--- yy--- yy---"},
    {"create_rbac_policy", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_rbac_policy:target_tenant", "yyyyy yy--- yy--- yy--- yy--- yy---"},
    {"update_rbac_policy", "yyyyy y---y y---y y---y ----- -----"},
    {"update_rbac_policy:target_tenant", "yyyyy yy--- yy--- yy--- yy--- yy---"},
    {"get_rbac_policy", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_rbac_policy", "yyyyy y---y y---y y---y ----- -----"},
    {"create_router", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_router:distributed", "yyyyy ----- ----- ----- ----- -----"},
    {"create_router:ha", "yyyyy ----- ----- ----- ----- -----"},
    {"create_router:external_gateway_info", "yyyyy y---y y---y y---y ----- -----"},
    {"create_router:external_gateway_info:network_id", "yyyyy y---y y---y y---y ----- -----"},
    {"create_router:external_gateway_info:enable_snat", "yyyyy ----- ----- ----- ----- -----"},
    {"create_router:external_gateway_info:external_fixed_ips", "yyyyy ----- ----- ----- ----- -----"},
    {"get_router", "yyyyy y---y y---y y---y ----- -----"},
    {"get_router:distributed", "yyyyy ----- ----- ----- ----- -----"},
    {"get_router:ha", "yyyyy ----- ----- ----- ----- -----"},
    {"update_router", "yyyyy y---y y---y y---y ----- -----"},
    {"update_router:distributed", "yyyyy ----- ----- ----- ----- -----"},
    {"update_router:ha", "yyyyy ----- ----- ----- ----- -----"},
    {"update_router:external_gateway_info", "yyyyy y---y y---y y---y ----- -----"},
    {"update_router:external_gateway_info:network_id", "yyyyy y---y y---y y---y ----- -----"},
    {"update_router:external_gateway_info:enable_snat", "yyyyy ----- ----- ----- ----- -----"},
    {"update_router:external_gateway_info:external_fixed_ips", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_router", "yyyyy y---y y---y y---y ----- -----"},
    {"add_router_interface", "yyyyy y---y y---y y---y ----- -----"},
    {"remove_router_interface", "yyyyy y---y y---y y---y ----- -----"},
    {"add_extraroutes", "yyyyy y---y y---y y---y ----- -----"},
    {"remove_extraroutes", "yyyyy y---y y---y y---y ----- -----"},
    {"admin_or_sg_owner", "yyyyy ---y- ---y- ---y- ----- -----"},
    {"admin_owner_or_sg_owner", "yyyyy y--yy y--yy y--yy ----- -----"},
    {"create_security_group", "yyyyy y---y y---y y---y ----- -----"},
    {"get_security_group", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"update_security_group", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_security_group", "yyyyy y---y y---y y---y ----- -----"},
    {"create_security_group_rule", "yyyyy y---y y---y y---y ----- -----"},
    {"get_security_group_rule", "yyyyy y--yy y--yy y--yy ----- -----"},
    {"delete_security_group_rule", "yyyyy y---y y---y y---y ----- -----"},
    {"create_segment", "yyyyy ----- ----- ----- ----- -----"},
    {"get_segment", "yyyyy ----- ----- ----- ----- -----"},
    {"update_segment", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_segment", "yyyyy ----- ----- ----- ----- -----"},
    {"get_service_provider", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_subnet", "yyyyy ---y- ---y- ---y- ----- -----"},  // not as release 21: see docs/policy.md
    {"create_subnet:segment_id", "yyyyy ----- ----- ----- ----- -----"},
    {"create_subnet:service_types", "yyyyy ----- ----- ----- ----- -----"},
    {"get_subnet", "yyyyy y-y-y y-y-y y-y-y --y-- --y--"},
    {"get_subnet:segment_id", "yyyyy ----- ----- ----- ----- -----"},
    {"update_subnet", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"update_subnet:segment_id", "yyyyy ----- ----- ----- ----- -----"},
    {"update_subnet:service_types", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_subnet", "yyyyy y--yy ---y- ---y- ----- -----"},
    {"shared_subnetpools", "--y-- --y-- --y-- --y-- --y-- --y--"},
    {"create_subnetpool", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"create_subnetpool:shared", "yyyyy ----- ----- ----- ----- -----"},
    {"create_subnetpool:is_default", "yyyyy ----- ----- ----- ----- -----"},
    {"get_subnetpool", "yyyyy y-y-y y-y-y y-y-y --y-- --y--"},
    {"update_subnetpool", "yyyyy y---y y---y y---y ----- -----"},
    {"update_subnetpool:is_default", "yyyyy ----- ----- ----- ----- -----"},
    {"delete_subnetpool", "yyyyy y---y y---y y---y ----- -----"},
    {"onboard_network_subnets", "yyyyy y---y y---y y---y ----- -----"},
    {"add_prefixes", "yyyyy y---y y---y y---y ----- -----"},
    {"remove_prefixes", "yyyyy y---y y---y y---y ----- -----"},
    {"create_trunk", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"get_trunk", "yyyyy y---y y---y y---y ----- -----"},
    {"update_trunk", "yyyyy y---y y---y y---y ----- -----"},
    {"delete_trunk", "yyyyy y---y y---y y---y ----- -----"},
    {"get_subports", "yyyyy yyyyy yyyyy yyyyy yyyyy yyyyy"},
    {"add_subports", "yyyyy y---y y---y y---y ----- -----"},
    {"remove_subports", "yyyyy y---y y---y y---y ----- -----"},
};

Credentials persona(std::string_view project, std::vector<std::string> roles) {
  Credentials caller;
  caller.user_id = "u";
  caller.project_id = project;
  caller.roles = std::move(roles);
  return caller;
}

std::vector<Credentials> personas() {
  return {persona("p9", {"admin", "member", "reader"}),
          persona("p1", {"member", "reader"}),
          persona("p1", {"reader"}),
          persona("p1", {}),
          persona("p2", {"advsvc"}),
          persona("p2", {"data_plane_integrator"})};
}

Thing target(std::string_view owner, std::string_view parent, bool shared, std::string_view device,
             std::string_view to) {
  return Thing({{"project_id", owner},
                {"tenant_id", owner},
                {"shared", shared},
                {"router:external", shared},
                {"network:tenant_id", parent},
                {"ext_parent:tenant_id", parent},
                {"security_group:tenant_id", parent},
                {"device_owner", device},
                {"target_tenant", to},
                {"target_project", to}});
}

std::vector<Thing> targets() {
  return {target("p1", "p3", false, "compute:nova", "p4"), target("p3", "p3", false, "network:dhcp", "p4"),
          target("p3", "p3", true, "compute:nova", "*"), target("p3", "p1", false, "network:dhcp", "*"),
          target("p1", "p3", false, "network:dhcp", "*")};
}

std::string decided(const Rules& rules, std::string_view name) {
  if (!rules.has(name)) return "no such rule";
  std::string allowed;
  for (const Credentials& caller : personas()) {
    if (!allowed.empty()) allowed += ' ';
    for (const Thing& thing : targets()) allowed += rules.allows(name, caller, thing) ? 'y' : '-';
  }
  return allowed;
}

// Read off neutron_dynamic_routing.policies; those of bgp-dragents and bgp-drinstances have other names there.
constexpr std::string_view of_dynamic_routing[] = {
    "create_bgp_speaker",   "get_bgp_speaker",        "update_bgp_speaker",    "delete_bgp_speaker",
    "add_bgp_peer",         "remove_bgp_peer",        "create_bgp_peer",       "get_bgp_peer",
    "update_bgp_peer",      "delete_bgp_peer",        "add_gateway_network",   "get_bgp-dragents",
    "get_bgp-drinstances",  "remove_gateway_network", "get_advertised_routes", "create_bgp-drinstance",
    "delete_bgp-drinstance"};

TEST(PolicyDefaults, DecideAsNeutronDoes) {
  const Rules rules = Rules::defaults();
  for (const Decisions& row : decisions) EXPECT_EQ(decided(rules, row.name), row.allowed) << row.name;
  constexpr std::size_t of_later_releases = 1 + 7 + 5 + 12;             // service_api, those below, port bindings, taps
  constexpr std::size_t of_others = std::size(of_dynamic_routing) + 1;  // adopt_rows, ours
  EXPECT_EQ(default_rules().size(), std::size(decisions) + of_later_releases + of_others);
}

TEST(PolicyDefaults, LeaveBgpToAdministrators) {
  const Rules rules = Rules::defaults();
  for (const std::string_view name : of_dynamic_routing)
    EXPECT_EQ(decided(rules, name), decided(rules, "admin_only")) << name;
}

// Read off neutron_taas.policies, whose rules of mirrors had no words before the roles member and reader.
TEST(PolicyDefaults, LeaveTapsToTheirProject) {
  static constexpr Decisions of_taps[] = {
      {"create_tap_service", "yyyyy y---y y---y y---y ----- -----"},
      {"update_tap_service", "yyyyy y---y y---y y---y ----- -----"},
      {"get_tap_service", "yyyyy y---y y---y y---y ----- -----"},
      {"delete_tap_service", "yyyyy y---y y---y y---y ----- -----"},
      {"create_tap_flow", "yyyyy y---y y---y y---y ----- -----"},
      {"update_tap_flow", "yyyyy y---y y---y y---y ----- -----"},
      {"get_tap_flow", "yyyyy y---y y---y y---y ----- -----"},
      {"delete_tap_flow", "yyyyy y---y y---y y---y ----- -----"},
      {"create_tap_mirror", "yyyyy y---y ----- ----- ----- -----"},
      {"update_tap_mirror", "yyyyy y---y ----- ----- ----- -----"},
      {"get_tap_mirror", "yyyyy y---y y---y ----- ----- -----"},
      {"delete_tap_mirror", "yyyyy y---y ----- ----- ----- -----"},
  };
  const Rules rules = Rules::defaults();
  for (const Decisions& row : of_taps) EXPECT_EQ(decided(rules, row.name), row.allowed) << row.name;
}

TEST(PolicyDefaults, LetAnAdministratorDoEverything) {
  const Rules rules = Rules::defaults();
  for (const DefaultRule& row : default_rules()) {
    const bool is_action = row.name.starts_with("create_") || row.name.starts_with("get_") ||
                           row.name.starts_with("update_") || row.name.starts_with("delete_");
    EXPECT_TRUE(!is_action || rules.allows(row.name, persona("p9", {"admin"}), Thing())) << row.name;
  }
}

// What later releases say of what new security groups start with.
TEST(PolicyDefaults, LeaveTheStartOfSecurityGroupsToAdministrators) {
  const Rules rules = Rules::defaults();
  const Thing none;
  const Thing own = target("p1", "p1", false, "", "");
  const std::string statefulness = "_security_groups_default_statefulness";
  for (const char* verb : {"create", "delete"})
    EXPECT_FALSE(rules.allows(verb + std::string("_default_security_group_rule"), persona("p1", {"manager"}), none));
  EXPECT_TRUE(rules.allows("get_default_security_group_rule", persona("p1", {"reader"}), none));
  for (const char* verb : {"create", "update", "delete"}) {
    EXPECT_TRUE(rules.allows(verb + statefulness, persona("p1", {"manager"}), own)) << verb;
    EXPECT_FALSE(rules.allows(verb + statefulness, persona("p1", {"member", "reader"}), own)) << verb;
    EXPECT_FALSE(rules.allows(verb + statefulness, persona("p1", {"manager"}), target("", "", false, "", ""))) << verb;
  }
  EXPECT_TRUE(rules.allows("get" + statefulness, persona("p1", {"reader"}), own));
  EXPECT_FALSE(rules.allows("get" + statefulness, persona("p2", {"reader"}), own));
}

// What Neutron's later releases let Nova do with a token of the role service.
TEST(PolicyDefaults, LetAServiceBindPorts) {
  const Rules rules = Rules::defaults();
  const Credentials service = persona("services", {"service"});
  const Thing port = target("p1", "p3", false, "compute:nova", "p4");
  for (const char* rule :
       {"get_port", "update_port", "delete_port", "create_port:binding:host_id", "update_port:binding:host_id",
        "update_port:binding:profile", "get_port:binding:vif_type", "get_network", "update_port:mac_address"}) {
    EXPECT_TRUE(rules.allows(rule, service, port)) << rule;
  }
  for (const char* rule : {"delete_network", "update_network", "get_agent", "delete_router"}) {
    EXPECT_FALSE(rules.allows(rule, service, port)) << rule;
  }
}

}  // namespace
}  // namespace tarn::policy
