// The bindings of a port to several hosts, as Nova makes and activates them around a live migration.
#include <gmock/gmock.h>

#include "client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::json::object;
using test::member;
using test::Reply;
using test::said;

class Bindings : public testing::Test {
 protected:
  Bindings() {
    for (const char* host : {"from", "to"}) {
      model::Agent agent;
      agent.id = {Uuid::random(9, host[0])};
      agent.host = host;
      agent.tunnel_address = "192.0.2.1";
      client.cloud.agent_says_hello(agent);
    }
    port = client.port(client.network(), {{"device_owner", "compute:nova"}, {"binding:host_id", "from"}});
    path = "/v2.0/ports/" + port + "/bindings";
  }
  Reply bind(const std::string& host, object more = {}) {
    more["host"] = host;
    return client.post(path, {{"binding", std::move(more)}});
  }
  std::vector<std::string> hosts(const std::string& query = "") {
    std::vector<std::string> all;
    const Reply reply = client.get(path + query);
    for (const auto& each : reply.body.at("bindings").as_array())
      all.emplace_back(std::string(each.at("host").as_string()) + " " + std::string(each.at("status").as_string()));
    return all;
  }

  Client client;
  std::string port;
  std::string path;
};

TEST_F(Bindings, OneIsActiveAndAnotherIsPreparedBesideIt) {
  EXPECT_EQ(hosts(), (std::vector<std::string>{"from ACTIVE"}));
  const Reply made = bind("to", {{"vnic_type", "normal"}, {"profile", {{"migrating_to", "to"}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  EXPECT_EQ(made.body.at("binding").at("vif_type"), "ovs");
  EXPECT_EQ(made.body.at("binding").at("status"), "INACTIVE");
  EXPECT_EQ(made.body.at("binding").at("profile").at("migrating_to"), "to");
  EXPECT_EQ(hosts(), (std::vector<std::string>{"from ACTIVE", "to INACTIVE"}));
  EXPECT_EQ(hosts("?status=INACTIVE"), (std::vector<std::string>{"to INACTIVE"}));
  EXPECT_EQ(client.get(path + "/to").body.at("binding").at("host"), "to");
  EXPECT_EQ(client.shown("port", port).at("binding:host_id"), "from");
}

TEST_F(Bindings, ActivationMovesThePortAndTheOldOneIsRemoved) {
  bind("to", {{"profile", {{"a", 1}}}});
  const Reply active = client.ask("PUT", path + "/to/activate");
  ASSERT_EQ(active.status, 200U) << active.text;
  EXPECT_EQ(active.body.at("binding").at("status"), "ACTIVE");
  EXPECT_EQ(hosts(), (std::vector<std::string>{"to ACTIVE", "from INACTIVE"}));
  EXPECT_EQ(client.get(path + "/from").body.at("binding").at("vif_type"), "unbound");
  const object shown = client.shown("port", port);
  EXPECT_EQ(shown.at("binding:host_id"), "to");
  EXPECT_EQ(shown.at("binding:profile"), (object{{"a", 1}}));
  EXPECT_EQ(shown.at("status"), "DOWN");
  EXPECT_EQ(client.ask("PUT", path + "/to/activate").type(), "PortBindingAlreadyActive");
  EXPECT_EQ(client.remove(path + "/from").status, 204U);
  EXPECT_EQ(hosts(), (std::vector<std::string>{"to ACTIVE"}));
}

TEST_F(Bindings, ABindingIsChangedInItsPlace) {
  bind("to");
  EXPECT_EQ(client.put(path + "/to", {{"binding", {{"profile", {{"b", 2}}}}}}).body.at("binding").at("profile"),
            (object{{"b", 2}}));
  EXPECT_EQ(client.shown("port", port).at("binding:profile"), object());
  EXPECT_EQ(client.put(path + "/from", {{"binding", {{"profile", {{"c", 3}}}}}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("binding:profile"), (object{{"c", 3}}));
}

TEST_F(Bindings, WhatCannotBeIsRefused) {
  EXPECT_EQ(bind("from").type(), "PortBindingAlreadyExists");
  EXPECT_EQ(bind("nowhere").type(), "PortBindingError");
  EXPECT_EQ(bind("").status, 400U);
  EXPECT_EQ(client.post(path, {{"binding", object()}}).status, 400U);
  EXPECT_EQ(client.get(path + "/to").type(), "PortBindingNotFound");
  EXPECT_EQ(client.ask("PUT", path + "/to/activate").status, 404U);
  EXPECT_EQ(client.remove(path + "/to").status, 404U);
  EXPECT_EQ(client.get("/v2.0/ports/" + client.network() + "/bindings").type(), "PortNotFound");
  const std::string other = client.port(client.network(), {{"device_owner", "network:dhcp"}});
  EXPECT_EQ(client.post("/v2.0/ports/" + other + "/bindings", {{"binding", {{"host", "to"}}}}).status, 400U);
  EXPECT_EQ(hosts(), (std::vector<std::string>{"from ACTIVE"}));
}

TEST_F(Bindings, AreNotForMembers) {
  client.identity.who = member();
  EXPECT_EQ(bind("to").status, 403U);
  EXPECT_EQ(client.get(path + "/from").status, 404U);
}

}  // namespace
}  // namespace tarn::api
