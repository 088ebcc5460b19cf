// Where routers are, as clients see it: agents of routers, routers of agents, and what follows from who is heard: the
// status of gateways and floating IPs, the host of a gateway, zones. Words and shapes are those of Neutron.
#include <gmock/gmock.h>

#include <map>

#include "client.h"
#include "model/gateways.h"

namespace tarn::api {
namespace {

using test::administrator;
using test::Client;
using test::member;
using test::Reply;
using test::said;
using test::json::object;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
namespace json = boost::json;

// Five hosts, four of which offer the network outside.
class RouterPlaces : public testing::Test {
 protected:
  RouterPlaces() {
    client.cloud.operator_limits().flat_networks = {"physnet1"};
    for (const char* host : {"h1", "h2", "h3", "h4"}) hello(host, "nova");
    hello("h5", "nova", false);
    outside = client.network(
        {{"router:external", true}, {"provider:network_type", "flat"}, {"provider:physical_network", "physnet1"}});
    client.subnet(outside, "203.0.113.0/24");
    inside = client.network();
    inside_subnet = client.subnet(inside, "10.0.0.0/24");
  }

  void hello(const std::string& host, const std::string& zone, bool offers = true) {
    model::Agent agent;
    agent.id = {Uuid::random(7, std::hash<std::string>()(host))};
    agent.host = host;
    agent.tunnel_address = "192.0.2.1";
    agent.availability_zone = zone;
    if (offers) agent.bridge_mappings["physnet1"] = "br-ex";
    ids[host] = agent.id.text();
    client.cloud.agent_says_hello(agent);
  }
  void falls_silent(const std::string& host) {
    client.cloud.agent_falls_silent(host);
    client.cloud.pass(75'001);
  }
  std::string router(object body = {}) { return made("routers", "router", std::move(body)); }
  std::string led_out(object more = {}) {
    more["external_gateway_info"] = object{{"network_id", outside}};
    return router(std::move(more));
  }
  std::string made(const std::string& path, const std::string& singular, object body) {
    const Reply reply = client.post("/v2.0/" + path, {{singular, std::move(body)}});
    EXPECT_EQ(reply.status, 201U) << reply.text;
    return std::string(reply.body.at(singular).at("id").as_string());
  }
  Reply put(const std::string& path, const std::string& singular, object body) {
    return client.put("/v2.0/" + path, {{singular, std::move(body)}});
  }
  std::string attach(const std::string& id, const std::string& subnet) {
    const Reply reply = client.put("/v2.0/routers/" + id + "/add_router_interface", {{"subnet_id", subnet}});
    EXPECT_EQ(reply.status, 200U) << reply.text;
    return std::string(reply.body.at("port_id").as_string());
  }
  // "host state" of each of the router's agents, in the order of the answer.
  std::vector<std::string> agents_of(const std::string& id) {
    std::vector<std::string> told;
    for (const json::value& each : client.get("/v2.0/routers/" + id + "/l3-agents").body.at("agents").as_array())
      told.push_back(std::string(each.at("host").as_string()) + " " + std::string(each.at("ha_state").as_string()));
    return told;
  }
  std::vector<std::string> routers_of(const std::string& host) {
    std::vector<std::string> told;
    for (const json::value& each :
         client.get("/v2.0/agents/" + ids.at(host) + "/l3-routers").body.at("routers").as_array())
      told.emplace_back(each.at("id").as_string());
    return told;
  }
  std::string routers_path(const std::string& host) { return "/v2.0/agents/" + ids.at(host) + "/l3-routers"; }
  Reply choose(const std::string& host, const std::string& id) {
    return client.post(routers_path(host), {{"router_id", id}});
  }
  Reply take_back(const std::string& host, const std::string& id) {
    return client.remove(routers_path(host) + "/" + id);
  }
  // Those that may answer for the router's first gateway, as hosts are told.
  std::vector<std::string> ranked(const std::string& id) {
    const auto snapshot = client.cloud.snapshot();
    const auto* row = snapshot->find<model::Router>(Uuid::parse(id).value());
    return model::gateway_hosts(*snapshot, (*row)->gateways.front());
  }
  object gateway_port(const std::string& id) {
    const auto ports =
        client.get("/v2.0/ports?device_owner=network:router_gateway&device_id=" + id).body.at("ports").as_array();
    EXPECT_EQ(ports.size(), 1U);
    return ports.at(0).as_object();
  }

  Client client;
  std::map<std::string, std::string> ids;  // of agents, by host
  std::string outside;
  std::string inside;
  std::string inside_subnet;
};

TEST_F(RouterPlaces, TheFirstThatIsHeardAnswersForAGatewayAndOthersStandBy) {
  const std::string id = led_out();
  const auto hosts = ranked(id);
  ASSERT_EQ(hosts.size(), 3U);
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[0] + " active", hosts[1] + " standby", hosts[2] + " standby"));
  falls_silent(hosts[0]);
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[0] + " standby", hosts[1] + " active", hosts[2] + " standby"));
  falls_silent(hosts[1]);
  falls_silent(hosts[2]);
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[0] + " unknown", hosts[1] + " standby", hosts[2] + " standby"));
  hello(hosts[2], "nova");
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[0] + " standby", hosts[1] + " standby", hosts[2] + " active"));
}

TEST_F(RouterPlaces, AnAgentThatIsDisabledStandsByForNobody) {
  const std::string id = led_out();
  const auto hosts = ranked(id);
  EXPECT_EQ(put("agents/" + ids.at(hosts[0]), "agent", {{"admin_state_up", false}}).status, 200U);
  const auto told = agents_of(id);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0], hosts[1] + " active");
  EXPECT_EQ(told[1], hosts[2] + " standby");
  EXPECT_THAT(routers_of(hosts[0]), IsEmpty());
}

TEST_F(RouterPlaces, OfSeveralGatewaysEachCounts) {
  const std::string id = led_out();
  json::array more;
  for (const char* address : {"203.0.113.50", "203.0.113.51"})
    more.push_back(
        object{{"network_id", outside}, {"external_fixed_ips", json::array{object{{"ip_address", address}}}}});
  ASSERT_EQ(
      client.put("/v2.0/routers/" + id + "/add_external_gateways", {{"router", {{"external_gateways", more}}}}).status,
      200U);
  std::map<std::string, std::string> expected;
  const auto snapshot = client.cloud.snapshot();
  for (const auto& gateway : (**snapshot->find<model::Router>(Uuid::parse(id).value())).gateways) {
    const auto hosts = model::gateway_hosts(*snapshot, gateway);
    for (const auto& host : hosts) expected.try_emplace(host, "standby");
    expected[hosts.front()] = "active";
  }
  std::vector<std::string> told;
  for (const auto& [host, state] : expected) told.push_back(host + " " + state);
  EXPECT_THAT(agents_of(id), testing::UnorderedElementsAreArray(told));
}

TEST_F(RouterPlaces, ARouterWithoutAGatewayIsWhereItsNetworksHavePorts) {
  const std::string id = router();
  EXPECT_THAT(agents_of(id), IsEmpty());
  attach(id, inside_subnet);
  EXPECT_THAT(agents_of(id), IsEmpty()) << "nobody needs it";
  client.port(inside, {{"binding:host_id", "h5"}});
  client.port(inside, {{"binding:host_id", "h2"}});
  EXPECT_THAT(agents_of(id), ElementsAre("h2 active", "h5 active"));
  EXPECT_THAT(routers_of("h5"), ElementsAre(id));
  falls_silent("h5");
  EXPECT_THAT(agents_of(id), ElementsAre("h2 active", "h5 unknown"));
}

TEST_F(RouterPlaces, RoutersOfAnAgentAreThoseThatHaveIt) {
  std::vector<std::string> routers{router()};
  for (int i = 0; i < 6; ++i) routers.push_back(led_out());
  attach(routers[0], inside_subnet);
  client.port(inside, {{"binding:host_id", "h5"}});
  std::map<std::string, std::set<std::string>> told;
  for (const std::string& id : routers)
    for (const std::string& each : agents_of(id)) told[each.substr(0, each.find(' '))].insert(id);
  EXPECT_EQ(told.at("h5"), std::set{routers[0]});
  for (const auto& [host, id] : ids) {
    const auto shown = routers_of(host);
    EXPECT_EQ(std::set(shown.begin(), shown.end()), told[host]) << host;
  }
}

TEST_F(RouterPlaces, ARouterIsShownBelowAnAgentAsByItself) {
  const std::string id = led_out({{"name", "r"}});
  const std::string host = ranked(id).front();
  const json::value below = client.get("/v2.0/agents/" + ids.at(host) + "/l3-routers").body.at("routers").at(0);
  EXPECT_EQ(below, json::value(client.shown("router", id)));
  object agent = client.get("/v2.0/routers/" + id + "/l3-agents/" + ids.at(host)).body.at("agent").as_object();
  EXPECT_EQ(agent.at("ha_state"), said("active"));
  agent.erase("ha_state");
  EXPECT_EQ(agent, client.shown("agent", ids.at(host)));
}

TEST_F(RouterPlaces, TheAgentThatIsChosenLastAnswersFirst) {
  const std::string id = led_out();
  const auto hosts = ranked(id);
  const Reply reply = choose(hosts[2], id);
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(reply.text, "null");
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[2] + " active", hosts[0] + " standby", hosts[1] + " standby"));
  EXPECT_EQ(gateway_port(id).at("binding:host_id"), said(hosts[2]));
  std::string fourth;
  for (const char* host : {"h1", "h2", "h3", "h4"})
    if (!testing::Value(hosts, testing::Contains(host))) fourth = host;
  EXPECT_EQ(choose(fourth, id).status, 201U);
  EXPECT_THAT(agents_of(id), ElementsAre(fourth + " active", hosts[2] + " standby", hosts[0] + " standby"));
  EXPECT_THAT(routers_of(fourth), ElementsAre(id));
  falls_silent(fourth);
  EXPECT_THAT(agents_of(id), ElementsAre(fourth + " standby", hosts[2] + " active", hosts[0] + " standby"));
}

TEST_F(RouterPlaces, AnAgentThatIsTakenBackAnswersNoLongerUntilItIsChosenAgain) {
  const std::string id = led_out();
  const auto hosts = ranked(id);
  const Reply reply = take_back(hosts[0], id);
  EXPECT_EQ(reply.status, 204U);
  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(agents_of(id).at(0), hosts[1] + " active");
  EXPECT_THAT(agents_of(id), testing::Not(testing::Contains(testing::StartsWith(hosts[0]))));
  EXPECT_EQ(take_back(hosts[0], id).status, 204U) << "as Neutron says of what it does not host";
  for (const char* host : {"h1", "h2", "h3", "h4"}) EXPECT_EQ(take_back(host, id).status, 204U);
  EXPECT_THAT(agents_of(id), IsEmpty());
  EXPECT_EQ(gateway_port(id).at("status"), said("DOWN"));
  EXPECT_EQ(choose(hosts[0], id).status, 201U);
  EXPECT_THAT(agents_of(id), ElementsAre(hosts[0] + " active"));
}

TEST_F(RouterPlaces, OfARouterWithoutAGatewayTheChosenOneStandsBy) {
  const std::string id = router();
  EXPECT_EQ(choose("h5", id).status, 201U);
  EXPECT_THAT(agents_of(id), ElementsAre("h5 standby"));
  EXPECT_THAT(routers_of("h5"), ElementsAre(id));
  attach(id, inside_subnet);
  client.port(inside, {{"binding:host_id", "h5"}});
  EXPECT_THAT(agents_of(id), ElementsAre("h5 active"));
  EXPECT_EQ(take_back("h5", id).status, 204U);
  EXPECT_THAT(agents_of(id), IsEmpty());
  EXPECT_THAT(routers_of("h5"), IsEmpty());
}

TEST_F(RouterPlaces, AChosenAgentMayBeInAnyZone) {
  hello("h3", "east");
  const std::string id = led_out({{"availability_zone_hints", {"east"}}});
  EXPECT_EQ(choose("h1", id).status, 201U);
  EXPECT_THAT(agents_of(id), ElementsAre("h1 active", "h3 standby"));
}

// Types and statuses are those of Neutron's exceptions: InvalidL3Agent is an AgentNotFound there.
TEST_F(RouterPlaces, WhoCannotAnswerIsNotChosen) {
  const std::string id = led_out();
  const auto refused = [&](const std::string& host) {
    const Reply reply = choose(host, id);
    return std::to_string(reply.status) + " " + reply.type();
  };
  EXPECT_EQ(refused("h5"), "404 InvalidL3Agent") << "it has no way to the network outside";
  EXPECT_EQ(put("agents/" + ids.at("h1"), "agent", {{"admin_state_up", false}}).status, 200U);
  EXPECT_EQ(refused("h1"), "404 InvalidL3Agent") << "it is disabled";
  EXPECT_EQ(client.post(routers_path("h2"), {{"router_id", inside}}).type(), "RouterNotFound");
  EXPECT_EQ(client.remove(routers_path("h2") + "/" + inside).type(), "RouterNotFound");
  EXPECT_EQ(client.remove(routers_path("h2") + "/it").type(), "RouterNotFound");
  EXPECT_EQ(client.post("/v2.0/agents/" + inside + "/l3-routers", {{"router_id", id}}).type(), "AgentNotFound");
  for (const object& body : {object(), object{{"router_id", "it"}}, object{{"router_id", id}, {"more", 1}}})
    EXPECT_EQ(client.post(routers_path("h2"), body).status, 400U);
  client.identity.who = member();
  EXPECT_EQ(refused("h2"), "403 PolicyNotAuthorized");
}

TEST_F(RouterPlaces, WhereTheyAreReadOnlyNobodyChooses) {
  const std::string id = led_out();
  const std::string routers = routers_path("h1");
  const std::string agents = "/v2.0/routers/" + id + "/l3-agents";
  EXPECT_EQ(client.post(agents, object()).status, 405U);
  EXPECT_EQ(client.get("/v2.0/routers/" + inside + "/l3-agents").type(), "RouterNotFound");
  client.identity.who = member();
  EXPECT_EQ(client.get(agents).text, "{\"agents\":[]}");
  EXPECT_EQ(client.get(routers).status, 404U) << "agents are administrators'";
}

TEST_F(RouterPlaces, TheirZonesAreThoseOfTheirAgentsAndHintsNarrowThemDown) {
  hello("h3", "east");
  const std::string id = led_out({{"availability_zone_hints", {"east"}}});
  EXPECT_EQ(client.shown("router", id).at("availability_zone_hints"), (json::value(json::array{"east"})));
  EXPECT_EQ(client.shown("router", id).at("availability_zones"), (json::value(json::array{"east"})));
  EXPECT_THAT(agents_of(id), ElementsAre("h3 active"));
  EXPECT_EQ(client.shown("router", router()).at("availability_zones"), json::array());
  EXPECT_EQ(client.post("/v2.0/routers", {{"router", {{"availability_zone_hints", {"west"}}}}}).type(),
            "AvailabilityZoneNotFound");
}

TEST_F(RouterPlaces, AGatewaysPortIsWhereSomebodyAnswersForIt) {
  const std::string id = led_out();
  const auto hosts = ranked(id);
  object port = gateway_port(id);
  EXPECT_EQ(port.at("status"), said("ACTIVE"));
  EXPECT_EQ(port.at("binding:host_id"), said(hosts[0]));
  EXPECT_EQ(port.at("binding:vif_type"), said("ovs"));
  falls_silent(hosts[0]);
  EXPECT_EQ(gateway_port(id).at("binding:host_id"), said(hosts[1]));
  falls_silent(hosts[1]);
  falls_silent(hosts[2]);
  port = gateway_port(id);
  EXPECT_EQ(port.at("status"), said("DOWN"));
  EXPECT_EQ(port.at("binding:host_id"), said(""));
  EXPECT_EQ(port.at("binding:vif_type"), said("unbound"));
  EXPECT_EQ(port.at("revision_number"), 1) << "no row follows what agents do";
}

TEST_F(RouterPlaces, WhatIsDownIsAnsweredForByNobody) {
  const std::string id = led_out();
  const std::string interface = attach(id, inside_subnet);
  EXPECT_EQ(put("routers/" + id, "router", {{"admin_state_up", false}}).status, 200U);
  EXPECT_EQ(gateway_port(id).at("status"), said("DOWN"));
  EXPECT_EQ(client.shown("port", interface).at("status"), said("DOWN"));
  EXPECT_EQ(client.shown("router", id).at("status"), said("ACTIVE")) << "as Neutron shows it";
  EXPECT_EQ(put("routers/" + id, "router", {{"admin_state_up", true}}).status, 200U);
  EXPECT_EQ(gateway_port(id).at("status"), said("ACTIVE"));
  EXPECT_EQ(client.shown("port", interface).at("status"), said("ACTIVE"));
  EXPECT_EQ(put("networks/" + outside, "network", {{"admin_state_up", false}}).status, 200U);
  EXPECT_EQ(gateway_port(id).at("status"), said("DOWN"));
}

TEST_F(RouterPlaces, AnInterfaceIsUpWhileAnyHostIsThere) {
  const std::string interface = attach(router(), inside_subnet);
  const auto status = [&] { return client.shown("port", interface).at("status"); };
  for (const char* host : {"h1", "h2", "h3", "h4"}) falls_silent(host);
  EXPECT_EQ(status(), said("ACTIVE")) << "by h5";
  falls_silent("h5");
  EXPECT_EQ(status(), said("DOWN"));
}

TEST_F(RouterPlaces, AGatewayToANetworkThatNobodyOffersIsDown) {
  const std::string nowhere = client.network({{"router:external", true}});
  client.subnet(nowhere, "198.51.100.0/24");
  const std::string id = router({{"external_gateway_info", {{"network_id", nowhere}}}});
  EXPECT_EQ(gateway_port(id).at("status"), said("DOWN"));
  EXPECT_THAT(agents_of(id), IsEmpty());
}

TEST_F(RouterPlaces, PortsOfAHostAreGatewaysThatItAnswersForToo) {
  std::map<std::string, std::set<std::string>> expected;
  for (int i = 0; i < 6; ++i) {
    const std::string id = led_out();
    expected[ranked(id).front()].insert(std::string(gateway_port(id).at("id").as_string()));
  }
  expected["h5"].insert(client.port(inside, {{"binding:host_id", "h5"}}));
  for (const auto& [host, agent] : ids) {
    std::set<std::string> shown;
    for (const json::value& each : client.get("/v2.0/ports?binding:host_id=" + host).body.at("ports").as_array())
      shown.emplace(each.at("id").as_string());
    EXPECT_EQ(shown, expected[host]) << host;
  }
}

TEST_F(RouterPlaces, AFloatingIpIsActiveWhileTheHostOfItsInstanceIsThere) {
  attach(led_out(), inside_subnet);
  const std::string web = client.port(inside);
  const std::string id = made("floatingips", "floatingip", {{"floating_network_id", outside}, {"port_id", web}});
  const auto status = [&] { return client.shown("floatingip", id).at("status"); };
  EXPECT_EQ(status(), said("DOWN")) << "its instance is nowhere";
  EXPECT_EQ(put("ports/" + web, "port", {{"binding:host_id", "h5"}}).status, 200U);
  EXPECT_EQ(status(), said("DOWN")) << "the host has no way outside";
  EXPECT_EQ(put("ports/" + web, "port", {{"binding:host_id", "h2"}}).status, 200U);
  EXPECT_EQ(status(), said("ACTIVE"));
  EXPECT_EQ(put("agents/" + ids.at("h2"), "agent", {{"admin_state_up", false}}).status, 200U);
  EXPECT_EQ(status(), said("ACTIVE")) << "it answers for its own";
  falls_silent("h2");
  EXPECT_EQ(status(), said("DOWN"));
  EXPECT_EQ(client.get("/v2.0/floatingips?status=DOWN").body.at("floatingips").as_array().size(), 1U);
}

// Of VRRP: the port is bound nowhere, and instances take its address in turns.
TEST_F(RouterPlaces, AFloatingIpOfAVirtualAddressIsActiveWhileSomebodyMayHaveItAndTheGatewayIsThere) {
  const std::string router = led_out();
  attach(router, inside_subnet);
  const std::string holder = client.port(inside);
  const std::string id = made("floatingips", "floatingip", {{"floating_network_id", outside}, {"port_id", holder}});
  const auto status = [&] { return client.shown("floatingip", id).at("status"); };
  EXPECT_EQ(status(), said("DOWN")) << "nobody may have it";
  const json::value address = client.shown("port", holder).at("fixed_ips").at(0).at("ip_address");
  const json::array pairs{object{{"ip_address", address}}};
  const std::string taker = client.port(inside, {{"allowed_address_pairs", pairs}});
  EXPECT_EQ(status(), said("DOWN")) << "who may have it is nowhere";
  EXPECT_EQ(put("ports/" + taker, "port", {{"binding:host_id", "h5"}}).status, 200U);
  EXPECT_EQ(status(), said("ACTIVE")) << "its host needs no way outside: others answer";
  falls_silent("h5");
  EXPECT_EQ(status(), said("DOWN"));
  hello("h5", "nova", false);
  EXPECT_EQ(status(), said("ACTIVE"));
  for (const std::string& host : ranked(router)) falls_silent(host);
  EXPECT_EQ(status(), said("DOWN")) << "nobody answers";
}

TEST_F(RouterPlaces, AFloatingIpOfForwardedPortsIsWhereTheGatewayIs) {
  const std::string router = led_out();
  attach(router, inside_subnet);
  const std::string web = client.port(inside);
  const std::string id = made("floatingips", "floatingip", {{"floating_network_id", outside}});
  const auto status = [&] { return client.shown("floatingip", id).at("status"); };
  EXPECT_EQ(status(), said("DOWN"));
  made("floatingips/" + id + "/port_forwardings", "port_forwarding",
       {{"external_port", 80},
        {"internal_port", 80},
        {"protocol", "tcp"},
        {"internal_port_id", web},
        {"internal_ip_address", client.shown("port", web).at("fixed_ips").at(0).at("ip_address")}});
  EXPECT_EQ(status(), said("ACTIVE"));
  for (const std::string& host : ranked(router)) falls_silent(host);
  EXPECT_EQ(status(), said("DOWN"));
}

TEST_F(RouterPlaces, InterfacesAreOwnedAsTheKindOfTheirRouterHasIt) {
  const std::string id = router({{"distributed", false}, {"ha", false}});
  const std::string port = attach(id, inside_subnet);
  const auto set = [&](object mode) {
    EXPECT_EQ(put("routers/" + id, "router", {{"admin_state_up", false}}).status, 200U);
    mode["admin_state_up"] = false;
    EXPECT_EQ(put("routers/" + id, "router", std::move(mode)).status, 200U);
    EXPECT_EQ(put("routers/" + id, "router", {{"admin_state_up", true}}).status, 200U);
  };
  const auto owned_by = [&](const std::string& owner) {
    EXPECT_EQ(client.shown("port", port).at("device_owner"), said(owner));
    EXPECT_EQ(client.get("/v2.0/ports?device_owner=" + owner).body.at("ports").as_array().size(), 1U) << owner;
  };
  owned_by("network:router_interface");
  set({{"ha", true}});
  owned_by("network:ha_router_replicated_interface");
  set({{"distributed", true}});
  owned_by("network:router_interface_distributed");
  set({{"ha", false}});
  owned_by("network:router_interface_distributed");
  EXPECT_EQ(client.get("/v2.0/ports?device_owner=network:router_interface").body.at("ports"), json::array());
  EXPECT_EQ(client.shown("port", port).at("revision_number"), 1);
}

TEST_F(RouterPlaces, HowARouterIsMadeChangesWhileItIsDown) {
  const std::string id = router({{"distributed", false}, {"ha", false}});
  for (const char* word : {"distributed", "ha"}) {
    EXPECT_EQ(put("routers/" + id, "router", {{word, true}}).type(), "BadRequest") << word;
    EXPECT_EQ(put("routers/" + id, "router", {{word, true}, {"admin_state_up", false}}).type(), "BadRequest") << word;
    EXPECT_EQ(put("routers/" + id, "router", {{word, false}}).status, 200U) << "as it is";
  }
  EXPECT_EQ(put("routers/" + id, "router", {{"admin_state_up", false}}).status, 200U);
  EXPECT_EQ(put("routers/" + id, "router", {{"ha", true}, {"admin_state_up", true}}).type(), "BadRequest");
  EXPECT_EQ(put("routers/" + id, "router", {{"ha", true}, {"distributed", true}}).status, 200U);
}

TEST_F(RouterPlaces, AnAgentIsFoundByWhatItDoes) {
  const auto found = [&](const std::string& type) {
    return client.get("/v2.0/agents?agent_type=" + type).body.at("agents").as_array().size();
  };
  for (const char* type : {"Tarn%20agent", "L3%20agent", "DHCP%20agent", "Open%20vSwitch%20agent"})
    EXPECT_EQ(found(type), 5U) << type;
  EXPECT_EQ(found("Metering%20agent"), 0U);
  EXPECT_EQ(found("Metering%20agent&agent_type=L3%20agent&host=h1"), 1U);
  const object shown = client.shown("agent", ids.at("h1"));
  EXPECT_EQ(shown.at("agent_type"), said("Tarn agent"));
  EXPECT_EQ(shown.at("resources_synced"), nullptr);
}

}  // namespace
}  // namespace tarn::api
