// Routers and what stands on them through the API: paths, bodies, answers, and who may do what. Shapes and types are
// those of the Networking API reference and of Neutron.
#include <gmock/gmock.h>

#include "client.h"

namespace tarn::api {
namespace {

using test::administrator;
using test::Client;
using test::member;
using test::Reply;
using test::said;
using test::json::object;
using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

class RouterApi : public testing::Test {
 protected:
  RouterApi() {
    outside = client.network({{"router:external", true}, {"project_id", "admin"}});
    outside_subnet = client.subnet(outside, "203.0.113.0/24", {{"project_id", "admin"}});
    client.identity.who = member();
    inside = client.network();
    inside_subnet = client.subnet(inside, "10.0.0.0/24");
  }

  std::string made(const std::string& path, const std::string& singular, object body) {
    const Reply reply = client.post("/v2.0/" + path, {{singular, std::move(body)}});
    EXPECT_EQ(reply.status, 201U) << reply.text;
    return reply.status == 201 && reply.body.at(singular).as_object().contains("id")
               ? std::string(reply.body.at(singular).at("id").as_string())
               : "";
  }
  std::string router(object body = {}) { return made("routers", "router", std::move(body)); }
  Reply act(const std::string& router, const std::string& action, object body) {
    return client.put("/v2.0/routers/" + router + "/" + action, std::move(body));
  }
  std::string connected_router() {
    std::string id = router({{"external_gateway_info", {{"network_id", outside}}}});
    EXPECT_EQ(act(id, "add_router_interface", {{"subnet_id", inside_subnet}}).status, 200U);
    return id;
  }
  Reply put(const std::string& path, const std::string& singular, object body) {
    return client.put("/v2.0/" + path, {{singular, std::move(body)}});
  }

  Client client;
  std::string outside;
  std::string outside_subnet;
  std::string inside;
  std::string inside_subnet;
};

TEST_F(RouterApi, ANewRouterIsShownAsClientsExpect) {
  const object shown = client.shown("router", router({{"name", "r"}, {"availability_zone_hints", json::array()}}));
  EXPECT_EQ(shown.at("status"), said("ACTIVE"));
  EXPECT_EQ(shown.at("external_gateway_info"), nullptr);
  EXPECT_EQ(shown.at("routes"), json::array());
  EXPECT_EQ(shown.at("availability_zones"), json::array());
  EXPECT_EQ(shown.at("flavor_id"), nullptr);
  EXPECT_EQ(shown.at("tags"), json::array());
  EXPECT_EQ(shown.at("revision_number"), 1);
  EXPECT_FALSE(shown.contains("distributed"));  // for administrators
  client.identity.who = administrator();
  EXPECT_EQ(client.shown("router", std::string(shown.at("id").as_string())).at("distributed"), true);
}

TEST_F(RouterApi, AddingAndRemovingAnInterfaceTellsOfItsPort) {
  const std::string id = router();
  const Reply added = act(id, "add_router_interface", {{"subnet_id", inside_subnet}});
  ASSERT_EQ(added.status, 200U) << added.text;
  const std::string port(added.body.at("port_id").as_string());
  const json::value told{{"id", id},
                         {"tenant_id", "p1"},
                         {"port_id", port},
                         {"network_id", inside},
                         {"subnet_id", inside_subnet},
                         {"subnet_ids", {inside_subnet}}};
  EXPECT_EQ(added.body, told);
  const object shown = client.shown("port", port);
  EXPECT_EQ(shown.at("device_id"), said(id));
  EXPECT_EQ(shown.at("device_owner"), said("network:router_interface_distributed"));
  EXPECT_EQ(client.remove("/v2.0/ports/" + port).type(), "ServicePortInUse");
  EXPECT_EQ(client.remove("/v2.0/routers/" + id).type(), "RouterInUse");
  EXPECT_EQ(act(id, "add_router_interface", {{"subnet_id", inside_subnet}}).type(), "BadRequest");
  const Reply removed = act(id, "remove_router_interface", {{"subnet_id", inside_subnet}});
  EXPECT_EQ(removed.status, 200U);
  EXPECT_EQ(removed.body, told);
  EXPECT_EQ(client.get("/v2.0/ports/" + port).status, 404U);
  EXPECT_EQ(act(id, "remove_router_interface", {{"subnet_id", inside_subnet}}).type(),
            "RouterInterfaceNotFoundForSubnet");
  EXPECT_EQ(act(id, "remove_router_interface", {{"port_id", port}}).type(), "RouterInterfaceNotFound");
  EXPECT_EQ(act(id, "remove_router_interface", {{"subnet_id", port}}).type(), "SubnetNotFound");
  EXPECT_EQ(act(id, "remove_router_interface", {}).status, 400U);
  EXPECT_EQ(act(id, "add_router_interface", {{"port_id", "no"}}).status, 400U);
  EXPECT_EQ(client.remove("/v2.0/routers/" + id).status, 204U);
}

TEST_F(RouterApi, AnInterfaceIsAlsoAPortThatWasThere) {
  const std::string id = router();
  const std::string port = client.port(inside);
  const Reply added = act(id, "add_router_interface", {{"port_id", port}});
  ASSERT_EQ(added.status, 200U) << added.text;
  EXPECT_EQ(added.body.at("port_id"), said(port));
  EXPECT_EQ(added.body.at("subnet_id"), said(inside_subnet));
  EXPECT_EQ(act(router(), "add_router_interface", {{"port_id", port}}).type(), "PortInUse");
  const Reply removed = act(id, "remove_router_interface", {{"port_id", port}});
  EXPECT_EQ(removed.body, added.body);
}

TEST_F(RouterApi, TheGatewayIsGivenShownAndCleared) {
  const std::string id = router({{"external_gateway_info", {{"network_id", outside}}}});
  const json::value shown = client.shown("router", id).at("external_gateway_info");
  EXPECT_EQ(shown, (json::value{{"network_id", outside},
                                {"enable_snat", true},
                                {"external_fixed_ips",
                                 json::array{object{{"subnet_id", outside_subnet}, {"ip_address", "203.0.113.2"}}}},
                                {"qos_policy_id", nullptr}}));
  EXPECT_EQ(client.shown("router", id).at("external_gateways"), json::array{shown});
  const Reply none = put("routers/" + id, "router", {{"external_gateway_info", nullptr}});
  EXPECT_EQ(none.body.at("router").at("external_gateway_info"), nullptr);
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", object()}}).status, 200U);
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", {{"network_id", inside}}}}).type(), "BadRequest");
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", {{"enable_snat", true}}}}).status, 400U);
  const object fixed{{"network_id", outside},
                     {"external_fixed_ips", json::array{object{{"ip_address", "203.0.113.20"}}}}};
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", fixed}}).status, 403U);
  const object quiet{{"network_id", outside}, {"enable_snat", false}};
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", quiet}}).status, 403U);
  client.identity.who = administrator();
  EXPECT_EQ(put("routers/" + id, "router", {{"external_gateway_info", fixed}}).status, 200U);
  EXPECT_EQ(client.shown("router", id).at("external_gateway_info").at("external_fixed_ips").at(0).at("ip_address"),
            said("203.0.113.20"));
  EXPECT_EQ(put("networks/" + outside, "network", {{"router:external", false}}).type(), "ExternalNetworkInUse");
}

TEST_F(RouterApi, SeveralGatewaysAreAddedAndRemovedByActions) {
  const std::string id = router();
  client.identity.who = administrator();
  const auto on = [&](const char* address) {
    return object{{"network_id", outside}, {"external_fixed_ips", json::array{object{{"ip_address", address}}}}};
  };
  const auto body = [](json::array gateways) {
    return object{{"router", {{"external_gateways", std::move(gateways)}}}};
  };
  const Reply added = act(id, "add_external_gateways", body({on("203.0.113.10"), on("203.0.113.11")}));
  ASSERT_EQ(added.status, 200U) << added.text;
  EXPECT_EQ(added.body.at("router").at("external_gateways").as_array().size(), 2U);
  EXPECT_EQ(added.body.at("router").at("external_gateway_info"), added.body.at("router").at("external_gateways").at(0));
  object quiet = on("203.0.113.11");
  quiet["enable_snat"] = false;
  const Reply updated = act(id, "update_external_gateways", body({quiet}));
  EXPECT_EQ(updated.body.at("router").at("external_gateways").at(1).at("enable_snat"), false);
  const Reply removed = act(id, "remove_external_gateways", body({on("203.0.113.10")}));
  EXPECT_EQ(removed.body.at("router").at("external_gateways").as_array().size(), 1U);
}

TEST_F(RouterApi, RoutesAreSetAddedAndRemoved) {
  const std::string id = connected_router();
  const auto route = [](const char* destination, const char* nexthop) {
    return object{{"destination", destination}, {"nexthop", nexthop}};
  };
  const json::array one{route("192.0.2.0/24", "10.0.0.9")};
  EXPECT_EQ(put("routers/" + id, "router", {{"routes", one}}).body.at("router").at("routes"), one);
  EXPECT_EQ(put("routers/" + id, "router", {{"routes", json::array{route("192.0.2.0/24", "10.9.0.9")}}}).type(),
            "InvalidRoutes");
  const json::array more{route("198.51.100.0/24", "10.0.0.8")};
  const Reply added = act(id, "add_extraroutes", {{"router", {{"routes", more}}}});
  EXPECT_EQ(added.body.at("router").at("routes").as_array().size(), 2U) << added.text;
  const Reply removed = act(id, "remove_extraroutes", {{"router", {{"routes", one}}}});
  EXPECT_EQ(removed.body.at("router").at("routes"), more);
  EXPECT_EQ(act(id, "remove_router_interface", {{"subnet_id", inside_subnet}}).type(), "RouterInterfaceInUseByRoute");
}

TEST_F(RouterApi, OnlyAdministratorsSayHowARouterIsMade) {
  EXPECT_EQ(client.post("/v2.0/routers", {{"router", {{"distributed", false}}}}).status, 403U);
  EXPECT_EQ(client.post("/v2.0/routers", {{"router", {{"ha", false}}}}).status, 403U);
  EXPECT_EQ(client.post("/v2.0/routers", {{"router", {{"ha", nullptr}}}}).status, 201U);
  const std::string id = router();
  client.identity.who = member("p2");
  EXPECT_EQ(client.get("/v2.0/routers/" + id).status, 404U);
  EXPECT_EQ(act(id, "add_router_interface", {{"subnet_id", inside_subnet}}).status, 404U);
  EXPECT_TRUE(client.get("/v2.0/routers").body.at("routers").as_array().empty());
  client.identity.who = administrator("other");
  EXPECT_EQ(client.remove("/v2.0/routers/" + id).status, 204U);
}

TEST_F(RouterApi, AFloatingIpComesAndGoesWithItsPort) {
  connected_router();
  const std::string web = client.port(inside, {{"name", "web"}});
  const std::string id = made("floatingips", "floatingip", {{"floating_network_id", outside}});
  object shown = client.shown("floatingip", id);
  EXPECT_EQ(shown.at("status"), said("DOWN"));
  EXPECT_EQ(shown.at("port_id"), nullptr);
  EXPECT_EQ(shown.at("port_details"), nullptr);
  EXPECT_EQ(shown.at("port_forwardings"), json::array());
  EXPECT_FALSE(shown.contains("subnet_id"));
  EXPECT_FALSE(shown.contains("name"));
  const auto tenant = std::exchange(client.identity.who, administrator());
  const auto held = client.get("/v2.0/ports?device_id=" + id).body.at("ports").as_array();
  client.identity.who = tenant;
  ASSERT_EQ(held.size(), 1U) << "nobody's port";
  EXPECT_EQ(held[0].at("status"), said("N/A")) << "nothing could be wired to it";
  const Reply associated = put("floatingips/" + id, "floatingip", {{"port_id", web}});
  ASSERT_EQ(associated.status, 200U) << associated.text;
  shown = associated.body.at("floatingip").as_object();
  EXPECT_EQ(shown.at("port_details").at("name"), said("web"));
  EXPECT_EQ(shown.at("fixed_ip_address"), client.shown("port", web).at("fixed_ips").at(0).at("ip_address"));
  EXPECT_EQ(client.get("/v2.0/floatingips?port_id=" + web).body.at("floatingips").as_array().size(), 1U);
  EXPECT_TRUE(client.get("/v2.0/floatingips?port_id=" + id).body.at("floatingips").as_array().empty());
  EXPECT_EQ(put("floatingips/" + id, "floatingip", object()).body.at("floatingip").at("port_id"), nullptr);
  EXPECT_EQ(put("floatingips/" + id, "floatingip", {{"port_id", web}}).status, 200U);
  EXPECT_EQ(client.remove("/v2.0/ports/" + web).status, 204U);
  EXPECT_EQ(client.shown("floatingip", id).at("port_id"), nullptr);
  EXPECT_EQ(client.remove("/v2.0/floatingips/" + id).status, 204U);
}

TEST_F(RouterApi, FloatingIpsAreRefusedByTheNamesClientsKnow) {
  const std::string web = client.port(inside);
  const auto make = [&](object body) {
    if (!body.contains("floating_network_id")) body["floating_network_id"] = outside;
    return client.post("/v2.0/floatingips", {{"floatingip", std::move(body)}});
  };
  EXPECT_EQ(make({{"floating_network_id", inside}}).type(), "BadRequest");
  EXPECT_EQ(make({{"floating_ip_address", "203.0.113.9"}}).status, 403U);  // for administrators
  const Reply unreachable = make({{"port_id", web}});
  EXPECT_EQ(unreachable.status, 404U);
  EXPECT_EQ(unreachable.type(), "ExternalGatewayForFloatingIPNotFound");
  connected_router();
  EXPECT_EQ(make({{"port_id", web}}).status, 201U);
  const Reply again = make({{"port_id", web}});
  EXPECT_EQ(again.status, 409U);
  EXPECT_EQ(again.type(), "FloatingIPPortAlreadyAssociated");
  EXPECT_EQ(client.post("/v2.0/floatingips", {{"floatingip", object()}}).status, 400U);
}

TEST_F(RouterApi, PoolsAreTheIpv4SubnetsOfExternalNetworks) {
  const Reply pools = client.get("/v2.0/floatingip-pools");
  ASSERT_EQ(pools.status, 200U) << pools.text;
  const auto& list = pools.body.at("floatingip_pools").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0], (json::value{{"subnet_id", outside_subnet},
                                  {"subnet_name", ""},
                                  {"network_id", outside},
                                  {"cidr", "203.0.113.0/24"},
                                  {"tenant_id", "p1"},
                                  {"project_id", "p1"}}));
}

TEST_F(RouterApi, PortForwardingsStandBelowTheirFloatingIp) {
  connected_router();
  const std::string web = client.port(inside);
  const std::string address(client.shown("port", web).at("fixed_ips").at(0).at("ip_address").as_string());
  const std::string id = made("floatingips", "floatingip", {{"floating_network_id", outside}});
  const std::string path = "/v2.0/floatingips/" + id + "/port_forwardings";
  const auto body = [&](object more) {
    more["internal_ip_address"] = address;
    more["internal_port_id"] = web;
    if (!more.contains("protocol")) more["protocol"] = "TCP";
    return object{{"port_forwarding", std::move(more)}};
  };
  const Reply http = client.post(path, body({{"external_port", 8080}, {"internal_port", 80}}));
  ASSERT_EQ(http.status, 201U) << http.text;
  const auto& shown = http.body.at("port_forwarding").as_object();
  EXPECT_EQ(shown.at("external_port"), 8080);
  EXPECT_EQ(shown.at("external_port_range"), said("8080:8080"));
  EXPECT_EQ(shown.at("protocol"), said("tcp"));
  EXPECT_FALSE(shown.contains("project_id"));
  const Reply range =
      client.post(path, body({{"external_port_range", "9000:9009"}, {"internal_port_range", "100:109"}}));
  ASSERT_EQ(range.status, 201U) << range.text;
  EXPECT_EQ(range.body.at("port_forwarding").at("external_port"), nullptr);
  EXPECT_EQ(client.post(path, body({{"external_port", 9005}, {"internal_port", 1}})).type(), "BadRequest");
  EXPECT_EQ(client.post(path, body({{"external_port", 0}, {"internal_port", 1}})).status, 400U);
  EXPECT_EQ(client.post(path, body({{"external_port", 1}, {"internal_port", 1}, {"protocol", "gre"}})).status, 400U);
  EXPECT_EQ(client.get(path).body.at("port_forwardings").as_array().size(), 2U);
  EXPECT_EQ(client.shown("floatingip", id).at("port_forwardings").as_array().size(), 2U);
  const std::string item = path + "/" + std::string(shown.at("id").as_string());
  EXPECT_EQ(client.put(item, {{"port_forwarding", {{"external_port", 8081}, {"description", "d"}}}})
                .body.at("port_forwarding")
                .at("external_port"),
            8081);
  EXPECT_EQ(client.remove("/v2.0/floatingips/" + id).type(), "FipInUseByPortForwarding");
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(item).type(), "FloatingIPNotFound");
  client.identity.who = member();
  EXPECT_EQ(client.remove(item).status, 204U);
  EXPECT_EQ(client.get(item).type(), "PortForwardingNotFound");
}

TEST_F(RouterApi, ConntrackHelpersStandBelowTheirRouter) {
  const std::string id = router();
  const std::string path = "/v2.0/routers/" + id + "/conntrack_helpers";
  const object ftp{{"protocol", "tcp"}, {"port", 21}, {"helper", "ftp"}};
  const Reply made = client.post(path, {{"conntrack_helper", ftp}});
  ASSERT_EQ(made.status, 201U) << made.text;
  EXPECT_EQ(client.shown("router", id).at("conntrack_helpers"), json::array{ftp});
  EXPECT_EQ(client.post(path, {{"conntrack_helper", {{"protocol", "udp"}, {"port", 21}, {"helper", "ftp"}}}}).type(),
            "InvalidProtocolForHelper");
  const std::string item = path + "/" + std::string(made.body.at("conntrack_helper").at("id").as_string());
  EXPECT_EQ(client.put(item, {{"conntrack_helper", {{"port", 2121}}}}).body.at("conntrack_helper").at("port"), 2121);
  EXPECT_EQ(client.get("/v2.0/routers/" + router() + "/conntrack_helpers/" + item.substr(item.rfind('/') + 1)).type(),
            "ConntrackHelperNotFound");
  EXPECT_EQ(client.remove(item).status, 204U);
}

TEST_F(RouterApi, LocalIpsAndTheirAssociations) {
  const std::string id = made("local_ips", "local_ip", {{"network_id", inside}});
  EXPECT_EQ(client.shown("local_ip", id).at("ip_mode"), said("translate"));
  const auto held = client.get("/v2.0/ports?device_id=" + id).body.at("ports").as_array();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].at("status"), said("N/A"));
  EXPECT_EQ(client.post("/v2.0/local_ips", {{"local_ip", object()}}).type(), "LocalIPPortOrNetworkRequired");
  const std::string web = client.port(inside);
  const std::string path = "/v2.0/local_ips/" + id + "/port_associations";
  const Reply associated = client.post(path, {{"port_association", {{"fixed_port_id", web}}}});
  ASSERT_EQ(associated.status, 201U) << associated.text;
  EXPECT_EQ(associated.body.at("port_association").at("local_ip_id"), said(id));
  EXPECT_EQ(client.get(path + "/" + web).body.at("port_association").at("fixed_port_id"), said(web));
  EXPECT_EQ(client.get(path).body.at("port_associations").as_array().size(), 1U);
  EXPECT_EQ(client.remove("/v2.0/local_ips/" + id).type(), "LocalIPInUse");
  EXPECT_EQ(client.get(path + "/" + inside).type(), "LocalIPAssociationNotFound");
  EXPECT_EQ(client.remove(path + "/" + web).status, 204U);
  EXPECT_EQ(client.remove("/v2.0/local_ips/" + id).status, 204U);
}

TEST_F(RouterApi, NdpProxiesAreRefusedWhereTheRouterDoesNotProxy) {
  const std::string id = router();
  const Reply reply =
      client.post("/v2.0/ndp_proxies", {{"ndp_proxy", {{"router_id", id}, {"port_id", client.port(inside)}}}});
  EXPECT_EQ(reply.status, 409U);
  EXPECT_EQ(reply.type(), "PortUnreachableRouter");
  EXPECT_EQ(client.get("/v2.0/ndp_proxies").body.at("ndp_proxies"), json::array());
}

TEST_F(RouterApi, AnExternalNetworkIsUsedByTheRoutersOfThoseItIsExternalFor) {
  client.identity.who = administrator();
  const auto policies = client.get("/v2.0/rbac-policies?object_id=" + outside).body.at("rbac_policies").as_array();
  ASSERT_EQ(policies.size(), 1U);
  const std::string path = "/v2.0/rbac-policies/" + std::string(policies[0].at("id").as_string());
  client.identity.who = member();
  const std::string id = router({{"external_gateway_info", {{"network_id", outside}}}});
  client.identity.who = administrator();
  EXPECT_EQ(client.remove(path).type(), "RbacPolicyInUse");
  EXPECT_EQ(put("networks/" + outside, "network", {{"shared", true}}).status, 200U);
  EXPECT_EQ(put("networks/" + outside, "network", {{"shared", false}}).status, 200U);
  EXPECT_EQ(client.remove("/v2.0/routers/" + id).status, 204U);
  EXPECT_EQ(client.remove(path).status, 204U);
}

TEST_F(RouterApi, ATopologyIsMadeForWhoeverAsks) {
  const std::string path = "/v2.0/auto-allocated-topology/";
  EXPECT_EQ(client.get(path + "p1?fields=dry-run").type(), "AutoAllocationFailure");
  EXPECT_EQ(client.get(path + "p1").status, 409U);
  client.identity.who = administrator();
  EXPECT_EQ(put("networks/" + outside, "network", {{"is_default", true}}).body.at("network").at("is_default"), true);
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"router:external", true}, {"is_default", true}}}}).type(),
            "DefaultExternalNetworkExists");
  made("subnetpools", "subnetpool",
       {{"name", "p"},
        {"prefixes", {"10.64.0.0/16"}},
        {"default_prefixlen", 24},
        {"is_default", true},
        {"shared", true}});
  client.identity.who = member();
  EXPECT_EQ(client.get(path + "p1?fields=dry-run").body.at("auto_allocated_topology").at("id"), said("dry-run=pass"));
  const Reply first = client.get(path + "p1");
  ASSERT_EQ(first.status, 200U) << first.text;
  const std::string network(first.body.at("auto_allocated_topology").at("id").as_string());
  EXPECT_EQ(client.shown("network", network).at("name"), said("auto_allocated_network"));
  EXPECT_EQ(client.get(path + "None").body, first.body);
  EXPECT_EQ(client.get("/v2.0/routers").body.at("routers").as_array().size(), 1U);
  EXPECT_EQ(client.get("/v2.0/ports?network_id=" + network + "&device_owner=network:router_interface_distributed")
                .body.at("ports")
                .as_array()
                .size(),
            1U);
  EXPECT_EQ(client.get(path + "p2").status, 403U);
  const std::string web = client.port(network);
  EXPECT_EQ(client.remove(path + "p1").type(), "NetworkInUse");
  EXPECT_EQ(client.remove("/v2.0/ports/" + web).status, 204U);
  EXPECT_EQ(client.remove(path + "p1").status, 204U);
  EXPECT_EQ(client.get("/v2.0/networks/" + network).status, 404U);
  EXPECT_TRUE(client.get("/v2.0/routers").body.at("routers").as_array().empty());
  EXPECT_EQ(client.remove(path + "p1").status, 204U);
}

TEST_F(RouterApi, WhatTheSwitchDoesIsToldAndNothingElse) {
  const std::string told = client.get("/v2.0/extensions").text;
  for (const std::string alias :
       {"router", "ext-gw-mode", "extraroute-atomic", "floating-ip-port-forwarding", "l3-ha", "dvr",
        "router_availability_zone", "auto-allocated-topology", "external-gateway-multihoming", "l3_agent_scheduler",
        "l3-flavors", "floating-ip-port-forwarding-port-ranges"}) {
    EXPECT_EQ(client.get("/v2.0/extensions/" + alias).status, 200U) << alias;
    EXPECT_THAT(told, HasSubstr("\"" + alias + "\""));
  }
  for (const std::string alias :
       {"l3-conntrack-helper", "local_ip", "router-interface-fip", "metering"}) {
    EXPECT_EQ(client.get("/v2.0/extensions/" + alias).status, 404U) << alias;
    EXPECT_THAT(told, Not(HasSubstr("\"" + alias + "\"")));
  }
}

}  // namespace
}  // namespace tarn::api
