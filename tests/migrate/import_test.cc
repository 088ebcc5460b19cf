// A cloud carried over through the API alone. The one that is read is Tarn's own API, which speaks as Neutron does; the
// real Neutron is asked by the live suite.
#include "migrate/import.h"

#include <gmock/gmock.h>

#include "api/client.h"
#include "model/codec.h"

namespace tarn::migrate {
namespace {

namespace json = boost::json;
using api::test::Client;
using api::test::Reply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Get reading(Client& client) {
  return [&client](const std::string& target) -> Result<json::value> {
    const Reply reply = client.get(target);
    if (reply.status == 404) return fail(ErrorCode::not_found, reply.text);
    if (reply.status != 200) return fail(ErrorCode::internal, reply.text);
    return reply.body;
  };
}

Adopt adopting(Client& client) {
  return [&client](const json::value& body) -> Result<json::value> {
    const Reply reply = client.post("/v2.0/adopted-rows", body);
    if (reply.status != 200) return fail(ErrorCode::conflict, reply.type(), reply.message());
    return reply.body;
  };
}

// What two clouds must agree on, as people read it.
template <class R>
std::map<std::string, std::string> rows_of(const Client& client) {
  std::map<std::string, std::string> rows;
  const auto snapshot = client.cloud.snapshot();
  for (const auto& [id, row] : snapshot->table<R>()) rows.emplace(id.text(), model::encode(*row));
  return rows;
}

class Import : public testing::Test {
 protected:
  Import() {
    const std::string network =
        neutron.network({{"name", "blue"}, {"project_id", "p7"}, {"provider:network_type", "vxlan"}, {"shared", true}});
    neutron.subnet(network, "10.0.0.0/24", {{"allocation_pools", {{{"start", "10.0.0.9"}, {"end", "10.0.0.90"}}}}});
    neutron.subnet(network, "2001:db8::/64", {{"ipv6_ra_mode", "slaac"}, {"ipv6_address_mode", "slaac"}});
    neutron.port(network, {{"name", "web"},
                           {"device_owner", "compute:nova"},
                           {"binding:host_id", "h"},
                           {"binding:profile", {{"a", 1}}},
                           {"extra_dhcp_opts", {{{"opt_name", "mtu"}, {"opt_value", "1400"}}}},
                           {"allowed_address_pairs", {{{"ip_address", "10.5.0.0/16"}}}}});
    neutron.network({{"provider:network_type", "vlan"}, {"provider:physical_network", "physnet1"}});
    neutron.post("/v2.0/subnetpools", {{"subnetpool", {{"prefixes", {"10.8.0.0/16"}}, {"default_quota", 512}}}});
    neutron.put("/v2.0/quotas/p7", {{"quota", {{"port", 3}}}});
    const std::string group = std::string(neutron.post("/v2.0/security-groups", {{"security_group", {{"name", "web"}}}})
                                              .body.at("security_group")
                                              .at("id")
                                              .as_string());
    for (const std::string& path : {"networks/" + network, "security-groups/" + group})
      neutron.put("/v2.0/" + path + "/tags", {{"tags", {"red", "blue"}}});
  }
  Imported run() { return import_neutron(reading(neutron), adopting(tarn)).value(); }

  Client neutron;
  Client tarn;
};

TEST_F(Import, CarriesEveryRowAsItIs) {
  tarn.cloud.pass(3'600'000);
  const Imported imported = run();
  EXPECT_THAT(imported.left, IsEmpty());
  EXPECT_GT(imported.changed, 8U);
  EXPECT_EQ(rows_of<model::Network>(tarn), rows_of<model::Network>(neutron));
  EXPECT_EQ(rows_of<model::Subnet>(tarn), rows_of<model::Subnet>(neutron));
  EXPECT_EQ(rows_of<model::Port>(tarn), rows_of<model::Port>(neutron));
  EXPECT_EQ(rows_of<model::SecurityGroup>(tarn), rows_of<model::SecurityGroup>(neutron));
  EXPECT_EQ(rows_of<model::SubnetPool>(tarn), rows_of<model::SubnetPool>(neutron));
  EXPECT_EQ(tarn.get("/v2.0/quotas/p7").body, neutron.get("/v2.0/quotas/p7").body);
  EXPECT_EQ(tarn.get("/v2.0/rbac-policies").body, neutron.get("/v2.0/rbac-policies").body);
}

TEST_F(Import, CarriesCopiesOfTrafficWithANumberOfThisCloud) {
  const std::string network = neutron.network();
  const auto make = [&](const std::string& word, json::object body) {
    const Reply made = neutron.post("/v2.0/taas/" + word + "s", {{word, std::move(body)}});
    CHECK(made.status == 201);
    return std::string(made.body.at(word).at("id").as_string());
  };
  const std::string port = neutron.port(network);
  const std::string service = make("tap_service", {{"port_id", neutron.port(network)}, {"name", "t"}});
  make("tap_flow",
       {{"tap_service_id", service}, {"source_port", port}, {"direction", "IN"}, {"vlan_filter", "9,18-20"}});
  make("tap_mirror", {{"port_id", port},
                      {"remote_ip", "2001:db8::9"},
                      {"mirror_type", "erspanv1"},
                      {"directions", {{"OUT", 0}, {"BOTH", 7}}}});
  EXPECT_THAT(run().left, IsEmpty());
  for (const char* collection : {"tap_services", "tap_flows", "tap_mirrors"}) {
    const std::string path = std::string("/v2.0/taas/") + collection;
    EXPECT_EQ(tarn.get(path).body, neutron.get(path).body);
    EXPECT_EQ(tarn.get(path).body.at(collection).as_array().size(), 1U);
  }
  EXPECT_EQ(rows_of<model::TapMirror>(tarn).size(), 1U);
  const auto snapshot = tarn.cloud.snapshot();
  const auto& [id, row] = *snapshot->table<model::TapService>().begin();
  EXPECT_NE(row->segmentation_id, 0U);
  EXPECT_EQ(snapshot->owner_of(model::Snapshot::segment_of(*row)), id);
  EXPECT_EQ(run().changed, 0U);
}

TEST_F(Import, TheSecondTimeNothingChanges) {
  run();
  const auto before = tarn.cloud.snapshot();
  EXPECT_EQ(run().changed, 0U);
  const auto after = tarn.cloud.snapshot();
  for (const auto& [id, port] : after->ports()) EXPECT_EQ(port.modified, before->ports().find(id)->modified);
}

TEST_F(Import, WhatChangedMeanwhileFollows) {
  run();
  const std::string id = std::string(neutron.get("/v2.0/ports?name=web").body.at("ports").at(0).at("id").as_string());
  neutron.put("/v2.0/ports/" + id, {{"port", {{"name", "www"}}}});
  EXPECT_EQ(run().changed, 1U);
  EXPECT_EQ(tarn.shown("port", id).at("name"), "www");
}

// Neutron's answer with something in it that Tarn does not know.
Get altered(Client& client, const std::string& path, std::function<void(json::object&)> edit) {
  return [path, edit, get = reading(client)](const std::string& target) {
    auto body = get(target);
    if (body && target.starts_with("/v2.0/" + path + "?"))
      for (json::value& each : body->get_object().begin()->value().as_array()) edit(each.as_object());
    return body;
  };
}

TEST_F(Import, WhatIsNotServedHereIsTold) {
  const Get get = altered(neutron, "subnets", [](json::object& subnet) { subnet["colour"] = "red"; });
  const Imported imported = import_neutron(get, adopting(tarn)).value();
  ASSERT_EQ(imported.left.size(), 2U) << "of both subnets";
  EXPECT_THAT(imported.left[0], HasSubstr("colour: is not served here: \"red\""));
  EXPECT_EQ(rows_of<model::Subnet>(tarn), rows_of<model::Subnet>(neutron));
}

TEST_F(Import, ANetworkThatCannotBeHereIsLeftWithAllThatStandsOnIt) {
  const Get get = altered(neutron, "networks", [](json::object& network) {
    if (network.at("name") == "blue") network["provider:network_type"] = "gre";
  });
  const Imported imported = import_neutron(get, adopting(tarn)).value();
  EXPECT_THAT(imported.left, testing::Contains(HasSubstr("provider:network_type")));
  EXPECT_THAT(imported.left, testing::Contains(HasSubstr("subnet")));
  EXPECT_THAT(imported.left, testing::Contains(HasSubstr("port")));
  EXPECT_EQ(rows_of<model::Network>(tarn).size(), 1U);
  EXPECT_TRUE(rows_of<model::Port>(tarn).empty());
}

TEST_F(Import, AnAddressThatIsAnothersHereIsNotTaken) {
  run();
  const std::string id = std::string(tarn.get("/v2.0/ports?name=web").body.at("ports").at(0).at("id").as_string());
  const model::Port web = **tarn.cloud.snapshot()->find<model::Port>(Uuid::parse(id).value());
  const std::string path = "/v2.0/ports/" + id;
  ASSERT_EQ(tarn.remove(path).status, 204U);
  tarn.port(web.network.text(), {{"fixed_ips", {{{"ip_address", web.fixed_ips[0].address.text()}}}}});
  const Imported imported = run();
  EXPECT_THAT(imported.left, ElementsAre(HasSubstr("is another's here")));
  EXPECT_EQ(tarn.get(path).status, 404U);
}

TEST(Adoption, IsForAdministratorsAndChecksItsBody) {
  Client client;
  const auto adopt = [&](const json::value& body) { return client.post("/v2.0/adopted-rows", body); };
  EXPECT_EQ(adopt({{"rows", {{{"kind", "network"}}}}}).status, 400U);
  EXPECT_EQ(adopt({{"rows", {{{"kind", "planet"}, {"id", client.network()}}}}}).status, 400U);
  EXPECT_EQ(adopt({{"rows", 1}}).status, 400U);
  EXPECT_EQ(adopt(json::array()).status, 400U);
  const std::string id = "11111111-1111-4111-8111-111111111111";
  EXPECT_EQ(adopt({{"rows", {{{"kind", "network"}, {"id", id}, {"mtu", "big"}}}}}).status, 400U);
  EXPECT_EQ(adopt({{"rows", {{{"kind", "agent"}, {"id", id}}}}}).status, 400U);
  client.identity.who = api::test::member();
  EXPECT_EQ(adopt({{"rows", json::array()}}).status, 403U);
}

TEST_F(Import, CarriesWhatIsAnnouncedButNoPassword) {
  const auto make = [&](const std::string& collection, const std::string& kind, json::object given) {
    const Reply made = neutron.post("/v2.0/" + collection, {{kind, std::move(given)}});
    EXPECT_EQ(made.status, 201U) << made.text;
    return std::string(made.body.at(kind).at("id").as_string());
  };
  const std::string speaker = make("bgp-speakers", "bgp_speaker", {{"local_as", 65'000}, {"ip_version", 4}});
  const std::string peer =
      make("bgp-peers", "bgp_peer",
           {{"peer_ip", "192.0.2.1"}, {"remote_as", 65'001}, {"auth_type", "md5"}, {"password", "sesame"}});
  neutron.put("/v2.0/bgp-speakers/" + speaker + "/add_gateway_network", {{"network_id", neutron.network()}});
  neutron.put("/v2.0/bgp-speakers/" + speaker + "/add_bgp_peer", {{"bgp_peer_id", peer}});
  EXPECT_THAT(run().left, ElementsAre(HasSubstr("password")));
  const std::string path = "/v2.0/bgp-speakers/" + speaker;
  EXPECT_EQ(tarn.get(path).body, neutron.get(path).body);
  // One that was set here meanwhile stays.
  const std::string here = "/v2.0/bgp-peers/" + peer;
  EXPECT_EQ(tarn.get(here).body, neutron.get(here).body);
  EXPECT_EQ(tarn.put(here, {{"bgp_peer", {{"password", "sesame"}}}}).status, 200U);
  run();
  EXPECT_EQ((**tarn.cloud.snapshot()->find<model::BgpPeer>(Uuid::parse(peer).value())).password, "sesame");
}

}  // namespace
}  // namespace tarn::migrate
