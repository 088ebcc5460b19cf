// What a node is told of the outside, of its instances' ways and as one that answers. All slices' laws: slice_test.cc.
#include <algorithm>

#include "model/gateways.h"
#include "model/slice.h"
#include "routed_desk.h"

namespace tarn::model {
namespace {

class SliceOutside : public test::RoutedDesk {
 protected:
  SliceOutside() {
    for (const char* host : {"host-1", "host-2"}) desk.agent(host, true, false);
    for (const char* host : {"host-3", "host-4", "host-5", "host-6"}) desk.agent(host);
    desk.caller = test::admin();
    street = desk.network({{"external", true}, {"type", "flat"}, {"physical_network", "physnet1"}}).value().text();
    street_subnet = subnet(street, "198.51.100.0/24");
    desk.caller = test::tenant();
    first = port(inside, {{"binding_host", "host-1"}});
    second = port(inside, {{"binding_host", "host-2"}});
    router = this->RoutedDesk::router({{"gateway", {{"network", street}}}});
    EXPECT_EQ(attach(router, inside_subnet), "admitted");
    gateway = ports_of(router, "network:router_gateway").front();
    answering = gateway_hosts(desk.cloud, at<Router>(router).gateways.front());
    EXPECT_EQ(answering.size(), 3U);
  }

  [[nodiscard]] std::set<SliceName> told(const std::string& host, const std::string& kind) const {
    std::set<SliceName> names;
    for (const auto& [name, item] : slice(desk.cloud, host))
      if (name.starts_with(kind + "/")) names.insert(name);
    return names;
  }
  [[nodiscard]] SliceName block(const std::string& host) const {
    return "block/" + port_block_id({uuid(gateway)}, host).text();
  }
  std::string floating_of(const std::string& port) {
    return make(Kind::floatingip, {{"network", street}, {"port", port}});
  }

  // A host that offers the network and may not answer for the gateway.
  [[nodiscard]] std::string wired_and_not_answering() const {
    for (const char* host : {"host-3", "host-4", "host-5", "host-6"})
      if (std::ranges::find(answering, host) == answering.end()) return host;
    return {};
  }
  [[nodiscard]] FloatingAddress floating_at(const std::string& host, const std::string& floating) const {
    const Slice told = slice(desk.cloud, host);
    const SliceItem* item = told.find("floating/" + floating);
    return item == nullptr ? FloatingAddress{} : std::get<FloatingAddress>(*item->row);
  }
  [[nodiscard]] FloatingAddress row_of(const std::string& floating, const std::string& host, bool central) const {
    const FloatingIp& row = at<FloatingIp>(floating);
    return {row.id,
            at<Router>(router).gateways.front().port,
            at<Port>(row.own_port.text()).mac,
            row.address,
            at<Port>(first).fixed_ips.front().address,
            {uuid(first)},
            std::nullopt,
            host,
            central};
  }

  std::string street, street_subnet, first, second, router, gateway;
  std::vector<std::string> answering;  // the hosts that may
};

TEST_F(SliceOutside, ANodeHearsOfTheWayOutOfItsInstancesAndOfItsOwnPortsThere) {
  for (const std::string host : {"host-1", "host-2"}) {
    EXPECT_EQ(told(host, "gateway"), std::set{"gateway/" + gateway});
    std::set<SliceName> hosts;
    for (const std::string& each : answering) hosts.insert("gateway_host/" + gateway + "/" + each);
    EXPECT_EQ(told(host, "gateway_host"), hosts);
    EXPECT_EQ(told(host, "outside"), std::set{"outside/" + street});
    EXPECT_EQ(told(host, "outside_subnet"), std::set{"outside_subnet/" + street_subnet});
    EXPECT_FALSE(told(host, "network").contains("network/" + street)) << "as if it had ports there";
    EXPECT_EQ(told(host, "block"), std::set{block(host)});
  }
  const auto row = slice(desk.cloud, "host-1").find("gateway/" + gateway)->row;
  const Port& port = at<Port>(gateway);
  EXPECT_EQ(std::get<RouterGateway>(*row),
            (RouterGateway{port.id, {uuid(router)}, port.network, port.mac, port.fixed_ips, true, true}));
}

TEST_F(SliceOutside, WhoMayAnswerForAGatewayHearsWhoseItsPortsAreAndWhoElseMay) {
  for (const std::string& host : answering) {
    EXPECT_EQ(told(host, "gateway"), std::set{"gateway/" + gateway});
    EXPECT_EQ(told(host, "block"), (std::set{block("host-1"), block("host-2")}));
    std::set<SliceName> nodes{"node/host-1", "node/host-2"};
    for (const std::string& other : answering)
      if (other != host) nodes.insert("node/" + other);
    EXPECT_EQ(told(host, "node"), nodes);
    EXPECT_TRUE(told(host, "network").empty()) << "what is behind the router";
  }
}

TEST_F(SliceOutside, WhoDoesNeitherHearsNothing) {
  for (const std::string host : {"host-3", "host-4", "host-5", "host-6"}) {
    if (std::ranges::find(answering, host) == answering.end()) EXPECT_TRUE(slice(desk.cloud, host).empty());
  }
}

TEST_F(SliceOutside, WhereNothingIsTranslatedWhoMayAnswerIsToldWhatIsBehind) {
  desk.caller = test::admin();
  EXPECT_EQ(change(Kind::router, router, {{"gateway", {{"network", street}, {"enable_snat", false}}}}), "admitted");
  for (const std::string& host : answering) {
    EXPECT_EQ(told(host, "network"), std::set{"network/" + inside});
    EXPECT_EQ(told(host, "peer"), (std::set{"peer/" + first, "peer/" + second}));
  }
}

// What is of the scope outside is not translated, and that may change with a pool alone.
TEST_F(SliceOutside, WhereTheOutsideIsOfAnAddressScopeWhoMayAnswerIsToldWhatIsBehind) {
  desk.caller = test::admin();
  const std::string scope = make(Kind::address_scope, {{"ip_version", 4}});
  const std::string pool = make(Kind::subnetpool, {{"prefixes", {"198.18.0.0/24"}}, {"default_prefixlen", 24}});
  const std::string pooled =
      desk.network({{"external", true}, {"type", "vlan"}, {"physical_network", "physnet1"}}).value().text();
  const std::string outer = make(Kind::subnet, {{"network", pooled}, {"subnetpool", pool}, {"ip_version", 4}});
  EXPECT_EQ(change(Kind::router, router, {{"gateway", {{"network", pooled}}}}), "admitted");
  answering = gateway_hosts(desk.cloud, at<Router>(router).gateways.front());
  for (const bool scoped : {true, false}) {
    const Snapshot before = desk.cloud;
    const boost::json::value wanted = scoped ? boost::json::value(scope) : nullptr;
    EXPECT_EQ(change(Kind::subnetpool, pool, {{"address_scope", wanted}}), "admitted");
    std::set<std::string> hosts(answering.begin(), answering.end());
    hosts.insert({"host-1", "host-2"});
    for (const std::string& host : hosts) {
      EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
      const Slice now = advance(slice(before, host), before, desk.cloud, host);
      EXPECT_TRUE(difference(now, slice(desk.cloud, host)).empty()) << host;
      const SliceItem* row = now.find("outside_subnet/" + outer);
      ASSERT_NE(row, nullptr) << host;
      EXPECT_EQ(std::get<OutsideSubnet>(*row->row).address_scope.has_value(), scoped) << host;
    }
    for (const std::string& host : answering)
      EXPECT_EQ(told(host, "network"), scoped ? std::set{"network/" + inside} : std::set<SliceName>()) << host;
  }
}

TEST_F(SliceOutside, AFloatingIpIsToldWhereItsInstanceIs) {
  const std::string home = wired_and_not_answering();
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", home}}), "admitted");
  const Snapshot before = desk.cloud;
  const std::string floating = floating_of(first);
  EXPECT_EQ(told(home, "floating"), std::set{"floating/" + floating});
  EXPECT_EQ(concerned(before, desk.cloud), std::set{home});
  EXPECT_EQ(floating_at(home, floating), row_of(floating, home, false));
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", "host-2"}}), "admitted");
  EXPECT_TRUE(told(home, "floating").empty());
  EXPECT_EQ(told("host-2", "floating"), std::set{"floating/" + floating});
  EXPECT_EQ(change(Kind::floatingip, floating, {{"port", nullptr}}), "admitted");
  EXPECT_TRUE(told("host-2", "floating").empty());
}

// Of an instance whose host has no wire there, or whose router is central, by those who answer for the gateway.
TEST_F(SliceOutside, ACentralFloatingIpIsToldToWhoMayAnswerAsWell) {
  const std::string floating = floating_of(first);
  std::set<std::string> all{answering.begin(), answering.end()};
  all.insert("host-1");
  const auto expect_central = [&](const std::string& home) {
    for (const std::string& host : all) EXPECT_EQ(floating_at(host, floating), row_of(floating, home, true)) << host;
    for (const std::string& host : answering)
      EXPECT_EQ(told(host, "node").contains("node/" + home), host != home) << host;
  };
  expect_central("host-1");
  const Snapshot before = desk.cloud;
  desk.agent("host-1", true, true);  // it has one now
  for (const std::string& host : all) EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
  const auto after = gateway_hosts(desk.cloud, at<Router>(router).gateways.front());
  for (const std::string& host : answering) EXPECT_EQ(told(host, "floating").empty(), host != "host-1") << host;
  EXPECT_EQ(floating_at("host-1", floating), row_of(floating, "host-1", false));
  desk.caller = test::admin();
  EXPECT_EQ(change(Kind::router, router, {{"admin_state_up", false}}), "admitted");
  EXPECT_EQ(change(Kind::router, router, {{"distributed", false}}), "admitted");
  EXPECT_EQ(change(Kind::router, router, {{"admin_state_up", true}}), "admitted");
  answering = after;
  all = {answering.begin(), answering.end()};
  all.insert("host-1");
  expect_central("host-1");
  EXPECT_FALSE(std::get<RouterGateway>(*slice(desk.cloud, "host-1").find("gateway/" + gateway)->row).distributed);
}

// Who takes what comes by the gateway for them must know whose they are.
TEST_F(SliceOutside, AnAnnouncedFloatingIpIsToldToWhoMayAnswerAsWell) {
  const std::string home = wired_and_not_answering();
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", home}}), "admitted");
  const std::string floating = floating_of(first);
  desk.caller = test::admin();
  const std::string speaker = make(Kind::bgp_speaker, {{"ip_version", 4}, {"local_as", 64512}});
  const auto expect_told = [&](bool told_to_all, const Snapshot& before) {
    const auto hosts = concerned(before, desk.cloud);
    for (const std::string& host : answering) {
      EXPECT_EQ(told(host, "floating").empty(), !told_to_all) << host;
      EXPECT_TRUE(hosts.contains(host)) << host;
    }
    EXPECT_EQ(floating_at(home, floating), row_of(floating, home, false));
  };
  Snapshot before = desk.cloud;
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_network", street}}), "admitted");
  expect_told(true, before);
  before = desk.cloud;
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"advertise_floating_ips", false}}), "admitted");
  expect_told(false, before);
}

TEST_F(SliceOutside, ForwardedPortsAreToldWhereTheirInstanceIsAndToWhoMayAnswer) {
  const std::string floating = make(Kind::floatingip, {{"network", street}});
  const Snapshot before = desk.cloud;
  const std::string forwarding = make(Kind::port_forwarding, {{"floatingip", floating},
                                                              {"internal_port", first},
                                                              {"protocol", "tcp"},
                                                              {"external_ports", test::array{2222, 2222}},
                                                              {"internal_ports", test::array{22, 22}}});
  const std::set<SliceName> row{"forwarding/" + forwarding};
  EXPECT_EQ(told("host-1", "forwarding"), row);
  EXPECT_TRUE(told("host-2", "forwarding").empty());
  for (const std::string& host : answering) {
    EXPECT_EQ(told(host, "forwarding"), row);
    EXPECT_TRUE(concerned(before, desk.cloud).contains(host));
  }
  const Slice here = slice(desk.cloud, "host-1");
  const SliceItem* item = here.find("forwarding/" + forwarding);
  ASSERT_NE(item, nullptr);
  const auto& shown = std::get<ForwardedPorts>(*item->row);
  EXPECT_EQ(shown.gateway.text(), gateway);
  EXPECT_EQ(shown.host, "host-1");
  EXPECT_EQ(shown.address, at<FloatingIp>(floating).address);
  EXPECT_EQ(shown.internal_address, at<Port>(first).fixed_ips.front().address);
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", "host-2"}}), "admitted");
  EXPECT_TRUE(told("host-1", "forwarding").empty());
  EXPECT_EQ(told("host-2", "forwarding"), row);
}

// A port that is bound nowhere holds an address that others may take by their allowed address pairs (VRRP).
class SliceVirtual : public SliceOutside {
 protected:
  SliceVirtual() {
    holder = port(inside);
    address = at<Port>(holder).fixed_ips.front().address.text();
  }
  std::string may_take(const std::string& port, const std::string& prefix) {
    const test::array pairs{test::Given{{"address", prefix}}};
    return change(Kind::port, port, {{"allowed_address_pairs", pairs}});
  }
  [[nodiscard]] static std::set<SliceName> candidates(const std::string& of, const std::vector<std::string>& hosts) {
    std::set<SliceName> names;
    for (const std::string& host : hosts) names.insert("candidate/" + of + "/" + host);
    return names;
  }
  std::string holder, address;
};

TEST_F(SliceVirtual, PeersAreToldWithTheSingleAddressesThatTheyMayTake) {
  const Snapshot before = desk.cloud;
  EXPECT_EQ(may_take(second, address), "admitted");
  EXPECT_TRUE(concerned(before, desk.cloud).contains("host-1"));
  const auto pairs = [&] { return std::get<Peer>(*slice(desk.cloud, "host-1").find("peer/" + second)->row).pairs; };
  ASSERT_EQ(pairs().size(), 1U);
  EXPECT_EQ(pairs().front().address.address.text(), address);
  EXPECT_EQ(may_take(second, "10.0.0.0/25"), "admitted");
  EXPECT_TRUE(pairs().empty()) << "whoever may take any address takes none that others know of";
}

TEST_F(SliceVirtual, AFloatingIpIsToldToTheHostsOfThoseWhoMayTakeItsAddressAndToWhoMayAnswer) {
  const std::string floating = floating_of(holder);
  for (const std::string& host : answering) EXPECT_TRUE(told(host, "floating").empty()) << "it leads nowhere";
  EXPECT_EQ(may_take(first, address), "admitted");
  const Snapshot before = desk.cloud;
  EXPECT_EQ(may_take(second, address), "admitted");
  std::set<std::string> all{answering.begin(), answering.end()};
  all.insert({"host-1", "host-2"});
  for (const std::string& host : all) {
    EXPECT_EQ(told(host, "floating"), std::set{"floating/" + floating}) << host;
    EXPECT_EQ(told(host, "candidate"), candidates(floating, {"host-1", "host-2"})) << host;
    EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
  }
  for (const std::string& host : answering)
    for (const std::string candidate : {"host-1", "host-2"})
      EXPECT_EQ(told(host, "node").contains("node/" + candidate), host != candidate) << host << candidate;
  const FloatingAddress row = floating_at("host-1", floating);
  EXPECT_EQ(row.host, "");
  EXPECT_TRUE(row.central);
  EXPECT_EQ(row.fixed_address.text(), address);
}

TEST_F(SliceVirtual, TheHostsOfThoseWhoMayTakeItAreKnownAsTheyAre) {
  floating_of(holder);
  EXPECT_EQ(may_take(first, address), "admitted");
  // Without ports of the gateway, as one of many hosts: nothing else names it to those who answer.
  const PortBlockId block = port_block_id({uuid(gateway)}, "host-1");
  desk.cloud = desk.cloud.with({{{Kind::port_block, block.uuid, std::nullopt}}}, desk.cloud.revision() + 1);
  const Snapshot before = desk.cloud;
  Agent agent = **desk.cloud.agent_on("host-1");
  agent.tunnel_address = "192.0.2.99";
  desk.cloud = desk.cloud.with({{{Kind::agent, agent.id.uuid, agent}}}, desk.cloud.revision() + 1);
  for (const std::string& host : answering) {
    if (host != "host-1") EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
    const Slice step = advance(slice(before, host), before, desk.cloud, host);
    EXPECT_TRUE(difference(step, slice(desk.cloud, host)).empty()) << host;
  }
}

TEST_F(SliceVirtual, WhoMayNoLongerTakeItIsNoCandidate) {
  const std::string floating = floating_of(holder);
  EXPECT_EQ(may_take(first, address), "admitted");
  EXPECT_EQ(may_take(second, address), "admitted");
  Snapshot before = desk.cloud;
  EXPECT_EQ(may_take(second, "10.0.0.0/25"), "admitted");
  for (const std::string& host : answering) {
    EXPECT_EQ(told(host, "candidate"), candidates(floating, {"host-1"})) << host;
    EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
  }
  before = desk.cloud;
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", "host-2"}}), "admitted");
  for (const std::string& host : answering) {
    EXPECT_EQ(told(host, "candidate"), candidates(floating, {"host-2"})) << host;
    EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
  }
  before = desk.cloud;
  EXPECT_EQ(change(Kind::port, holder, {{"binding_host", "host-1"}}), "admitted");
  EXPECT_EQ(floating_at("host-1", floating).host, "host-1") << "it is an instance's now";
  EXPECT_TRUE(told("host-1", "candidate").empty());
  EXPECT_TRUE(concerned(before, desk.cloud).contains("host-2"));
  EXPECT_TRUE(told("host-2", "floating").empty() || std::ranges::find(answering, "host-2") != answering.end());
}

TEST_F(SliceVirtual, ForwardedPortsAreToldInTheSameWay) {
  EXPECT_EQ(may_take(first, address), "admitted");
  const std::string floating = make(Kind::floatingip, {{"network", street}});
  const std::string forwarding = make(Kind::port_forwarding, {{"floatingip", floating},
                                                              {"internal_port", holder},
                                                              {"protocol", "tcp"},
                                                              {"external_ports", test::array{2222, 2222}},
                                                              {"internal_ports", test::array{22, 22}}});
  std::set<std::string> all{answering.begin(), answering.end()};
  all.insert("host-1");
  for (const std::string& host : all) {
    EXPECT_EQ(told(host, "forwarding"), std::set{"forwarding/" + forwarding}) << host;
    EXPECT_EQ(told(host, "candidate"), candidates(forwarding, {"host-1"})) << host;
  }
}

TEST_F(SliceOutside, WhoTranslatesAFloatingIpIsToldHowFastItMayBe) {
  desk.caller = test::admin();
  const std::string home = wired_and_not_answering();
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", home}}), "admitted");
  const std::string policy = make(Kind::qos_policy, {});
  const std::string floating = floating_of(first);
  EXPECT_EQ(change(Kind::floatingip, floating, {{"qos_policy", policy}}), "admitted");
  const Snapshot before = desk.cloud;
  const std::string rule = make(Kind::qos_rule, {{"policy", policy}, {"type", "bandwidth_limit"}, {"rate", 1000}});
  const std::set<SliceName> row{"limit/" + rule};
  EXPECT_EQ(told(home, "limit"), row);
  EXPECT_TRUE(told("host-2", "limit").empty());
  EXPECT_EQ(concerned(before, desk.cloud), std::set{home});
  EXPECT_EQ(change(Kind::port, first, {{"binding_host", "host-2"}}), "admitted");
  EXPECT_TRUE(told(home, "limit").empty());
  EXPECT_EQ(told("host-2", "limit"), row);
  EXPECT_EQ(change(Kind::floatingip, floating, {{"qos_policy", nullptr}}), "admitted");
  EXPECT_TRUE(told("host-2", "limit").empty());
}

TEST_F(SliceOutside, WhoSendsByAGatewayAndWhoMayAnswerForItAreToldHowFastItMayBe) {
  desk.caller = test::admin();
  const std::string policy = make(Kind::qos_policy, {});
  EXPECT_EQ(change(Kind::router, router, {{"gateway", {{"network", street}, {"qos_policy", policy}}}}), "admitted");
  const Snapshot before = desk.cloud;
  const std::string rule = make(Kind::qos_rule, {{"policy", policy}, {"type", "bandwidth_limit"}, {"rate", 1000}});
  std::set<std::string> obeying{"host-1", "host-2"};
  obeying.insert(answering.begin(), answering.end());
  EXPECT_EQ(concerned(before, desk.cloud), obeying);
  for (const std::string host : {"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"})
    EXPECT_EQ(told(host, "limit").contains("limit/" + rule), obeying.contains(host)) << host;
}

TEST_F(SliceOutside, ForwardedPortsAreToldWithTheLimitOfTheirFloatingIp) {
  desk.caller = test::admin();
  const std::string policy = make(Kind::qos_policy, {});
  const std::string rule = make(Kind::qos_rule, {{"policy", policy}, {"type", "bandwidth_limit"}, {"rate", 1000}});
  const std::string floating = make(Kind::floatingip, {{"network", street}, {"qos_policy", policy}});
  for (const char* host : {"host-1", "host-2"}) EXPECT_TRUE(told(host, "limit").empty());
  make(Kind::port_forwarding, {{"floatingip", floating},
                               {"internal_port", first},
                               {"protocol", "tcp"},
                               {"external_ports", test::array{2222, 2222}},
                               {"internal_ports", test::array{22, 22}}});
  std::set<std::string> obeying{"host-1"};
  obeying.insert(answering.begin(), answering.end());
  for (const std::string host : {"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"})
    EXPECT_EQ(told(host, "limit").contains("limit/" + rule), obeying.contains(host)) << host;
  const Snapshot before = desk.cloud;
  EXPECT_EQ(change(Kind::qos_rule, rule, {{"rate", 2000}}), "admitted");
  for (const std::string& host : obeying) EXPECT_TRUE(concerned(before, desk.cloud).contains(host)) << host;
}

TEST_F(SliceOutside, GatewaysAreSpreadOverTheHostsThatOfferTheirNetwork) {
  std::map<std::string, int> share;
  for (unsigned i = 0; i < 300; ++i) {
    Gateway each = at<Router>(router).gateways.front();
    each.port = {Uuid::random(9, i)};
    const std::vector<std::string> hosts = gateway_hosts(desk.cloud, each);
    ASSERT_FALSE(hosts.empty());
    ++share[hosts.front()];
    GatewayHosts all(desk.cloud);
    for (const std::string host : {"host-1", "host-2", "host-3", "host-4", "host-5", "host-6", "nowhere"})
      EXPECT_EQ(all.have(each, host), std::ranges::find(hosts, host) != hosts.end()) << host;
  }
  ASSERT_EQ(share.size(), 4U);
  // Each draw is a quarter: six standard deviations of 300 such draws are 45.
  for (const auto& [host, count] : share) EXPECT_NEAR(count, 75, 45) << host;
}

TEST_F(SliceOutside, ARouterThatNamesZonesIsAnsweredForFromThem) {
  const auto lives_in = [&](const std::string& host, const char* zone) {
    Agent agent = **desk.cloud.agent_on(host);
    agent.availability_zone = zone;
    desk.cloud = desk.cloud.with(admit_agent(desk.cloud, {agent}).value(), desk.cloud.revision() + 1);
  };
  lives_in("host-5", "east");
  lives_in("host-6", "east");
  const auto hosts_of = [&](const std::string& id) {
    const std::vector<std::string> hosts = gateway_hosts(desk.cloud, at<Router>(id).gateways.front());
    return std::set(hosts.begin(), hosts.end());
  };
  const std::string east =
      this->RoutedDesk::router({{"gateway", {{"network", street}}}, {"availability_zone_hints", test::array{"east"}}});
  EXPECT_EQ(hosts_of(east), (std::set<std::string>{"host-5", "host-6"}));
  EXPECT_EQ(hosts_of(router), std::set(answering.begin(), answering.end())) << "names none";
  const Snapshot before = desk.cloud;
  lives_in("host-6", "west");
  EXPECT_EQ(hosts_of(east), std::set<std::string>{"host-5"});
  EXPECT_TRUE(concerned(before, desk.cloud).contains("host-6")) << "it answers no longer";
}

// The order that a router gave travels to all who must know who answers.
TEST_F(SliceOutside, WhoIsChosenGoesFirstAndWhoIsBarredIsNotAmongThem) {
  const std::string fourth = wired_and_not_answering();
  desk.caller = test::admin();
  const auto hosts = [&] { return gateway_hosts(desk.cloud, at<Router>(router).gateways.front()); };
  Snapshot before = desk.cloud;
  EXPECT_EQ(change(Kind::router, router, {{"choose_host", fourth}}), "admitted");
  EXPECT_EQ(hosts(), (std::vector{fourth, answering[0], answering[1]}));
  std::set<std::string> all(answering.begin(), answering.end());
  all.insert({fourth, "host-1", "host-2"});
  EXPECT_EQ(concerned(before, desk.cloud), all);
  for (const std::string& host : hosts()) {
    const auto row = slice(desk.cloud, host).find("gateway/" + gateway)->row;
    EXPECT_EQ(std::get<RouterGateway>(*row).chosen_hosts, std::vector{fourth}) << host;
  }
  EXPECT_TRUE(told(answering[2], "gateway").empty());
  EXPECT_EQ(change(Kind::router, router, {{"bar_host", answering[0]}}), "admitted");
  EXPECT_EQ(hosts(), (std::vector{fourth, answering[1], answering[2]}));
  EXPECT_EQ(change(Kind::router, router, {{"choose_host", answering[0]}}), "admitted");
  EXPECT_EQ(change(Kind::router, router, {{"bar_host", fourth}}), "admitted");
  EXPECT_EQ(hosts(), answering);
}

TEST_F(SliceOutside, AnAgentThatAnotherHasReplacedOffersNothing) {
  Agent heir = **desk.cloud.agent_on(answering.front());
  heir.id = {Uuid::random(9, 9)};
  heir.bridge_mappings.clear();
  desk.cloud = desk.cloud.with(admit_agent(desk.cloud, {heir}).value(), desk.cloud.revision() + 1);
  ASSERT_EQ((*desk.cloud.agent_on(heir.host))->id, heir.id);
  const std::vector<std::string> hosts = gateway_hosts(desk.cloud, at<Router>(router).gateways.front());
  EXPECT_EQ(hosts.size(), 3U) << "one more comes in";
  EXPECT_EQ(std::ranges::find(hosts, heir.host), hosts.end());
}

TEST_F(SliceOutside, AHostThatGoesMovesItsOwnGatewaysOnly) {
  std::map<unsigned, std::string> before;
  const auto host_of = [&](unsigned i) {
    Gateway each = at<Router>(router).gateways.front();
    each.port = {Uuid::random(9, i)};
    return gateway_hosts(desk.cloud, each).front();
  };
  for (unsigned i = 0; i < 100; ++i) before[i] = host_of(i);
  desk.caller = test::admin();
  EXPECT_EQ(change(Kind::agent, desk.cloud.agent_on("host-3")->row->id.text(), {{"admin_state_up", false}}),
            "admitted");
  for (const auto& [i, host] : before) {
    if (host == "host-3")
      EXPECT_NE(host_of(i), host);
    else
      EXPECT_EQ(host_of(i), host);
  }
}

TEST_F(SliceOutside, AFloatingIpIsToldAnewWhenTheAgentOfItsHostGoes) {
  const SliceName name = "floating/" + floating_of(port(inside, {{"binding_host", "host-3"}}));
  const Uuid agent = (*desk.cloud.agent_on("host-3"))->id.uuid;
  const Snapshot after = desk.cloud.with({{{Kind::agent, agent, std::nullopt}}}, desk.cloud.revision() + 1);
  const SliceItem told = difference(slice(desk.cloud, "host-3"), slice(after, "host-3")).put.at(name);
  EXPECT_TRUE(std::get<FloatingAddress>(*told.row).central);
}

}  // namespace
}  // namespace tarn::model
