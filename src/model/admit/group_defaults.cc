// What new security groups start with: default rules, and whether they are stateful.
// The usual rules are in force without rows. They get some when somebody lists the default rules, and keep them when
// they are taken away, for that has to be remembered (first_use.h). Request-only words: `usual`, which makes the row of
// a usual rule where there is none; `remote_group` of a new default rule may be "PARENT", the group that it comes into.
#include <array>

#include "model/admit/permission.h"
#include "model/admit/plain.h"
#include "model/admit/security_group.h"
#include "model/first_use.h"

namespace tarn::model {
namespace admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},
    {"description", When::created},
    {"direction", When::created},
    {"ip_version", When::created},
    {"protocol", When::created},
    {"first", When::created},
    {"last", When::created},
    {"remote_prefix", When::created},
    {"remote_group", When::created},
    {"remote_address_group", When::created},
    {"used_in_default_group", When::created},
    {"used_in_non_default_group", When::created},
    {"usual", When::changed},
};
constexpr std::string_view parent = "PARENT";

DefaultSecurityGroupRule usual_rule(Direction direction, int ip_version) {
  const bool inward = direction == Direction::ingress;
  DefaultSecurityGroupRule rule;
  rule.id = {id_named("usual rule of security groups", (inward ? "in" : "out") + std::to_string(ip_version))};
  rule.standard.description =
      std::string("Legacy default SG rule for ") + (inward ? "ingress" : "egress") + " traffic";  // as upstream's
  rule.permission.direction = direction;
  rule.permission.ip_version = ip_version;
  rule.remote_is_parent = inward;
  rule.used_in_default_group = true;
  rule.used_in_non_default_group = !inward;
  return rule;
}

// Out to everybody; in, to default groups alone, from their own ports.
std::array<DefaultSecurityGroupRule, 4> usual_rules() {
  return {usual_rule(Direction::egress, 4), usual_rule(Direction::egress, 6), usual_rule(Direction::ingress, 4),
          usual_rule(Direction::ingress, 6)};
}

bool is_in(const DefaultSecurityGroupRule& rule, bool default_group) {
  return default_group ? rule.used_in_default_group : rule.used_in_non_default_group;
}

// The rules that there are, whether they have rows or not.
std::vector<DefaultSecurityGroupRule> all_rules(const Snapshot& cloud) {
  std::vector<DefaultSecurityGroupRule> rules;
  for (DefaultSecurityGroupRule& usual : usual_rules())
    if (cloud.find<DefaultSecurityGroupRule>(usual.id.uuid) == nullptr) rules.push_back(std::move(usual));
  for (const auto& [id, rule] : cloud.table<DefaultSecurityGroupRule>())
    if (!is_taken_away(*rule)) rules.push_back(*rule);
  return rules;
}

Status check_unique(const Draft& draft, const DefaultSecurityGroupRule& rule) {
  for (const DefaultSecurityGroupRule& other : all_rules(draft.now())) {
    const bool meet = (rule.used_in_default_group && other.used_in_default_group) ||
                      (rule.used_in_non_default_group && other.used_in_non_default_group);
    if (!meet || other.remote_is_parent != rule.remote_is_parent || !is_same(other.permission, rule.permission))
      continue;
    return fail(ErrorCode::conflict, "DefaultSecurityGroupRuleExists",
                "Default Security group rule already exists. Rule id is " + other.id.text() + ".");
  }
  return {};
}

Status check_parent(const Permission& permission, bool remote_is_parent) {
  if (!remote_is_parent || (!permission.remote_prefix && !permission.remote_address_group)) return {};
  return fail(ErrorCode::invalid, "SecurityGroupMultipleRemoteEntites",
              "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.");
}

Status create(Draft& draft, const Request& request) {
  if (Status status = check_given(request, attributes); !status) return status;
  DefaultSecurityGroupRule rule;
  boost::json::object given = without(request.given, {"project_id"});  // they belong to the cloud
  const boost::json::value* remote = given.if_contains("remote_group");
  if (remote != nullptr && *remote == boost::json::value(parent)) {
    rule.remote_is_parent = true;
    given.erase("remote_group");
  }
  rule.used_in_non_default_group = true;
  if (Status status = set_fields(rule, given); !status) return status;
  rule.id = {request.id};
  if (Status status = settle_permission(draft, rule.permission); !status) return status;
  if (Status status = check_parent(rule.permission, rule.remote_is_parent); !status) return status;
  if (Status status = check_unique(draft, rule); !status) return status;
  draft.create(rule);
  return {};
}

Status update(Draft& draft, const Request& request) {
  if (!request.given.contains("usual")) {
    const Result<DefaultSecurityGroupRule> rule = row_to_update<DefaultSecurityGroupRule>(draft, request, attributes);
    return rule ? Status{} : fail(rule.error());  // nothing of one can be changed
  }
  if (draft.now().find<DefaultSecurityGroupRule>(request.id) != nullptr) return {};
  for (const DefaultSecurityGroupRule& usual : usual_rules()) {
    if (usual.id.uuid != request.id) continue;
    draft.create(usual);
    return {};
  }
  return not_found(Kind::default_security_group_rule, request.id);
}

Status remove(Draft& draft, const Request& request) {
  const Result<DefaultSecurityGroupRule> rule = row_to_remove<DefaultSecurityGroupRule>(draft, request);
  if (!rule) return fail(rule.error());
  if (is_taken_away(*rule)) return not_found(Kind::default_security_group_rule, request.id);
  DefaultSecurityGroupRule nowhere = *rule;
  nowhere.used_in_default_group = nowhere.used_in_non_default_group = false;
  if (is_taken_away(nowhere)) {
    draft.update(nowhere);
  } else {
    draft.remove(Kind::default_security_group_rule, request.id);
  }
  return {};
}

// What was said for the project, "" for all of them; null when nothing was.
const DefaultStatefulness* said_for(const Snapshot& cloud, const std::string& project) {
  if (cloud.count(Kind::default_statefulness, project) == 0) return nullptr;
  for (const auto& [id, row] : cloud.table<DefaultStatefulness>())
    if (row->standard.project_id == project) return row.row.get();
  return nullptr;
}

struct DefaultStatefulnessRules {
  using Row = DefaultStatefulness;
  static constexpr Attribute attributes[] = {{"project_id", When::created}, {"stateful", When::both}};
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const DefaultStatefulness* before, DefaultStatefulness& row) {
    const std::string& project = row.standard.project_id;
    if (before != nullptr || said_for(draft.now(), project) == nullptr) return {};
    return fail(ErrorCode::conflict, "SecurityGroupDefaultStatefulnessAlreadyExists",
                "A security group default statefulness setting already exists for project '" + project + "'.");
  }
  static Status release(Draft&, const DefaultStatefulness&) { return {}; }
};

}  // namespace

std::vector<DefaultSecurityGroupRule> starting_rules(const Snapshot& cloud, bool of_default_group) {
  std::vector<DefaultSecurityGroupRule> rules = all_rules(cloud);
  std::erase_if(rules, [&](const DefaultSecurityGroupRule& rule) { return !is_in(rule, of_default_group); });
  return rules;
}

bool is_usually_stateful(const Snapshot& cloud, const std::string& project) {
  const DefaultStatefulness* said = said_for(cloud, project);
  if (said == nullptr) said = said_for(cloud, {});
  return said == nullptr || said->stateful;
}

KindRules default_security_group_rule_rules() {
  return {create, update, remove};
}

KindRules default_statefulness_rules() {
  return plain_rules<DefaultStatefulnessRules>();
}

}  // namespace admission

std::vector<Request> missing_usual_rules(const Snapshot& cloud) {
  std::vector<Request> requests;
  for (const DefaultSecurityGroupRule& usual : admission::usual_rules()) {
    if (cloud.find<DefaultSecurityGroupRule>(usual.id.uuid) != nullptr) continue;
    requests.push_back(
        {Verb::update, Kind::default_security_group_rule, usual.id.uuid, {{"usual", true}}, std::nullopt});
  }
  return requests;
}

bool is_taken_away(const DefaultSecurityGroupRule& rule) {
  if (rule.used_in_default_group || rule.used_in_non_default_group) return false;
  for (const DefaultSecurityGroupRule& usual : admission::usual_rules())
    if (usual.id == rule.id) return true;
  return false;
}

}  // namespace tarn::model
