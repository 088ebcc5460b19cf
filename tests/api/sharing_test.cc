// RBAC policies: what one project lets others use, and how `shared` is another word for it.
#include <gmock/gmock.h>

#include "client.h"

namespace tarn::api {
namespace {

using test::administrator;
using test::Client;
using test::member;
using test::Reply;
using test::json::object;

class RbacPolicies : public testing::Test {
 protected:
  RbacPolicies() {
    client.identity.who = member("blue");
    network = client.network({{"name", "theirs"}});
  }
  Reply policy(const std::string& target, const std::string& action = "access_as_shared") {
    return client.post(
        "/v2.0/rbac-policies",
        {{"rbac_policy",
          {{"object_type", "network"}, {"object_id", network}, {"target_tenant", target}, {"action", action}}}});
  }
  static std::string path_of(const Reply& reply) {
    return "/v2.0/rbac-policies/" + std::string(reply.body.at("rbac_policy").at("id").as_string());
  }
  std::size_t policies() { return client.get("/v2.0/rbac-policies").body.at("rbac_policies").as_array().size(); }
  unsigned status_of_network() { return client.get("/v2.0/networks/" + network).status; }

  Client client;
  std::string network;
};

TEST_F(RbacPolicies, ANetworkIsThereForTheProjectThatAPolicyNames) {
  client.identity.who = member("red");
  EXPECT_EQ(status_of_network(), 404U);
  client.identity.who = member("blue");
  const Reply made = policy("red");
  ASSERT_EQ(made.status, 201U) << made.text;
  EXPECT_EQ(made.body.at("rbac_policy").at("project_id"), "blue");
  EXPECT_FALSE(client.shown("network", network).at("shared").as_bool()) << "not with blue itself";
  client.identity.who = member("red");
  EXPECT_TRUE(client.shown("network", network).at("shared").as_bool());
  EXPECT_EQ(client.get(path_of(made)).status, 404U) << "policies are their owner's to see";
  client.identity.who = member("green");
  EXPECT_EQ(status_of_network(), 404U);
}

TEST_F(RbacPolicies, APolicyStaysWhileSomebodyUsesTheObjectThroughIt) {
  const Reply made = policy("red");
  client.identity.who = member("red");
  const std::string port = client.port(network);
  client.identity.who = member("blue");
  EXPECT_EQ(client.remove(path_of(made)).type(), "RbacPolicyInUse");
  EXPECT_EQ(client.put(path_of(made), {{"rbac_policy", {{"target_tenant", "green"}}}}).status, 409U);
  const Reply second = policy("green");
  EXPECT_EQ(client.remove(path_of(second)).status, 204U) << "nobody uses it through that one";
  client.identity.who = member("red");
  client.remove("/v2.0/ports/" + port);
  client.identity.who = member("blue");
  EXPECT_EQ(client.remove(path_of(made)).status, 204U);
  client.identity.who = member("red");
  EXPECT_EQ(status_of_network(), 404U);
}

TEST_F(RbacPolicies, SharedIsAPolicyForEverybody) {
  client.identity.who = administrator("ops");
  client.put("/v2.0/networks/" + network, {{"network", {{"shared", true}}}});
  const Reply listed = client.get("/v2.0/rbac-policies?object_id=" + network);
  const auto& only = listed.body.at("rbac_policies").as_array().at(0).as_object();
  EXPECT_EQ(only.at("target_tenant"), "*");
  EXPECT_EQ(only.at("project_id"), "blue") << "the owner's";
  client.identity.who = member("red");
  EXPECT_EQ(status_of_network(), 200U);
  client.identity.who = administrator("ops");
  client.put("/v2.0/networks/" + network, {{"network", {{"shared", false}}}});
  EXPECT_EQ(policies(), 0U);
  EXPECT_EQ(policy("*").status, 201U);
  EXPECT_TRUE(client.shown("network", network).at("shared").as_bool());
}

TEST_F(RbacPolicies, AnExternalNetworkIsThereForWhomItsPoliciesName) {
  client.identity.who = administrator("ops");
  client.put("/v2.0/networks/" + network, {{"network", {{"router:external", true}}}});
  client.identity.who = member("red");
  EXPECT_EQ(status_of_network(), 200U);
  EXPECT_FALSE(client.shown("network", network).at("shared").as_bool());
  EXPECT_EQ(client.post("/v2.0/ports", {{"port", {{"network_id", network}}}}).type(), "HTTPForbidden")
      << "a way out, not a place to be";
  client.identity.who = administrator("ops");
  const auto all = client.get("/v2.0/rbac-policies").body.at("rbac_policies").as_array();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("action"), "access_as_external");
  client.remove("/v2.0/rbac-policies/" + std::string(all[0].at("id").as_string()));
  client.identity.who = member("red");
  EXPECT_EQ(status_of_network(), 404U);
}

TEST_F(RbacPolicies, PoliciesGoWithTheirObject) {
  policy("red");
  EXPECT_EQ(client.remove("/v2.0/networks/" + network).status, 204U);
  EXPECT_EQ(policies(), 0U);
}

TEST_F(RbacPolicies, WhatCannotBeIsRefused) {
  EXPECT_EQ(policy("red").status, 201U);
  EXPECT_EQ(policy("red").type(), "DuplicateRbacPolicy");
  EXPECT_EQ(policy("*").status, 403U) << "everybody is for administrators to say";
  EXPECT_EQ(policy("red", "access_as_owner").status, 400U);
  const auto of = [&](const std::string& type, const std::string& id) {
    return client.post(
        "/v2.0/rbac-policies",
        {{"rbac_policy",
          {{"object_type", type}, {"object_id", id}, {"target_tenant", "red"}, {"action", "access_as_shared"}}}});
  };
  EXPECT_EQ(of("port", network).status, 400U);
  EXPECT_EQ(of("subnetpool", network).type(), "SubnetPoolNotFound");
  client.identity.who = member("red");
  EXPECT_EQ(of("network", network).type(), "InvalidInput") << "shared with red, but not red's to share";
  client.identity.who = member("green");
  EXPECT_EQ(of("network", network).type(), "NetworkNotFound") << "not there for green";
}

TEST_F(RbacPolicies, APolicyOnWhatIsNotHisOwnIsNotHisToChange) {
  client.identity.who = administrator("ops");
  const object given{{"object_type", "network"},
                     {"object_id", network},
                     {"target_tenant", "red"},
                     {"action", "access_as_shared"},
                     {"project_id", "red"}};
  const Reply made = client.post("/v2.0/rbac-policies", {{"rbac_policy", given}});
  client.identity.who = member("red");
  const Reply refused = client.put(path_of(made), {{"rbac_policy", {{"target_tenant", "green"}}}});
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.type(), "RbacPolicyInUse");
}

TEST_F(RbacPolicies, TheOwnersPortsDoNotKeepANetworkShared) {
  client.identity.who = administrator("ops");
  const Reply everybodys = policy("*");
  client.identity.who = member("blue");
  client.port(network);
  client.identity.who = administrator("ops");
  EXPECT_EQ(client.remove(path_of(everybodys)).status, 204U);
}

}  // namespace
}  // namespace tarn::api
