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
    {"context_is_admin", "yyyy ---- ---- ---- ---- ----"},
    {"owner", "---- y--- y--- y--- ---- ----"},
    {"admin_or_owner", "yyyy y--- y--- y--- ---- ----"},
    {"context_is_advsvc", "---- ---- ---- ---- yyyy ----"},
    {"admin_or_network_owner", "yyyy ---y ---y ---y ---- ----"},
    {"admin_owner_or_network_owner", "yyyy y--y y--y y--y ---- ----"},
    {"network_owner", "---- ---y ---y ---y ---- ----"},
    {"admin_only", "yyyy ---- ---- ---- ---- ----"},
    {"regular_user", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"shared", "--y- --y- --y- --y- --y- --y-"},
    {"default", "yyyy y--- y--- y--- ---- ----"},
    {"admin_or_ext_parent_owner", "yyyy ---y ---y ---y ---- ----"},
    {"ext_parent_owner", "---- ---y ---y ---y ---- ----"},
    {"sg_owner", "---- ---y ---y ---y ---- ----"},
    {"shared_address_groups", "--y- --y- --y- --y- --y- --y-"},
    {"get_address_group", "yyyy y-y- y-y- y-y- --y- --y-"},
    {"shared_address_scopes", "--y- --y- --y- --y- --y- --y-"},
    {"create_address_scope", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_address_scope:shared", "yyyy ---- ---- ---- ---- ----"},
    {"get_address_scope", "yyyy y-y- y-y- y-y- --y- --y-"},
    {"update_address_scope", "yyyy y--- y--- y--- ---- ----"},
    {"update_address_scope:shared", "yyyy ---- ---- ---- ---- ----"},
    {"delete_address_scope", "yyyy y--- y--- y--- ---- ----"},
    {"get_agent", "yyyy ---- ---- ---- ---- ----"},
    {"update_agent", "yyyy ---- ---- ---- ---- ----"},
    {"delete_agent", "yyyy ---- ---- ---- ---- ----"},
    {"create_dhcp-network", "yyyy ---- ---- ---- ---- ----"},
    {"get_dhcp-networks", "yyyy ---- ---- ---- ---- ----"},
    {"delete_dhcp-network", "yyyy ---- ---- ---- ---- ----"},
    {"create_l3-router", "yyyy ---- ---- ---- ---- ----"},
    {"get_l3-routers", "yyyy ---- ---- ---- ---- ----"},
    {"delete_l3-router", "yyyy ---- ---- ---- ---- ----"},
    {"get_dhcp-agents", "yyyy ---- ---- ---- ---- ----"},
    {"get_l3-agents", "yyyy ---- ---- ---- ---- ----"},
    {"get_auto_allocated_topology", "yyyy y--- y--- y--- ---- ----"},
    {"delete_auto_allocated_topology", "yyyy y--- y--- y--- ---- ----"},
    {"get_availability_zone", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_flavor", "yyyy ---- ---- ---- ---- ----"},
    {"get_flavor", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"update_flavor", "yyyy ---- ---- ---- ---- ----"},
    {"delete_flavor", "yyyy ---- ---- ---- ---- ----"},
    {"create_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"get_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"update_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"delete_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"get_flavor_service_profile", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_flavor_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"delete_flavor_service_profile", "yyyy ---- ---- ---- ---- ----"},
    {"create_floatingip", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_floatingip:floating_ip_address", "yyyy ---- ---- ---- ---- ----"},
    {"get_floatingip", "yyyy y--- y--- y--- ---- ----"},
    {"update_floatingip", "yyyy y--- y--- y--- ---- ----"},
    {"delete_floatingip", "yyyy y--- y--- y--- ---- ----"},
    {"get_floatingip_pool", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_floatingip_port_forwarding", "yyyy y--y ---y ---y ---- ----"},
    {"get_floatingip_port_forwarding", "yyyy y--y y--y ---y ---- ----"},
    {"update_floatingip_port_forwarding", "yyyy y--y ---y ---y ---- ----"},
    {"delete_floatingip_port_forwarding", "yyyy y--y ---y ---y ---- ----"},
    {"create_router_conntrack_helper", "yyyy y--y ---y ---y ---- ----"},
    {"get_router_conntrack_helper", "yyyy y--y y--y ---y ---- ----"},
    {"update_router_conntrack_helper", "yyyy y--y ---y ---y ---- ----"},
    {"delete_router_conntrack_helper", "yyyy y--y ---y ---y ---- ----"},
    {"create_local_ip", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"get_local_ip", "yyyy y--- y--- y--- ---- ----"},
    {"update_local_ip", "yyyy y--- y--- y--- ---- ----"},
    {"delete_local_ip", "yyyy y--- y--- y--- ---- ----"},
    {"create_local_ip_port_association", "yyyy y--y ---y ---y ---- ----"},
    {"get_local_ip_port_association", "yyyy y--y y--y ---y ---- ----"},
    {"delete_local_ip_port_association", "yyyy y--y ---y ---y ---- ----"},
    {"get_loggable_resource", "yyyy ---- ---- ---- ---- ----"},
    {"create_log", "yyyy ---- ---- ---- ---- ----"},
    {"get_log", "yyyy ---- ---- ---- ---- ----"},
    {"update_log", "yyyy ---- ---- ---- ---- ----"},
    {"delete_log", "yyyy ---- ---- ---- ---- ----"},
    {"create_metering_label", "yyyy ---- ---- ---- ---- ----"},
    {"get_metering_label", "yyyy y--- y--- ---- ---- ----"},
    {"delete_metering_label", "yyyy ---- ---- ---- ---- ----"},
    {"create_metering_label_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_metering_label_rule", "yyyy y--- y--- ---- ---- ----"},
    {"delete_metering_label_rule", "yyyy ---- ---- ---- ---- ----"},
    {"create_ndp_proxy", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"get_ndp_proxy", "yyyy y--- y--- y--- ---- ----"},
    {"update_ndp_proxy", "yyyy y--- y--- y--- ---- ----"},
    {"delete_ndp_proxy", "yyyy y--- y--- y--- ---- ----"},
    {"external", "--y- --y- --y- --y- --y- --y-"},
    {"create_network", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_network:shared", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:router:external", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:is_default", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:port_security_enabled", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_network:segments", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:provider:network_type", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:provider:physical_network", "yyyy ---- ---- ---- ---- ----"},
    {"create_network:provider:segmentation_id", "yyyy ---- ---- ---- ---- ----"},
    {"get_network", "yyyy y-y- y-y- y-y- yyyy --y-"},
    {"get_network:router:external", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"get_network:segments", "yyyy ---- ---- ---- ---- ----"},
    {"get_network:provider:network_type", "yyyy ---- ---- ---- ---- ----"},
    {"get_network:provider:physical_network", "yyyy ---- ---- ---- ---- ----"},
    {"get_network:provider:segmentation_id", "yyyy ---- ---- ---- ---- ----"},
    {"update_network", "yyyy y--- y--- y--- ---- ----"},
    {"update_network:segments", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:shared", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:provider:network_type", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:provider:physical_network", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:provider:segmentation_id", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:router:external", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:is_default", "yyyy ---- ---- ---- ---- ----"},
    {"update_network:port_security_enabled", "yyyy y--- y--- y--- ---- ----"},
    {"delete_network", "yyyy y--- y--- y--- ---- ----"},
    {"get_network_ip_availability", "yyyy ---- ---- ---- ---- ----"},
    {"create_network_segment_range", "yyyy ---- ---- ---- ---- ----"},
    {"get_network_segment_range", "yyyy ---- ---- ---- ---- ----"},
    {"update_network_segment_range", "yyyy ---- ---- ---- ---- ----"},
    {"delete_network_segment_range", "yyyy ---- ---- ---- ---- ----"},
    {"network_device", "-y-y -y-y -y-y -y-y -y-y -y-y"},
    {"admin_or_data_plane_int", "yyyy ---- ---- ---- ---- yyyy"},
    {"create_port", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_port:device_owner", "yyyy y-yy y-yy y-yy yyyy y-y-"},
    {"create_port:mac_address", "yyyy ---y ---y ---y yyyy ----"},
    {"create_port:fixed_ips", "yyyy --yy --yy --yy yyyy --y-"},
    {"create_port:fixed_ips:ip_address", "yyyy ---y ---y ---y yyyy ----"},
    {"create_port:fixed_ips:subnet_id", "yyyy --yy --yy --yy yyyy --y-"},
    {"create_port:port_security_enabled", "yyyy ---y ---y ---y yyyy ----"},
    {"create_port:binding:host_id", "yyyy ---- ---- ---- ---- ----"},
    {"create_port:binding:profile", "yyyy ---- ---- ---- ---- ----"},
    {"create_port:binding:vnic_type", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_port:allowed_address_pairs", "yyyy ---y ---y ---y ---- ----"},
    {"create_port:allowed_address_pairs:mac_address", "yyyy ---y ---y ---y ---- ----"},
    {"create_port:allowed_address_pairs:ip_address", "yyyy ---y ---y ---y ---- ----"},
    {"get_port", "yyyy y--y y--y y--y yyyy ----"},
    {"get_port:binding:vif_type", "yyyy ---- ---- ---- ---- ----"},
    {"get_port:binding:vif_details", "yyyy ---- ---- ---- ---- ----"},
    {"get_port:binding:host_id", "yyyy ---- ---- ---- ---- ----"},
    {"get_port:binding:profile", "yyyy ---- ---- ---- ---- ----"},
    {"get_port:resource_request", "yyyy ---- ---- ---- ---- ----"},
    {"update_port", "yyyy y--- y--- y--- yyyy ----"},
    {"update_port:device_owner", "yyyy y-yy y-yy y-yy yyyy y-y-"},
    {"update_port:mac_address", "yyyy ---- ---- ---- yyyy ----"},
    {"update_port:fixed_ips", "yyyy ---y ---y ---y yyyy ----"},
    {"update_port:fixed_ips:ip_address", "yyyy ---y ---y ---y yyyy ----"},
    {"update_port:fixed_ips:subnet_id", "yyyy --yy --yy --yy yyyy --y-"},
    {"update_port:port_security_enabled", "yyyy ---y ---y ---y yyyy ----"},
    {"update_port:binding:host_id", "yyyy ---- ---- ---- ---- ----"},
    {"update_port:binding:profile", "yyyy ---- ---- ---- ---- ----"},
    {"update_port:binding:vnic_type", "yyyy y--- y--- y--- yyyy ----"},
    {"update_port:allowed_address_pairs", "yyyy ---y ---y ---y ---- ----"},
    {"update_port:allowed_address_pairs:mac_address", "yyyy ---y ---y ---y ---- ----"},
    {"update_port:allowed_address_pairs:ip_address", "yyyy ---y ---y ---y ---- ----"},
    {"update_port:data_plane_status", "yyyy ---- ---- ---- ---- yyyy"},
    {"delete_port", "yyyy y--y y--y y--y yyyy ----"},
    {"get_policy", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_policy", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy", "yyyy ---- ---- ---- ---- ----"},
    {"get_rule_type", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"get_policy_bandwidth_limit_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_policy_bandwidth_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy_bandwidth_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy_bandwidth_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_policy_packet_rate_limit_rule", "yyyy y--- y--- ---- ---- ----"},
    {"create_policy_packet_rate_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy_packet_rate_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy_packet_rate_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_policy_dscp_marking_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_policy_dscp_marking_rule", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy_dscp_marking_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy_dscp_marking_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_policy_minimum_bandwidth_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_policy_minimum_bandwidth_rule", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy_minimum_bandwidth_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy_minimum_bandwidth_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_policy_minimum_packet_rate_rule", "yyyy y--- y--- ---- ---- ----"},
    {"create_policy_minimum_packet_rate_rule", "yyyy ---- ---- ---- ---- ----"},
    {"update_policy_minimum_packet_rate_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_policy_minimum_packet_rate_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_alias_bandwidth_limit_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"update_alias_bandwidth_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_alias_bandwidth_limit_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_alias_dscp_marking_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"update_alias_dscp_marking_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_alias_dscp_marking_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_alias_minimum_bandwidth_rule", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"update_alias_minimum_bandwidth_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_alias_minimum_bandwidth_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_alias_minimum_packet_rate_rule", "yyyy y--- y--- ---- ---- ----"},
    {"update_alias_minimum_packet_rate_rule", "yyyy ---- ---- ---- ---- ----"},
    {"delete_alias_minimum_packet_rate_rule", "yyyy ---- ---- ---- ---- ----"},
    {"get_quota", "yyyy ---- ---- ---- ---- ----"},
    {"update_quota", "yyyy ---- ---- ---- ---- ----"},
    {"delete_quota", "yyyy ---- ---- ---- ---- ----"},
    {"restrict_wildcard", "yyyy yy-- yy-- yy-- yy-- yy--"},
    {"create_rbac_policy", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_rbac_policy:target_tenant", "yyyy yy-- yy-- yy-- yy-- yy--"},
    {"update_rbac_policy", "yyyy y--- y--- y--- ---- ----"},
    {"update_rbac_policy:target_tenant", "yyyy yy-- yy-- yy-- yy-- yy--"},
    {"get_rbac_policy", "yyyy y--- y--- y--- ---- ----"},
    {"delete_rbac_policy", "yyyy y--- y--- y--- ---- ----"},
    {"create_router", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_router:distributed", "yyyy ---- ---- ---- ---- ----"},
    {"create_router:ha", "yyyy ---- ---- ---- ---- ----"},
    {"create_router:external_gateway_info", "yyyy y--- y--- y--- ---- ----"},
    {"create_router:external_gateway_info:network_id", "yyyy y--- y--- y--- ---- ----"},
    {"create_router:external_gateway_info:enable_snat", "yyyy ---- ---- ---- ---- ----"},
    {"create_router:external_gateway_info:external_fixed_ips", "yyyy ---- ---- ---- ---- ----"},
    {"get_router", "yyyy y--- y--- y--- ---- ----"},
    {"get_router:distributed", "yyyy ---- ---- ---- ---- ----"},
    {"get_router:ha", "yyyy ---- ---- ---- ---- ----"},
    {"update_router", "yyyy y--- y--- y--- ---- ----"},
    {"update_router:distributed", "yyyy ---- ---- ---- ---- ----"},
    {"update_router:ha", "yyyy ---- ---- ---- ---- ----"},
    {"update_router:external_gateway_info", "yyyy y--- y--- y--- ---- ----"},
    {"update_router:external_gateway_info:network_id", "yyyy y--- y--- y--- ---- ----"},
    {"update_router:external_gateway_info:enable_snat", "yyyy ---- ---- ---- ---- ----"},
    {"update_router:external_gateway_info:external_fixed_ips", "yyyy ---- ---- ---- ---- ----"},
    {"delete_router", "yyyy y--- y--- y--- ---- ----"},
    {"add_router_interface", "yyyy y--- y--- y--- ---- ----"},
    {"remove_router_interface", "yyyy y--- y--- y--- ---- ----"},
    {"add_extraroutes", "yyyy y--- y--- y--- ---- ----"},
    {"remove_extraroutes", "yyyy y--- y--- y--- ---- ----"},
    {"admin_or_sg_owner", "yyyy ---y ---y ---y ---- ----"},
    {"admin_owner_or_sg_owner", "yyyy y--y y--y y--y ---- ----"},
    {"create_security_group", "yyyy y--- y--- y--- ---- ----"},
    {"get_security_group", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"update_security_group", "yyyy y--- y--- y--- ---- ----"},
    {"delete_security_group", "yyyy y--- y--- y--- ---- ----"},
    {"create_security_group_rule", "yyyy y--- y--- y--- ---- ----"},
    {"get_security_group_rule", "yyyy y--y y--y y--y ---- ----"},
    {"delete_security_group_rule", "yyyy y--- y--- y--- ---- ----"},
    {"create_segment", "yyyy ---- ---- ---- ---- ----"},
    {"get_segment", "yyyy ---- ---- ---- ---- ----"},
    {"update_segment", "yyyy ---- ---- ---- ---- ----"},
    {"delete_segment", "yyyy ---- ---- ---- ---- ----"},
    {"get_service_provider", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_subnet", "yyyy y--y ---y ---y ---- ----"},
    {"create_subnet:segment_id", "yyyy ---- ---- ---- ---- ----"},
    {"create_subnet:service_types", "yyyy ---- ---- ---- ---- ----"},
    {"get_subnet", "yyyy y-y- y-y- y-y- --y- --y-"},
    {"get_subnet:segment_id", "yyyy ---- ---- ---- ---- ----"},
    {"update_subnet", "yyyy y--y ---y ---y ---- ----"},
    {"update_subnet:segment_id", "yyyy ---- ---- ---- ---- ----"},
    {"update_subnet:service_types", "yyyy ---- ---- ---- ---- ----"},
    {"delete_subnet", "yyyy y--y ---y ---y ---- ----"},
    {"shared_subnetpools", "--y- --y- --y- --y- --y- --y-"},
    {"create_subnetpool", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"create_subnetpool:shared", "yyyy ---- ---- ---- ---- ----"},
    {"create_subnetpool:is_default", "yyyy ---- ---- ---- ---- ----"},
    {"get_subnetpool", "yyyy y-y- y-y- y-y- --y- --y-"},
    {"update_subnetpool", "yyyy y--- y--- y--- ---- ----"},
    {"update_subnetpool:is_default", "yyyy ---- ---- ---- ---- ----"},
    {"delete_subnetpool", "yyyy y--- y--- y--- ---- ----"},
    {"onboard_network_subnets", "yyyy y--- y--- y--- ---- ----"},
    {"add_prefixes", "yyyy y--- y--- y--- ---- ----"},
    {"remove_prefixes", "yyyy y--- y--- y--- ---- ----"},
    {"create_trunk", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"get_trunk", "yyyy y--- y--- y--- ---- ----"},
    {"update_trunk", "yyyy y--- y--- y--- ---- ----"},
    {"delete_trunk", "yyyy y--- y--- y--- ---- ----"},
    {"get_subports", "yyyy yyyy yyyy yyyy yyyy yyyy"},
    {"add_subports", "yyyy y--- y--- y--- ---- ----"},
    {"remove_subports", "yyyy y--- y--- y--- ---- ----"},
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
          target("p3", "p3", true, "compute:nova", "*"), target("p3", "p1", false, "network:dhcp", "*")};
}

TEST(PolicyDefaults, DecideAsNeutronDoes) {
  const Rules rules = Rules::defaults();
  for (const Decisions& row : decisions) {
    ASSERT_TRUE(rules.has(row.name)) << row.name;
    std::string allowed;
    for (const Credentials& caller : personas()) {
      if (!allowed.empty()) allowed += ' ';
      for (const Thing& thing : targets()) allowed += rules.allows(row.name, caller, thing) ? 'y' : '-';
    }
    EXPECT_EQ(allowed, row.allowed) << row.name;
  }
  EXPECT_EQ(default_rules().size(), std::size(decisions) + 1);  // and service_api, of later releases
}

TEST(PolicyDefaults, LetAnAdministratorDoEverything) {
  const Rules rules = Rules::defaults();
  for (const DefaultRule& row : default_rules()) {
    const bool is_action = row.name.starts_with("create_") || row.name.starts_with("get_") ||
                           row.name.starts_with("update_") || row.name.starts_with("delete_");
    EXPECT_TRUE(!is_action || rules.allows(row.name, persona("p9", {"admin"}), Thing())) << row.name;
  }
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
