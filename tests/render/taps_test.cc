// Who listens to a port: that copies are made of what it sends and of what it gets, of nothing else, and that the
// packets themselves go their way as if nobody listened.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::MirrorType;
using model::TapDirection;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::uint64_t watched = 1;
constexpr std::uint64_t other = 2;
constexpr std::uint64_t listener = 3;  // of network 2
constexpr std::uint64_t below = 21;    // VLAN 7 on the watched port's interface, of network 2
constexpr std::uint32_t vni = 200;
constexpr std::uint32_t gre_ofport = 902;

const TapServiceId service{uuid(9, 1)};

struct Taps : testing::Test {
  Taps() {
    world.network(1);
    world.network(2);
    world.subnet(1, 1, "10.0.0.0/24");
    world.port(watched, 1, {"10.0.0.1"});
    world.port(other, 1, {"10.0.0.2"});
    world.port(listener, 2, {"10.0.0.3"});
    world.peer(4, 1, {"10.0.0.4"}, "there");
    world.node("there", "192.0.2.2");
  }
  void listens_here() { world.put("tap/" + service.text(), model::Tap{service, port_id(listener), vni, "here"}); }
  void listens_there() { world.put("tap/" + service.text(), model::Tap{service, port_id(44), vni, "there"}); }
  void copies(TapDirection direction, std::optional<std::string> vlan_filter = {}) {
    model::TapFlow flow;
    flow.id = {uuid(10, 1)};
    flow.service = service;
    flow.source = port_id(watched);
    flow.direction = direction;
    flow.vlan_filter = std::move(vlan_filter);
    world.put("tap_flow/" + flow.id.text(), flow);
  }
  void mirror(MirrorType type, std::optional<std::uint32_t> key_in, std::optional<std::uint32_t> key_out,
              const char* remote = "198.51.100.9") {
    model::TapMirror row;
    row.id = {uuid(11, 1)};
    row.port = port_id(watched);
    row.remote = ip(remote);
    row.type = type;
    row.key_in = key_in;
    row.key_out = key_out;
    world.put("tap_mirror/" + row.id.text(), row);
  }
  void trunk() {
    world.port(below, 2, {"10.0.0.21"}, [](model::Port& port) {
      port.carrier = port_id(watched);
      port.carrier_vlan_id = 7;
    });
    world.facts.plugged.erase(port_id(below));
  }
  std::vector<std::string> ways(std::uint32_t in_port, const Packet& packet) {
    return send(world.tables(), in_port, packet).ways;
  }
  const Packet out = udp(mac(watched), mac(other), "10.0.0.1", "10.0.0.2");
  const Packet in = udp(mac(other), mac(watched), "10.0.0.2", "10.0.0.1");
  World world;
};

TEST_F(Taps, copies_are_of_the_direction_that_is_asked_for) {
  listens_here();
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
  copies(TapDirection::out);
  EXPECT_THAT(ways(watched, out), UnorderedElementsAre("2", "3"));
  EXPECT_THAT(ways(other, in), ElementsAre("1"));
  copies(TapDirection::in);
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
  EXPECT_THAT(ways(other, in), UnorderedElementsAre("1", "3"));
  copies(TapDirection::both);
  EXPECT_THAT(ways(watched, out), UnorderedElementsAre("2", "3"));
  EXPECT_THAT(ways(other, in), UnorderedElementsAre("1", "3"));
}

TEST_F(Taps, others_traffic_is_not_copied) {
  listens_here();
  copies(TapDirection::both);
  world.port(5, 1, {"10.0.0.5"});
  EXPECT_THAT(ways(other, udp(mac(other), mac(5), "10.0.0.2", "10.0.0.5")), ElementsAre("5"));
  EXPECT_THAT(ways(5, udp(mac(5), mac(other), "10.0.0.5", "10.0.0.2")), ElementsAre("2"));
}

TEST_F(Taps, what_the_port_sends_is_copied_though_nobody_gets_it) {
  listens_here();
  copies(TapDirection::both);
  EXPECT_THAT(ways(watched, udp(mac(other), mac(5), "10.0.0.2", "10.0.0.5")), ElementsAre("3"));
}

TEST_F(Taps, what_the_port_does_not_get_is_not_copied) {
  listens_here();
  copies(TapDirection::both);
  world.port(watched, 1, {"10.0.0.1"}, [](model::Port& port) { port.security_groups.clear(); });
  EXPECT_THAT(ways(other, in), IsEmpty());
}

TEST_F(Taps, broadcasts_and_answers_of_the_switch_are_copied) {
  listens_here();
  copies(TapDirection::in);
  EXPECT_THAT(ways(other, udp(mac(other), broadcast, "10.0.0.2", "10.0.0.255")),
              UnorderedElementsAre("1", "3", "tunnel 192.0.2.2 vni 101"));
  const Fate fate = send(world.tables(), watched, arp(1, {mac(watched), "10.0.0.1"}, {{}, "10.0.0.2"}));
  EXPECT_THAT(fate.ways, UnorderedElementsAre("1", "3"));
  for (const auto& emission : fate.walk.emissions) EXPECT_EQ(emission.packet.number(Field::arp_op), 2U);
  const Tables tables = world.tables();
  std::vector<std::string> of_agent;
  const auto answer = delivery_to(tables.answers.at(port_id(watched)).target);
  for (const auto& emission : sim::Pipeline(tables.flows).send(answer, Packet()).emissions)
    of_agent.push_back(way_of(emission));
  EXPECT_THAT(of_agent, UnorderedElementsAre("1", "3"));
}

TEST_F(Taps, copies_for_another_node_go_by_the_services_own_vni) {
  listens_there();
  copies(TapDirection::both);
  EXPECT_THAT(ways(watched, out), UnorderedElementsAre("2", "tunnel 192.0.2.2 vni 200"));
  EXPECT_THAT(ways(other, in), UnorderedElementsAre("1", "tunnel 192.0.2.2 vni 200"));
  const Packet from_peer = udp(mac(4), mac(watched), "10.0.0.4", "10.0.0.1").set(Field::tunnel_id, 101);
  EXPECT_THAT(ways(tunnel_ofport, from_peer), UnorderedElementsAre("1", "tunnel 192.0.2.2 vni 200"));
  EXPECT_THAT(ways(watched, udp(mac(watched), mac(4), "10.0.0.1", "10.0.0.4")),
              UnorderedElementsAre("tunnel 192.0.2.2 vni 101", "tunnel 192.0.2.2 vni 200"));
}

TEST_F(Taps, what_comes_by_the_services_vni_is_for_the_listener_alone) {
  Packet copy = out;
  copy.set(Field::tunnel_id, vni);
  EXPECT_THAT(ways(tunnel_ofport, copy), IsEmpty());
  listens_here();
  EXPECT_THAT(ways(tunnel_ofport, copy), ElementsAre("3"));
  EXPECT_THAT(ways(watched, copy), ElementsAre("2"));
  world.facts.plugged.erase(port_id(listener));
  EXPECT_THAT(ways(tunnel_ofport, copy), IsEmpty());
}

TEST_F(Taps, a_service_whose_port_is_nowhere_gets_nothing) {
  copies(TapDirection::both);
  world.put("tap/" + service.text(), model::Tap{service, port_id(44), vni, ""});
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
  world.put("tap/" + service.text(), model::Tap{service, port_id(44), vni, "unheard-of"});
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
}

TEST_F(Taps, what_is_below_a_trunk_is_copied_without_its_tag) {
  trunk();
  listens_here();
  world.port(5, 2, {"10.0.0.5"});
  model::TapFlow flow;
  flow.id = {uuid(10, 2)};
  flow.service = service;
  flow.source = port_id(below);
  world.put("tap_flow/" + flow.id.text(), flow);
  Packet tagged = udp(mac(below), mac(5), "10.0.0.21", "10.0.0.5").set(Field::vlan_tci, 0x1007);
  EXPECT_THAT(ways(watched, tagged), UnorderedElementsAre("3", "5"));
  EXPECT_THAT(ways(5, udp(mac(5), mac(below), "10.0.0.5", "10.0.0.21")), UnorderedElementsAre("1 vlan 7", "3"));
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
}

TEST_F(Taps, a_filter_is_of_the_vlans_on_the_ports_interface) {
  trunk();
  listens_here();
  world.port(5, 2, {"10.0.0.5"});
  const Packet tagged = udp(mac(below), mac(5), "10.0.0.21", "10.0.0.5").set(Field::vlan_tci, 0x1007);
  copies(TapDirection::both, "2,5-9");
  EXPECT_THAT(ways(watched, tagged), UnorderedElementsAre("3 vlan 7", "5"));
  EXPECT_THAT(ways(5, udp(mac(5), mac(below), "10.0.0.5", "10.0.0.21")), UnorderedElementsAre("1 vlan 7", "3 vlan 7"));
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));
  copies(TapDirection::both, "8-9");
  EXPECT_THAT(ways(watched, tagged), ElementsAre("5"));
}

TEST_F(Taps, mirrors_leave_by_a_tunnel_port_that_is_there_while_they_are) {
  EXPECT_FALSE(world.tables().switch_ports.contains(gre_port_name));
  mirror(MirrorType::gre, 71, 72);
  const domain::SwitchPort::Spec port = world.tables().switch_ports.at(gre_port_name);
  EXPECT_EQ(port.type, domain::SwitchPort::Type::gre);
  EXPECT_EQ(port.options.at("remote_ip"), "flow");
  EXPECT_EQ(port.options.at("key"), "flow");
  EXPECT_THAT(ways(watched, out), ElementsAre("2"));  // not made yet
  world.facts.mirror_ports[{MirrorType::gre, Family::v4}] = gre_ofport;
  for (const auto& [in_port, packet, key] : {std::tuple(watched, out, 72U), std::tuple(other, in, 71U)}) {
    const Fate fate = send(world.tables(), static_cast<std::uint32_t>(in_port), packet);
    const auto copy = std::ranges::find(fate.walk.emissions, gre_ofport, &sim::Emission::port);
    ASSERT_NE(copy, fate.walk.emissions.end());
    EXPECT_EQ(copy->packet.number(Field::tunnel_id), key);
    EXPECT_EQ(copy->packet.ip(Field::tunnel_dst), ip("198.51.100.9"));
    EXPECT_EQ(fate.walk.emissions.size(), 2U);
  }
  world.remove("tap_mirror/" + uuid(11, 1).text());
  EXPECT_FALSE(world.tables().switch_ports.contains(gre_port_name));
}

// ovs-fields(7), tun_dst: the address of one family is zero where that of the other is used.
TEST_F(Taps, mirrors_to_ipv6_addresses_have_a_port_of_their_own_and_leave_no_trace) {
  mirror(MirrorType::gre, 71, 72, "2001:db8::9");
  const Tables before = world.tables();
  EXPECT_FALSE(before.switch_ports.contains(gre_port_name));
  EXPECT_FALSE(before.switch_ports.at(gre6_port_name).options.contains("local_ip"));  // ours is of IPv4
  world.facts.mirror_ports[{MirrorType::gre, Family::v6}] = gre_ofport;
  for (const auto& [in_port, packet, key] : {std::tuple(watched, out, 72U), std::tuple(other, in, 71U)}) {
    const Fate fate = send(world.tables(), static_cast<std::uint32_t>(in_port), packet);
    ASSERT_EQ(fate.walk.emissions.size(), 2U);
    const auto copy = std::ranges::find(fate.walk.emissions, gre_ofport, &sim::Emission::port);
    ASSERT_NE(copy, fate.walk.emissions.end());
    EXPECT_EQ(copy->packet.number(Field::tunnel_id), key);
    EXPECT_EQ(copy->packet.ip(Field::tunnel_ipv6_dst), ip("2001:db8::9"));
    EXPECT_TRUE(copy->packet.ip(Field::tunnel_dst).is_zero());
    EXPECT_TRUE(fate.walk.last.ip(Field::tunnel_ipv6_dst).is_zero());
  }
}

TEST_F(Taps, erspan_has_a_port_of_its_own) {
  mirror(MirrorType::erspan_v1, 1, std::nullopt);
  const Tables tables = world.tables();
  EXPECT_FALSE(tables.switch_ports.contains(gre_port_name));
  EXPECT_EQ(tables.switch_ports.at(erspan_port_name).options.at("erspan_ver"), "1");
}

TEST_F(Taps, whatever_came_and_went_the_flows_are_those_of_a_fresh_start) {
  const auto is_fresh = [this] {
    const Tables tables = world.tables();
    return tables == world.from_scratch();
  };
  const auto before = world.tables().flows;
  trunk();
  listens_here();
  copies(TapDirection::both, "1-9");
  world.facts.mirror_ports[{MirrorType::gre, Family::v4}] = gre_ofport;
  mirror(MirrorType::gre, 71, 72);
  EXPECT_TRUE(is_fresh());
  listens_there();
  EXPECT_TRUE(is_fresh());
  world.remove("tap/" + service.text());
  world.remove("tap_flow/" + uuid(10, 1).text());
  world.remove("tap_mirror/" + uuid(11, 1).text());
  world.remove("port/" + port_id(below).text());
  EXPECT_TRUE(is_fresh());
  EXPECT_EQ(world.tables().flows, before);
}

}  // namespace
}  // namespace tarn::render::test
