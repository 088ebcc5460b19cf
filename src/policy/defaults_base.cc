#include "policy/defaults.h"

namespace tarn::policy {
namespace {

// What other rules are made of. Facts of neutron.conf.policies.
constexpr DefaultRule rows[] = {
    {"context_is_admin", "role:admin"},
    {"owner", "tenant_id:%(tenant_id)s"},
    {"admin_or_owner", "rule:context_is_admin or rule:owner"},
    {"context_is_advsvc", "role:advsvc"},
    {"service_api", "role:service"},
    {"admin_or_network_owner", "rule:context_is_admin or tenant_id:%(network:tenant_id)s"},
    {"admin_owner_or_network_owner", "rule:owner or rule:admin_or_network_owner"},
    {"network_owner", "tenant_id:%(network:tenant_id)s"},
    {"admin_only", "rule:context_is_admin"},
    {"regular_user", ""},
    {"shared", "field:networks:shared=True"},
    {"default", "rule:admin_or_owner"},
    {"admin_or_ext_parent_owner", "rule:context_is_admin or tenant_id:%(ext_parent:tenant_id)s"},
    {"ext_parent_owner", "tenant_id:%(ext_parent:tenant_id)s"},
    {"sg_owner", "tenant_id:%(security_group:tenant_id)s"},
};

}  // namespace

std::span<const DefaultRule> base_defaults() {
  return rows;
}

}  // namespace tarn::policy
