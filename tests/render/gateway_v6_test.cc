// Gateways by IPv6: nothing is translated, so outside knows instances by their own addresses; what comes for them is
// led in by whoever may answer for the gateway, and neighbours there are found by neighbour discovery.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string own6 = "2001:db8:9::10";
const std::string upstream6 = "2001:db8:9::1";
const std::string far6 = "2001:db8:f::7";
const std::string inside6 = "2001:db8:1::1";               // of port 1
const std::string link_local = "fe80::f816:3eff:fe00:3f";  // of the gateway's MAC address, fa:16:3e:00:00:3f

// Host "here" has port 1 with an IPv6 address, and is on a network outside with IPv6.
class Outer6 : public Outer {
 public:
  explicit Outer6(bool answers = true, const std::string& next_hop = upstream6) : Outer(answers) {
    world.subnet(2, 1, "2001:db8:1::/64");
    world.port(1, 1, {"10.0.1.1", inside6});
    world.interface(inside, 1, 1, {{1, "10.0.1.254"}, {2, "2001:db8:1::fe"}});
    scope_outside6(0, next_hop);
    put(way_out6());
    settle();
  }
  void scope_outside6(std::uint64_t scope, const std::string& next_hop = upstream6) {
    world.put("outside_subnet/" + subnet_id(10).text(),
              model::OutsideSubnet{subnet_id(10), network_id(9), Prefix::parse("2001:db8:9::/64").value(), ip(next_hop),
                                   scope_of(scope)});
  }
  static model::RouterGateway way_out6() {
    model::RouterGateway row = way_out();
    row.fixed_ips.push_back({subnet_id(10), ip(own6)});
    return row;
  }
  Fate out6(const std::string& to = far6) { return send(1, udp(mac(1), mac(inside), inside6, to, 1000, 53)); }
  void hear_of6(const std::string& address, const Mac& mac_there) {
    send(patch_ofport, tagged(advertisement(mac_there, address, address, mac_there)));
  }
  Fate ask(const std::string& target, const std::string& source = upstream6) {
    Packet question = solicitation(mac(upstream), source, target, mac(upstream));
    if (source == "::") question.set(Field::nd_sll, Mac{});
    return send(patch_ofport, tagged(question));
  }
  using Outer::put;
};

Packet from_outside6(const Mac& to, const std::string& address) {
  return Outer::tagged(udp(mac(upstream), to, far6, address, 53, 1000));
}

TEST(GatewayV6, what_leaves_is_what_was_sent) {
  for (const std::string& next_hop : {upstream6, std::string("fe80::1")}) {
    Outer6 outer(true, next_hop);
    outer.hear_of6(next_hop, mac(upstream));
    const Fate fate = outer.out6();
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109")) << next_hop;
    EXPECT_EQ(left(fate).ip(Field::ipv6_src).text(), inside6);
    EXPECT_EQ(left(fate).ip(Field::ipv6_dst).text(), far6);
    EXPECT_EQ(left(fate).number(Field::udp_src), 1000U);
    EXPECT_EQ(left(fate).number(Field::ip_ttl), 63U);
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
    EXPECT_EQ(left(fate).mac(Field::eth_src), outer.segment());
  }
}

TEST(GatewayV6, who_is_on_the_network_outside_is_sent_to_directly) {
  Outer6 outer;
  outer.hear_of6("2001:db8:9::77", mac(stranger));
  const Fate fate = outer.out6("2001:db8:9::77");
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(stranger));
}

TEST(GatewayV6, what_comes_for_an_instance_is_led_in_by_who_may_answer_and_by_nobody_else) {
  Outer6 here;
  Outer6 away(false);
  const Fate fate = here.send(patch_ofport, from_outside6(mac(gateway), inside6));
  ASSERT_THAT(fate.ways, ElementsAre("1"));
  EXPECT_EQ(left(fate).mac(Field::eth_src), mac(inside));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(1));
  EXPECT_EQ(left(fate).number(Field::ip_ttl), 63U);
  EXPECT_THAT(away.send(patch_ofport, from_outside6(mac(gateway), inside6)).ways, IsEmpty());
  EXPECT_THAT(here.send(patch_ofport, from_outside6(mac(stranger), inside6)).ways, IsEmpty());
  EXPECT_THAT(here.send(patch_ofport, from_outside6(here.segment(), inside6)).ways, IsEmpty());
}

TEST(GatewayV6, its_addresses_are_told_on_the_segment_by_who_answers) {
  Outer6 here;
  Outer6 away(false);
  for (const std::string& target : {own6, link_local}) {
    const Fate fate = here.ask(target);
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109")) << target;
    const Packet& answer = left(fate);
    EXPECT_EQ(answer.number(Field::icmpv6_type), 136U);
    EXPECT_EQ(answer.ip(Field::nd_target), ip(target));
    EXPECT_EQ(answer.mac(Field::nd_tll), mac(gateway));
    EXPECT_EQ(answer.number(Field::nd_reserved), 0xe0000000U) << "router, solicited, override";
    EXPECT_EQ(answer.ip(Field::ipv6_src), ip(target));
    EXPECT_EQ(answer.ip(Field::ipv6_dst), ip(upstream6));
    EXPECT_EQ(answer.mac(Field::eth_dst), mac(upstream));
    EXPECT_EQ(answer.mac(Field::eth_src), mac(gateway));
    EXPECT_THAT(away.ask(target).ways, IsEmpty());
  }
  EXPECT_THAT(here.ask("2001:db8:9::99").ways, IsEmpty());
  EXPECT_THAT(here.world.tables().announcements.at(port_id(gateway).uuid).addresses,
              ElementsAre(ip(own), ip(own6), ip(link_local)));
  EXPECT_FALSE(away.world.tables().announcements.contains(port_id(gateway).uuid));
}

// RFC 4861 section 7.2.4: whose question has no source hears the answer as all do.
TEST(GatewayV6, who_wants_its_address_for_himself_is_told_that_it_is_taken) {
  Outer6 outer;
  const Fate fate = outer.ask(own6, "::");
  ASSERT_THAT(fate.ways, testing::Contains("physical vlan 109"));
  const Packet& answer = left(fate);
  EXPECT_EQ(answer.number(Field::icmpv6_type), 136U);
  EXPECT_EQ(answer.number(Field::nd_reserved), 0xa0000000U) << "router, override, not solicited";
  EXPECT_EQ(answer.ip(Field::ipv6_dst), ip("ff02::1"));
  EXPECT_EQ(answer.mac(Field::eth_dst), multicast_of(ip("ff02::1")));
  EXPECT_EQ(answer.ip(Field::nd_target), ip(own6));
  EXPECT_EQ(answer.mac(Field::eth_src), mac(gateway)) << "a question without an option has no room for one";
}

TEST(GatewayV6, who_is_not_known_outside_is_asked_for_and_learned) {
  Outer6 outer;
  const Fate lost = outer.out6();
  ASSERT_THAT(lost.ways, ElementsAre("agent"));
  wire::of::PacketIn packet;
  packet.metadata = left(lost).description();
  EXPECT_EQ(unresolved(packet, Family::v6).network_number, 9U);
  EXPECT_EQ(unresolved(packet, Family::v6).next_hop, ip(upstream6));
  EXPECT_THAT(outer.world.tables().next_hops.at(network_id(9)).addresses,
              testing::UnorderedElementsAre(ip("203.0.113.1"), ip(upstream6)));
  outer.ask(own6);  // says where the asker is
  EXPECT_EQ(left(outer.out6()).mac(Field::eth_dst), mac(upstream));
  outer.hear_of6(upstream6, mac(stranger));
  EXPECT_EQ(left(outer.out6()).mac(Field::eth_dst), mac(stranger)) << "it is elsewhere now, and says so";
  // What does not say where somebody is changes nothing.
  outer.send(patch_ofport, Outer::tagged(advertisement(mac(upstream), upstream6, upstream6, Mac{})));
  outer.send(patch_ofport, Outer::tagged(solicitation(mac(upstream), upstream6, own6, Mac{})));
  EXPECT_EQ(left(outer.out6()).mac(Field::eth_dst), mac(stranger));
}

// By that address it asks, so its neighbours may ask for it in turn.
TEST(GatewayV6, a_node_answers_for_the_link_local_address_by_which_it_asks) {
  for (const bool answers : {true, false}) {
    Outer6 outer(answers);
    const Fate fate = outer.ask(Ip::link_local(outer.segment()).text());
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
    EXPECT_EQ(left(fate).mac(Field::nd_tll), outer.segment());
  }
}

TEST(GatewayV6, nothing_is_learned_from_within) {
  Outer6 outer;
  outer.send(1, advertisement(mac(1), upstream6, upstream6, mac(1)));
  EXPECT_THAT(outer.out6().ways, ElementsAre("agent"));
}

TEST(GatewayV6, the_router_itself_answers_an_echo_from_outside) {
  Outer6 outer;
  Packet echo = icmp6(mac(upstream), upstream6, own6, 128).set(Field::eth_dst, mac(gateway));
  const Fate fate = outer.send(patch_ofport, Outer::tagged(echo));
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).number(Field::icmpv6_type), 129U);
  EXPECT_EQ(left(fate).ip(Field::ipv6_src), ip(own6));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
}

TEST(GatewayV6, link_local_addresses_are_not_led_in_or_out) {
  Outer6 outer;
  outer.hear_of6(upstream6, mac(upstream));
  const std::string of_port = Ip::link_local(mac(1)).text();
  EXPECT_THAT(outer.send(1, udp(mac(1), mac(inside), of_port, far6)).ways, IsEmpty());
  EXPECT_THAT(outer.send(patch_ofport, from_outside6(mac(gateway), of_port)).ways, IsEmpty());
}

TEST(GatewayV6, a_gateway_without_ipv4_is_one) {
  Outer6 outer;
  model::RouterGateway row = Outer6::way_out6();
  row.fixed_ips.erase(row.fixed_ips.begin());
  outer.put(row);
  outer.settle();
  outer.hear_of6(upstream6, mac(upstream));
  outer.hear_of("203.0.113.1", mac(upstream));
  EXPECT_THAT(outer.out6().ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(outer.send(1, out(1)).ways, testing::Not(testing::Contains("physical vlan 109")));
  EXPECT_THAT(outer.send(patch_ofport, from_outside6(mac(gateway), inside6)).ways, ElementsAre("1"));
}

// Host "here" has no wire: it hands over, and "there" is the host that answers.
TEST(GatewayV6, what_is_handed_over_leaves_by_the_next_hop_that_the_route_said) {
  Outer6 here(false);
  here.world.facts.config.bridge_mappings.clear();
  here.world.facts.patch_ports.clear();
  const auto lead = [](Outer6& outer) {
    outer.world.router(1, [](model::Router& router) {
      router.gateways = {{network_id(9), port_id(gateway), true, std::nullopt}};
      router.routes = {{Prefix::parse("2001:db8:e::/48").value(), ip("2001:db8:9::2")}};
    });
    outer.settle();
  };
  lead(here);
  Outer6 there;
  lead(there);
  there.hear_of6(upstream6, mac(upstream));
  there.hear_of6("2001:db8:9::2", mac(stranger));
  there.hear_of6("2001:db8:9::77", mac(named));
  for (const auto& [to, next] :
       {std::pair(far6, upstream), {std::string("2001:db8:e::1"), stranger}, {std::string("2001:db8:9::77"), named}}) {
    const Fate fate = here.out6(to);
    ASSERT_THAT(fate.ways, ElementsAre("tunnel 192.0.2.2 vni 0")) << to;
    const Fate seen = there.send(tunnel_ofport, left(fate).frame().set(Field::tunnel_id, 0));
    ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109")) << to;
    EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(next)) << to;
    EXPECT_EQ(left(seen).mac(Field::eth_src), there.segment());
    EXPECT_EQ(left(seen).ip(Field::ipv6_src).text(), inside6);
    EXPECT_EQ(left(seen).number(Field::ip_ttl), 63U) << "one router, one hop";
  }
}

// This one may answer as well, after the east, and its router is central.
TEST(GatewayV6, what_is_handed_over_follows_the_switch_while_no_agent_is_there) {
  Outer6 here;
  model::RouterGateway row = Outer6::way_out6();
  row.distributed = false;
  row.chosen_hosts = {"east", "here"};
  here.put(row);
  here.world.put("gateway_host/" + port_id(gateway).text() + "/east", model::GatewayHost{port_id(gateway), "east"});
  here.world.see("east", true);
  here.settle();
  here.hear_of6(upstream6, mac(upstream));
  EXPECT_THAT(here.out6().ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  here.world.see("east", false);
  const Fate fate = here.out6();
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
  EXPECT_EQ(left(fate).mac(Field::eth_src), here.segment());
}

// Neutron's administrators' guide, "Address scopes": what leaves by an interface of another scope is dropped. IPv4 has
// scopes of its own.
TEST(GatewayV6, only_one_address_scope_meets_the_outside) {
  const std::pair<std::uint64_t, std::uint64_t> scopes[] = {{0, 0}, {1, 1}, {1, 0}, {0, 1}, {1, 2}};
  for (const auto& [out, in] : scopes) {
    Outer6 outer;
    outer.scope_outside6(out);
    outer.scope_inside(in, 2, "2001:db8:1::/64");
    outer.settle();
    outer.hear_of6(upstream6, mac(upstream));
    outer.hear_of("203.0.113.1", mac(upstream));
    const bool meet = out == in;
    EXPECT_THAT(outer.out6().ways, ElementsAre(meet ? "physical vlan 109" : "agent")) << out << in;
    // Who is told outside that there is no way has to be found there first.
    EXPECT_THAT(outer.send(patch_ofport, from_outside6(mac(gateway), inside6)).ways, ElementsAre(meet ? "1" : "agent"))
        << out << in;
    EXPECT_THAT(outer.send(1, render::test::out(1)).ways, ElementsAre("physical vlan 109"));
  }
}

TEST(GatewayV6, what_is_of_another_address_scope_is_not_handed_over) {
  Outer6 here(false);
  here.world.facts.config.bridge_mappings.clear();
  here.world.facts.patch_ports.clear();
  here.settle();
  ASSERT_THAT(here.out6().ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  here.scope_outside6(1);
  here.settle();
  EXPECT_THAT(here.out6().ways, ElementsAre("agent"));
}

}  // namespace
}  // namespace tarn::render::test
