// The table's rows for security groups and their rules.
#include "api/dialect/permission.h"
#include "api/dialect/standard.h"
#include "model/first_use.h"

namespace tarn::api::dialect {
namespace {

using model::Kind;
using model::SecurityGroup;
using model::SecurityGroupRule;

// Whoever lists the groups or rules of a project finds its default group among them.
std::vector<model::Request> default_group(const model::Snapshot& snapshot, const std::string& project) {
  if (project.empty()) return {};
  return model::missing_default_group(snapshot, project);
}

// The group's rules as they are shown alone.
Mapping rules_of_group() {
  return derived([rule = security_group_rules()](const View& view) -> json::value {
    const SecurityGroupId group = view.as<SecurityGroup>().id;
    json::array shown(view.storage);
    for (const Uuid& id : view.snapshot.referrers(group.uuid, Kind::security_group_rule)) {
      const SecurityGroupRule& row = **view.snapshot.find<SecurityGroupRule>(id);
      if (row.group != group) continue;  // it only names this one as its remote
      json::object one(view.storage);
      one.reserve(rule.attributes.size());
      for (const Attribute& each : rule.attributes) one.emplace(each.name, each.model.read(view.of(&row)));
      shown.push_back(std::move(one));
    }
    return shown;
  });
}

bool is_in_default_group(const View& view) {
  const auto* group = view.snapshot.find<SecurityGroup>(view.as<SecurityGroupRule>().group.uuid);
  return group != nullptr && (*group)->is_default;
}

// Rows that stand on the row that is named, in whatever way.
Index by_reference(std::string attribute, Kind kind) {
  return {std::move(attribute),
          [kind](const model::Snapshot& snapshot, const json::value& value) -> std::optional<std::vector<Uuid>> {
            const auto id = value.is_string() ? Uuid::parse(value.get_string()) : Uuid::parse("");
            return id ? snapshot.referrers(*id, kind) : std::vector<Uuid>();
          }};
}

}  // namespace

Resource security_groups() {
  Resource resource{.singular = "security_group",
                    .plural = "security_groups",
                    .path = "security-groups",
                    .kind = Kind::security_group,
                    .alias = "security-group",
                    .not_found = "SecurityGroupNotFound"};
  add_standard<SecurityGroup>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "security_group_rules",
                  .type = shown("list of security group rules"),
                  .model = rules_of_group(),
                  .filter = false});
  rows.push_back({.name = "stateful",
                  .type = boolean(),
                  .model = member(&SecurityGroup::stateful),
                  .given = Given::both,
                  .absent = "as the default statefulness says, else true",
                  .filter = false,
                  .alias = "stateful-security-group"});
  rows.push_back(
      {.name = "shared", .type = shown_boolean(), .model = shared(), .alias = "security-groups-shared-filtering"});
  resource.first_use = default_group;
  return resource;
}

Resource security_group_rules() {
  Resource resource{.singular = "security_group_rule",
                    .plural = "security_group_rules",
                    .path = "security-group-rules",
                    .kind = Kind::security_group_rule,
                    .alias = "security-group",
                    .update = false,
                    .not_found = "SecurityGroupRuleNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&SecurityGroupRule::id), .sort = true});
  for (Attribute& each : project_attributes(standard<SecurityGroupRule>(&model::Standard::project_id)))
    rows.push_back(std::move(each));
  rows.push_back({.name = "security_group_id",
                  .type = uuid(),
                  .model = member(&SecurityGroupRule::group),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  add_permission<SecurityGroupRule>(rows);
  rows.push_back({.name = "remote_group_id",
                  .type = or_null(id_of("Security group", "SecurityGroupNotFound")),
                  .model = part(&SecurityGroupRule::permission, &model::Permission::remote_group),
                  .given = Given::post,
                  .absent = "null",
                  .sort = true});
  rows.push_back({.name = "normalized_cidr",
                  .type = {"CIDR", shown_text().accept, remote_prefix().from_text},
                  .model = derived(part(&SecurityGroupRule::permission, &model::Permission::remote_prefix).read),
                  .sort = true,
                  .alias = "security-groups-normalized-cidr"});
  rows.push_back({.name = "belongs_to_default_sg",
                  .type = shown_boolean(),
                  .model = derived([](const View& view) { return json::value(is_in_default_group(view)); }),
                  .alias = "security-groups-rules-belongs-to-default-sg"});
  add_history<SecurityGroupRule>(resource);
  for (Attribute& each : rows)
    if (each.name == "description") each.given = Given::post;
  resource.parent = {.word = "security_group", .kind = Kind::security_group, .id = member(&SecurityGroupRule::group)};
  for (const char* name : {"security_group_id", "remote_group_id", "remote_address_group_id"})
    resource.indexes.push_back(by_reference(name, Kind::security_group_rule));
  resource.first_use = default_group;
  return resource;
}

}  // namespace tarn::api::dialect
