// The table's rows for RBAC policies.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::RbacPolicy;

json::value action_name(model::Sharing action) {
  return action == model::Sharing::access_as_shared ? "access_as_shared" : "access_as_external";
}

}  // namespace

Resource rbac_policies() {
  Resource resource{.singular = "rbac_policy",
                    .plural = "rbac_policies",
                    .path = "rbac-policies",
                    .kind = model::Kind::rbac_policy,
                    .alias = "rbac-policies",
                    .not_found = "RbacPolicyNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&RbacPolicy::id), .sort = true});
  for (Attribute& each : project_attributes(standard<RbacPolicy>(&model::Standard::project_id)))
    rows.push_back(std::move(each));
  rows.push_back({.name = "object_type",
                  .type = text(255),
                  .model = member(&RbacPolicy::object_type),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "object_id",
                  .type = uuid(),
                  .model = member(&RbacPolicy::object),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "target_tenant",
                  .type = text(255),
                  .model = member(&RbacPolicy::target_project),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  rows.push_back(
      {.name = "action",
       .type = one_of({{"access_as_shared", "access_as_shared"}, {"access_as_external", "access_as_external"}}),
       .model = member(&RbacPolicy::action, action_name),
       .given = Given::post,
       .required = true,
       .sort = true});
  for (Attribute& each : rows) each.alias = "rbac-policies";
  return resource;
}

}  // namespace tarn::api::dialect
