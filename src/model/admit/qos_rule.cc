// Rules of QoS policies: one of each type and direction, and no promise of more than another rule allows. A rule is of
// its policy's project.
#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

std::string_view word_of(QosRuleType type) {
  switch (type) {
    case QosRuleType::bandwidth_limit:
      return "bandwidth_limit";
    case QosRuleType::dscp_marking:
      return "dscp_marking";
    case QosRuleType::minimum_bandwidth:
      return "minimum_bandwidth";
    case QosRuleType::packet_rate_limit:
      return "packet_rate_limit";
    case QosRuleType::minimum_packet_rate:
      return "minimum_packet_rate";
  }
  return "";
}

std::string_view word_of(Direction direction) {
  switch (direction) {
    case Direction::ingress:
      return "ingress";
    case Direction::egress:
      return "egress";
    case Direction::any:
      return "any";
  }
  return "";
}

Refusal contradicts(const QosRule& rule, std::string value, const QosRule& other, std::string other_value) {
  return fail(ErrorCode::conflict, "QoSRuleParameterConflict",
              "Unable to add the rule with value " + std::move(value) + " to the policy " + rule.policy.text() +
                  " as the existing rule of type " + std::string(word_of(other.type)) + " has value " +
                  std::move(other_value) + ".");
}

// Whatever their directions: so does Neutron.
bool promises_more(const QosRule& least, const QosRule& most) {
  return least.type == QosRuleType::minimum_bandwidth && most.type == QosRuleType::bandwidth_limit &&
         least.rate > most.rate;
}

// Packets of both directions are counted together or apart, never both.
bool counts_otherwise(const QosRule& a, const QosRule& b) {
  const bool both = a.type == QosRuleType::minimum_packet_rate && b.type == a.type;
  return both && (a.direction == Direction::any) != (b.direction == Direction::any);
}

Status check_beside(const QosRule& rule, const QosRule& other) {
  if (promises_more(rule, other) || promises_more(other, rule))
    return contradicts(rule, std::to_string(rule.rate), other, std::to_string(other.rate));
  if (counts_otherwise(rule, other))
    return contradicts(rule, std::string(word_of(rule.direction)), other, std::string(word_of(other.direction)));
  const bool directed = rule.type != QosRuleType::dscp_marking;
  if (rule.type != other.type || (directed && rule.direction != other.direction)) return {};
  return fail(ErrorCode::conflict, "QoSRulesConflict",
              "Rule " + std::string(word_of(rule.type)) + " conflicts with rule " + other.id.text() +
                  " which already exists in QoS Policy " + rule.policy.text() + ".");
}

struct QosRuleRules {
  using Row = QosRule;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"policy", When::created}, {"type", When::created}, {"direction", When::both},
      {"rate", When::both},          {"burst", When::both},     {"dscp", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const QosRule* before, QosRule& rule) {
    const Result<QosPolicy> policy = row_for<QosPolicy>(draft, rule.policy.uuid);
    if (!policy) return fail(policy.error());
    rule.standard.project_id = policy->standard.project_id;
    for (const Uuid& id : draft.now().referrers(rule.policy.uuid, Kind::qos_rule)) {
      if (id == rule.id.uuid) continue;
      if (Status status = check_beside(rule, **draft.now().find<QosRule>(id)); !status) return status;
    }
    if (before == nullptr || *before != rule) draft.bump<QosPolicy>(rule.policy.uuid);
    return {};
  }
  static Status release(Draft& draft, const QosRule& rule) {
    draft.bump<QosPolicy>(rule.policy.uuid);
    return {};
  }
};

}  // namespace

KindRules qos_rule_rules() {
  return plain_rules<QosRuleRules>();
}

}  // namespace tarn::model::admission
