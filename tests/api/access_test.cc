// Who may do what through the API: the defaults of policy, files over them, and what is hidden from whom.
#include <gmock/gmock.h>

#include "client.h"

namespace tarn::api {
namespace {

using test::administrator;
using test::Client;
using test::member;
using test::Reply;
using test::somebody;
using test::json::object;
using testing::HasSubstr;

NetworkingOptions with_rules(const std::string& yaml) {
  NetworkingOptions options;
  options.policy = policy::Rules::defaults().with_file(yaml).value();
  return options;
}

// What a client is told who gives these attributes to a new row.
Reply made(Client& client, const std::string& singular, object body) {
  return client.post("/v2.0/" + singular + "s", {{singular, std::move(body)}});
}
Reply changed(Client& client, const std::string& path, const std::string& singular, object body) {
  return client.put(path, {{singular, std::move(body)}});
}

TEST(Access, OnlyAdministratorsChooseSegmentsAndShare) {
  Client client;
  client.identity.who = member();
  const object given[] = {{{"provider:network_type", "vlan"}},
                          {{"provider:physical_network", "physnet1"}},
                          {{"provider:segmentation_id", 5}},
                          {{"shared", true}},
                          {{"router:external", true}}};
  for (const object& body : given) {
    const std::string name(body.begin()->key());
    const Reply refused = made(client, "network", body);
    EXPECT_EQ(refused.status, 403U) << name;
    EXPECT_EQ(refused.type(), "PolicyNotAuthorized");
    EXPECT_THAT(refused.message(), HasSubstr("create_network:" + name));
  }
  const std::string id = client.network({{"shared", false}});  // what it would be anyway
  EXPECT_EQ(changed(client, "/v2.0/networks/" + id, "network", {{"shared", true}}).status, 403U);
  EXPECT_EQ(changed(client, "/v2.0/networks/" + id, "network", {{"shared", false}}).status, 403U);
  EXPECT_EQ(made(client, "network", {{"project_id", "p2"}}).status, 400U);
  client.identity.who = administrator();
  EXPECT_EQ(changed(client, "/v2.0/networks/" + id, "network", {{"shared", true}}).status, 200U);
}

TEST(Access, WhoChoosesAgentsIsSaidByRulesOfItsOwn) {
  Client client(with_rules("get_agent: '@'\ndelete_l3-router: '@'\n"));
  model::Agent agent;
  agent.id = {Uuid::random(7, 7)};
  agent.host = "h";
  client.cloud.put(agent);
  const std::string router(made(client, "router", {}).body.at("router").at("id").as_string());
  const std::string path = "/v2.0/agents/" + agent.id.text() + "/l3-routers";
  client.identity.who = member();
  const Reply refused = client.post(path, {{"router_id", router}});
  EXPECT_EQ(refused.status, 403U);
  EXPECT_THAT(refused.message(), HasSubstr("create_l3-router"));
  EXPECT_EQ(client.remove(path + "/" + router).status, 204U);
}

TEST(Access, BindingIsForAdministratorsAndServices) {
  Client client;
  const std::string network = client.network();
  client.identity.who = member();
  EXPECT_EQ(made(client, "port", {{"network_id", network}, {"binding:host_id", "h"}}).status, 403U);
  EXPECT_EQ(made(client, "port", {{"network_id", network}, {"binding:profile", {{"a", 1}}}}).status, 403U);
  const std::string id = client.port(network, {{"binding:host_id", ""}, {"binding:profile", object()}});
  EXPECT_EQ(changed(client, "/v2.0/ports/" + id, "port", {{"binding:host_id", "h"}}).status, 403U);
  EXPECT_EQ(changed(client, "/v2.0/ports/" + id, "port", {{"mac_address", "fa:16:3e:00:00:07"}}).status, 403U);
  EXPECT_FALSE(client.shown("port", id).contains("binding:host_id"));
  EXPECT_TRUE(client.shown("port", id).contains("binding:vnic_type"));
  client.identity.who = somebody("services", {"service"});
  EXPECT_EQ(changed(client, "/v2.0/ports/" + id, "port", {{"binding:host_id", "h"}}).status, 200U);
  EXPECT_EQ(client.shown("port", id).at("binding:host_id"), "h");
}

class OnAnothersNetwork : public testing::Test {
 protected:
  OnAnothersNetwork() {
    network = client.network({{"project_id", "blue"}, {"shared", true}});
    subnet = client.subnet(network, "10.0.0.0/24");
    client.identity.who = member("red");
  }
  unsigned port(object body) {
    body["network_id"] = network;
    return made(client, "port", std::move(body)).status;
  }

  Client client;
  std::string network;
  std::string subnet;
};

TEST_F(OnAnothersNetwork, APortMayBeMadeAndASubnetPickedButNoAddressOrMac) {
  EXPECT_EQ(port({{"fixed_ips", {object{{"subnet_id", subnet}}}}}), 201U);
  EXPECT_EQ(port({{"fixed_ips", {object{{"ip_address", "10.0.0.9"}}}}}), 403U);
  EXPECT_EQ(port({{"mac_address", "fa:16:3e:00:00:01"}}), 403U);
  EXPECT_EQ(port({{"port_security_enabled", false}}), 403U);
  EXPECT_EQ(port({{"allowed_address_pairs", {object{{"ip_address", "10.0.0.9"}}}}}), 403U);
  EXPECT_EQ(port({{"device_owner", "network:dhcp"}}), 403U);
  EXPECT_EQ(port({{"device_owner", "compute:nova"}, {"device_id", "vm"}}), 201U);
}

TEST_F(OnAnothersNetwork, ItsOwnerSeesAndRemovesThePortButDoesNotEditIt) {
  const std::string path = "/v2.0/ports/" + client.port(network);
  client.identity.who = member("blue");
  EXPECT_EQ(changed(client, path, "port", {{"name", "x"}}).status, 403U);
  client.identity.who = member("green");
  EXPECT_EQ(changed(client, path, "port", {{"name", "x"}}).status, 404U);
  EXPECT_EQ(client.remove(path).status, 404U);
  client.identity.who = member("blue");
  EXPECT_EQ(client.remove(path).status, 204U);
}

TEST_F(OnAnothersNetwork, NobodyElseMakesSubnetsOrChangesThem) {
  EXPECT_EQ(made(client, "subnet", {{"network_id", network}, {"cidr", "10.1.0.0/24"}, {"ip_version", 4}}).status, 403U);
  EXPECT_EQ(changed(client, "/v2.0/subnets/" + subnet, "subnet", {{"name", "x"}}).status, 403U);
  EXPECT_EQ(client.get("/v2.0/subnets/" + subnet).status, 200U);
  client.identity.who = member("blue");
  EXPECT_EQ(changed(client, "/v2.0/subnets/" + subnet, "subnet", {{"name", "x"}}).status, 200U);
  EXPECT_EQ(changed(client, "/v2.0/subnets/" + subnet, "subnet", {{"service_types", {"compute:nova"}}}).status, 403U);
}

TEST(Access, WhatAFilterOrASortNamesMustBeSeenToo) {
  Client client;
  const std::string network = client.network();
  client.port(network, {{"name", "on-h"}, {"binding:host_id", "h"}});
  EXPECT_EQ(client.names("/v2.0/ports?binding:host_id=h"), (std::vector<std::string>{"on-h"}));
  client.identity.who = member();
  EXPECT_TRUE(client.names("/v2.0/ports?binding:host_id=h").empty());
  EXPECT_EQ(client.names("/v2.0/ports").size(), 1U);
}

TEST(Access, AgentsAreForAdministrators) {
  Client client;
  model::Agent agent;
  agent.id = {Uuid::random(1, 1)};
  agent.host = "h";
  client.cloud.agent_says_hello(agent);
  const std::string path = "/v2.0/agents/" + agent.id.text();
  EXPECT_EQ(client.get(path).status, 200U);
  client.identity.who = member();
  EXPECT_EQ(client.get(path).status, 404U);
  EXPECT_TRUE(client.get("/v2.0/agents").body.at("agents").as_array().empty());
  EXPECT_EQ(changed(client, path, "agent", {{"description", "x"}}).status, 404U);
}

TEST(Access, AFileGivesAndTakes) {
  Client client(
      with_rules("create_network: \"role:builder\"\n"
                 "get_port:binding:host_id: \"\"\n"
                 "get_agent: \"role:ops\"\n"));
  client.identity.who = member();
  EXPECT_THAT(made(client, "network", {}).message(), HasSubstr("create_network)"));
  client.identity.who = somebody("p1", {"builder"});
  const std::string network = client.network();
  client.identity.who = member();
  EXPECT_TRUE(client.shown("port", client.port(network)).contains("binding:host_id"));
}

TEST(Access, ActionsHaveRulesOfTheirOwn) {
  Client client(with_rules("add_prefixes: \"!\"\n"));
  const Reply pool = made(client, "subnetpool", {{"name", "a"}, {"prefixes", {"10.0.0.0/16"}}});
  const std::string path = "/v2.0/subnetpools/" + std::string(pool.body.at("subnetpool").at("id").as_string());
  EXPECT_EQ(client.put(path + "/add_prefixes", {{"prefixes", {"10.1.0.0/16"}}}).status, 403U);
  EXPECT_EQ(client.put(path + "/remove_prefixes", {{"prefixes", {"10.0.0.0/24"}}}).status, 200U);
}

}  // namespace
}  // namespace tarn::api
