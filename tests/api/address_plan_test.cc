// Address scopes, subnet pools and address groups through the API: paths, actions, who sees what.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

std::string id_in(const Reply& reply, const std::string& root) {
  CHECK(reply.status == 201);
  return std::string(reply.body.at(root).at("id").as_string());
}

std::string new_pool(Client& client, json::object more = {}) {
  more["name"] = "pool";
  if (!more.contains("prefixes")) more["prefixes"] = json::array{"10.0.0.0/16"};
  return id_in(client.post("/v2.0/subnetpools", {{"subnetpool", more}}), "subnetpool");
}

TEST(SubnetPools, ShowLengthsAsTextAsClientsExpect) {
  Client client;
  const auto pool = client.shown("subnetpool", new_pool(client, {{"default_prefixlen", 24}}));
  EXPECT_EQ(pool.at("default_prefixlen"), said("24"));
  EXPECT_EQ(pool.at("min_prefixlen"), said("8"));
  EXPECT_EQ(pool.at("ip_version"), 4);
  EXPECT_EQ(pool.at("address_scope_id"), nullptr);
  EXPECT_EQ(client.get("/v2.0/subnetpools?default_prefixlen=24").body.at("subnetpools").as_array().size(), 1U);
}

// Numbers as Neutron counts them: of the /24, the network's and the broadcast address are nobody's.
TEST(Availability, IsToldOfWholeSubnetsAndOfTheirPools) {
  Client client;
  const std::string network = client.network();
  const json::array pools{{{"start", "10.0.0.10"}, {"end", "10.0.0.19"}},
                          {{"start", "10.0.0.30"}, {"end", "10.0.0.30"}}};
  const std::string subnet = client.subnet(network, "10.0.0.0/24", {{"allocation_pools", pools}});
  client.subnet(network, "2001:db8::/64", {{"ip_version", 6}, {"enable_dhcp", false}});
  for (const char* address : {"10.0.0.10", "10.0.0.30", "10.0.0.31"})
    client.port(network, {{"fixed_ips", json::array{{{"ip_address", address}}}}});
  const json::value shown = client.get("/v2.0/network-ip-availabilities/" + network).body.at("network_ip_availability");
  const json::value of_subnet{{"total_ips_in_subnet", 254},
                              {"total_ips_in_allocation_pool", 11},
                              {"used_ips_in_subnet", 3},
                              {"used_ips_in_allocation_pool", 2}};
  for (const json::value& each : shown.at("subnet_ip_availability").as_array())
    if (each.at("subnet_id") == said(subnet)) EXPECT_EQ(each.at("ip_availability_details"), of_subnet);
  const json::value& all = shown.at("ip_availability_details");
  EXPECT_EQ(all.at("total_ips_in_subnet"), 18446744073709551615U) << "the most that is told";
  EXPECT_EQ(all.at("total_ips_in_allocation_pool"), 18446744073709551615U);
  EXPECT_EQ(all.at("used_ips_in_subnet"), 3);
  EXPECT_EQ(all.at("used_ips_in_allocation_pool"), 2);
  EXPECT_EQ(shown.at("total_ips"), 18446744073709551615U);
  EXPECT_EQ(shown.at("used_ips"), 3);
}

TEST(SubnetPools, ASubnetOfOneShowsItsPool) {
  Client client;
  const std::string pool = new_pool(client, {{"default_prefixlen", 24}});
  const std::string network = client.network();
  const Reply made =
      client.post("/v2.0/subnets", {{"subnet", {{"network_id", network}, {"ip_version", 4}, {"subnetpool_id", pool}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  EXPECT_EQ(made.body.at("subnet").at("cidr"), said("10.0.0.0/24"));
  EXPECT_EQ(made.body.at("subnet").at("subnetpool_id"), said(pool));
  EXPECT_FALSE(made.body.at("subnet").as_object().contains("use_default_subnetpool"));
  EXPECT_EQ(client.remove("/v2.0/subnetpools/" + pool).type(), "SubnetPoolDeleteError");
}

TEST(SubnetPools, TheDefaultOneOfTheIpVersionServesWhoeverAsksForIt) {
  Client client;
  new_pool(client, {{"default_prefixlen", 24}, {"is_default", true}, {"shared", true}});
  const auto ask = [&](int ip_version) {
    return client.post(
        "/v2.0/subnets",
        {{"subnet", {{"network_id", client.network()}, {"ip_version", ip_version}, {"use_default_subnetpool", true}}}});
  };
  const Reply four = ask(4);
  ASSERT_EQ(four.status, 201U) << four.text;
  EXPECT_EQ(four.body.at("subnet").at("cidr"), said("10.0.0.0/24"));
  EXPECT_THAT(ask(6).message(), ::testing::HasSubstr("no default subnet pool for IPv6"));
}

TEST(SubnetPools, PrefixesAreAddedAndTakenOutByActions) {
  Client client;
  const std::string path = "/v2.0/subnetpools/" + new_pool(client);
  const Reply added = client.put(path + "/add_prefixes", {{"prefixes", {"10.1.0.0/16"}}});
  EXPECT_EQ(added.status, 200U);
  EXPECT_EQ(added.body, (json::value{{"prefixes", {"10.0.0.0/15"}}}));
  EXPECT_EQ(client.put(path + "/remove_prefixes", {{"prefixes", {"10.0.0.0/16"}}}).body,
            (json::value{{"prefixes", {"10.1.0.0/16"}}}));
  EXPECT_EQ(client.put(path + "/remove_prefixes", {{"prefixes", {"10.1.0.0/16"}}}).type(), "EmptySubnetPoolPrefixList");
  EXPECT_EQ(client.put(path + "/add_prefixes", {{"prefixes", {"no"}}}).type(), "HTTPBadRequest");
  EXPECT_EQ(client.put(path + "/add_prefixes", json::object{}).status, 400U);
  EXPECT_EQ(client.post(path + "/add_prefixes", {{"prefixes", {"10.2.0.0/16"}}}).status, 405U);
  EXPECT_EQ(client.put(path + "/no_such_action", {{"prefixes", {"10.2.0.0/16"}}}).status, 404U);
}

TEST(SubnetPools, TakeOverTheSubnetsOfANetwork) {
  Client client;
  const std::string pool = new_pool(client);
  const std::string network = client.network();
  const std::string subnet = client.subnet(network, "192.168.0.0/24");
  const std::string path = "/v2.0/subnetpools/" + pool + "/onboard_network_subnets";
  const Reply done = client.put(path, {{"network_id", network}});
  EXPECT_EQ(done.status, 200U) << done.text;
  EXPECT_EQ(done.text, "{}");
  EXPECT_EQ(client.shown("subnet", subnet).at("subnetpool_id"), said(pool));
  EXPECT_EQ(client.put(path, {{"network_id", "no"}}).type(), "HTTPBadRequest");
  EXPECT_EQ(client.put(path, {{"network_id", pool}}).type(), "NetworkNotFound");
}

TEST(AddressScopes, AreSeenAtTheirNetworks) {
  Client client;
  const std::string scope = id_in(
      client.post("/v2.0/address-scopes", {{"address_scope", {{"name", "s"}, {"ip_version", 4}}}}), "address_scope");
  const std::string pool = new_pool(client, {{"default_prefixlen", 24}, {"address_scope_id", scope}});
  const std::string network = client.network();
  EXPECT_EQ(client.shown("network", network).at("ipv4_address_scope"), nullptr);
  ASSERT_EQ(
      client.post("/v2.0/subnets", {{"subnet", {{"network_id", network}, {"ip_version", 4}, {"subnetpool_id", pool}}}})
          .status,
      201U);
  EXPECT_EQ(client.shown("network", network).at("ipv4_address_scope"), said(scope));
  EXPECT_EQ(client.shown("network", network).at("ipv6_address_scope"), nullptr);
  EXPECT_EQ(client.remove("/v2.0/address-scopes/" + scope).type(), "AddressScopeInUse");
  const auto listed = client.get("/v2.0/address-scopes?limit=1").body;
  EXPECT_EQ(listed.at("address_scopes").as_array().size(), 1U);
  EXPECT_TRUE(listed.as_object().contains("address_scopes_links"));
}

TEST(AddressGroups, AreToldOfWithTheRulesThatNameThem) {
  Client client;
  for (const std::string alias : {"address-group", "security-groups-remote-address-group", "rbac-address-group"})
    EXPECT_EQ(client.get("/v2.0/extensions/" + alias).status, 200U) << alias;
}

TEST(AddressGroups, TakeAddressesAndPrefixes) {
  Client client;
  const std::string path =
      "/v2.0/address-groups/" +
      id_in(client.post("/v2.0/address-groups", {{"address_group", {{"addresses", {"10.0.0.7/32", "10.1.0.0/16"}}}}}),
            "address_group");
  EXPECT_EQ(client.get(path).body.at("address_group").at("addresses"), (json::value{"10.0.0.7/32", "10.1.0.0/16"}));
  const Reply again = client.put(path + "/add_addresses", {{"addresses", {"10.0.0.7/32"}}});
  EXPECT_EQ(again.type(), "AddressesAlreadyExist");
  const Reply rest = client.put(path + "/remove_addresses", {{"addresses", {"10.1.0.0/16"}}});
  EXPECT_EQ(rest.body.at("address_group").at("addresses"), (json::value{"10.0.0.7/32"}));
  EXPECT_EQ(client.put(path + "/remove_addresses", {{"addresses", {"10.1.0.0/16"}}}).status, 404U);
}

TEST(AddressGroups, TakeAnAddressForAPrefixOnceTheyAreThere) {
  Client client;
  const auto make = [&](const char* address) {
    return client.post("/v2.0/address-groups", {{"address_group", {{"addresses", json::array{address}}}}});
  };
  EXPECT_EQ(make("10.20.30.40").status, 400U);
  EXPECT_EQ(make("no address").status, 400U);
  const std::string path = "/v2.0/address-groups/" + id_in(make("192.168.0.10/24"), "address_group");
  const auto act = [&](const std::string& verb, const char* address) {
    return client.put(path + "/" + verb, {{"addresses", json::array{address}}});
  };
  EXPECT_EQ(act("remove_addresses", "10.200.200.200").type(), "AddressesNotFound");
  EXPECT_EQ(act("remove_addresses", "no address").status, 400U);
  EXPECT_EQ(act("add_addresses", "no address").status, 400U);
  EXPECT_EQ(act("add_addresses", "10.200.200.200").status, 200U);
  EXPECT_EQ(act("add_addresses", "2001:db8::7").body.at("address_group").at("addresses"),
            (json::value{"10.200.200.200/32", "192.168.0.0/24", "2001:db8::7/128"}));
  EXPECT_EQ(act("add_addresses", "10.200.200.200/32").type(), "AddressesAlreadyExist");
  EXPECT_EQ(act("remove_addresses", "10.200.200.200").status, 200U);
}

TEST(AddressGroups, AreNotThereForWhoChangesAnothersThatHeOnlySees) {
  Client client;
  const std::string id =
      id_in(client.post("/v2.0/address-groups", {{"address_group", {{"name", "theirs"}}}}), "address_group");
  const json::object share{
      {"object_type", "address_group"}, {"object_id", id}, {"target_tenant", "red"}, {"action", "access_as_shared"}};
  ASSERT_EQ(client.post("/v2.0/rbac-policies", {{"rbac_policy", share}}).status, 201U);
  client.identity.who = member("red");
  const std::string path = "/v2.0/address-groups/" + id;
  EXPECT_EQ(client.get(path).status, 200U);
  EXPECT_EQ(client.put(path, {{"address_group", {{"name", "x"}}}}).type(), "AddressGroupNotFound");
  EXPECT_EQ(client.remove(path).status, 403U);
  client.identity.who = test::somebody("p1", {"reader"});
  EXPECT_EQ(client.get(path).status, 200U);
}

TEST(Sharing, OthersSeeASharedPoolAndChangeNothingOfIt) {
  Client client;
  const std::string own = new_pool(client);
  const std::string shared = new_pool(client, {{"shared", true}, {"prefixes", {"172.16.0.0/16"}}});
  client.identity.who = member("p2");
  EXPECT_EQ(client.get("/v2.0/subnetpools/" + own).status, 404U);
  EXPECT_EQ(client.get("/v2.0/subnetpools/" + shared).status, 200U);
  EXPECT_EQ(client.get("/v2.0/subnetpools").body.at("subnetpools").as_array().size(), 1U);
  EXPECT_EQ(client.put("/v2.0/subnetpools/" + shared, {{"subnetpool", {{"name", "x"}}}}).status, 403U);
  EXPECT_EQ(client.put("/v2.0/subnetpools/" + shared + "/add_prefixes", {{"prefixes", {"10.9.0.0/16"}}}).status, 403U);
  EXPECT_EQ(client.put("/v2.0/subnetpools/" + own + "/add_prefixes", {{"prefixes", {"10.9.0.0/16"}}}).status, 404U);
}

}  // namespace
}  // namespace tarn::api
