// Security groups: the group that is there without anybody making it, what groups and rules may be, and which ports
// have them. Errors and defaults are those of Neutron 21; default rules and statefulness of its later releases.
#include <set>

#include "admission.h"
#include "model/first_use.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::message;
using test::reason;
using test::tenant;

class Security : public ::testing::Test {
 protected:
  Result<Uuid> group(Given given = {}) { return desk.create(Kind::security_group, std::move(given)); }
  Result<Uuid> rule(const Uuid& of, Given given = {}) {
    given["group"] = of.text();
    if (!given.contains("direction")) given["direction"] = "ingress";
    return desk.create(Kind::security_group_rule, std::move(given));
  }
  // Why such a rule is refused in a group of its own.
  std::string refusal(Given given) { return reason(rule(group().value(), std::move(given))); }
  std::string change(Kind kind, const Uuid& id, Given given) {
    const Status status = desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}});
    return status ? "" : status.error().reason;
  }
  std::string remove(Kind kind, const Uuid& id) {
    const Status status = desk.run({{Verb::remove, kind, id, {}, std::nullopt}});
    return status ? "" : status.error().reason;
  }
  const SecurityGroup& at(const Uuid& id) { return **desk.cloud.find<SecurityGroup>(id); }
  const SecurityGroup* default_group(const std::string& project = "blue") {
    const auto* found = desk.cloud.find<SecurityGroup>(default_group_id(project).uuid);
    return found ? found->row.get() : nullptr;
  }
  std::string protocol_of(const Uuid& rule) { return (**desk.cloud.find<SecurityGroupRule>(rule)).permission.protocol; }
  // What the rules of a group let through: "egress 4", "ingress 6 self".
  std::multiset<std::string> rules_of(const Uuid& id) {
    std::multiset<std::string> texts;
    for (const Uuid& each : desk.cloud.referrers(id, Kind::security_group_rule)) {
      const SecurityGroupRule& rule = **desk.cloud.find<SecurityGroupRule>(each);
      if (rule.group.uuid != id) continue;
      const Permission& what = rule.permission;
      std::string text = what.direction == Direction::ingress ? "ingress " : "egress ";
      text += std::to_string(what.ip_version);
      if (what.remote_group) text += what.remote_group->uuid == id ? " self" : " other";
      if (!what.protocol.empty()) text += " " + what.protocol;
      texts.insert(text);
    }
    return texts;
  }
  Result<PortId> port(Given more = {}) {
    if (!network) network = desk.network().value();
    return desk.port(*network, std::move(more));
  }
  array groups_of(PortId id) {
    array ids;
    for (const SecurityGroupId& each : desk.at(id).security_groups) ids.push_back(boost::json::string(each.text()));
    return ids;
  }

  const std::multiset<std::string> usual_in_default{"egress 4", "egress 6", "ingress 4 self", "ingress 6 self"};
  const std::multiset<std::string> usual_elsewhere{"egress 4", "egress 6"};
  Desk desk;
  std::optional<NetworkId> network;
};

TEST_F(Security, ANewPortMakesAndGetsTheDefaultGroupOfItsProject) {
  ASSERT_EQ(default_group(), nullptr);
  const PortId first = port().value();
  ASSERT_NE(default_group(), nullptr);
  EXPECT_EQ(default_group()->standard.name, "default");
  EXPECT_EQ(default_group()->standard.project_id, "blue");
  EXPECT_TRUE(default_group()->is_default);
  EXPECT_EQ(rules_of(default_group()->id.uuid), usual_in_default);
  const PortId second = port().value();
  EXPECT_EQ(desk.last.edits.size(), 1U) << "nothing more is made for the next port";
  EXPECT_EQ(desk.at(first).security_groups, std::vector{default_group()->id});
  EXPECT_EQ(desk.at(second).security_groups, std::vector{default_group()->id});
  desk.caller = admin();
  const PortId theirs = port({{"project_id", "red"}}).value();
  EXPECT_EQ(desk.at(theirs).security_groups, std::vector{default_group("red")->id});
}

TEST_F(Security, TrustedAndUnsecuredPortsAndThoseThatSaySoHaveNoGroup) {
  for (const Given& given : {Given{{"device_owner", "network:dhcp"}}, Given{{"port_security_enabled", false}},
                             Given{{"security_groups", array()}}, Given{{"security_groups", nullptr}}}) {
    EXPECT_TRUE(groups_of(port(given).value()).empty());
  }
  EXPECT_EQ(default_group(), nullptr) << "nobody needed it";
}

TEST_F(Security, ARequestForTheDefaultGroupCanBeAdmittedTwice) {
  const std::vector<Request> wanted = missing_default_group(desk.cloud, "blue");
  ASSERT_EQ(wanted.size(), 1U);
  ASSERT_TRUE(desk.run(wanted));
  EXPECT_EQ(desk.last.edits.size(), 5U);
  ASSERT_TRUE(desk.run(wanted));
  EXPECT_TRUE(desk.last.edits.empty());
  EXPECT_TRUE(missing_default_group(desk.cloud, "blue").empty());
  Request wrong = wanted[0];
  wrong.given["default_of"] = "red";
  EXPECT_EQ(reason(desk.run({wrong})), "InvalidInput") << "the id is a function of the project";
}

TEST_F(Security, ANewGroupMayTalkToEverybodyAndMakesTheDefaultOne) {
  const Uuid id = group({{"name", "web"}}).value();
  EXPECT_EQ(rules_of(id), usual_elsewhere);
  EXPECT_FALSE(at(id).is_default);
  EXPECT_TRUE(at(id).stateful);
  EXPECT_NE(default_group(), nullptr);
}

TEST_F(Security, TheDefaultGroupIsOneAndKeepsItsName) {
  const auto refused = group({{"name", "DeFault"}});
  EXPECT_EQ(reason(refused), "SecurityGroupDefaultAlreadyExists");
  EXPECT_EQ(code(refused), ErrorCode::conflict);
  const Uuid id = group({{"name", "web"}}).value();
  EXPECT_EQ(change(Kind::security_group, id, {{"name", "default"}}), "SecurityGroupDefaultAlreadyExists");
  const Uuid first = default_group()->id.uuid;
  EXPECT_EQ(change(Kind::security_group, first, {{"name", "mine"}}), "SecurityGroupCannotUpdateDefault");
  EXPECT_EQ(change(Kind::security_group, first, {{"description", "mine"}}), "");
  EXPECT_EQ(remove(Kind::security_group, first), "SecurityGroupCannotRemoveDefault");
  desk.caller = admin();
  EXPECT_EQ(remove(Kind::security_group, first), "") << "an administrator clears a project that is gone";
}

TEST_F(Security, AGroupInUseStaysAsItIs) {
  const Uuid id = group({{"name", "web"}}).value();
  const PortId user = port({{"security_groups", array{id.text()}}}).value();
  EXPECT_EQ(remove(Kind::security_group, id), "SecurityGroupInUse");
  EXPECT_EQ(change(Kind::security_group, id, {{"stateful", false}}), "SecurityGroupInUse");
  EXPECT_EQ(change(Kind::security_group, id, {{"stateful", true}, {"name", "www"}}), "") << "it is so already";
  ASSERT_TRUE(desk.remove(user));
  EXPECT_EQ(change(Kind::security_group, id, {{"stateful", false}}), "");
  EXPECT_EQ(remove(Kind::security_group, id), "");
  EXPECT_TRUE(desk.cloud.referrers(id, Kind::security_group_rule).empty()) << "its rules go along";
}

// securitygrouprules.remote_group_id is ON DELETE CASCADE in Neutron's schema.
TEST_F(Security, AGroupThatGoesTakesAlongTheRulesThatNameIt) {
  const Uuid one = group().value();
  const Uuid other = group().value();
  ASSERT_TRUE(rule(one, {{"remote_group", other.text()}}));
  ASSERT_TRUE(rule(other, {{"remote_group", one.text()}}));
  const auto before = at(other).standard.revision_number;
  EXPECT_EQ(remove(Kind::security_group, one), "");
  EXPECT_EQ(rules_of(other), usual_elsewhere);
  EXPECT_GT(at(other).standard.revision_number, before);
  for (const auto& [id, rule] : desk.cloud.table<SecurityGroupRule>()) {
    EXPECT_NE(desk.cloud.find<SecurityGroup>(rule->group.uuid), nullptr) << "a rule of no group";
  }
}

TEST_F(Security, RulesCountAsChangesOfTheirGroup) {
  const Uuid id = group().value();
  const auto first = at(id).standard.revision_number;
  const Uuid made = rule(id, {{"protocol", "tcp"}}).value();
  EXPECT_EQ(at(id).standard.revision_number, first + 1);
  EXPECT_EQ(remove(Kind::security_group_rule, made), "");
  EXPECT_EQ(at(id).standard.revision_number, first + 2);
  EXPECT_EQ(change(Kind::security_group_rule, rule(id).value(), {{"description", "x"}}), "InvalidInput");
}

TEST_F(Security, ProtocolsHaveNamesAndNumbers) {
  const auto kept = [&](int version, const char* protocol) {
    const auto made = rule(group().value(), {{"ip_version", version}, {"protocol", protocol}});
    return made ? protocol_of(*made) : made.error().reason;
  };
  EXPECT_EQ(kept(4, "tcp"), "tcp");
  EXPECT_EQ(kept(4, "6"), "6") << "as it was given";
  EXPECT_EQ(kept(4, "255"), "255");
  EXPECT_EQ(kept(4, "256"), "SecurityGroupRuleInvalidProtocol");
  EXPECT_EQ(kept(4, "-1"), "SecurityGroupRuleInvalidProtocol");
  EXPECT_EQ(kept(4, "any"), "SecurityGroupRuleInvalidProtocol");
  for (const char* icmp : {"icmp", "icmpv6", "ipv6-icmp"}) EXPECT_EQ(kept(6, icmp), "ipv6-icmp");
  EXPECT_EQ(kept(6, "1"), "58");
  EXPECT_EQ(kept(4, "icmp"), "icmp");
  for (const char* six : {"icmpv6", "ipv6-icmp", "58", "ipv6-frag", "44", "ipv6-route", "59", "ipv6-opts", "41"})
    EXPECT_EQ(kept(4, six), "SecurityGroupEthertypeConflictWithProtocol") << six;
}

TEST_F(Security, PortRangesFitTheirProtocol) {
  EXPECT_EQ(refusal({{"first", 80}, {"last", 80}}), "SecurityGroupProtocolRequiredWithPorts");
  for (const char* protocol : {"tcp", "udp", "sctp", "dccp", "udplite", "6", "17", "132"}) {
    const auto with = [&](Given range) {
      range["protocol"] = protocol;
      return refusal(std::move(range));
    };
    EXPECT_EQ(with({{"first", 80}, {"last", 90}}), "admitted") << protocol;
    EXPECT_EQ(with({{"first", 80}, {"last", 79}}), "SecurityGroupInvalidPortRange") << protocol;
    EXPECT_EQ(with({{"first", 80}}), "SecurityGroupInvalidPortRange") << protocol;
    EXPECT_EQ(with({{"last", 80}}), "SecurityGroupInvalidPortRange") << protocol;
    EXPECT_EQ(with({{"first", 0}, {"last", 80}}), "SecurityGroupInvalidPortValue") << protocol;
    EXPECT_EQ(with({{"first", 80}, {"last", 65536}}), "SecurityGroupInvalidPortValue") << protocol;
  }
  EXPECT_EQ(refusal({{"protocol", "gre"}, {"first", 1}, {"last", 2}}), "SecurityGroupInvalidProtocolForPort");
  const Uuid all = rule(group().value(), {{"protocol", "tcp"}, {"first", 1}, {"last", 65535}}).value();
  EXPECT_EQ((**desk.cloud.find<SecurityGroupRule>(all)).permission.first, std::nullopt) << "all ports is no range";
}

TEST_F(Security, IcmpHasTypesAndCodes) {
  for (const auto& [version, protocol] : {std::pair(4, "icmp"), {4, "1"}, {6, "ipv6-icmp"}, {6, "icmp"}}) {
    const auto with = [&](Given range) {
      range["protocol"] = protocol;
      range["ip_version"] = version;
      return refusal(std::move(range));
    };
    EXPECT_EQ(with({{"first", 0}, {"last", 0}}), "admitted") << "echo reply";
    EXPECT_EQ(with({{"first", 8}}), "admitted");
    EXPECT_EQ(with({{"first", 8}, {"last", 3}}), "admitted") << "it is no range";
    EXPECT_EQ(with({{"first", 256}}), "SecurityGroupInvalidIcmpValue");
    EXPECT_EQ(with({{"first", 8}, {"last", 256}}), "SecurityGroupInvalidIcmpValue");
    EXPECT_EQ(with({{"last", 0}}), "SecurityGroupMissingIcmpType");
  }
}

TEST_F(Security, ARuleNamesOneRemoteOfItsIpVersion) {
  EXPECT_EQ(refusal({{"remote_prefix", "2001:db8::/32"}}), "SecurityGroupRuleParameterConflict");
  EXPECT_EQ(refusal({{"ip_version", 6}, {"remote_prefix", "10.0.0.0/8"}}), "SecurityGroupRuleParameterConflict");
  EXPECT_EQ(refusal({{"ip_version", 6}, {"remote_prefix", "2001:db8::/32"}}), "admitted");
  const Uuid other = group().value();
  EXPECT_EQ(refusal({{"remote_prefix", "10.0.0.0/8"}, {"remote_group", other.text()}}),
            "SecurityGroupMultipleRemoteEntites");
  EXPECT_EQ(refusal({{"remote_group", desk.next_id().text()}}), "SecurityGroupNotFound");
  EXPECT_EQ(refusal({{"remote_address_group", desk.next_id().text()}}), "AddressGroupNotFound");
  EXPECT_EQ(reason(rule(desk.next_id())), "SecurityGroupNotFound");
  EXPECT_EQ(refusal({{"direction", "any"}}), "InvalidInput");
}

TEST_F(Security, AnAddressGroupThatRulesNameStays) {
  const Uuid addresses = desk.create(Kind::address_group, {{"addresses", array{"10.0.0.0/8"}}}).value();
  const Uuid user = rule(group().value(), {{"remote_address_group", addresses.text()}}).value();
  EXPECT_EQ(remove(Kind::address_group, addresses), "AddressGroupInUse");
  EXPECT_EQ(remove(Kind::security_group_rule, user), "");
  EXPECT_EQ(remove(Kind::address_group, addresses), "");
}

TEST_F(Security, NoTwoRulesOfAGroupSayTheSame) {
  const Uuid id = group().value();
  const Uuid first = rule(id, {{"protocol", "tcp"}, {"first", 22}, {"last", 22}}).value();
  const auto again = rule(id, {{"protocol", "6"}, {"first", 22}, {"last", 22}, {"remote_prefix", "0.0.0.0/0"}});
  EXPECT_EQ(reason(again), "SecurityGroupRuleExists");
  EXPECT_EQ(code(again), ErrorCode::conflict);
  EXPECT_NE(message(again).find(first.text()), std::string::npos) << "clients read the rule's id";
  EXPECT_EQ(reason(rule(id, {{"direction", "egress"}})), "SecurityGroupRuleExists") << "one of the usual ones";
  EXPECT_TRUE(rule(id, {{"protocol", "tcp"}, {"first", 22}, {"last", 23}}));
  EXPECT_TRUE(rule(id, {{"protocol", "udp"}, {"first", 22}, {"last", 22}}));
  EXPECT_TRUE(rule(id, {{"protocol", "tcp"}, {"first", 22}, {"last", 22}, {"remote_prefix", "10.0.0.0/8"}}));
  EXPECT_TRUE(rule(group().value(), {{"protocol", "tcp"}, {"first", 22}, {"last", 22}})) << "another group";
  const Given given{{"group", id.text()}, {"direction", "ingress"}, {"protocol", "gre"}};
  EXPECT_EQ(reason(desk.run({{Verb::create, Kind::security_group_rule, desk.next_id(), given, {}},
                             {Verb::create, Kind::security_group_rule, desk.next_id(), given, {}}})),
            "DuplicateSecurityGroupRuleInPost");
}

TEST_F(Security, QuotasCountGroupsAndRulesButNeverRefuseTheDefaultGroup) {
  desk.limits.quotas["security_group"] = 2;
  desk.limits.quotas["security_group_rule"] = 7;
  ASSERT_TRUE(port());
  const Uuid id = group().value();
  EXPECT_EQ(reason(group()), "OverQuota");
  EXPECT_TRUE(rule(id));
  EXPECT_EQ(reason(rule(id, {{"protocol", "tcp"}})), "OverQuota");
  desk.limits.quotas["security_group_rule"] = 0;
  desk.caller = tenant("red");
  network.reset();
  EXPECT_TRUE(port());
  EXPECT_EQ(rules_of(default_group("red")->id.uuid), usual_in_default);
  EXPECT_EQ(reason(group()), "OverQuota") << "its rules would be too many";
}

TEST_F(Security, PortsHaveGroupsThatExistForThem) {
  const Uuid one = group().value();
  const Uuid two = group().value();
  const PortId id = port({{"security_groups", array{two.text(), one.text()}}}).value();
  EXPECT_EQ(groups_of(id).size(), 2U);
  EXPECT_TRUE(desk.update(id, {{"name", "x"}}));
  EXPECT_EQ(groups_of(id).size(), 2U) << "absent leaves them";
  EXPECT_EQ(reason(desk.update(id, {{"security_groups", array{desk.next_id().text()}}})), "SecurityGroupNotFound");
  EXPECT_TRUE(desk.update(id, {{"security_groups", nullptr}}));
  EXPECT_TRUE(groups_of(id).empty());
  desk.caller = tenant("red");
  const Uuid theirs = group().value();
  desk.caller = tenant();
  const auto stolen = port({{"security_groups", array{theirs.text()}}});
  EXPECT_EQ(reason(stolen), "SecurityGroupNotFound");
  EXPECT_EQ(code(stolen), ErrorCode::not_found);
}

TEST_F(Security, GroupsNeedPortSecurity) {
  const Uuid id = group().value();
  const auto refused = port({{"port_security_enabled", false}, {"security_groups", array{id.text()}}});
  EXPECT_EQ(reason(refused), "PortSecurityAndIPRequiredForSecurityGroups");
  EXPECT_EQ(code(refused), ErrorCode::invalid);
  const PortId held = port({{"security_groups", array{id.text()}}}).value();
  const Status off = desk.update(held, {{"port_security_enabled", false}});
  EXPECT_EQ(reason(off), "PortSecurityPortHasSecurityGroup");
  EXPECT_EQ(code(off), ErrorCode::conflict);
  EXPECT_TRUE(desk.update(held, {{"port_security_enabled", false}, {"security_groups", array()}}));
  EXPECT_EQ(reason(desk.update(held, {{"security_groups", array{id.text()}}})),
            "PortSecurityAndIPRequiredForSecurityGroups");
  EXPECT_TRUE(desk.update(held, {{"port_security_enabled", true}}));
  EXPECT_TRUE(groups_of(held).empty()) << "only a new port gets the default group";
}

TEST_F(Security, StatefulAndStatelessGroupsDoNotMix) {
  const Uuid one = group().value();
  const Uuid other = group({{"stateful", false}}).value();
  EXPECT_EQ(reason(port({{"security_groups", array{one.text(), other.text()}}})), "SecurityGroupConflict");
  const PortId id = port({{"security_groups", array{one.text()}}}).value();
  EXPECT_EQ(reason(desk.update(id, {{"security_groups", array{one.text(), other.text()}}})), "SecurityGroupConflict");
  EXPECT_TRUE(desk.update(id, {{"security_groups", array{other.text()}}}));
}

TEST_F(Security, AGroupThatIsSharedMayBeUsedAndNamedButNotChanged) {
  const Uuid id = group().value();
  const Given policy{{"object_type", "security_group"}, {"object", id.text()}, {"target_project", "red"}};
  const Uuid share = desk.create(Kind::rbac_policy, policy).value();
  desk.caller = tenant("red");
  network.reset();
  const PortId user = port({{"security_groups", array{id.text()}}}).value();
  const Uuid own = group().value();
  EXPECT_TRUE(rule(own, {{"remote_group", id.text()}}));
  EXPECT_EQ(reason(rule(id, {{"protocol", "tcp"}})), "SecurityGroupNotFound");
  desk.caller = tenant();
  EXPECT_EQ(remove(Kind::rbac_policy, share), "RbacPolicyInUse");
  desk.caller = tenant("red");
  ASSERT_TRUE(desk.remove(user));
  EXPECT_EQ(remove(Kind::security_group, own), "");
  desk.caller = tenant();
  EXPECT_EQ(remove(Kind::rbac_policy, share), "");
}

TEST_F(Security, AGroupStaysSharedWithEverybodyWhileItsOwnersPortsHaveIt) {
  desk.caller = admin();
  const Uuid id = group().value();
  ASSERT_TRUE(rule(id, {{"remote_group", id.text()}}));
  const Given policy{{"object_type", "security_group"}, {"object", id.text()}, {"target_project", "*"}};
  const Uuid share = desk.create(Kind::rbac_policy, policy).value();
  const PortId user = port({{"security_groups", array{id.text()}}}).value();
  EXPECT_EQ(remove(Kind::rbac_policy, share), "RbacPolicyInUse");
  ASSERT_TRUE(desk.remove(user));
  EXPECT_EQ(remove(Kind::rbac_policy, share), "") << "its own rules do not need it";
}

TEST_F(Security, GroupsStartWithTheDefaultRulesThatThereAre) {
  desk.caller = admin();
  const auto start = [&](Given given) {
    if (!given.contains("direction")) given["direction"] = "ingress";
    return desk.create(Kind::default_security_group_rule, std::move(given));
  };
  const Uuid ssh = start({{"protocol", "tcp"}, {"used_in_default_group", true}, {"remote_group", "PARENT"}}).value();
  EXPECT_EQ(rules_of(group().value()), (std::multiset<std::string>{"egress 4", "egress 6", "ingress 4 self tcp"}));
  EXPECT_EQ(rules_of(default_group("admin-project")->id.uuid).count("ingress 4 self tcp"), 1U);
  EXPECT_EQ(reason(start({{"protocol", "6"}, {"remote_group", "PARENT"}})), "DefaultSecurityGroupRuleExists");
  EXPECT_EQ(reason(start({{"direction", "egress"}})), "DefaultSecurityGroupRuleExists") << "the usual one";
  EXPECT_EQ(reason(start({{"remote_group", "PARENT"}})), "admitted") << "the usual one is for default groups alone";
  EXPECT_EQ(reason(start({{"remote_group", "PARENT"}, {"remote_prefix", "10.0.0.0/8"}})),
            "SecurityGroupMultipleRemoteEntites");
  EXPECT_EQ(remove(Kind::default_security_group_rule, ssh), "");
  EXPECT_EQ(remove(Kind::default_security_group_rule, ssh), "DefaultSecurityGroupRuleNotFound");
  EXPECT_EQ(rules_of(group().value()).count("ingress 4 self tcp"), 0U);
}

TEST_F(Security, AUsualRuleThatIsTakenAwayStaysAway) {
  desk.caller = admin();
  const std::vector<Request> wanted = missing_usual_rules(desk.cloud);
  ASSERT_EQ(wanted.size(), 4U);
  ASSERT_TRUE(desk.run(wanted));
  EXPECT_EQ(rules_of(group().value()), usual_elsewhere) << "rows change nothing";
  for (const Request& each : wanted) EXPECT_EQ(remove(Kind::default_security_group_rule, each.id), "");
  EXPECT_EQ(remove(Kind::default_security_group_rule, wanted[0].id), "DefaultSecurityGroupRuleNotFound");
  ASSERT_TRUE(desk.run(wanted)) << "somebody who looked at the same time";
  EXPECT_TRUE(missing_usual_rules(desk.cloud).empty());
  EXPECT_TRUE(rules_of(group().value()).empty());
  ASSERT_TRUE(desk.create(Kind::default_security_group_rule, {{"direction", "egress"}}));
  EXPECT_EQ(rules_of(group().value()), (std::multiset<std::string>{"egress 4"}));
}

TEST_F(Security, WhatGroupsStartWithStays) {
  desk.caller = admin();
  const Uuid id = group().value();
  ASSERT_TRUE(desk.create(Kind::default_security_group_rule, {{"direction", "ingress"}, {"remote_group", id.text()}}));
  EXPECT_EQ(remove(Kind::security_group, id), "SecurityGroupInUse");
}

TEST_F(Security, WhoSaysNothingGetsTheDefaultStatefulness) {
  desk.caller = admin();
  const auto say = [&](const char* project, bool stateful) {
    return desk.create(Kind::default_statefulness, {{"project_id", project}, {"stateful", stateful}});
  };
  const Uuid all = say("", false).value();
  EXPECT_FALSE(at(group({{"project_id", "blue"}}).value()).stateful);
  EXPECT_FALSE(default_group()->stateful);
  const Uuid blue = say("blue", true).value();
  EXPECT_TRUE(at(group({{"project_id", "blue"}}).value()).stateful) << "a project's own goes before";
  EXPECT_FALSE(at(group({{"project_id", "blue"}, {"stateful", false}}).value()).stateful);
  EXPECT_EQ(reason(say("blue", false)), "SecurityGroupDefaultStatefulnessAlreadyExists");
  EXPECT_EQ(reason(say("", true)), "SecurityGroupDefaultStatefulnessAlreadyExists");
  EXPECT_EQ(change(Kind::default_statefulness, blue, {{"stateful", false}}), "");
  EXPECT_FALSE(at(group({{"project_id", "blue"}}).value()).stateful);
  EXPECT_EQ(remove(Kind::default_statefulness, blue), "");
  EXPECT_EQ(remove(Kind::default_statefulness, all), "");
  EXPECT_TRUE(at(group({{"project_id", "blue"}}).value()).stateful);
}

}  // namespace
}  // namespace tarn::model
