#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// Security groups, address groups and RBAC policies. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"admin_or_sg_owner", "rule:context_is_admin or tenant_id:%(security_group:tenant_id)s"},
    {"admin_owner_or_sg_owner", "rule:owner or rule:admin_or_sg_owner"},
    {"create_security_group", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"get_security_group", "role:reader and project_id:%(project_id)s", "rule:regular_user"},
    {"update_security_group", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"delete_security_group", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"create_security_group_rule", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"get_security_group_rule", "role:reader and project_id:%(project_id)s or rule:sg_owner",
     "rule:admin_owner_or_sg_owner"},
    {"delete_security_group_rule", "role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    // Of later releases. Default rules belong to no project, so that a reader of any sees them.
    {"create_default_security_group_rule", "rule:admin_only"},
    {"get_default_security_group_rule", "rule:admin_only or role:reader", "rule:regular_user"},
    {"delete_default_security_group_rule", "rule:admin_only"},
    {"create_security_groups_default_statefulness", "rule:admin_only or role:manager and project_id:%(project_id)s"},
    {"get_security_groups_default_statefulness", "rule:admin_only or role:reader and project_id:%(project_id)s"},
    {"update_security_groups_default_statefulness", "rule:admin_only or role:manager and project_id:%(project_id)s"},
    {"delete_security_groups_default_statefulness", "rule:admin_only or role:manager and project_id:%(project_id)s"},
    {"shared_address_groups", "field:address_groups:shared=True"},
    {"get_address_group", "role:reader and project_id:%(project_id)s or rule:shared_address_groups",
     "rule:admin_or_owner or rule:shared_address_groups"},
    {"restrict_wildcard",
     "(not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*) or rule:admin_only"},
    {"create_rbac_policy", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:regular_user"},
    {"create_rbac_policy:target_tenant",
     "rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)",
     "rule:restrict_wildcard"},
    {"update_rbac_policy", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"update_rbac_policy:target_tenant",
     "rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)",
     "rule:restrict_wildcard and rule:admin_or_owner"},
    {"get_rbac_policy", "rule:admin_only or role:reader and project_id:%(project_id)s", "rule:admin_or_owner"},
    {"delete_rbac_policy", "rule:admin_only or role:member and project_id:%(project_id)s", "rule:admin_or_owner"},
};

}  // namespace

std::span<const DefaultRule> security_defaults() {
  return rows;
}

}  // namespace tarn::policy
