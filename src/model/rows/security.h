// Who may talk to a port: security groups, their rules, and what the first group of a project starts with.
// Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/address_plan.h"
#include "model/rows/standard.h"

namespace tarn {
using SecurityGroupId = Id<struct SecurityGroupTag>;
using SecurityGroupRuleId = Id<struct SecurityGroupRuleTag>;
using DefaultSecurityGroupRuleId = Id<struct DefaultSecurityGroupRuleTag>;
using DefaultStatefulnessId = Id<struct DefaultStatefulnessTag>;
}  // namespace tarn

namespace tarn::model {

// As the traffic goes by the instance: what it gets, what it sends.
enum class Direction : std::uint8_t { ingress, egress, any };

struct SecurityGroup {
  static constexpr Kind kind = Kind::security_group;
  static constexpr std::string_view word = "security_group";
  static constexpr std::string_view called = "SecurityGroup";

  SecurityGroupId id;
  Standard standard;
  bool stateful = true;     // answers to what was allowed are allowed
  bool is_default = false;  // the one of its project that ports get when they name none
  std::uint32_t number = 0;  // of the group in the flows of every node (rule_number_id); the API does not show it
  bool operator==(const SecurityGroup&) const = default;
};

// What a rule lets through, wherever it stands. At most one of the three remotes is there; without any it is anybody.
struct Permission {
  static constexpr bool is_part = true;  // its fields stand among those of the row

  Direction direction = Direction::ingress;
  int ip_version = 4;
  std::string protocol;                // "tcp" or "6", as its maker spelled it; empty: every protocol
  std::optional<std::uint32_t> first;  // port, or ICMP type
  std::optional<std::uint32_t> last;   // port, or ICMP code
  std::optional<Prefix> remote_prefix;
  std::optional<SecurityGroupId> remote_group;
  std::optional<AddressGroupId> remote_address_group;
  bool operator==(const Permission&) const = default;
};

struct SecurityGroupRule {
  static constexpr Kind kind = Kind::security_group_rule;
  static constexpr std::string_view word = "security_group_rule";
  static constexpr std::string_view called = "SecurityGroupRule";

  SecurityGroupRuleId id;
  Standard standard;
  SecurityGroupId group;
  Permission permission;
  bool operator==(const SecurityGroupRule&) const = default;
};

// A rule that new security groups start with.
struct DefaultSecurityGroupRule {
  static constexpr Kind kind = Kind::default_security_group_rule;
  static constexpr std::string_view word = "default_security_group_rule";
  static constexpr std::string_view called = "DefaultSecurityGroupRule";

  DefaultSecurityGroupRuleId id;
  Standard standard;
  Permission permission;
  bool remote_is_parent = false;           // the remote group is the one that the rule comes into
  bool used_in_default_group = false;      // of every project
  bool used_in_non_default_group = false;  // every other one
  bool operator==(const DefaultSecurityGroupRule&) const = default;
};

// Whether a project's groups are stateful when nobody says so.
struct DefaultStatefulness {
  static constexpr Kind kind = Kind::default_statefulness;
  static constexpr std::string_view word = "default_statefulness";
  static constexpr std::string_view called = "SecurityGroupDefaultStatefulness";

  DefaultStatefulnessId id;
  Standard standard;
  bool stateful = true;
  bool operator==(const DefaultStatefulness&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const SecurityGroup*) {
  visit("id", &SecurityGroup::id);
  visit("standard", &SecurityGroup::standard);
  visit("stateful", &SecurityGroup::stateful);
  visit("is_default", &SecurityGroup::is_default);
  visit("number", &SecurityGroup::number);
}
template <class Visit>
void describe(Visit&& visit, const Permission*) {
  visit("direction", &Permission::direction);
  visit("ip_version", &Permission::ip_version);
  visit("protocol", &Permission::protocol);
  visit("first", &Permission::first);
  visit("last", &Permission::last);
  visit("remote_prefix", &Permission::remote_prefix);
  visit("remote_group", &Permission::remote_group);
  visit("remote_address_group", &Permission::remote_address_group);
}
template <class Visit>
void describe(Visit&& visit, const SecurityGroupRule*) {
  visit("id", &SecurityGroupRule::id);
  visit("standard", &SecurityGroupRule::standard);
  visit("group", &SecurityGroupRule::group);
  visit("permission", &SecurityGroupRule::permission);
}
template <class Visit>
void describe(Visit&& visit, const DefaultSecurityGroupRule*) {
  visit("id", &DefaultSecurityGroupRule::id);
  visit("standard", &DefaultSecurityGroupRule::standard);
  visit("permission", &DefaultSecurityGroupRule::permission);
  visit("remote_is_parent", &DefaultSecurityGroupRule::remote_is_parent);
  visit("used_in_default_group", &DefaultSecurityGroupRule::used_in_default_group);
  visit("used_in_non_default_group", &DefaultSecurityGroupRule::used_in_non_default_group);
}
template <class Visit>
void describe(Visit&& visit, const DefaultStatefulness*) {
  visit("id", &DefaultStatefulness::id);
  visit("standard", &DefaultStatefulness::standard);
  visit("stateful", &DefaultStatefulness::stateful);
}

// The id with which the default group of a project is made. One that came from elsewhere has another.
SecurityGroupId default_group_id(const std::string& project);

// By this a project's default group is found, whatever its id: it stands on the id that it usually has.
template <class Visit>
void refer(Visit&& visit, const SecurityGroup& group) {
  visit(rule_number_id(group.number));
  if (group.is_default) visit(default_group_id(group.standard.project_id).uuid);
}
template <class Visit>
void refer_remotes(Visit&& visit, const Permission& permission) {
  if (permission.remote_group) visit(permission.remote_group->uuid);
  if (permission.remote_address_group) visit(permission.remote_address_group->uuid);
}
template <class Visit>
void refer(Visit&& visit, const SecurityGroupRule& rule) {
  visit(rule.group.uuid);
  refer_remotes(visit, rule.permission);
}
template <class Visit>
void refer(Visit&& visit, const DefaultSecurityGroupRule& rule) {
  refer_remotes(visit, rule.permission);
}

}  // namespace tarn::model
