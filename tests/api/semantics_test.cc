// Discovery, concurrency, time and the meaning of the resources (users.md section 3.1, behaviours 25 to 45).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/client.h"
#include "api/dialect/attribute.h"

namespace tarn::api::test {
namespace {

using testing::HasSubstr;

model::Agent agent_on(const std::string& host) {
  model::Agent agent;
  agent.id = {Uuid::random(1, 1)};
  agent.host = host;
  agent.version = "0.1.0";
  agent.tunnel_address = "192.0.2.1";
  return agent;
}

TEST(Discovery, TheRootListsOneCurrentVersionWithALinkToItself) {  // 25
  Client client;
  client.identity.refusal = Error{ErrorCode::forbidden, {}, "no"};
  const Reply root = client.get("/");
  EXPECT_EQ(root.status, 200U);
  const auto& version = root.body.at("versions").as_array().at(0);
  EXPECT_EQ(version.at("id"), "v2.0");
  EXPECT_EQ(version.at("status"), "CURRENT");
  EXPECT_EQ(version.at("links").as_array().at(0).at("rel"), "self");
  EXPECT_EQ(version.at("links").as_array().at(0).at("href"), "http://cloud.test:9696/v2.0/");
}

TEST(Discovery, TheVersionListsCoreResources) {  // 25
  Client client;
  for (const char* target : {"/v2.0", "/v2.0/"}) {
    const auto resources = client.get(target).body.at("resources").as_array();
    ASSERT_EQ(resources.size(), 4U);
    EXPECT_EQ(resources[0].at("name"), "network");
    EXPECT_EQ(resources[0].at("collection"), "networks");
    EXPECT_EQ(resources[0].at("links").as_array().at(0).at("href"), "http://cloud.test:9696/v2.0/networks");
  }
}

TEST(Discovery, ExtensionsAreListedAndShown) {  // 26
  Client client;
  const auto all = client.get("/v2.0/extensions").body.at("extensions").as_array();
  EXPECT_GT(all.size(), 15U);
  for (const auto& each : all) {
    const std::string alias(each.at("alias").as_string());
    EXPECT_EQ(client.get("/v2.0/extensions/" + alias).body.at("extension").at("alias"), said(alias));
    for (const char* word : {"name", "description", "updated", "links"}) EXPECT_TRUE(each.as_object().contains(word));
  }
  EXPECT_EQ(client.get("/v2.0/extensions/dhcp_agent_scheduler").status, 404U);
}

TEST(Discovery, EveryAliasOfTheTableIsAdvertised) {  // 26
  const auto table = dialect::table();
  std::set<std::string> used;
  for (const auto& resource : table.resources) {
    used.insert(resource.alias);
    for (const auto& attribute : resource.attributes) used.insert(attribute.alias);
    for (const auto& filter : resource.filters) used.insert(filter.alias);
  }
  used.erase("");
  for (const auto& alias : used)
    EXPECT_NE(std::ranges::find(table.aliases, alias, &dialect::Alias::alias), table.aliases.end()) << alias;
}

TEST(Discovery, HealthIsAskedWithoutAnIdentity) {
  MemoryCloud cloud;
  SaidIdentity identity;
  identity.refusal = Error{ErrorCode::forbidden, {}, "no"};
  bool healthy = true;
  Networking api(cloud, identity, {.healthy = [&] { return healthy; }});
  const auto ask = [&](const char* method, Headers headers = {}) {
    Response got;
    api.handle({method, "/healthcheck", std::move(headers), "", false},
               [&](Response response) { got = std::move(response); });
    return got;
  };
  EXPECT_EQ(ask("GET").status, 200U);
  EXPECT_EQ(ask("GET").body, "OK");
  EXPECT_EQ(ask("HEAD").status, 204U);
  EXPECT_THAT(ask("GET", {{"Accept", "application/json"}}).body, HasSubstr("\"reasons\""));
  healthy = false;
  EXPECT_EQ(ask("GET").status, 503U);
  EXPECT_EQ(ask("HEAD").status, 503U);
}

TEST(Lookup, ANameInPlaceOfAnIdIsNotFoundNeverAnError) {  // 27
  Client client;
  for (const char* name : {"web", "a%20b", "%F0%9F%90%B3", "..", "00000000", "x.json"})
    EXPECT_EQ(client.get(std::string("/v2.0/ports/") + name).status, 404U) << name;
}

TEST(Lookup, TwoOfOneNameAreBothGiven) {  // 28
  Client client;
  client.network({{"name", "twin"}});
  client.network({{"name", "twin"}});
  EXPECT_EQ(client.names("/v2.0/networks?name=twin").size(), 2U);
}

TEST(Lookup, PathsMayEndInJson) {
  Client client;
  const std::string id = client.network({{"name", "a"}});
  EXPECT_EQ(client.get("/v2.0/networks.json").status, 200U);
  EXPECT_EQ(client.get("/v2.0/networks/" + id + ".json").status, 200U);
}

TEST(Revisions, CountChangesAndChildrenBumpTheirNetwork) {  // 29
  Client client;
  const std::string network = client.network();
  const auto revision = [&] { return client.shown("network", network).at("revision_number").to_number<int>(); };
  const int first = revision();
  ASSERT_EQ(client.put("/v2.0/networks/" + network, {{"network", {{"name", "x"}}}}).status, 200U);
  EXPECT_EQ(revision(), first + 1);
  const std::string subnet = client.subnet(network, "10.0.0.0/24");
  EXPECT_EQ(revision(), first + 2);
  client.put("/v2.0/subnets/" + subnet, {{"subnet", {{"name", "s"}}}});
  EXPECT_GT(revision(), first + 2);
}

TEST(Revisions, IfMatchRefusesWhatIsStale) {  // 30
  Client client;
  const std::string id = client.network();
  const auto revision = client.shown("network", id).at("revision_number").to_number<int>();
  const auto put = [&](const std::string& constraint) {
    return client.put("/v2.0/networks/" + id, {{"network", {{"name", "n"}}}}, {{"If-Match", constraint}});
  };
  const Reply stale = put("revision_number=" + std::to_string(revision + 7));
  EXPECT_EQ(stale.status, 412U);
  EXPECT_EQ(stale.type(), "RevisionNumberConstraintFailed");
  EXPECT_EQ(put("revision_number=x").status, 400U);
  EXPECT_EQ(put("revision_number=1,revision_number=2").status, 400U);
  EXPECT_EQ(put("colour=1").status, 400U);
  EXPECT_EQ(put("revision_number=" + std::to_string(revision)).status, 200U);
  EXPECT_EQ(client.ask("DELETE", "/v2.0/networks/" + id, "", {{"If-Match", "revision_number=999"}}).status, 412U);
}

TEST(Times, AreUtcWithZ) {  // 31
  Client client;
  const std::string id = client.network();
  client.cloud.pass(3'600'000);
  client.put("/v2.0/networks/" + id, {{"network", {{"name", "later"}}}});
  const auto shown = client.shown("network", id);
  EXPECT_EQ(shown.at("created_at"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(shown.at("updated_at"), "2026-01-01T01:00:00Z");
}

TEST(Addresses, ExhaustionIsAConflictThatTerraformRetries) {  // 36
  Client client;
  const std::string network = client.network();
  client.subnet(network, "10.0.0.0/30");
  client.port(network);
  const Reply full = client.post("/v2.0/ports", {{"port", {{"network_id", network}}}});
  EXPECT_EQ(full.status, 409U);
  EXPECT_EQ(full.type(), "IpAddressGenerationFailure");
}

TEST(Deleting, WhatIsInUseIsAStableConflictWithoutEffect) {  // 37
  Client client;
  const std::string network = client.network();
  const std::string subnet = client.subnet(network, "10.0.0.0/24");
  const std::string port = client.port(network);
  const auto before = client.shown("network", network);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.remove("/v2.0/networks/" + network).status, 409U);
  EXPECT_EQ(client.shown("network", network), before);
  EXPECT_EQ(client.remove("/v2.0/ports/" + port).status, 204U);
  EXPECT_EQ(client.remove("/v2.0/ports/" + port).status, 404U);
  EXPECT_EQ(client.remove("/v2.0/subnets/" + subnet).status, 204U);
  EXPECT_EQ(client.remove("/v2.0/networks/" + network).status, 204U);
}

TEST(StatusWords, AreThoseHeatWaitsFor) {  // 38
  Client client;
  const std::string network = client.network();
  EXPECT_EQ(client.shown("network", network).at("status"), "ACTIVE");
  const std::string id = client.port(network);
  EXPECT_EQ(client.shown("port", id).at("status"), "DOWN");
  model::Port row = **client.cloud.snapshot()->find(PortId{Uuid::parse(id).value()});
  row.status = model::PortStatus::active;
  client.cloud.put(row);
  EXPECT_EQ(client.shown("port", id).at("status"), "ACTIVE");
}

TEST(Binding, IsWrittenAndReadAsNovaDoes) {  // 40
  Client client;
  client.cloud.agent_says_hello(agent_on("h1"));
  const std::string id = client.port(client.network());
  auto port = client.shown("port", id);
  EXPECT_EQ(port.at("binding:vif_type"), "unbound");
  EXPECT_EQ(port.at("binding:host_id"), "");
  EXPECT_EQ(port.at("binding:vnic_type"), "normal");
  const json::object bind{{"binding:host_id", "h1"},
                          {"device_id", "i1"},
                          {"device_owner", "compute:nova"},
                          {"binding:profile", {{"k", {1, 2}}}}};
  ASSERT_EQ(client.put("/v2.0/ports/" + id, {{"port", bind}}).status, 200U);
  port = client.shown("port", id);
  EXPECT_EQ(port.at("binding:vif_type"), "ovs");
  EXPECT_EQ(port.at("binding:profile"), (json::object{{"k", {1, 2}}}));
  EXPECT_EQ(port.at("binding:vif_details").at("bridge_name"), "br-int");
  EXPECT_EQ(port.at("device_owner"), "compute:nova");
  client.put("/v2.0/ports/" + id, {{"port", {{"binding:host_id", "no-such-host"}}}});
  EXPECT_EQ(client.shown("port", id).at("binding:vif_type"), "binding_failed");
  client.put("/v2.0/ports/" + id, {{"port", {{"binding:host_id", nullptr}, {"binding:profile", nullptr}}}});
  port = client.shown("port", id);
  EXPECT_EQ(port.at("binding:vif_type"), "unbound");
  EXPECT_EQ(port.at("binding:profile"), json::object());
}

TEST(Absence, NullAbsentAndEmptyDiffer) {  // 41
  Client client;
  const std::string network = client.network();
  client.subnet(network, "10.0.0.0/24");
  const std::string id = client.port(network, {{"allowed_address_pairs", {{{"ip_address", "10.0.0.9"}}}}});
  const auto pairs = [&] { return client.shown("port", id).at("allowed_address_pairs").as_array(); };
  ASSERT_EQ(pairs().size(), 1U);
  EXPECT_EQ(pairs()[0].at("ip_address"), "10.0.0.9");
  EXPECT_EQ(pairs()[0].at("mac_address"), client.shown("port", id).at("mac_address"));
  EXPECT_EQ(client.put("/v2.0/ports/" + id, {{"port", {{"name", "x"}}}}).status, 200U);
  EXPECT_EQ(pairs().size(), 1U) << "absent leaves them";
  EXPECT_EQ(client.put("/v2.0/ports/" + id, {{"port", {{"allowed_address_pairs", nullptr}}}}).status, 200U);
  EXPECT_TRUE(pairs().empty());
  EXPECT_EQ(client.shown("port", client.port(network, {{"fixed_ips", json::array()}})).at("fixed_ips"), json::array());
  EXPECT_EQ(client.shown("port", client.port(network)).at("fixed_ips").as_array().size(), 1U);
  EXPECT_EQ(client.put("/v2.0/ports/" + id, {{"port", {{"security_groups", json::array()}}}}).status, 200U);
}

TEST(Gateways, NullIsNoneAndAbsentIsTheFirstAddress) {  // 42
  Client client;
  const std::string network = client.network();
  EXPECT_EQ(client.shown("subnet", client.subnet(network, "10.0.0.0/24")).at("gateway_ip"), "10.0.0.1");
  EXPECT_EQ(client.shown("subnet", client.subnet(network, "10.0.1.0/24", {{"gateway_ip", nullptr}})).at("gateway_ip"),
            nullptr);
}

TEST(Quotas, OverThemIsAConflictByName) {  // 43
  Client client;
  client.cloud.operator_limits().quotas["network"] = 1;
  client.network();
  const Reply over = client.post("/v2.0/networks", {{"network", json::object()}});
  EXPECT_EQ(over.status, 409U);
  EXPECT_EQ(over.type(), "OverQuota");
}

TEST(Tags, AreAddedReplacedAskedAndRemoved) {  // 2, 44
  Client client;
  const std::string base = "/v2.0/networks/" + client.network() + "/tags";
  EXPECT_EQ(client.ask("PUT", base + "/red").status, 201U);
  EXPECT_EQ(client.ask("PUT", base + "/red").status, 201U);
  EXPECT_EQ(client.get(base).body.at("tags"), json::array{"red"});
  EXPECT_EQ(client.get(base + "/red").status, 204U);
  EXPECT_EQ(client.get(base + "/blue").status, 404U);
  EXPECT_EQ(client.post(base, {{"tags", {"blue", "red"}}}).status, 201U);
  EXPECT_EQ(client.get(base).body.at("tags"), (json::array{"blue", "red"}));
  EXPECT_EQ(client.put(base, {{"tags", {"green"}}}).status, 200U);
  EXPECT_EQ(client.remove(base + "/blue").status, 404U);
  EXPECT_EQ(client.remove(base + "/green").status, 204U);
  EXPECT_EQ(client.remove(base).status, 204U);
  EXPECT_EQ(client.get(base).body.at("tags"), json::array());
  EXPECT_EQ(client.get("/v2.0/agents/" + std::string(36, '0') + "/tags").status, 404U);
}

TEST(Tags, AreAtMostFifty) {  // 44
  Client client;
  const std::string base = "/v2.0/networks/" + client.network() + "/tags";
  json::array fifty;
  for (int i = 0; i < 50; ++i) fifty.emplace_back("t" + std::to_string(i));
  EXPECT_EQ(client.put(base, {{"tags", fifty}}).status, 200U);
  EXPECT_EQ(client.ask("PUT", base + "/one-more").status, 400U);
  EXPECT_EQ(client.put(base, {{"tags", json::array{said(std::string(256, 'x'))}}}).status, 400U);
  EXPECT_EQ(client.put(base, {{"tags", "red"}}).status, 400U);
}

TEST(Tags, OfPortsMayStandInTheirPost) {  // 5
  Client client;
  const std::string id = client.port(client.network(), {{"tags", {"b", "a"}}});
  EXPECT_EQ(client.shown("port", id).at("tags"), (json::array{"a", "b"}));
}

TEST(Agents, ShowWhatIsKnownAndWhetherTheyLive) {  // 45
  Client client;
  model::Agent agent = agent_on("h1");
  agent.bridge_mappings["physnet1"] = "br-ex";
  client.cloud.agent_says_hello(agent);
  const auto shown = [&] { return client.get("/v2.0/agents").body.at("agents").as_array().at(0).as_object(); };
  EXPECT_EQ(shown().at("alive"), true);
  EXPECT_EQ(shown().at("admin_state_up"), true);
  EXPECT_EQ(shown().at("heartbeat_timestamp"), "2026-01-01 00:00:00");
  EXPECT_EQ(shown().at("availability_zone"), "nova");
  EXPECT_EQ(shown().at("configurations").at("bridge_mappings"), (json::object{{"physnet1", "br-ex"}}));
  client.cloud.agent_falls_silent("h1");
  client.cloud.pass(75'000);
  EXPECT_EQ(shown().at("alive"), true);
  client.cloud.pass(1'000);
  EXPECT_EQ(shown().at("alive"), false);
  EXPECT_EQ(client.get("/v2.0/agents?alive=False&host=h1").body.at("agents").as_array().size(), 1U);
  const std::string id(shown().at("id").as_string());
  EXPECT_EQ(
      client.put("/v2.0/agents/" + id, {{"agent", {{"admin_state_up", false}, {"description", "rack 4"}}}}).status,
      200U);
  EXPECT_EQ(shown().at("description"), "rack 4");
  EXPECT_EQ(client.put("/v2.0/agents/" + id, {{"agent", {{"host", "h2"}}}}).status, 400U);
  EXPECT_EQ(client.remove("/v2.0/agents/" + id).status, 204U);
  EXPECT_TRUE(client.get("/v2.0/agents").body.at("agents").as_array().empty());
}

TEST(Subnets, ShowEveryAttributeAsGiven) {
  Client client;
  const std::string network = client.network();
  const std::string id =
      client.subnet(network, "10.0.0.0/24",
                    {{"allocation_pools", {{{"start", "10.0.0.10"}, {"end", "10.0.0.20"}}}},
                     {"dns_nameservers", {"192.0.2.53"}},
                     {"host_routes", {{{"destination", "198.51.100.0/24"}, {"nexthop", "10.0.0.2"}}}},
                     {"enable_dhcp", false}});
  const auto shown = client.shown("subnet", id);
  EXPECT_EQ(shown.at("ip_version"), 4);
  EXPECT_EQ(shown.at("cidr"), "10.0.0.0/24");
  EXPECT_EQ(shown.at("allocation_pools"), json::array{(json::object{{"start", "10.0.0.10"}, {"end", "10.0.0.20"}})});
  EXPECT_EQ(shown.at("dns_nameservers"), json::array{"192.0.2.53"});
  EXPECT_EQ(shown.at("host_routes"),
            json::array{(json::object{{"destination", "198.51.100.0/24"}, {"nexthop", "10.0.0.2"}})});
  EXPECT_EQ(shown.at("enable_dhcp"), false);
  EXPECT_EQ(shown.at("ipv6_ra_mode"), nullptr);
  EXPECT_EQ(client.shown("network", network).at("subnets"), json::array{json::string(id)});
}

TEST(Subnets, RefuseWhatCannotBe) {
  Client client;
  const std::string network = client.network();
  const auto refused = [&](json::object body) {
    body.emplace("network_id", network);
    body.emplace("ip_version", 4);
    return client.post("/v2.0/subnets", {{"subnet", body}});
  };
  EXPECT_EQ(refused({{"cidr", "10.9.0.1/24"}}).body.at("subnet").at("cidr"), said("10.9.0.0/24")) << "as Neutron does";
  EXPECT_EQ(refused({{"cidr", "10.0.0.0/33"}}).status, 400U);
  EXPECT_EQ(refused({{"cidr", "2001:db8::/64"}}).status, 400U);
  EXPECT_EQ(refused({{"cidr", "10.0.0.0/24"}, {"subnetpool_id", network}}).type(), "SubnetPoolNotFound");
  EXPECT_EQ(refused({{"cidr", "10.0.0.0/24"}, {"dns_nameservers", {"192.0.2.1", "192.0.2.1"}}}).status, 400U);
  client.subnet(network, "10.0.0.0/16");
  EXPECT_EQ(refused({{"cidr", "10.0.5.0/24"}}).status, 400U);
  EXPECT_EQ(client.cloud.snapshot()->subnets().size(), 2U);
}

TEST(Subnets, KeepIpv6Modes) {
  Client client;
  const std::string id = client.subnet(client.network(), "2001:DB8:0::/64",
                                       {{"ipv6_ra_mode", "dhcpv6-stateful"}, {"ipv6_address_mode", "dhcpv6-stateful"}});
  EXPECT_EQ(client.shown("subnet", id).at("ipv6_ra_mode"), "dhcpv6-stateful");
  EXPECT_EQ(client.shown("subnet", id).at("cidr"), "2001:db8::/64");
  EXPECT_EQ(client.shown("subnet", id).at("ip_version"), 6);
}

TEST(Networks, ShowTheirSegmentToAdministrators) {
  Client client;
  const auto vxlan = client.shown("network", client.network());
  EXPECT_EQ(vxlan.at("provider:network_type"), "vxlan");
  EXPECT_EQ(vxlan.at("provider:physical_network"), nullptr);
  EXPECT_THAT(vxlan.at("provider:segmentation_id").as_int64(), testing::AllOf(testing::Ge(1), testing::Le(16'777'215)));
  const auto vlan = client.shown("network", client.network({{"provider:network_type", "vlan"},
                                                            {"provider:physical_network", "physnet1"},
                                                            {"provider:segmentation_id", 150}}));
  EXPECT_EQ(vlan.at("provider:segmentation_id"), 150);
}

TEST(Ports, MergeDhcpOptionsByName) {
  Client client;
  const std::string id = client.port(
      client.network(),
      {{"extra_dhcp_opts",
        {{{"opt_name", "mtu"}, {"opt_value", "1400"}}, {{"opt_name", "tftp-server"}, {"opt_value", "192.0.2.9"}}}}});
  ASSERT_EQ(
      client
          .put("/v2.0/ports/" + id, {{"port", {{"extra_dhcp_opts", {{{"opt_name", "mtu"}, {"opt_value", nullptr}}}}}}})
          .status,
      200U);
  const auto options = client.shown("port", id).at("extra_dhcp_opts").as_array();
  ASSERT_EQ(options.size(), 1U);
  EXPECT_EQ(options[0], (json::object{{"opt_name", "tftp-server"}, {"opt_value", "192.0.2.9"}, {"ip_version", 4}}));
}

TEST(Ports, MayHaveTwoAddressesOfOneSubnet) {
  Client client;
  const std::string network = client.network();
  const std::string subnet = client.subnet(network, "10.0.0.0/24");
  const std::string id = client.port(network, {{"fixed_ips", {{{"subnet_id", subnet}}, {{"subnet_id", subnet}}}}});
  EXPECT_EQ(client.shown("port", id).at("fixed_ips").as_array().size(), 2U);
}

}  // namespace
}  // namespace tarn::api::test
