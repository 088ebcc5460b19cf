#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// Quality of service. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"get_policy", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:regular_user"},
    {"create_policy", "rule:admin_only"},
    {"update_policy", "rule:admin_only"},
    {"delete_policy", "rule:admin_only"},
    {"get_rule_type", "rule:admin_only", "rule:regular_user"},
    {"get_policy_bandwidth_limit_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"create_policy_bandwidth_limit_rule", "rule:admin_only"},
    {"update_policy_bandwidth_limit_rule", "rule:admin_only"},
    {"delete_policy_bandwidth_limit_rule", "rule:admin_only"},
    {"get_policy_packet_rate_limit_rule", "rule:admin_only or role:reader and project_id:%(project_id)s"},
    {"create_policy_packet_rate_limit_rule", "rule:admin_only"},
    {"update_policy_packet_rate_limit_rule", "rule:admin_only"},
    {"delete_policy_packet_rate_limit_rule", "rule:admin_only"},
    {"get_policy_dscp_marking_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"create_policy_dscp_marking_rule", "rule:admin_only"},
    {"update_policy_dscp_marking_rule", "rule:admin_only"},
    {"delete_policy_dscp_marking_rule", "rule:admin_only"},
    {"get_policy_minimum_bandwidth_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"create_policy_minimum_bandwidth_rule", "rule:admin_only"},
    {"update_policy_minimum_bandwidth_rule", "rule:admin_only"},
    {"delete_policy_minimum_bandwidth_rule", "rule:admin_only"},
    {"get_policy_minimum_packet_rate_rule", "rule:admin_only or role:reader and project_id:%(project_id)s"},
    {"create_policy_minimum_packet_rate_rule", "rule:admin_only"},
    {"update_policy_minimum_packet_rate_rule", "rule:admin_only"},
    {"delete_policy_minimum_packet_rate_rule", "rule:admin_only"},
    {"get_alias_bandwidth_limit_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"update_alias_bandwidth_limit_rule", "rule:admin_only"},
    {"delete_alias_bandwidth_limit_rule", "rule:admin_only"},
    {"get_alias_dscp_marking_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"update_alias_dscp_marking_rule", "rule:admin_only"},
    {"delete_alias_dscp_marking_rule", "rule:admin_only"},
    {"get_alias_minimum_bandwidth_rule", "rule:admin_only or role:reader and project_id:%(project_id)s",
     "rule:regular_user"},
    {"update_alias_minimum_bandwidth_rule", "rule:admin_only"},
    {"delete_alias_minimum_bandwidth_rule", "rule:admin_only"},
    {"get_alias_minimum_packet_rate_rule", "rule:get_policy_minimum_packet_rate_rule"},
    {"update_alias_minimum_packet_rate_rule", "rule:update_policy_minimum_packet_rate_rule"},
    {"delete_alias_minimum_packet_rate_rule", "rule:delete_policy_minimum_packet_rate_rule"},
};

}  // namespace

std::span<const DefaultRule> qos_defaults() {
  return rows;
}

}  // namespace tarn::policy
