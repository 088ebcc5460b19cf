// Where packets go: claims about whole packets walked through the rendered flows.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::NetworkType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Two ports here (1, 2) on network 1, peers 11 and 12 on two other nodes; network 2 uses the same addresses.
World two_networks(NetworkType type) {
  World world;
  for (const std::uint64_t network : {std::uint64_t{1}, std::uint64_t{2}}) world.network(network, type);
  world.subnet(1, 1, "10.0.0.0/24");
  world.subnet(2, 1, "2001:db8::/64");
  world.port(1, 1, {"10.0.0.1", "2001:db8::1"});
  world.port(2, 1, {"10.0.0.2", "2001:db8::2"});
  world.port(3, 2, {"10.0.0.2"}, [](model::Port& port) { port.mac = mac(2); });
  world.port(4, 2, {"10.0.0.4"});
  world.peer(11, 1, {"10.0.0.11", "2001:db8::11"}, "east");
  world.peer(12, 1, {"10.0.0.12"}, "west");
  world.node("east", "192.0.2.11");
  world.node("west", "192.0.2.12");
  return world;
}

TEST(Delivery, unicast_between_two_ports_of_a_node_reaches_exactly_the_right_one) {
  for (const auto type : {NetworkType::vxlan, NetworkType::vlan}) {
    World world = two_networks(type);
    const Tables tables = world.tables();
    EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, ElementsAre("2"));
    EXPECT_THAT(send(tables, 2, udp(mac(2), mac(1), "2001:db8::2", "2001:db8::1")).ways, ElementsAre("1"));
  }
}

TEST(Delivery, the_same_addresses_in_another_network_are_another_world) {
  World world = two_networks(NetworkType::vxlan);
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 4, udp(mac(4), mac(2), "10.0.0.4", "10.0.0.2")).ways, ElementsAre("3"));
  EXPECT_THAT(send(tables, 4, udp(mac(4), mac(1), "10.0.0.4", "10.0.0.1")).ways, IsEmpty());
}

TEST(Delivery, a_packet_to_itself_does_not_come_back) {
  World world = two_networks(NetworkType::vxlan);
  EXPECT_THAT(send(world.tables(), 1, udp(mac(1), mac(1), "10.0.0.1", "10.0.0.1")).ways, IsEmpty());
}

TEST(Delivery, known_unicast_goes_straight_to_its_host) {
  World world = two_networks(NetworkType::vxlan);
  EXPECT_THAT(send(world.tables(), 1, udp(mac(1), mac(11), "10.0.0.1", "10.0.0.11")).ways,
              ElementsAre("tunnel 192.0.2.11 vni 101"));
}

TEST(Delivery, unknown_unicast_is_dropped_in_a_tenant_network) {
  World world = two_networks(NetworkType::vxlan);
  EXPECT_THAT(send(world.tables(), 1, udp(mac(1), mac(99), "10.0.0.1", "10.0.0.99")).ways, IsEmpty());
}

TEST(Delivery, broadcast_reaches_exactly_the_ports_and_hosts_of_the_network_once) {
  World world = two_networks(NetworkType::vxlan);
  world.peer(13, 1, {"10.0.0.13"}, "west");
  EXPECT_THAT(send(world.tables(), 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways,
              ElementsAre("2", "tunnel 192.0.2.11 vni 101", "tunnel 192.0.2.12 vni 101"));
}

TEST(Delivery, what_comes_from_a_tunnel_never_goes_into_a_tunnel) {
  World world = two_networks(NetworkType::vxlan);
  const Tables tables = world.tables();
  const auto tunnelled = [](Packet packet) { return packet.set(Field::tunnel_id, 101); };
  EXPECT_THAT(send(tables, tunnel_ofport, tunnelled(udp(mac(11), broadcast, "10.0.0.11", "255.255.255.255"))).ways,
              ElementsAre("1", "2"));
  EXPECT_THAT(send(tables, tunnel_ofport, tunnelled(udp(mac(11), mac(12), "10.0.0.11", "10.0.0.12"))).ways, IsEmpty());
  EXPECT_THAT(send(tables, tunnel_ofport, tunnelled(udp(mac(11), mac(2), "10.0.0.11", "10.0.0.2"))).ways,
              ElementsAre("2"));
}

// The switch would not send to the port a packet came from anyway; a second kind of tunnel must not depend on that.
TEST(Delivery, every_flow_into_an_uplink_asks_for_a_port_of_this_node_as_the_source) {
  for (const auto type : {NetworkType::vxlan, NetworkType::vlan, NetworkType::flat}) {
    const Tables tables = two_networks(type).tables();
    std::size_t leading_out = 0;
    for (const auto& [key, spec] : tables.flows) {
      const bool out = std::ranges::any_of(spec.actions, [](const wire::of::Action& action) {
        const auto* output = std::get_if<wire::of::Output>(&action);
        return output != nullptr && (output->port == tunnel_ofport || output->port == patch_ofport);
      });
      if (!out) continue;
      ++leading_out;
      const auto* origin = key.match.find(reg::origin);
      ASSERT_NE(origin, nullptr) << wire::of::text(key, spec);
      EXPECT_EQ(*origin, wire::of::FieldValue::number(reg::origin, static_cast<std::uint64_t>(Origin::local)));
    }
    EXPECT_GT(leading_out, 0U);
  }
}

TEST(Delivery, an_unknown_network_identifier_is_dropped) {
  World world = two_networks(NetworkType::vxlan);
  const Packet packet = udp(mac(11), broadcast, "10.0.0.11", "255.255.255.255").set(Field::tunnel_id, 999);
  EXPECT_THAT(send(world.tables(), tunnel_ofport, packet).ways, IsEmpty());
}

TEST(Delivery, a_vlan_network_is_tagged_on_the_wire_and_untagged_at_the_port) {
  World world = two_networks(NetworkType::vlan);
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(11), "10.0.0.1", "10.0.0.11")).ways, ElementsAre("physical vlan 101"));
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(99), "10.0.0.1", "10.0.0.99")).ways, ElementsAre("physical vlan 101"));
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways,
              ElementsAre("2", "physical vlan 101"));
  const auto tagged = [](Packet packet) { return packet.set(Field::vlan_tci, 0x1000 | 101); };
  EXPECT_THAT(send(tables, patch_ofport, tagged(udp(mac(11), mac(2), "10.0.0.11", "10.0.0.2"))).ways, ElementsAre("2"));
  EXPECT_THAT(send(tables, patch_ofport, tagged(udp(mac(11), broadcast, "10.0.0.11", "255.255.255.255"))).ways,
              ElementsAre("1", "2"));
  EXPECT_THAT(send(tables, patch_ofport, tagged(udp(mac(11), mac(99), "10.0.0.11", "10.0.0.99"))).ways, IsEmpty());
  EXPECT_THAT(send(tables, patch_ofport, udp(mac(11), mac(2), "10.0.0.11", "10.0.0.2")).ways, IsEmpty());
}

TEST(Delivery, a_flat_network_is_untagged_everywhere) {
  World world;
  world.network(1, NetworkType::flat);
  world.subnet(1, 1, "10.0.0.0/24");
  world.port(1, 1, {"10.0.0.1"});
  world.port(2, 1, {"10.0.0.2"});
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways,
              ElementsAre("2", "physical untagged"));
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, ElementsAre("2"));
  EXPECT_THAT(send(tables, patch_ofport, udp(mac(9), mac(2), "10.0.0.9", "10.0.0.2")).ways, ElementsAre("2"));
  EXPECT_THAT(
      send(tables, patch_ofport, udp(mac(9), mac(2), "10.0.0.9", "10.0.0.2").set(Field::vlan_tci, 0x1000 | 101)).ways,
      IsEmpty());
}

TEST(Delivery, a_port_does_not_send_tagged_frames) {
  World world = two_networks(NetworkType::vxlan);
  world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.port_security_enabled = false; });
  EXPECT_THAT(send(world.tables(), 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2").set(Field::vlan_tci, 0x1005)).ways,
              IsEmpty());
}

TEST(Delivery, bridge_control_frames_are_not_forwarded) {
  World world = two_networks(NetworkType::vlan);
  world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.port_security_enabled = false; });
  const Mac spanning_tree{{0x01, 0x80, 0xc2, 0, 0, 0}};
  EXPECT_THAT(send(world.tables(), 1, ethernet(mac(1), spanning_tree, 0x0026)).ways, IsEmpty());
}

TEST(Delivery, administratively_down_means_that_nothing_passes) {
  World world = two_networks(NetworkType::vxlan);
  world.port(2, 1, {"10.0.0.2"}, [](model::Port& port) { port.admin_state_up = false; });
  Tables tables = world.tables();
  EXPECT_THAT(send(tables, 2, udp(mac(2), mac(1), "10.0.0.2", "10.0.0.1")).ways, IsEmpty());
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, IsEmpty());
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways,
              ElementsAre("tunnel 192.0.2.11 vni 101", "tunnel 192.0.2.12 vni 101"));
  EXPECT_EQ(tables.wired.at(port_id(2)), Wired::admin_down);

  world.network(1, NetworkType::vxlan, [](model::Network& network) { network.admin_state_up = false; });
  tables = world.tables();
  EXPECT_THAT(send(tables, 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways, IsEmpty());
  EXPECT_THAT(
      send(tables, tunnel_ofport, udp(mac(11), mac(1), "10.0.0.11", "10.0.0.1").set(Field::tunnel_id, 101)).ways,
      IsEmpty());
  EXPECT_EQ(tables.wired.at(port_id(1)), Wired::admin_down);
}

TEST(Delivery, who_has_a_group_for_a_mac_takes_nothing_from_the_group) {
  World world = two_networks(NetworkType::vxlan);
  const Mac group = multicast_of(ip("ff02::fb"));
  const auto named_so = [&](model::Port& port) { port.mac = group; };
  world.port(2, 1, {"10.0.0.2"}, named_so);
  const Tables tables = world.tables();
  EXPECT_EQ(tables.wired.at(port_id(2)), Wired::group_mac);
  EXPECT_THAT(send(tables, 2, udp(group, mac(1), "10.0.0.2", "10.0.0.1")).ways, IsEmpty());
  const auto to_all = send(tables, 1, udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255")).ways;
  EXPECT_THAT(to_all, ElementsAre("tunnel 192.0.2.11 vni 101", "tunnel 192.0.2.12 vni 101"));
  EXPECT_EQ(send(tables, 1, udp(mac(1), group, "10.0.0.1", "10.0.0.2")).ways, to_all);
}

TEST(Delivery, an_unplugged_port_has_no_flows_until_its_interface_appears) {
  World world = two_networks(NetworkType::vxlan);
  world.facts.plugged.erase(port_id(2));
  Tables tables = world.tables();
  EXPECT_EQ(tables.wired.at(port_id(2)), Wired::unplugged);
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, IsEmpty());
  world.facts.plugged[port_id(2)] = {"tap-new", 77, {}};
  tables = world.tables();
  EXPECT_EQ(tables.wired.at(port_id(2)), Wired::yes);
  EXPECT_EQ(tables.ofport_pins.at("tap-new").ofport, 77U);
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, ElementsAre("77"));
}

TEST(Delivery, a_network_without_a_recorded_number_has_no_flows) {
  World world = two_networks(NetworkType::vxlan);
  world.facts.numbers.erase(network_id(1));
  const Tables tables = world.tables();
  EXPECT_EQ(tables.wired.at(port_id(1)), Wired::no_number);
  EXPECT_THAT(send(tables, 1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")).ways, IsEmpty());
  EXPECT_TRUE(tables.numbers.contains(network_id(1)));
}

TEST(Delivery, a_port_says_when_its_way_out_is_missing) {
  World world = two_networks(NetworkType::vlan);
  world.facts.patch_ports.clear();
  EXPECT_EQ(world.tables().wired.at(port_id(1)), Wired::no_uplink);
  World tunnels = two_networks(NetworkType::vxlan);
  tunnels.facts.tunnel_port.reset();
  EXPECT_EQ(tunnels.tables().wired.at(port_id(1)), Wired::no_uplink);
}

TEST(Delivery, a_network_of_thousands_stays_within_the_switchs_limits) {
  World world;
  world.network(1);
  constexpr std::uint64_t ports = 800;
  for (std::uint64_t p = 1; p <= ports; ++p) world.port(p, 1, {}, [p](model::Port& row) { row.mac = mac(5000 + p); });
  const Fate fate = send(world.tables(), 1, udp(mac(5001), broadcast, "fe80::f816:3eff:fe00:1389", "ff02::1"));
  EXPECT_EQ(fate.ways.size(), ports - 1);
}

}  // namespace
}  // namespace tarn::render::test
