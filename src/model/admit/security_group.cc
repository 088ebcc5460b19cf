// Security groups. A group is made with the rules that new groups start with; a project's first one with its default
// group beside it. Request-only word of an update: `default_of`, the project whose default group is made where it is
// not there, and left alone where it is.
#include "model/admit/security_group.h"

#include <algorithm>

#include "model/admit/log.h"
#include "model/admit/rule_number.h"
#include "model/admit/rules.h"
#include "model/admit/sharing.h"
#include "model/first_use.h"

namespace tarn::model {
namespace admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created}, {"name", When::both},     {"description", When::both},
    {"tags", When::both},          {"stateful", When::both}, {"default_of", When::changed},
};
constexpr std::string_view default_name = "default";

bool is_default_name(std::string_view name) {
  return std::ranges::equal(name, default_name, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
}

Refusal in_use(const Uuid& group) {
  return fail(ErrorCode::conflict, "SecurityGroupInUse", "Security Group " + group.text() + " in use.");
}

Status check_name(const SecurityGroup& group) {
  if (!is_default_name(group.standard.name)) return {};
  return fail(ErrorCode::conflict, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
}

SecurityGroupRule rule_from(Draft& draft, const DefaultSecurityGroupRule& start, const SecurityGroup& group) {
  SecurityGroupRule rule;
  rule.id = {draft.new_id(Kind::security_group_rule)};
  rule.standard.project_id = group.standard.project_id;
  rule.group = group.id;
  rule.permission = start.permission;
  if (start.remote_is_parent) rule.permission.remote_group = group.id;
  return rule;
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (Status status = check_quota(draft, Kind::security_group, *project); !status) return status;
  SecurityGroup group;
  group.stateful = is_usually_stateful(draft.now(), *project);
  if (Status status = set_fields(group, request.given); !status) return status;
  if (Status status = check_name(group); !status) return status;
  group.id = {request.id};
  group.standard.project_id = *project;
  ensure_default_group(draft, *project);
  group.number = new_rule_number(draft.now(), request.id);
  draft.create(group);
  for (const DefaultSecurityGroupRule& start : starting_rules(draft.now(), false)) {
    if (Status status = check_quota(draft, Kind::security_group_rule, *project); !status) return status;
    draft.create(rule_from(draft, start, group));
  }
  return {};
}

Status make_default(Draft& draft, const Request& request) {
  const boost::json::string* project = request.given.at("default_of").if_string();
  if (project == nullptr) return invalid_input("'default_of' is not a string.");
  const std::string name(*project);
  if (request.id != default_group_id(name).uuid) return invalid_input("the id is not that of the default group.");
  ensure_default_group(draft, name);
  return {};
}

Status update(Draft& draft, const Request& request) {
  if (request.given.contains("default_of")) return make_default(draft, request);
  const Result<SecurityGroup> before = row_to_update<SecurityGroup>(draft, request, attributes);
  if (!before) return fail(before.error());
  SecurityGroup group = *before;
  if (Status status = set_fields(group, request.given); !status) return status;
  if (request.given.contains("name")) {
    if (Status status = check_name(group); !status) return status;
    if (group.is_default)
      return fail(ErrorCode::conflict, "SecurityGroupCannotUpdateDefault",
                  "Updating default security group not allowed.");
  }
  if (group.stateful != before->stateful && draft.now().is_referred(request.id, Kind::port)) return in_use(request.id);
  draft.update(group);
  return {};
}

// Rules of other groups that name this one go with it, as they always have: clients remove groups that name each other
// without taking them apart first.
Status remove(Draft& draft, const Request& request) {
  const Result<SecurityGroup> group = row_to_remove<SecurityGroup>(draft, request);
  if (!group) return fail(group.error());
  for (const Kind kind : {Kind::port, Kind::default_security_group_rule})
    if (draft.now().is_referred(request.id, kind)) return in_use(request.id);
  if (group->is_default && !draft.caller().everywhere) {
    return fail(ErrorCode::conflict, "SecurityGroupCannotRemoveDefault",
                "Insufficient rights for removing default security group.");
  }
  for (const Uuid& id : draft.now().referrers(request.id, Kind::security_group_rule)) {
    const SecurityGroupId of = (**draft.now().find<SecurityGroupRule>(id)).group;
    draft.remove(Kind::security_group_rule, id);
    if (of != group->id) draft.bump<SecurityGroup>(of.uuid);
  }
  unshare(draft, request.id);
  drop_logs(draft, request.id);
  draft.remove(Kind::security_group, request.id);
  return {};
}

}  // namespace

SecurityGroupId ensure_default_group(Draft& draft, const std::string& project) {
  if (const auto held = default_group_of(draft.now(), project)) return *held;
  SecurityGroup group;
  group.id = default_group_id(project);
  group.standard.project_id = project;
  group.standard.name = default_name;
  group.standard.description = "Default security group";
  group.stateful = is_usually_stateful(draft.now(), project);
  group.is_default = true;
  group.number = new_rule_number(draft.now(), group.id.uuid);
  draft.create(group);
  for (const DefaultSecurityGroupRule& start : starting_rules(draft.now(), true))
    draft.create(rule_from(draft, start, group));
  return group.id;
}

KindRules security_group_rules() {
  return {create, update, remove};
}

}  // namespace admission

SecurityGroupId default_group_id(const std::string& project) {
  return {admission::id_named("default security group", project)};
}

std::optional<SecurityGroupId> default_group_of(const Snapshot& cloud, const std::string& project) {
  const std::vector<Uuid> found = cloud.referrers(default_group_id(project).uuid, Kind::security_group);
  return found.empty() ? std::nullopt : std::optional(SecurityGroupId{found.front()});
}

std::vector<Request> missing_default_group(const Snapshot& cloud, const std::string& project) {
  const Uuid id = default_group_id(project).uuid;
  if (default_group_of(cloud, project)) return {};
  std::vector<Request> requests;
  requests.push_back({Verb::update, Kind::security_group, id, {{"default_of", project}}, std::nullopt});
  return requests;
}

}  // namespace tarn::model
