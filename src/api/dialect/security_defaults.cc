// The table's rows for what new security groups start with.
#include "api/dialect/permission.h"
#include "api/dialect/standard.h"
#include "model/first_use.h"

namespace tarn::api::dialect {
namespace {

using model::DefaultSecurityGroupRule;
using model::DefaultStatefulness;

constexpr std::string_view parent = "PARENT";  // the group that a rule comes into

Attribute remote_group() {
  Type type = or_null(uuid());
  type.words = "UUID, or \"PARENT\", the group that the rule comes into, or null";
  type.accept = [accept = type.accept](const json::value& value) {
    return value == json::value(parent) ? Result<json::value>(value) : accept(value);
  };
  type.from_text = shown_text().from_text;
  const Mapping field = part(&DefaultSecurityGroupRule::permission, &model::Permission::remote_group);
  return {.name = "remote_group_id",
          .type = std::move(type),
          .model = {field.field,
                    [read = field.read](const View& view) {
                      return view.as<DefaultSecurityGroupRule>().remote_is_parent ? json::value(parent) : read(view);
                    }},
          .given = Given::post,
          .absent = "null",
          .sort = true};
}

// The rules belong to the cloud: whose the client says they are is taken and forgotten.
void add_project(std::vector<Attribute>& rows) {
  for (const char* name : {"tenant_id", "project_id"})
    rows.push_back({.name = name, .type = text(255), .given = Given::post, .filter = false});
}

}  // namespace

Resource default_security_group_rules() {
  Resource resource{.singular = "default_security_group_rule",
                    .plural = "default_security_group_rules",
                    .path = "default-security-group-rules",
                    .kind = model::Kind::default_security_group_rule,
                    .alias = "security-groups-default-rules",
                    .update = false,
                    .bulk = false,
                    .not_found = "DefaultSecurityGroupRuleNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&DefaultSecurityGroupRule::id), .sort = true});
  add_project(rows);
  rows.push_back({.name = "description",
                  .type = text(1024),
                  .model = standard<DefaultSecurityGroupRule>(&model::Standard::description),
                  .given = Given::post,
                  .absent = "\"\""});
  add_permission<DefaultSecurityGroupRule>(rows);
  rows.push_back(remote_group());
  rows.push_back({.name = "used_in_default_sg",
                  .type = boolean(),
                  .model = member(&DefaultSecurityGroupRule::used_in_default_group),
                  .given = Given::post,
                  .absent = "false"});
  rows.push_back({.name = "used_in_non_default_sg",
                  .type = boolean(),
                  .model = member(&DefaultSecurityGroupRule::used_in_non_default_group),
                  .given = Given::post,
                  .absent = "true"});
  for (Attribute& each : rows) each.alias = "security-groups-default-rules";
  resource.among = [](const View& view) { return !model::is_taken_away(view.as<DefaultSecurityGroupRule>()); };
  resource.first_use = [](const model::Snapshot& snapshot, const std::string&) {
    return model::missing_usual_rules(snapshot);
  };
  return resource;
}

Resource default_statefulness() {
  Resource resource{.singular = "security_groups_default_statefulness",
                    .plural = "security_groups_default_statefulness",
                    .path = "security-groups-default-statefulness",
                    .kind = model::Kind::default_statefulness,
                    .alias = "security-groups-default-statefulness",
                    .bulk = false,
                    .not_found = "SecurityGroupDefaultStatefulnessNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&DefaultStatefulness::id), .sort = true});
  Mapping project(field_name(&model::Standard::project_id), [](const View& view) {
    const std::string& one = standard_of(view).project_id;
    return one.empty() ? std::nullopt : std::optional(one);
  });
  for (Attribute& each : project_attributes(std::move(project))) {
    each.type = or_null(std::move(each.type));
    each.absent += "; null: of all projects that have none of their own";
    rows.push_back(std::move(each));
  }
  rows.push_back({.name = "stateful",
                  .type = boolean(),
                  .model = member(&DefaultStatefulness::stateful),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  for (Attribute& each : rows) each.alias = "security-groups-default-statefulness";
  return resource;
}

}  // namespace tarn::api::dialect
