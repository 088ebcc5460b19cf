// Routers: from one network into another on the host of the sender, answers for the routers' own addresses, and what is
// not passed on.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// At most to the agent, who says so to the sender.
const auto nowhere = testing::Each(std::string("agent"));

constexpr std::uint64_t left = 51;  // interfaces of router 1, on networks 1 and 2
constexpr std::uint64_t right = 52;

// Networks 1 (10.0.1.0/24, 2001:db8:1::/64) and 2 (10.0.2.0/24, 2001:db8:2::/64). Ports 1 and 2 of network 1, port 3 of
// network 2 are here; peer 4 of network 2 is in the east; network 3 is nobody's.
World unrouted() {
  World world;
  for (const std::uint64_t n : {1, 2, 3}) {
    world.network(n);
    world.subnet(n, n, "10.0." + std::to_string(n) + ".0/24");
    world.subnet(10 + n, n, "2001:db8:" + std::to_string(n) + "::/64");
  }
  world.port(1, 1, {"10.0.1.1", "2001:db8:1::1"});
  world.port(2, 1, {"10.0.1.2"});
  world.port(3, 2, {"10.0.2.3", "2001:db8:2::3"});
  world.peer(4, 2, {"10.0.2.4"}, "east");
  world.node("east", "192.0.2.2");
  return world;
}

World routed() {
  World world = unrouted();
  world.router(1);
  world.interface(left, 1, 1, {{1, "10.0.1.254"}, {11, "2001:db8:1::fe"}});
  world.interface(right, 1, 2, {{2, "10.0.2.254"}, {12, "2001:db8:2::fe"}});
  return world;
}

// From port 1 by the router.
Packet out(const std::string& destination) {
  const bool v4 = ip(destination).is_v4();
  return udp(mac(1), mac(left), v4 ? "10.0.1.1" : "2001:db8:1::1", destination);
}

const Packet& arrived(const Fate& fate) {
  static const Packet nothing;
  return fate.walk.emissions.empty() ? nothing : fate.walk.emissions.front().packet;
}

// What the agent reads of a packet that a router hands over.
Routed handed_over(const Fate& fate, Family family = Family::v4) {
  wire::of::PacketIn packet;
  packet.metadata = arrived(fate).description();
  return render::routed(packet, family);
}

TEST(Routing, a_packet_comes_into_the_other_network_on_the_host_of_its_sender) {
  World world = routed();
  const Tables tables = world.tables();
  for (const std::string to : {"10.0.2.3", "2001:db8:2::3"}) {
    const Fate fate = send(tables, 1, out(to));
    EXPECT_THAT(fate.ways, ElementsAre("3")) << to;
    EXPECT_EQ(arrived(fate).mac(Field::eth_src), mac(right));
    EXPECT_EQ(arrived(fate).mac(Field::eth_dst), mac(3));
    EXPECT_EQ(arrived(fate).number(Field::ip_ttl), 63U);
  }
  EXPECT_THAT(send(tables, 1, out("10.0.2.4")).ways, ElementsAre("tunnel 192.0.2.2 vni 102"));
}

TEST(Routing, each_network_tracks_the_connection_in_its_own_zone) {
  World world = routed();
  const Fate fate = send(world.tables(), 1, out("10.0.2.3"));
  // Of each connection both zones must hear both ways, or they would take half of it for broken.
  std::vector<int> asked;
  std::vector<int> remembered;
  for (const sim::Passage& passage : fate.walk.passages)
    (passage.commit ? remembered : asked).push_back(passage.connection.zone);
  EXPECT_THAT(asked, ElementsAre(1, 2));
  EXPECT_THAT(remembered, ElementsAre(1, 2));
  EXPECT_EQ(send(world.tables(), 1, out("10.0.2.4")).walk.commits.size(), 1U);
}

TEST(Routing, the_receivers_security_groups_are_asked) {
  World world = routed();
  world.group(1);
  world.rule(50, 1, let(model::Direction::ingress, 4, "udp", 2000, 2000));
  world.port(3, 2, {"10.0.2.3"}, [](model::Port& port) { port.security_groups = {group_id(1)}; });
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(left), "10.0.1.1", "10.0.2.3", 1000, 2000)).ways, ElementsAre("3"));
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(left), "10.0.1.1", "10.0.2.3", 1000, 2001)).ways, IsEmpty());
}

TEST(Routing, nothing_is_routed_without_a_router_that_is_up_on_both_networks) {
  World world = unrouted();
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
  world = routed();
  world.remove(World::interface_name(right));
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
  world = routed();
  world.router(1, [](model::Router& router) { router.admin_state_up = false; });
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
  world = routed();
  world.network(2, model::NetworkType::vxlan, [](model::Network& network) { network.admin_state_up = false; });
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
  for (const std::uint64_t down : {left, right}) {
    world = routed();
    world.interface(down, 1, down - 50, {{down - 50, down == left ? "10.0.1.254" : "10.0.2.254"}}, false);
    EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
  }
}

// The longest prefix decides also when its way is closed: the shorter one leads elsewhere.
TEST(Routing, where_a_way_is_closed_no_wider_route_takes_its_place) {
  World world = routed();
  world.router(1,
               [](model::Router& router) { router.routes = {{Prefix::parse("10.0.0.0/16").value(), ip("10.0.1.2")}}; });
  EXPECT_THAT(send(world.tables(), 1, out("10.0.9.9")).ways, ElementsAre("2"));
  world.network(2, model::NetworkType::vxlan, [](model::Network& network) { network.admin_state_up = false; });
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, nowhere);
}

TEST(Routing, a_route_goes_by_its_next_hop_and_the_longest_prefix_wins) {
  World world = routed();
  world.router(1, [](model::Router& router) {
    router.routes = {{Prefix::parse("172.16.0.0/12").value(), ip("10.0.1.2")},
                     {Prefix::parse("172.16.5.0/24").value(), ip("10.0.2.4")},
                     {Prefix::parse("2001:db8:f::/48").value(), ip("2001:db8:2::3")},
                     {Prefix::parse("10.0.2.0/24").value(), ip("10.0.1.2")}};
  });
  const Tables tables = world.tables();
  const Fate wide = send(tables, 1, out("172.16.4.1"));
  EXPECT_THAT(wide.ways, ElementsAre("2"));
  EXPECT_EQ(arrived(wide).mac(Field::eth_src), mac(left));
  EXPECT_THAT(send(tables, 1, out("172.16.5.1")).ways, ElementsAre("tunnel 192.0.2.2 vni 102"));
  EXPECT_THAT(send(tables, 1, out("2001:db8:f::1")).ways, ElementsAre("3"));
  EXPECT_THAT(send(tables, 1, out("10.0.2.3")).ways, ElementsAre("3")) << "what is on a link is not elsewhere";
  EXPECT_THAT(send(tables, 1, out("192.168.0.1")).ways, nowhere);
}

// By four next hops of equal cost: all of a connection by one of them, each by about a quarter, and when one goes, what
// went by the others stays.
TEST(Routing, connections_are_spread_over_routes_of_equal_cost) {
  World world = routed();
  const auto by = [&world](const std::vector<std::string>& next_hops) {
    world.router(1, [&](model::Router& router) {
      for (const std::string& next_hop : next_hops)
        router.routes.push_back({Prefix::parse("172.16.0.0/12").value(), ip(next_hop)});
    });
    const Tables tables = world.tables();
    std::map<std::uint64_t, std::string> ways;
    for (std::uint64_t port = 1; port <= 400; ++port) {
      const Fate fate = send(tables, 1, udp(mac(1), mac(left), "10.0.1.1", "172.16.0.1", port, 53));
      EXPECT_EQ(fate.ways.size(), 1U);
      if (fate.ways.empty()) continue;
      ways[port] = arrived(fate).mac(Field::eth_dst).text();
      EXPECT_EQ(arrived(fate).number(Field::ip_ttl), 63U);
    }
    return ways;
  };
  for (const std::uint64_t p : {5, 6}) world.port(p, 2, {"10.0.2." + std::to_string(p)});
  const auto four = by({"10.0.1.2", "10.0.2.3", "10.0.2.5", "10.0.2.6"});
  std::map<std::string, int> counts;
  for (const auto& [port, way] : four) ++counts[way];
  EXPECT_EQ(counts.size(), 4U);
  for (const auto& [way, count] : counts) EXPECT_GT(count, 20) << way;
  EXPECT_EQ(by({"10.0.2.6", "10.0.2.5", "10.0.1.2", "10.0.2.3"}), four) << "the order says nothing";
  const auto three = by({"10.0.1.2", "10.0.2.5", "10.0.2.6"});
  for (const auto& [port, way] : four)
    if (way != mac(3).text()) EXPECT_EQ(three.at(port), way);
}

TEST(Routing, a_packet_passes_several_routers_and_a_loop_ends) {
  World world = routed();
  world.router(1, [](model::Router& router) {
    router.routes = {{Prefix::parse("10.0.3.0/24").value(), ip("10.0.2.253")},
                     {Prefix::parse("10.9.0.0/16").value(), ip("10.0.2.253")}};
  });
  world.router(
      2, [](model::Router& router) { router.routes = {{Prefix::parse("10.9.0.0/16").value(), ip("10.0.2.254")}}; });
  world.interface(61, 2, 2, {{2, "10.0.2.253"}});
  world.interface(62, 2, 3, {{3, "10.0.3.254"}});
  world.port(5, 3, {"10.0.3.5"});
  const Tables tables = world.tables();
  const Fate fate = send(tables, 1, out("10.0.3.5"));
  EXPECT_THAT(fate.ways, ElementsAre("5"));
  EXPECT_EQ(arrived(fate).number(Field::ip_ttl), 62U);
  EXPECT_EQ(arrived(fate).mac(Field::eth_src), mac(62));
  EXPECT_THAT(send(tables, 1, out("10.9.0.1").set(Field::ip_ttl, 30)).ways, nowhere);
}

TEST(Routing, a_packet_without_hops_left_goes_no_further) {
  World world = routed();
  const Tables tables = world.tables();
  for (const std::string to : {"10.0.2.3", "2001:db8:2::3"}) {
    for (const std::uint64_t ttl : {0U, 1U})
      EXPECT_THAT(send(tables, 1, out(to).set(Field::ip_ttl, ttl)).ways, nowhere);
    EXPECT_THAT(send(tables, 1, out(to).set(Field::ip_ttl, 2)).ways, ElementsAre("3"));
  }
}

// A router may be on a network by a port for each IP version, as Neutron makes them: it listens at both.
TEST(Routing, an_interface_takes_packets_of_families_that_it_has_no_address_of) {
  World world = routed();
  world.interface(left, 1, 1, {{11, "2001:db8:1::fe"}});
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, ElementsAre("3"));
  EXPECT_EQ(handed_over(send(world.tables(), 1, out("192.168.0.1"))).own, std::nullopt);
}

// The agent tells the sender why; what it needs to know for that is in the packet's registers.
TEST(Routing, what_goes_no_further_goes_to_the_agent) {
  World world = routed();
  const auto reason_of = [&](const Packet& packet) {
    const Fate fate = send(world.tables(), 1, packet);
    EXPECT_THAT(fate.ways, ElementsAre("agent"));
    if (fate.walk.emissions.empty()) return PuntReason{};
    const bool v4 = packet.number(Field::eth_type) == 0x0800;
    const Routed seen = handed_over(fate, v4 ? Family::v4 : Family::v6);
    EXPECT_EQ(seen.sender, 1U);
    EXPECT_EQ(seen.own, ip(v4 ? "10.0.1.254" : "2001:db8:1::fe"));
    return decode_punt(fate.walk.emissions.front().userdata)->reason;
  };
  EXPECT_EQ(reason_of(out("10.0.2.3").set(Field::ip_ttl, 1)), PuntReason::no_hops);
  EXPECT_EQ(reason_of(out("2001:db8:2::3").set(Field::ip_ttl, 1)), PuntReason::no_hops);
  EXPECT_EQ(reason_of(out("192.168.0.1")), PuntReason::no_route);
  EXPECT_EQ(reason_of(out("2001:db8:f::1")), PuntReason::no_route);
  EXPECT_EQ(reason_of(out("10.0.2.99")), PuntReason::no_neighbour);
  EXPECT_EQ(reason_of(out("2001:db8:2::99")), PuntReason::no_neighbour);
  EXPECT_EQ(reason_of(out("10.0.1.254")), PuntReason::no_listener);
  EXPECT_EQ(reason_of(out("2001:db8:2::fe")), PuntReason::no_listener);
  EXPECT_EQ(world.tables().meters.count(domain::Meter::of_routers), 1U);
}

// Only where a packet may come with more than the next network takes.
TEST(Routing, the_size_is_asked_before_a_smaller_network) {
  const auto checks = [](World& world) {
    std::size_t count = 0;
    for (const auto& [key, spec] : world.tables().flows)
      for (const wire::of::Action& action : spec.actions)
        if (const auto* check = std::get_if<wire::of::CheckLarger>(&action)) {
          ++count;
          EXPECT_EQ(check->octets, 1400 + 14);
        }
    return count;
  };
  World world = routed();
  EXPECT_EQ(checks(world), 0U);
  world.network(2, model::NetworkType::vxlan, [](model::Network& network) { network.mtu = 1400; });
  EXPECT_EQ(checks(world), 2U);
  EXPECT_THAT(send(world.tables(), 1, out("10.0.2.3")).ways, ElementsAre("3"));
}

// As Neutron's routers do it: addresses of two scopes, or of one and none, do not meet, whatever else leads there.
TEST(Routing, address_scopes_do_not_meet) {
  const auto scoped = [](World& world, std::uint64_t n, std::uint64_t scope) {
    const SubnetPoolId pool{uuid(8, n)};
    model::SubnetPool row;
    row.id = pool;
    if (scope != 0) row.address_scope = {uuid(9, scope)};
    world.put("pool/" + pool.uuid.text(), row);
    world.subnet(n, n, "10.0." + std::to_string(n) + ".0/24", [&](model::Subnet& subnet) { subnet.subnetpool = pool; });
  };
  World world = routed();
  world.router(1, [](model::Router& router) {
    router.routes = {{Prefix::parse("10.0.0.0/16").value(), ip("10.0.1.2")},
                     {Prefix::parse("172.16.0.0/12").value(), ip("10.0.2.4")}};
  });
  const auto ways = [&world](const std::string& to) { return send(world.tables(), 1, out(to)).ways; };
  scoped(world, 1, 1);
  scoped(world, 2, 1);
  EXPECT_THAT(ways("10.0.2.3"), ElementsAre("3"));
  scoped(world, 2, 2);
  EXPECT_THAT(ways("10.0.2.3"), ElementsAre("agent"));
  EXPECT_THAT(ways("172.16.0.1"), ElementsAre("agent"));
  EXPECT_THAT(ways("10.0.9.9"), ElementsAre("2"));
  EXPECT_THAT(ways("2001:db8:2::3"), ElementsAre("3")) << "IPv6 has scopes of its own";
  scoped(world, 2, 0);
  EXPECT_THAT(ways("10.0.2.3"), ElementsAre("agent"));
  scoped(world, 1, 0);
  EXPECT_THAT(ways("10.0.2.3"), ElementsAre("3"));
}

TEST(Routing, link_local_addresses_are_never_routed) {
  World world = routed();
  world.port(1, 1, {"2001:db8:1::1"}, [](model::Port& port) { port.port_security_enabled = false; });
  world.router(1,
               [](model::Router& router) { router.routes = {{Prefix::parse("::/0").value(), ip("2001:db8:2::3")}}; });
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(left), "2001:db8:1::1", "2001:db8:ff::1")).ways, ElementsAre("3"));
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(left), "2001:db8:1::1", "fe80::7")).ways, IsEmpty());
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(left), "fe80::7", "2001:db8:ff::1")).ways, IsEmpty());
}

Packet echo(const std::string& destination, std::uint64_t ttl = 1) {
  const bool v4 = ip(destination).is_v4();
  return udp(mac(1), mac(left), v4 ? "10.0.1.1" : "2001:db8:1::1", destination)
      .set(Field::ip_proto, v4 ? 1 : 58)
      .set(Field::ip_ttl, ttl)
      .set(v4 ? Field::icmp_type : Field::icmpv6_type, v4 ? 8 : 128)
      .set(Field::udp_src, 0)
      .set(Field::udp_dst, 0);
}

TEST(Routing, a_router_answers_echo_requests_to_each_of_its_addresses) {
  World world = routed();
  const Tables tables = world.tables();
  for (const std::string to : {"10.0.1.254", "10.0.2.254", "2001:db8:1::fe", "2001:db8:2::fe"}) {
    const bool v4 = ip(to).is_v4();
    const Fate fate = send(tables, 1, echo(to));
    EXPECT_THAT(fate.ways, ElementsAre("1")) << to;
    EXPECT_EQ(arrived(fate).ip(v4 ? Field::ipv4_src : Field::ipv6_src), ip(to));
    EXPECT_EQ(arrived(fate).ip(v4 ? Field::ipv4_dst : Field::ipv6_dst), ip(v4 ? "10.0.1.1" : "2001:db8:1::1"));
    EXPECT_EQ(arrived(fate).number(v4 ? Field::icmp_type : Field::icmpv6_type), v4 ? 0U : 129U);
    EXPECT_EQ(arrived(fate).number(Field::ip_ttl), 64U);
    EXPECT_EQ(arrived(fate).mac(Field::eth_src), mac(left));
    EXPECT_EQ(arrived(fate).mac(Field::eth_dst), mac(1));
  }
  EXPECT_THAT(send(tables, 1, out("10.0.1.254")).ways, nowhere);
  EXPECT_THAT(send(tables, 1, echo("10.0.1.253", 64)).ways, nowhere);
}

TEST(Routing, a_routers_addresses_are_resolved_where_its_network_is) {
  World world = routed();
  const Tables tables = world.tables();
  const Fate asked = send(tables, 2, arp(1, {mac(2), "10.0.1.2"}, {Mac{}, "10.0.1.254"}));
  EXPECT_THAT(asked.ways, ElementsAre("2"));
  EXPECT_EQ(arrived(asked).mac(Field::arp_sha), mac(left));
  const std::string link = Ip::link_local(mac(left)).text();
  for (const std::string& target : {std::string("2001:db8:1::fe"), link}) {
    const Fate solicited = send(tables, 1, solicitation(mac(1), "2001:db8:1::1", target, mac(1)));
    EXPECT_THAT(solicited.ways, ElementsAre("1")) << target;
    const Packet& answer = arrived(solicited);
    EXPECT_EQ(answer.number(Field::icmpv6_type), 136U);
    EXPECT_EQ(answer.number(Field::nd_reserved), 0xe0000000U);
    EXPECT_EQ(answer.mac(Field::nd_tll), mac(left));
    EXPECT_EQ(answer.ip(Field::nd_target), ip(target));
    EXPECT_EQ(answer.ip(Field::ipv6_src), ip(target));
    EXPECT_EQ(answer.ip(Field::ipv6_dst), ip("2001:db8:1::1"));
    EXPECT_EQ(answer.mac(Field::eth_dst), mac(1));
    EXPECT_EQ(answer.number(Field::ip_ttl), 255U);
  }
}

// The kernel's datapath cannot write what is left to do; the agent does, and needs to know nothing for it. Meanwhile
// the router asks back, by which who asked knows where it is.
TEST(Routing, on_the_kernels_datapath_the_agent_completes_an_advertisement) {
  World world = routed();
  world.facts.config.datapath_type = "system";
  const Tables tables = world.tables();
  const Fate fate = send(tables, 1, solicitation(mac(1), "2001:db8:1::1", "2001:db8:1::fe", mac(1)));
  ASSERT_THAT(fate.ways, ElementsAre("1", "agent"));
  EXPECT_EQ(meters_passed(tables, fate), std::vector{tables.meters.at(domain::Meter::of_resolutions)})
      << "nobody keeps the agent from its work by asking";
  const auto& emissions = fate.walk.emissions;
  const auto for_agent = std::ranges::find_if(emissions, [](const auto& each) { return !each.userdata.empty(); });
  const auto for_port = std::ranges::find_if(emissions, [](const auto& each) { return each.userdata.empty(); });
  const Packet& begun = for_agent->packet;
  EXPECT_EQ(decode_punt(for_agent->userdata), (Punt{PuntReason::router_resolution, {}}));
  EXPECT_EQ(begun.number(Field::icmpv6_type), 136U);
  EXPECT_EQ(begun.ip(Field::nd_target), ip("2001:db8:1::fe"));
  EXPECT_EQ(handed_over(fate).sender, 1U);
  const Packet& question = for_port->packet;
  EXPECT_EQ(question.number(Field::icmpv6_type), 135U);
  EXPECT_EQ(question.ip(Field::nd_target), ip("2001:db8:1::1"));
  EXPECT_EQ(question.mac(Field::nd_sll), mac(left));
  EXPECT_EQ(question.number(Field::ip_ttl), 255U);
  for (const Packet* each : {&begun, &question}) {
    EXPECT_EQ(each->ip(Field::ipv6_src), ip("2001:db8:1::fe"));
    EXPECT_EQ(each->ip(Field::ipv6_dst), ip("2001:db8:1::1"));
    EXPECT_EQ(each->mac(Field::eth_src), mac(left));
    EXPECT_EQ(each->mac(Field::eth_dst), mac(1));
  }
}

// Nobody of network 2 is here: its flows are those of routed packets alone.
TEST(Routing, a_network_on_the_way_is_no_broadcast_domain) {
  World world = routed();
  world.remove("port/" + port_id(3).text());
  world.facts.plugged.erase(port_id(3));
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 1, out("10.0.2.4")).ways, ElementsAre("tunnel 192.0.2.2 vni 102"));
  const Packet arriving = udp(mac(4), broadcast, "10.0.2.4", "10.0.2.255").set(Field::tunnel_id, 102);
  EXPECT_THAT(send(tables, tunnel_ofport, arriving).ways, IsEmpty());
  for (const auto& [key, flow] : tables.flows) {
    const auto* network = key.match.find(Field::metadata);
    if (network == nullptr || *network != wire::of::FieldValue::number(Field::metadata, 2)) continue;
    EXPECT_TRUE(key.table == static_cast<int>(Stage::neighbour) || key.table == static_cast<int>(Stage::l2))
        << wire::of::text(key, flow);
  }
}

// Its switches would see the router's address on many of their ports.
TEST(Routing, on_a_physical_segment_a_routed_packet_comes_from_the_node) {
  World world = routed();
  world.network(2, model::NetworkType::vlan);
  world.remove("port/" + port_id(3).text());
  world.facts.plugged.erase(port_id(3));
  const Fate fate = send(world.tables(), 1, out("10.0.2.4"));
  EXPECT_THAT(fate.ways, ElementsAre("physical vlan 102"));
  EXPECT_EQ(arrived(fate).mac(Field::eth_dst), mac(4));
  EXPECT_NE(arrived(fate).mac(Field::eth_src), mac(right));
  const Mac here = arrived(fate).mac(Field::eth_src);
  EXPECT_FALSE(here.is_multicast());
  world.facts.config.host = "there";
  EXPECT_NE(arrived(send(world.tables(), 1, out("10.0.2.4"))).mac(Field::eth_src), here);
}

TEST(Routing, costs_one_flow_for_each_route_address_and_neighbour) {
  World world = unrouted();
  const std::size_t before = world.tables().flows.size();
  world = routed();
  // 29 of all routers and their gateways; 4 prefixes; for each interface 2, and for each of its 3 addresses 3; for each
  // of 6 addresses of ports 1.
  EXPECT_EQ(world.tables().flows.size() - before, 29U + 4 + 2 * (2 + 3 * 3) + 6);
}

TEST(Routing, hosts_are_told_of_the_router_and_of_its_end) {
  World world = routed();
  world.subnet(2, 1, "2001:db8:1::/64", [](model::Subnet& subnet) {
    subnet.ra_mode = model::Ipv6Mode::slaac;
    subnet.address_mode = model::Ipv6Mode::slaac;
  });
  const auto told = [&world] { return world.tables().answers.at(port_id(1)).advertisement.value(); };
  EXPECT_EQ(told().router_mac, mac(left));
  EXPECT_EQ(told().router_lifetime_s, 9000U);
  world.router(1, [](model::Router& router) { router.admin_state_up = false; });
  EXPECT_EQ(told().router_lifetime_s, 0U);
  EXPECT_NE(told().router_mac, mac(left));
}

TEST(Routing, what_comes_and_goes_leaves_what_is_from_scratch) {
  World world = routed();
  EXPECT_EQ(world.tables(), world.from_scratch());
  world.remove(World::interface_name(left));
  EXPECT_EQ(world.tables(), world.from_scratch());
  world.router(1, [](model::Router& router) { router.admin_state_up = false; });
  EXPECT_EQ(world.tables(), world.from_scratch());
  world.remove("router/" + router_id(1).text());
  world.remove(World::interface_name(right));
  EXPECT_EQ(world.tables().flows, unrouted().tables().flows);
}

}  // namespace
}  // namespace tarn::render::test
