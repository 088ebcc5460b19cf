// Attributes of networks, subnets and ports that other services set and read; where DHCP is served.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
using test::somebody;
namespace json = boost::json;

Reply change(Client& client, const std::string& port, json::object body) {
  return client.put("/v2.0/ports/" + port, {{"port", std::move(body)}});
}

TEST(PortNames, AreOfThePortOrOfItsAddress) {
  Client client;
  const std::string network = client.network({{"dns_domain", "Example.ORG."}});
  client.subnet(network, "10.0.0.0/24");
  const std::string port = client.port(network, {{"fixed_ips", {{{"ip_address", "10.0.0.9"}}}}});
  EXPECT_EQ(client.shown("network", network).at("dns_domain"), said("example.org."));
  EXPECT_EQ(client.shown("port", port).at("dns_assignment"),
            (json::value{
                {{"ip_address", "10.0.0.9"}, {"hostname", "host-10-0-0-9"}, {"fqdn", "host-10-0-0-9.example.org."}}}));
  EXPECT_EQ(change(client, port, {{"dns_name", "Web"}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("dns_name"), said("web"));
  EXPECT_EQ(client.shown("port", port).at("dns_assignment").at(0).at("fqdn"), said("web.example.org."));
  EXPECT_EQ(client.put("/v2.0/networks/" + network, {{"network", {{"dns_domain", ""}}}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("dns_assignment").at(0).at("fqdn"), said("web.openstacklocal."));
  for (const char* bad : {"-a", "a-", "a..b", "a_b", "a.7"})
    EXPECT_EQ(change(client, port, {{"dns_name", bad}}).type(), "HTTPBadRequest") << bad;
  EXPECT_EQ(change(client, port, {{"dns_name", std::string(64, 'a')}}).type(), "HTTPBadRequest");
  EXPECT_EQ(change(client, port, {{"dns_domain", "a.example.org."}}).status, 200U);
  EXPECT_EQ(change(client, port, {{"dns_domain", "a.example.org"}}).type(), "HTTPBadRequest") << "no dot at its end";
}

TEST(PortAttributes, AreKeptForThoseWhoAsk) {
  Client client;
  const std::string network = client.network();
  const std::string port = client.port(
      network, {{"device_profile", "gpu"}, {"numa_affinity_policy", "preferred"}, {"propagate_uplink_status", false}});
  const json::object shown = client.shown("port", port);
  EXPECT_EQ(shown.at("device_profile"), said("gpu"));
  EXPECT_EQ(shown.at("numa_affinity_policy"), said("preferred"));
  EXPECT_EQ(shown.at("propagate_uplink_status"), false);
  EXPECT_EQ(shown.at("data_plane_status"), nullptr);
  EXPECT_EQ(shown.at("ip_allocation"), said("none"));
  EXPECT_EQ(change(client, port, {{"device_profile", "x"}}).status, 400U);
  EXPECT_EQ(change(client, port, {{"numa_affinity_policy", nullptr}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("numa_affinity_policy"), nullptr);
  EXPECT_EQ(change(client, port, {{"numa_affinity_policy", "sometimes"}}).status, 400U);
  const std::string plain = client.port(network);
  EXPECT_EQ(client.shown("port", plain).at("device_profile"), nullptr);
  EXPECT_EQ(client.shown("port", plain).at("propagate_uplink_status"), true);
}

TEST(PortAttributes, DataPlaneStatusIsForWhoWatchesIt) {
  Client client;
  const std::string port = client.port(client.network());
  client.identity.who = member();
  EXPECT_EQ(change(client, port, {{"data_plane_status", "DOWN"}}).status, 403U);
  client.identity.who = test::administrator();
  EXPECT_EQ(change(client, port, {{"data_plane_status", "DOWN"}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("data_plane_status"), said("DOWN"));
  EXPECT_EQ(change(client, port, {{"data_plane_status", nullptr}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("data_plane_status"), nullptr);
  EXPECT_EQ(change(client, port, {{"data_plane_status", "BROKEN"}}).status, 400U);
}

TEST(Networks, PromiseNoInnerTags) {
  Client client;
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"vlan_transparent", true}}}}).status, 400U);
  EXPECT_EQ(client.shown("network", client.network({{"vlan_transparent", false}})).at("vlan_transparent"), nullptr);
}

TEST(Subnets, SayWhetherTheirAddressesAreMadeKnown) {
  Client client;
  const std::string subnet = client.subnet(client.network(), "10.0.0.0/24", {{"dns_publish_fixed_ip", true}});
  EXPECT_EQ(client.shown("subnet", subnet).at("dns_publish_fixed_ip"), true);
}

class Places : public ::testing::Test {
 protected:
  void SetUp() override {
    model::Agent agent;
    agent.id = {Uuid::random(7, 1)};
    agent.host = "h1";
    agent.tunnel_address = "192.0.2.1";
    agent.availability_zone = "az1";
    client.cloud.agent_says_hello(agent);
  }
  Client client;
};

TEST_F(Places, OfDhcpAreTheNodesThatHavePorts) {
  const std::string network = client.network();
  const std::string elsewhere = client.network();
  client.port(network, {{"binding:host_id", "h1"}});
  client.port(elsewhere);
  const Reply agents = client.get("/v2.0/networks/" + network + "/dhcp-agents");
  ASSERT_EQ(agents.status, 200U) << agents.text;
  ASSERT_EQ(agents.body.at("agents").as_array().size(), 1U);
  EXPECT_EQ(agents.body.at("agents").at(0).at("host"), said("h1"));
  EXPECT_TRUE(client.get("/v2.0/networks/" + elsewhere + "/dhcp-agents").body.at("agents").as_array().empty());
  const std::string id(agents.body.at("agents").at(0).at("id").as_string());
  const Reply networks = client.get("/v2.0/agents/" + id + "/dhcp-networks");
  ASSERT_EQ(networks.status, 200U) << networks.text;
  ASSERT_EQ(networks.body.at("networks").as_array().size(), 1U) << networks.text;
  EXPECT_EQ(networks.body.at("networks").at(0).at("id"), said(network));
  EXPECT_EQ(client.post("/v2.0/agents/" + id + "/dhcp-networks", {{"network_id", elsewhere}}).status, 405U);
  client.identity.who = member();
  const Reply hidden = client.get("/v2.0/networks/" + network + "/dhcp-agents");
  EXPECT_EQ(hidden.text, "{\"agents\":[]}");
}

TEST_F(Places, OfANetworkAreTheZonesOfThoseNodes) {
  const std::string network = client.network({{"availability_zone_hints", {"az1"}}});
  EXPECT_EQ(client.shown("network", network).at("availability_zone_hints"), (json::value(json::array{"az1"})));
  EXPECT_EQ(client.shown("network", network).at("availability_zones"), json::value(json::array()));
  client.port(network, {{"binding:host_id", "h1"}});
  EXPECT_EQ(client.shown("network", network).at("availability_zones"), (json::value(json::array{"az1"})));
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"availability_zone_hints", {"az9"}}}}}).type(),
            "AvailabilityZoneNotFound");
}

}  // namespace
}  // namespace tarn::api
