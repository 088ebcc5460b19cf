// How fast ports may be and how their traffic is marked: QoS policies and their rules.
// Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/uuid.h"
#include "model/rows/security.h"
#include "model/rows/standard.h"

namespace tarn {
using QosPolicyId = Id<struct QosPolicyTag>;
using QosRuleId = Id<struct QosRuleTag>;
}  // namespace tarn

namespace tarn::model {

struct QosPolicy {
  static constexpr Kind kind = Kind::qos_policy;
  static constexpr std::string_view word = "qos_policy";
  static constexpr std::string_view called = "QosPolicy";

  QosPolicyId id;
  Standard standard;
  bool is_default = false;  // of its project's networks; at most one of each project
  bool operator==(const QosPolicy&) const = default;
};

enum class QosRuleType : std::uint8_t {
  bandwidth_limit,
  dscp_marking,
  minimum_bandwidth,
  packet_rate_limit,
  minimum_packet_rate,
};

struct QosRule {
  static constexpr Kind kind = Kind::qos_rule;
  static constexpr std::string_view word = "qos_rule";
  static constexpr std::string_view called = "QosRule";

  QosRuleId id;
  Standard standard;
  QosPolicyId policy;
  QosRuleType type = QosRuleType::bandwidth_limit;
  Direction direction = Direction::egress;
  std::uint32_t rate = 0;   // kbit/s or 1,000 packets/s: the most, or the least; 0 for dscp_marking
  std::uint32_t burst = 0;  // kbit or 1,000 packets; 0: the data plane chooses
  std::uint32_t dscp = 0;   // RFC 2474's six bits, for dscp_marking
  bool operator==(const QosRule&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const QosPolicy*) {
  visit("id", &QosPolicy::id);
  visit("standard", &QosPolicy::standard);
  visit("is_default", &QosPolicy::is_default);
}
template <class Visit>
void describe(Visit&& visit, const QosRule*) {
  visit("id", &QosRule::id);
  visit("standard", &QosRule::standard);
  visit("policy", &QosRule::policy);
  visit("type", &QosRule::type);
  visit("direction", &QosRule::direction);
  visit("rate", &QosRule::rate);
  visit("burst", &QosRule::burst);
  visit("dscp", &QosRule::dscp);
}

template <class Visit>
void refer(Visit&& visit, const QosRule& rule) {
  visit(rule.policy.uuid);
}

}  // namespace tarn::model
