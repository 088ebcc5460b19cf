#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// What belongs to the whole cloud: agents, zones, flavors, logs, meters, quotas. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"adopt_rows", "rule:admin_only"},  // ours: tarn import
    {"get_agent", "rule:admin_only"},
    {"update_agent", "rule:admin_only"},
    {"delete_agent", "rule:admin_only"},
    {"create_dhcp-network", "rule:admin_only"},
    {"get_dhcp-networks", "rule:admin_only"},
    {"delete_dhcp-network", "rule:admin_only"},
    {"create_l3-router", "rule:admin_only"},
    {"get_l3-routers", "rule:admin_only"},
    {"delete_l3-router", "rule:admin_only"},
    {"get_dhcp-agents", "rule:admin_only"},
    {"get_l3-agents", "rule:admin_only"},
    {"get_availability_zone", "rule:admin_only", "rule:regular_user"},
    {"create_flavor", "rule:admin_only"},
    {"get_flavor", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)", "rule:regular_user"},
    {"update_flavor", "rule:admin_only"},
    {"delete_flavor", "rule:admin_only"},
    {"create_service_profile", "rule:admin_only"},
    {"get_service_profile", "rule:admin_only"},
    {"update_service_profile", "rule:admin_only"},
    {"delete_service_profile", "rule:admin_only"},
    {"get_flavor_service_profile", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)",
     "rule:regular_user"},
    {"create_flavor_service_profile", "rule:admin_only"},
    {"delete_flavor_service_profile", "rule:admin_only"},
    {"get_loggable_resource", "rule:admin_only"},
    {"create_log", "rule:admin_only"},
    {"get_log", "rule:admin_only"},
    {"update_log", "rule:admin_only"},
    {"delete_log", "rule:admin_only"},
    {"create_metering_label", "rule:admin_only"},
    {"get_metering_label", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:admin_only"},
    {"delete_metering_label", "rule:admin_only"},
    {"create_metering_label_rule", "rule:admin_only"},
    {"get_metering_label_rule", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:admin_only"},
    {"delete_metering_label_rule", "rule:admin_only"},
    {"get_quota", "rule:admin_only"},
    {"update_quota", "rule:admin_only"},
    {"delete_quota", "rule:admin_only"},
    // Facts of neutron_dynamic_routing.policies; who announces for whom has names of ours.
    {"create_bgp_speaker", "rule:admin_only"},
    {"get_bgp_speaker", "rule:admin_only"},
    {"update_bgp_speaker", "rule:admin_only"},
    {"delete_bgp_speaker", "rule:admin_only"},
    {"add_bgp_peer", "rule:admin_only"},
    {"remove_bgp_peer", "rule:admin_only"},
    {"add_gateway_network", "rule:admin_only"},
    {"remove_gateway_network", "rule:admin_only"},
    {"get_advertised_routes", "rule:admin_only"},
    {"create_bgp_peer", "rule:admin_only"},
    {"get_bgp_peer", "rule:admin_only"},
    {"update_bgp_peer", "rule:admin_only"},
    {"delete_bgp_peer", "rule:admin_only"},
    {"get_bgp-dragents", "rule:admin_only"},
    {"get_bgp-drinstances", "rule:admin_only"},
    {"create_bgp-drinstance", "rule:admin_only"},
    {"delete_bgp-drinstance", "rule:admin_only"},
    {"get_service_provider", "role:reader", "rule:regular_user"},
};

}  // namespace

std::span<const DefaultRule> cloud_defaults() {
  return rows;
}

}  // namespace tarn::policy
