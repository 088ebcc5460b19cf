// Security groups on this node. A policy asks its groups; a group's rules stand once, whatever ports have it; a remote
// that rules name is a conjunction of "the other side is a member" and "a rule of this group names it", so that members
// and rules cost their sum and never their product.
#include <set>

#include "base/check.h"
#include "render/permission.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

constexpr std::uint8_t member_clause = 1;
constexpr std::uint8_t rule_clause = 2;
constexpr std::uint8_t clauses = 2;

struct GroupFacts {
  std::uint32_t number = 0;
  bool stateful = true;
};

// Absent while the group's row is not here; and of a row without a number, which nobody may take for another's.
std::optional<GroupFacts> facts_of(View& view, const Uuid& group) {
  const Bucket& bucket = view.bucket(key_of(Table::group_facts, group));
  if (bucket.empty()) return std::nullopt;
  const RowKey& facts = bucket.begin()->first;
  if (facts.part == 0) return std::nullopt;
  return GroupFacts{facts.part, facts.name != stateless_word};
}

Actions let_through() {
  return {of::SetField{FieldValue::number(reg::judgement, judged_allowed, judged_allowed)}};
}

Actions conjunctions(const std::set<std::uint32_t>& ids, std::uint8_t clause) {
  Actions actions;
  for (const std::uint32_t id : ids) actions.push_back(of::Conjunction{id, clause, clauses});
  return actions;
}

std::optional<Uuid> remote_of(const model::Permission& permission) {
  if (permission.remote_group) return permission.remote_group->uuid;
  if (permission.remote_address_group) return permission.remote_address_group->uuid;
  return std::nullopt;
}

}  // namespace

Tables render_policy(View& view, const UnitId& unit) {
  Tables tables;
  const Policy policy = policy_named(unit.name);
  Actions actions;
  bool stateless = false;
  for (const auto& [group, count] : view.bucket(key_of(Table::policy, unit.name))) {
    const auto facts = facts_of(view, group.id);
    if (!facts) continue;
    actions.push_back(set(reg::group, facts->number));
    actions.push_back(call(Stage::permission));
    stateless = !facts->stateful;  // a port's groups are all of one kind (SecurityGroupConflict)
  }
  FlowSink flows(tables, unit);
  Match match;
  flows.add(Stage::policy, Priority::low, with_policy(match, policy), std::move(actions));
  if (stateless) add_stateless_places(flows, policy);
  return tables;
}

Tables render_rules(View& view, const UnitId& unit) {
  Tables tables;
  const auto group = facts_of(view, unit.id);
  if (!group) return tables;
  FlowSink flows(tables, unit);
  std::map<Match, std::set<std::uint32_t>> of_remotes;
  for (const auto& [key, count] : view.bucket(key_of(Table::rules_of, unit.id))) {
    const model::SecurityGroupRule* rule = view.rule(SecurityGroupRuleId{key.id});
    if (rule == nullptr) continue;
    const model::Permission& permission = rule->permission;
    const Question question = question_of(permission.direction, group->stateful);
    Match match = asked(question, permission.ip_version) & number(reg::group, group->number);
    if (permission.remote_prefix) match = with_remote(match, question, *permission.remote_prefix);
    const auto remote = remote_of(permission);
    const auto remote_facts = remote ? facts_of(view, *remote) : std::nullopt;
    if (remote && !remote_facts) continue;
    for (const Match& part : with_protocol(match, question, permission)) {
      if (remote) {
        of_remotes[part].insert(remote_facts->number);
      } else {
        flows.add(Stage::permission, Priority::middle, part, let_through());
      }
    }
  }
  for (const auto& [match, remotes] : of_remotes)
    flows.add(Stage::permission, Priority::low, match, conjunctions(remotes, rule_clause));
  return tables;
}

Tables render_remote(View& view, const UnitId& unit) {
  Tables tables;
  const auto facts = facts_of(view, unit.id);
  if (!facts) return tables;
  FlowSink(tables, unit).add(Stage::permission, Priority::low, {number(Field::conj_id, facts->number)}, let_through());
  return tables;
}

Tables render_member(View& view, const UnitId& unit) {
  Tables tables;
  const Prefix prefix = Prefix::parse(unit.name).value();
  const int ip_version = prefix.address.is_v4() ? 4 : 6;
  std::map<Question, std::set<std::uint32_t>> of_questions;
  for (const auto& [group, count] : view.bucket(key_of(Table::members_at, unit.name))) {
    const auto remote = facts_of(view, group.id);
    if (!remote) continue;
    for (const auto& [use, uses] : view.bucket(key_of(Table::uses_of, group.id))) {
      const auto user = facts_of(view, use.id);
      if (!user || use_version(use) != ip_version) continue;
      of_questions[question_of(use_direction(use), user->stateful)].insert(remote->number);
    }
  }
  FlowSink flows(tables, unit);
  for (const auto& [question, remotes] : of_questions) {
    flows.add(Stage::permission, Priority::low, with_remote(asked(question, ip_version), question, prefix),
              conjunctions(remotes, member_clause));
  }
  return tables;
}

}  // namespace tarn::render
