// QoS policies and rules: what may stand in one policy, who has one, and when it may go.
#include "admission.h"

namespace tarn::model {
namespace {

using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::reason;
using test::tenant;

class Qos : public ::testing::Test {
 protected:
  Qos() { desk.caller = admin(); }

  Uuid policy(Given given = {}) { return desk.create(Kind::qos_policy, std::move(given)).value(); }
  Result<Uuid> rule(const Uuid& policy, std::string_view type, Given given) {
    given["policy"] = policy.text();
    given["type"] = type;
    return desk.create(Kind::qos_rule, std::move(given));
  }
  Status change(Kind kind, const Uuid& id, Given given) {
    return desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}});
  }
  Status remove(Kind kind, const Uuid& id) { return desk.run({{Verb::remove, kind, id, {}, std::nullopt}}); }
  std::uint64_t revision(const Uuid& policy) { return (**desk.cloud.find<QosPolicy>(policy)).standard.revision_number; }

  Desk desk;
};

TEST_F(Qos, APolicyHasOneRuleOfEachTypeAndDirection) {
  const Uuid id = policy();
  ASSERT_TRUE(rule(id, "bandwidth_limit", {{"rate", 1000}}).has_value());
  EXPECT_EQ(reason(rule(id, "bandwidth_limit", {{"rate", 2000}})), "QoSRulesConflict");
  const Uuid in = rule(id, "bandwidth_limit", {{"rate", 1000}, {"direction", "ingress"}}).value();
  EXPECT_EQ(reason(change(Kind::qos_rule, in, {{"direction", "egress"}})), "QoSRulesConflict");
  ASSERT_TRUE(rule(id, "dscp_marking", {{"dscp", 10}}).has_value());
  EXPECT_EQ(reason(rule(id, "dscp_marking", {{"dscp", 12}})), "QoSRulesConflict");
  EXPECT_TRUE(rule(policy(), "dscp_marking", {{"dscp", 12}}).has_value());
}

TEST_F(Qos, NoRulePromisesMoreThanAnotherAllows) {
  const Uuid id = policy();
  ASSERT_TRUE(rule(id, "bandwidth_limit", {{"rate", 1000}}).has_value());
  EXPECT_EQ(reason(rule(id, "minimum_bandwidth", {{"rate", 1001}})), "QoSRuleParameterConflict");
  const Uuid least = rule(id, "minimum_bandwidth", {{"rate", 1000}}).value();
  EXPECT_EQ(reason(change(Kind::qos_rule, least, {{"rate", 1001}})), "QoSRuleParameterConflict");
  const Uuid other = policy();
  ASSERT_TRUE(rule(other, "minimum_bandwidth", {{"rate", 500}}).has_value());
  EXPECT_EQ(reason(rule(other, "bandwidth_limit", {{"rate", 499}})), "QoSRuleParameterConflict");
}

TEST_F(Qos, PacketsOfBothDirectionsAreCountedTogetherOrApart) {
  const Uuid id = policy();
  const Uuid any = rule(id, "minimum_packet_rate", {{"rate", 10}, {"direction", "any"}}).value();
  EXPECT_EQ(reason(rule(id, "minimum_packet_rate", {{"rate", 10}})), "QoSRuleParameterConflict");
  ASSERT_TRUE(remove(Kind::qos_rule, any).has_value());
  EXPECT_TRUE(rule(id, "minimum_packet_rate", {{"rate", 10}}).has_value());
  EXPECT_TRUE(rule(id, "minimum_packet_rate", {{"rate", 10}, {"direction", "ingress"}}).has_value());
}

TEST_F(Qos, APolicysRevisionGrowsWithItsRules) {
  const Uuid id = policy();
  EXPECT_EQ(revision(id), 1U);
  const Uuid limit = rule(id, "bandwidth_limit", {{"rate", 1000}}).value();
  EXPECT_EQ(revision(id), 2U);
  ASSERT_TRUE(change(Kind::qos_rule, limit, {{"rate", 1000}}).has_value());
  EXPECT_EQ(revision(id), 2U);
  ASSERT_TRUE(change(Kind::qos_rule, limit, {{"rate", 1001}}).has_value());
  EXPECT_EQ(revision(id), 3U);
  ASSERT_TRUE(remove(Kind::qos_rule, limit).has_value());
  EXPECT_EQ(revision(id), 4U);
}

TEST_F(Qos, APolicyGoesWithItsRulesOnceNothingHasIt) {
  const Uuid id = policy({{"shared", true}});
  const Uuid mark = rule(id, "dscp_marking", {{"dscp", 10}}).value();
  const NetworkId network = desk.network({{"qos_policy", id.text()}}).value();
  EXPECT_EQ(reason(remove(Kind::qos_policy, id)), "QosPolicyInUse");
  ASSERT_TRUE(desk.update(network, {{"qos_policy", nullptr}}).has_value());
  const PortId port = desk.port(network, {{"qos_policy", id.text()}}).value();
  EXPECT_EQ(reason(remove(Kind::qos_policy, id)), "QosPolicyInUse");
  ASSERT_TRUE(desk.remove(port).has_value());
  EXPECT_TRUE(remove(Kind::qos_policy, id).has_value());
  EXPECT_EQ(desk.cloud.find<QosRule>(mark), nullptr);
  EXPECT_TRUE(desk.cloud.table<RbacPolicy>().empty());
}

TEST_F(Qos, NewNetworksHaveTheDefaultPolicyOfTheirProject) {
  const Uuid id = policy({{"is_default", true}});
  EXPECT_EQ(desk.at(desk.network().value()).qos_policy, QosPolicyId{id});
  EXPECT_EQ(reason(desk.create(Kind::qos_policy, {{"is_default", true}})), "QoSPolicyDefaultAlreadyExists");
  const Uuid other = policy();
  EXPECT_EQ(reason(change(Kind::qos_policy, other, {{"is_default", true}})), "QoSPolicyDefaultAlreadyExists");
  EXPECT_TRUE(desk.create(Kind::qos_policy, {{"is_default", true}, {"project_id", "blue"}}).has_value());
  ASSERT_TRUE(change(Kind::qos_policy, id, {{"is_default", false}}).has_value());
  EXPECT_TRUE(change(Kind::qos_policy, other, {{"is_default", true}}).has_value());
  EXPECT_EQ(desk.at(desk.network({{"qos_policy", id.text()}}).value()).qos_policy, QosPolicyId{id});
}

TEST_F(Qos, APolicyOfOthersCanNeitherBeSetNorTakenAway) {
  const Uuid own = policy();
  const Uuid shared = policy({{"shared", true}});
  desk.caller = tenant();
  const NetworkId network = desk.network().value();
  const PortId port = desk.port(network).value();
  EXPECT_EQ(reason(desk.update(port, {{"qos_policy", own.text()}})), "QosPolicyNotFound");
  EXPECT_EQ(reason(desk.port(network, {{"qos_policy", own.text()}})), "QosPolicyNotFound");
  EXPECT_TRUE(desk.update(port, {{"qos_policy", shared.text()}}).has_value());
  desk.caller = admin();
  ASSERT_TRUE(desk.update(port, {{"qos_policy", own.text()}}).has_value());
  EXPECT_EQ(reason(change(Kind::qos_policy, shared, {{"shared", false}})), "admitted");
  desk.caller = tenant();
  EXPECT_EQ(code(desk.update(port, {{"qos_policy", nullptr}})), ErrorCode::forbidden);
  EXPECT_EQ(reason(desk.update(port, {{"qos_policy", nullptr}})), "PolicyRemoveAuthorizationError");
  EXPECT_TRUE(desk.update(port, {{"name", "x"}}).has_value());
}

TEST_F(Qos, APolicyStaysSharedWithEverybodyWhileAnythingHasIt) {
  const Uuid shared = policy({{"shared", true}});
  const NetworkId own = desk.network({{"qos_policy", shared.text()}}).value();
  EXPECT_EQ(reason(change(Kind::qos_policy, shared, {{"shared", false}})), "RbacPolicyInUse");
  const Given by_name{
      {"object_type", "qos_policy"}, {"object", shared.text()}, {"target_project", desk.at(own).standard.project_id}};
  const Uuid named = desk.create(Kind::rbac_policy, by_name).value();
  EXPECT_EQ(reason(change(Kind::qos_policy, shared, {{"shared", false}})), "admitted");
  EXPECT_EQ(reason(remove(Kind::rbac_policy, named)), "admitted") << "what is his own he has anyway";
}

TEST_F(Qos, APolicyStaysSharedWhileOthersHaveIt) {
  const Uuid shared = policy({{"shared", true}});
  desk.caller = tenant();
  ASSERT_TRUE(desk.network({{"qos_policy", shared.text()}}).has_value());
  desk.caller = admin();
  EXPECT_EQ(reason(change(Kind::qos_policy, shared, {{"shared", false}})), "RbacPolicyInUse");
}

}  // namespace
}  // namespace tarn::model
