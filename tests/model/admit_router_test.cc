// Routers: their interfaces, gateways and routes, and what stands in the way of taking them apart. Expected refusals
// are those of Neutron's routers.
#include "routed_desk.h"

namespace tarn::model {
namespace {

using test::admin;
using test::array;
using test::Given;
using test::tenant;
using Texts = std::vector<std::string>;

class Routers : public test::RoutedDesk {};

TEST_F(Routers, AnInterfaceHoldsTheGatewayAddressOfItsSubnet) {
  const std::string id = router();
  ASSERT_EQ(attach(id, inside_subnet), "admitted");
  const Texts ports = ports_of(id);
  ASSERT_EQ(ports.size(), 1U);
  EXPECT_EQ(addresses(ports[0]), Texts{"10.0.0.1"});
  EXPECT_EQ(at<Port>(ports[0]).standard.project_id, "blue");
  EXPECT_EQ(at<Router>(id).standard.revision_number, 2U);
  EXPECT_EQ(attach(id, inside_subnet), "BadRequest");
  EXPECT_EQ(drop(Kind::router, id), "RouterInUse");
  EXPECT_EQ(detach(id, ports[0]), "admitted");
  EXPECT_FALSE(is_there<Port>(ports[0]));
  EXPECT_EQ(at<Router>(id).standard.revision_number, 3U);
  EXPECT_EQ(drop(Kind::router, id), "admitted");
}

// As Neutron's extension l3-port-ip-change-not-allowed has it; of IPv6 it says nothing.
TEST_F(Routers, AnInterfaceKeepsItsIpv4Address) {
  const std::string id = router();
  ASSERT_EQ(attach(id, inside_subnet), "admitted");
  const std::string port = ports_of(id)[0];
  const auto set = [&](array entries) { return change(Kind::port, port, {{"fixed_ips", std::move(entries)}}); };
  const Given same{{"subnet", inside_subnet}};
  EXPECT_EQ(set({same}), "admitted");
  EXPECT_EQ(addresses(port), Texts{"10.0.0.1"});
  EXPECT_EQ(set({Given{{"subnet", inside_subnet}, {"address", "10.0.0.77"}}}), "BadRequest");
  EXPECT_EQ(set({same, Given{{"subnet", subnet(inside, "10.9.0.0/24")}, {"address", "10.9.0.77"}}}), "BadRequest");
  EXPECT_EQ(set({}), "BadRequest");
  const std::string sixth = subnet(inside, "2001:db8:1::/64");
  EXPECT_EQ(set({same, Given{{"subnet", sixth}, {"address", "2001:db8:1::77"}}}), "admitted");
  EXPECT_EQ(addresses(port), (Texts{"10.0.0.1", "2001:db8:1::77"}));
}

// Neutron's InvalidL3Agent.
TEST_F(Routers, AHostThatCannotAnswerIsNotChosen) {
  const std::string tunnelled = connected_router();
  for (const char* host : {"east", "west", "far"}) desk.agent(host);
  desk.agent("bare", true, false);
  desk.caller = admin();
  const std::string street =
      desk.network({{"external", true}, {"type", "flat"}, {"physical_network", "physnet1"}}).value().text();
  subnet(street, "198.51.100.0/24");
  const std::string id = router({{"gateway", {{"network", street}}}});
  const auto choose = [&](const std::string& router, const std::string& host) {
    return change(Kind::router, router, {{"choose_host", host}});
  };
  EXPECT_EQ(choose(id, "bare"), "InvalidL3Agent");
  EXPECT_EQ(choose(id, "nowhere"), "InvalidL3Agent");
  EXPECT_EQ(choose(tunnelled, "east"), "InvalidL3Agent") << "nobody can";
  EXPECT_EQ(choose(router(), "bare"), "admitted") << "until it has a gateway, any can";
  EXPECT_EQ(choose(id, "east"), "admitted");
  EXPECT_EQ(change(Kind::agent, desk.cloud.agent_on("west")->row->id.text(), {{"admin_state_up", false}}), "admitted");
  EXPECT_EQ(choose(id, "west"), "InvalidL3Agent");
  EXPECT_EQ(change(Kind::router, id, {{"bar_host", "west"}}), "admitted") << "whatever it could";
  EXPECT_EQ(at<Router>(id).chosen_hosts, Texts{"east"});
  EXPECT_EQ(at<Router>(id).barred_hosts, Texts{"west"});
}

TEST_F(Routers, TheLastWordOnAHostCountsAndNoMoreAreChosenThanMayAnswer) {
  for (const char* host : {"a", "b", "c", "d"}) desk.agent(host);
  desk.caller = admin();
  const std::string id = router();
  const auto say = [&](const char* word, const char* host) {
    EXPECT_EQ(change(Kind::router, id, {{word, host}}), "admitted") << word << host;
  };
  for (const char* host : {"a", "b", "c", "b", "d"}) say("choose_host", host);
  EXPECT_EQ(at<Router>(id).chosen_hosts, (Texts{"d", "b", "c"}));
  for (const char* host : {"d", "a", "d"}) say("bar_host", host);
  EXPECT_EQ(at<Router>(id).chosen_hosts, (Texts{"b", "c"}));
  EXPECT_EQ(at<Router>(id).barred_hosts, (Texts{"a", "d"}));
  say("choose_host", "a");
  EXPECT_EQ(at<Router>(id).chosen_hosts, (Texts{"a", "b", "c"}));
  EXPECT_EQ(at<Router>(id).barred_hosts, Texts{"d"});
}

TEST_F(Routers, TwoRoutersCannotHoldOneAddress) {
  ASSERT_EQ(attach(router(), inside_subnet), "admitted");
  EXPECT_EQ(attach(router(), inside_subnet), "IpAddressAlreadyAllocated");
}

TEST_F(Routers, SubnetsThatOverlapAreNotRoutedTogether) {
  const std::string id = connected_router();
  const std::string wide = desk.network().value().text();
  EXPECT_EQ(attach(id, subnet(wide, "10.0.0.0/16")), "BadRequest");
  const std::string as_outside = desk.network().value().text();
  EXPECT_EQ(attach(id, subnet(as_outside, "203.0.113.0/25")), "BadRequest");
  EXPECT_EQ(attach(id, subnet(desk.network().value().text(), "10.1.0.0/24")), "admitted");
}

TEST_F(Routers, ASubnetWithoutAGatewayTakesAPortOfTheClients) {
  const std::string id = router();
  const std::string bare = subnet(inside, "10.9.0.0/24", {{"gateway", nullptr}});
  EXPECT_EQ(attach(id, bare), "BadRequest");
  const std::string mine = port(inside, {{"fixed_ips", array{Given{{"subnet", bare}}}}});
  EXPECT_EQ(change(Kind::router, id, {{"add_interface", {{"port", mine}}}}), "admitted");
  EXPECT_EQ(at<Port>(mine).device_id, id);
  EXPECT_EQ(ports_of(id), Texts{mine});
  EXPECT_EQ(change(Kind::router, router(), {{"add_interface", {{"port", mine}}}}), "PortInUse");
  EXPECT_EQ(change(Kind::router, id, {{"add_interface", {{"port", mine}, {"subnet", bare}}}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"add_interface", Given{}}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"remove_interface", {{"port", mine}, {"subnet", inside_subnet}}}}),
            "SubnetMismatchForPort");
}

TEST_F(Routers, APortWithoutAnAddressOrWithTwoIpv4SubnetsIsNoInterface) {
  const std::string id = router();
  const std::string more = subnet(inside, "10.9.0.0/24");
  const std::string none = port(inside, {{"fixed_ips", array{}}});
  EXPECT_EQ(change(Kind::router, id, {{"add_interface", {{"port", none}}}}), "BadRequest");
  const std::string both =
      port(inside, {{"fixed_ips", array{Given{{"subnet", more}}, Given{{"subnet", inside_subnet}}}}});
  EXPECT_EQ(change(Kind::router, id, {{"add_interface", {{"port", both}}}}), "BadRequest");
}

TEST_F(Routers, Ipv6SubnetsOfANetworkShareOnePort) {
  const std::string id = router();
  const std::string one = subnet(inside, "2001:db8:1::/64");
  const std::string two = subnet(inside, "2001:db8:2::/64");
  ASSERT_EQ(attach(id, one), "admitted");
  ASSERT_EQ(attach(id, two), "admitted");
  ASSERT_EQ(ports_of(id).size(), 1U);
  const std::string port = ports_of(id)[0];
  EXPECT_EQ(at<Port>(port).fixed_ips.size(), 2U);
  EXPECT_EQ(change(Kind::router, id, {{"remove_prefix", {{"port", port}, {"subnet", one}}}}), "admitted");
  EXPECT_EQ(at<Port>(port).fixed_ips.size(), 1U);
  EXPECT_EQ(change(Kind::router, id, {{"remove_prefix", {{"port", port}, {"subnet", one}}}}),
            "RouterInterfaceNotFoundForSubnet");
  EXPECT_EQ(change(Kind::router, id, {{"remove_prefix", {{"port", port}, {"subnet", two}}}}), "admitted");
  EXPECT_FALSE(is_there<Port>(port));
  EXPECT_EQ(detach(id, port), "RouterInterfaceNotFound");
}

TEST_F(Routers, AGatewayIsAPortOfNobodyOnAnExternalNetwork) {
  const std::string id = router({{"gateway", {{"network", outside}}}});
  const Texts ports = ports_of(id, "network:router_gateway");
  ASSERT_EQ(ports.size(), 1U);
  EXPECT_EQ(addresses(ports[0]), Texts{"203.0.113.2"});
  EXPECT_EQ(at<Port>(ports[0]).standard.project_id, "");
  EXPECT_EQ(router({{"gateway", {{"network", inside}}}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id,
                   {{"gateway", {{"network", outside}, {"fixed_ips", array{Given{{"address", "203.0.113.9"}}}}}}}),
            "admitted");
  EXPECT_EQ(addresses(ports[0]), Texts{"203.0.113.9"});
  EXPECT_EQ(change(Kind::router, id,
                   {{"gateway", {{"network", outside}, {"fixed_ips", array{Given{{"address", "203.0.113.1"}}}}}}}),
            "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"gateway", nullptr}}), "admitted");
  EXPECT_FALSE(is_there<Port>(ports[0]));
  EXPECT_TRUE(at<Router>(id).gateways.empty());
}

TEST_F(Routers, TheExternalNetworkStaysWhileItIsTheWayOut) {
  const std::string id = router({{"gateway", {{"network", outside}}}});
  desk.caller = admin();
  EXPECT_EQ(change(Kind::network, outside, {{"external", false}}), "ExternalNetworkInUse");
  EXPECT_EQ(drop(Kind::network, outside), "NetworkInUse");
  EXPECT_EQ(drop(Kind::subnet, outside_subnet), "SubnetInUse");
  EXPECT_EQ(drop(Kind::router, id), "admitted");
  EXPECT_EQ(change(Kind::network, outside, {{"external", false}}), "admitted");
  EXPECT_EQ(drop(Kind::network, outside), "admitted");
}

TEST_F(Routers, SeveralGatewaysAreKnownByTheirAddresses) {
  const auto on = [&](const char* address) {
    return Given{{"network", outside}, {"fixed_ips", array{Given{{"address", address}}}}};
  };
  const std::string id = router({{"external_gateways", array{on("203.0.113.10"), on("203.0.113.11")}}});
  ASSERT_EQ(at<Router>(id).gateways.size(), 2U);
  EXPECT_EQ(change(Kind::router, id, {{"add_gateways", array{on("203.0.113.12")}}}), "admitted");
  EXPECT_EQ(change(Kind::router, id, {{"remove_gateways", array{on("203.0.113.77")}}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"remove_gateways", array{on("203.0.113.10")}}}), "admitted");
  Given quiet = on("203.0.113.12");
  quiet["enable_snat"] = false;
  EXPECT_EQ(change(Kind::router, id, {{"update_gateways", array{quiet}}}), "admitted");
  ASSERT_EQ(at<Router>(id).gateways.size(), 2U);
  EXPECT_EQ(addresses(at<Router>(id).gateways[0].port.text()), Texts{"203.0.113.11"});
  EXPECT_FALSE(at<Router>(id).gateways[1].enable_snat);
  EXPECT_EQ(change(Kind::router, id, {{"external_gateways", array{on("203.0.113.12"), on("203.0.113.10")}}}),
            "admitted");
  ASSERT_EQ(at<Router>(id).gateways.size(), 2U);
  EXPECT_EQ(addresses(at<Router>(id).gateways[0].port.text()), Texts{"203.0.113.12"});
  EXPECT_EQ(addresses(at<Router>(id).gateways[1].port.text()), Texts{"203.0.113.10"});
}

TEST_F(Routers, RoutesLeadOverLinksThatTheRouterHas) {
  const std::string id = connected_router();
  const auto by = [](const char* nexthop) {
    return array{Given{{"destination", "192.0.2.0/24"}, {"nexthop", nexthop}}};
  };
  EXPECT_EQ(change(Kind::router, id, {{"routes", by("10.5.0.9")}}), "InvalidRoutes");
  EXPECT_EQ(change(Kind::router, id, {{"routes", by("10.0.0.1")}}), "InvalidRoutes");
  EXPECT_EQ(change(Kind::router, id, {{"routes", by("10.0.0.9")}}), "admitted");
  EXPECT_EQ(detach(id, ports_of(id)[0]), "RouterInterfaceInUseByRoute");
  EXPECT_EQ(change(Kind::router, id, {{"add_routes", by("10.0.0.9")}}), "admitted");
  EXPECT_EQ(at<Router>(id).routes.size(), 1U);
  EXPECT_EQ(change(Kind::router, id, {{"add_routes", by("203.0.113.7")}}), "admitted");
  EXPECT_EQ(change(Kind::router, id, {{"gateway", nullptr}}), "InvalidRoutes");
  EXPECT_EQ(change(Kind::router, id, {{"remove_routes", by("203.0.113.7")}}), "admitted");
  EXPECT_EQ(at<Router>(id).routes.size(), 1U);
  array many;
  for (int i = 0; i < 31; ++i)
    many.push_back(Given{{"destination", "192.0." + std::to_string(i) + ".0/24"}, {"nexthop", "10.0.0.9"}});
  EXPECT_EQ(change(Kind::router, id, {{"routes", many}}), "RoutesExhausted");
}

TEST_F(Routers, HowOneIsMadeChangesOnlyWhileItWasDown) {
  const std::string id = router();
  EXPECT_EQ(change(Kind::router, id, {{"distributed", false}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"ha", false}, {"admin_state_up", false}}), "BadRequest");
  EXPECT_EQ(change(Kind::router, id, {{"admin_state_up", false}}), "admitted");
  EXPECT_EQ(change(Kind::router, id, {{"distributed", false}, {"ha", false}}), "admitted");
}

// As Neutron's kinds of routers are: two drivers are distributed, two are highly available.
TEST_F(Routers, AFlavorSaysWhatItsRoutersAre) {
  const std::string drivers = "neutron.services.l3_router.service_providers.";
  const auto flavor_of = [&](const std::string& driver) {
    const std::string profile = make(Kind::service_profile, {{"driver", drivers + driver}});
    const std::string flavor = make(Kind::flavor, {{"service_type", "L3_ROUTER_NAT"}});
    EXPECT_EQ(change(Kind::flavor, flavor, {{"add_profile", profile}}), "admitted");
    return flavor;
  };
  desk.caller = admin();
  const auto is_made = [&](const std::string& flavor, bool distributed, bool ha) {
    return make(Kind::router, {{"flavor", flavor}, {"distributed", distributed}, {"ha", ha}}) != "InvalidInput";
  };
  const std::map<std::string, std::pair<bool, bool>> kinds{{"dvrha.DvrHaDriver", {true, true}},
                                                           {"dvr.DvrDriver", {true, false}},
                                                           {"ha.HaDriver", {false, true}},
                                                           {"single_node.SingleNodeDriver", {false, false}}};
  for (const auto& [driver, kind] : kinds) {
    const std::string flavor = flavor_of(driver);
    for (const bool distributed : {true, false})
      for (const bool ha : {true, false})
        EXPECT_EQ(is_made(flavor, distributed, ha), kind == std::pair(distributed, ha)) << driver << distributed << ha;
    const std::string id = router({{"flavor", flavor}, {"ha", kind.second}});
    EXPECT_EQ(change(Kind::router, id, {{"admin_state_up", false}}), "admitted");
    EXPECT_EQ(change(Kind::router, id, {{"ha", !kind.second}}), "InvalidInput");
    EXPECT_EQ(change(Kind::router, id, {{"distributed", kind.first}}), "admitted");
    EXPECT_EQ(change(Kind::router, id, {{"distributed", !kind.first}}), "InvalidInput");
  }
  const std::string bare = make(Kind::flavor, {{"service_type", "L3_ROUTER_NAT"}});
  EXPECT_EQ(router({{"flavor", bare}}), "FlavorServiceProfileBindingNotFound");
  const std::string profile = make(Kind::service_profile, {{"metainfo", "{}"}, {"enabled", false}});
  EXPECT_EQ(change(Kind::flavor, bare, {{"add_profile", profile}}), "admitted");
  EXPECT_EQ(router({{"flavor", bare}}), "ServiceProfileDisabled");
}

TEST_F(Routers, PortsOfRoutersAreNotTakenAwayByTheirOwnApi) {
  const std::string id = connected_router();
  for (const char* owner : {"network:router_interface", "network:router_gateway"}) {
    desk.caller = admin();
    EXPECT_EQ(drop(Kind::port, ports_of(id, owner).at(0)), "ServicePortInUse") << owner;
  }
  EXPECT_EQ(change(Kind::port, ports_of(id, "network:router_gateway")[0], {{"device_id", ""}}), "ServicePortInUse");
}

TEST_F(Routers, APortBecomesAnInterfaceOfOnesOwnRouterOnly) {
  const std::string id = router();
  desk.caller = tenant("red");
  const std::string network = desk.network().value().text();
  subnet(network, "10.7.0.0/24");
  const std::string theirs = port(network);
  const Given as_interface{{"device_owner", "network:router_interface"}, {"device_id", id}};
  EXPECT_EQ(change(Kind::port, theirs, as_interface), "DeviceIDNotOwnedByTenant");
  desk.caller = tenant();
  EXPECT_EQ(attach(id, inside_subnet), "admitted");
  EXPECT_EQ(change(Kind::port, port(inside), as_interface), "BadRequest");  // in that subnet already
}

TEST_F(Routers, ASharedSubnetOfOthersIsRoutedOnlyByWhomItIsSharedWithByName) {
  desk.caller = admin();
  const std::string shared = desk.network({{"shared", true}}).value().text();
  const std::string theirs = subnet(shared, "10.8.0.0/24");
  desk.caller = tenant();
  const std::string id = router();
  EXPECT_EQ(attach(id, theirs), "BadRequest");
  desk.caller = admin();
  ASSERT_TRUE(desk.create(
      Kind::rbac_policy,
      {{"object_type", "network"}, {"object", shared}, {"action", "access_as_shared"}, {"target_project", "blue"}}));
  desk.caller = tenant();
  EXPECT_EQ(attach(id, theirs), "admitted");
}

TEST_F(Routers, AreCountedByTheirQuotaAndTheirPortsByNone) {
  desk.limits.quotas = {{"router", 1}, {"port", 0}};
  const std::string id = router({{"gateway", {{"network", outside}}}});
  EXPECT_EQ(attach(id, inside_subnet), "admitted");
  EXPECT_EQ(router(), "OverQuota");
}

TEST_F(Routers, OthersFindNoneOfIt) {
  const std::string id = router();
  desk.caller = tenant("red");
  EXPECT_EQ(attach(router(), inside_subnet), "SubnetNotFound");
  EXPECT_EQ(make(Kind::conntrack_helper, {{"router", id}, {"protocol", "tcp"}, {"port", 21}, {"application", "ftp"}}),
            "RouterNotFound");
}

TEST_F(Routers, ConntrackHelpersAreOfKnownKindsAndGoWithTheirRouter) {
  const std::string id = router();
  const auto made = [&](const char* name, const char* protocol) {
    return make(Kind::conntrack_helper, {{"router", id}, {"protocol", protocol}, {"port", 21}, {"application", name}});
  };
  const std::string ftp = made("ftp", "tcp");
  EXPECT_TRUE(is_there<ConntrackHelper>(ftp));
  EXPECT_EQ(at<Router>(id).standard.revision_number, 2U);
  EXPECT_EQ(made("ftp", "tcp"), "BadRequest");
  EXPECT_EQ(made("ftp", "udp"), "InvalidProtocolForHelper");
  EXPECT_EQ(made("made-up", "udp"), "ConntrackHelperNotAllowed");
  EXPECT_EQ(drop(Kind::router, id), "admitted");
  EXPECT_FALSE(is_there<ConntrackHelper>(ftp));
}

}  // namespace
}  // namespace tarn::model
