// Gateways and floating IPs: what leaves is translated here, what comes back finds the host that translated it, and
// what nobody asked for comes nowhere.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Gateway, what_leaves_has_the_gateways_address_and_a_port_of_this_host) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  const Fate fate = outer.send(1, out(1));
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).ip(Field::ipv4_src).text(), own);
  EXPECT_EQ(left(fate).ip(Field::ipv4_dst).text(), far);
  EXPECT_GE(left(fate).number(Field::udp_src), 2048U);
  EXPECT_LT(left(fate).number(Field::udp_src), 4096U);
  EXPECT_EQ(left(fate).number(Field::ip_ttl), 63U);
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
  EXPECT_EQ(left(fate).mac(Field::eth_src), outer.segment());
  EXPECT_TRUE(outer.segment().bytes[0] & 2) << "of no other maker";
}

TEST(Gateway, the_answer_comes_back_to_who_asked_and_to_nobody_else) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  const std::uint64_t port = left(outer.send(1, out(1))).number(Field::udp_src);
  const Fate answer = outer.send(patch_ofport, from_outside(mac(gateway), own, 53, port));
  EXPECT_THAT(answer.ways, ElementsAre("1"));
  EXPECT_EQ(left(answer).ip(Field::ipv4_dst).text(), "10.0.1.1");
  EXPECT_EQ(left(answer).number(Field::udp_dst), 1000U);
  EXPECT_EQ(left(answer).mac(Field::eth_src), mac(inside));
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 54, port)).ways, IsEmpty()) << "another sender";
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, port + 1)).ways, IsEmpty());
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(stranger), own, 53, port)).ways, IsEmpty());
}

// As another router of ours does that is asked for an echo.
TEST(Gateway, who_answers_to_the_link_address_that_asked_finds_who_did) {
  for (const bool answers : {true, false}) {
    Outer outer(answers);
    outer.hear_of("203.0.113.1", mac(upstream));
    const Fate asked = outer.send(1, out(1));
    const std::uint64_t port = left(asked).number(Field::udp_src);
    EXPECT_THAT(outer.send(patch_ofport, from_outside(left(asked).mac(Field::eth_src), own, 53, port)).ways,
                ElementsAre("1"))
        << answers;
  }
}

TEST(Gateway, two_instances_with_equal_ports_are_told_apart) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  outer.world.port(3, 1, {"10.0.1.3"});
  outer.settle();
  const std::uint64_t first = left(outer.send(1, out(1))).number(Field::udp_src);
  const std::uint64_t third = left(outer.send(3, out(3))).number(Field::udp_src);
  EXPECT_NE(first, third);
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, third)).ways, ElementsAre("3"));
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, first)).ways, ElementsAre("1"));
}

TEST(Gateway, who_answers_for_the_address_sends_a_port_to_its_host_and_keeps_nothing) {
  Outer outer;
  const Fate fate = outer.send(patch_ofport, from_outside(mac(gateway), own, 53, 5000));
  EXPECT_THAT(fate.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(fate.walk.commits, IsEmpty());
  EXPECT_EQ(left(fate).ip(Field::ipv4_dst).text(), own);
  for (const std::uint64_t nobodys : {80, 1024, 7000})
    EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, nobodys)).ways, IsEmpty()) << nobodys;
}

TEST(Gateway, what_comes_by_the_tunnel_is_for_this_host_alone) {
  Outer away(false);
  away.hear_of("203.0.113.1", mac(upstream));
  const std::uint64_t port = left(away.send(1, out(1))).number(Field::udp_src);
  // As the other host sends it: its own flows say by which MAC.
  Outer there;
  there.block(1, "east", 2048);
  there.block(2, "here", 4096);
  there.settle();
  const Fate sent = there.send(patch_ofport, from_outside(mac(gateway), own, 53, port));
  ASSERT_THAT(sent.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  Packet carried = udp(mac(upstream), left(sent).mac(Field::eth_dst), far, own, 53, port).set(Field::tunnel_id, 0);
  EXPECT_THAT(away.send(tunnel_ofport, carried).ways, ElementsAre("1"));
  EXPECT_THAT(away.send(tunnel_ofport,
                        udp(mac(upstream), left(sent).mac(Field::eth_dst), far, own, 53, 5000).set(Field::tunnel_id, 0))
                  .ways,
              IsEmpty());
  EXPECT_THAT(
      away.send(tunnel_ofport, udp(mac(upstream), mac(gateway), far, own, 53, port).set(Field::tunnel_id, 0)).ways,
      IsEmpty());
}

// Linux's TIME-WAIT is 60 s (TCP_TIMEWAIT_LEN); the kernel's connection tracking remembers for longer by itself.
TEST(Gateway, the_userspace_datapath_remembers_translated_connections_longer_than_servers) {
  Outer outer;
  outer.world.facts.config.datapath_type = "netdev";
  outer.settle();
  const auto zones = outer.world.tables().zones;
  ASSERT_EQ(zones.size(), 1U);
  const auto& [zone, spec] = *zones.begin();
  EXPECT_EQ(zone, 61U) << "the number of the gateway";
  for (const char* ended : {"tcp_close", "tcp_time_wait"}) EXPECT_GT(spec.seconds.at(ended), 60) << ended;
  EXPECT_EQ(spec.seconds.size(), 2U);

  outer.world.facts.config.datapath_type = "system";
  outer.settle();
  EXPECT_THAT(outer.world.tables().zones, IsEmpty());
  EXPECT_THAT(Outer(true, false).world.tables().zones, IsEmpty()) << "translates nothing to ports";
}

TEST(Gateway, what_has_no_ports_goes_to_each_host_that_may_know_it) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  const auto echo = [](const Mac& from, const Mac& to, const std::string& source, const std::string& destination,
                       std::uint64_t type) {
    return ethernet(from, to, 0x0800)
        .set(Field::ipv4_src, ip(source))
        .set(Field::ipv4_dst, ip(destination))
        .set(Field::ip_proto, 1)
        .set(Field::ip_ttl, 64)
        .set(Field::icmp_type, type);
  };
  const Packet reply = Outer::tagged(echo(mac(upstream), mac(gateway), far, own, 0));
  EXPECT_THAT(outer.send(patch_ofport, reply).ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(outer.send(1, echo(mac(1), mac(inside), "10.0.1.1", far, 8)).ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(outer.send(patch_ofport, reply).ways, ElementsAre("1", "tunnel 192.0.2.2 vni 0"));
  // The router itself is asked.
  const Fate asked = outer.send(patch_ofport, Outer::tagged(echo(mac(upstream), mac(gateway), far, own, 8)));
  EXPECT_THAT(asked.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(asked).number(Field::icmp_type), 0U);
  EXPECT_EQ(left(asked).ip(Field::ipv4_src).text(), own);
  EXPECT_EQ(left(asked).mac(Field::eth_dst), mac(upstream));
}

TEST(Gateway, a_floating_ip_is_address_for_address_both_ways) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  const Fate sent = outer.send(2, out(2));
  ASSERT_THAT(sent.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(sent).ip(Field::ipv4_src).text(), floating_ip);
  EXPECT_EQ(left(sent).number(Field::udp_src), 1000U);
  EXPECT_EQ(left(sent).mac(Field::eth_src), mac(named));
  const Fate called = outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222));
  ASSERT_THAT(called.ways, ElementsAre("2"));
  EXPECT_EQ(left(called).ip(Field::ipv4_dst).text(), "10.0.1.2");
  const Fate answer = outer.send(2, udp(mac(2), mac(inside), "10.0.1.2", far, 2222, 4000));
  ASSERT_THAT(answer.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(answer).ip(Field::ipv4_src).text(), floating_ip);
  EXPECT_EQ(left(answer).mac(Field::eth_src), mac(named));
}

TEST(Gateway, an_instance_without_reaches_the_floating_ip_of_its_neighbour) {
  Outer outer;
  const Fate called = outer.send(1, out(1, floating_ip));
  ASSERT_THAT(called.ways, ElementsAre("2"));
  EXPECT_EQ(left(called).ip(Field::ipv4_src).text(), own);
  const std::uint64_t port = left(called).number(Field::udp_src);
  const Fate answer = outer.send(2, udp(mac(2), mac(inside), "10.0.1.2", own, 53, port));
  ASSERT_THAT(answer.ways, ElementsAre("1"));
  EXPECT_EQ(left(answer).ip(Field::ipv4_src).text(), floating_ip);
  EXPECT_EQ(left(answer).number(Field::udp_dst), 1000U);
}

TEST(Gateway, a_floating_ip_goes_and_takes_its_connections) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  ASSERT_THAT(outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222)).ways, ElementsAre("2"));
  outer.world.remove("floating/" + uuid(8, 1).text());
  outer.settle();
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222)).ways, IsEmpty());
  EXPECT_THAT(outer.send(2, udp(mac(2), mac(inside), "10.0.1.2", far, 2222, 4000)).ways, IsEmpty());
  EXPECT_EQ(left(outer.send(2, out(2))).ip(Field::ipv4_src).text(), own);
}

TEST(Gateway, its_addresses_are_told_on_the_segment_where_they_are_and_nowhere_else) {
  Outer here;
  Outer away(false);
  const auto question = [](const std::string& address) {
    return Outer::tagged(arp(1, {mac(upstream), "203.0.113.1"}, {{}, address}));
  };
  for (const auto& [address, holder] : {std::pair(own, gateway), {floating_ip, named}}) {
    const Fate fate = here.send(patch_ofport, question(address));
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109")) << address;
    EXPECT_EQ(left(fate).number(Field::arp_op), 2U);
    EXPECT_EQ(left(fate).mac(Field::arp_sha), mac(holder));
    EXPECT_EQ(left(fate).ip(Field::arp_spa).text(), address);
    EXPECT_EQ(left(fate).mac(Field::arp_tha), mac(upstream));
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
  }
  EXPECT_THAT(away.send(patch_ofport, question(own)).ways, IsEmpty()) << "another host answers";
  EXPECT_THAT(here.send(patch_ofport, question("203.0.113.99")).ways, IsEmpty());
  const Tables tables = here.world.tables();
  EXPECT_EQ(tables.announcements.size(), 2U);
  EXPECT_EQ(tables.announcements.at(uuid(8, 1)), (answer::Announcement{9, mac(named), {ip(floating_ip)}}));
  EXPECT_EQ(away.world.tables().announcements.size(), 1U);
  EXPECT_THAT(tables.next_hops.at(network_id(9)).addresses, ElementsAre(ip("203.0.113.1")));
}

TEST(Gateway, who_is_not_known_outside_is_asked_for_and_learned) {
  Outer outer;
  const Fate lost = outer.send(1, out(1));
  ASSERT_THAT(lost.ways, ElementsAre("agent"));
  wire::of::PacketIn packet;
  packet.metadata = left(lost).description();
  EXPECT_EQ(unresolved(packet, Family::v4).network_number, 9U);
  EXPECT_EQ(unresolved(packet, Family::v4).next_hop.text(), "203.0.113.1");
  // Who asks for us is known by asking; who tells of itself without being a next hop is nobody's business.
  outer.send(patch_ofport, Outer::tagged(arp(1, {mac(stranger), "203.0.113.50"}, {{}, "203.0.113.51"})));
  EXPECT_THAT(outer.send(1, out(1, "203.0.113.50")).ways, ElementsAre("agent"));
  outer.send(patch_ofport, Outer::tagged(arp(1, {mac(stranger), "203.0.113.50"}, {{}, floating_ip})));
  EXPECT_THAT(outer.send(1, out(1, "203.0.113.50", 1001)).ways, ElementsAre("physical vlan 109"));
  // A next hop that is elsewhere now says so itself.
  outer.hear_of("203.0.113.1", mac(upstream));
  EXPECT_EQ(left(outer.send(1, out(1))).mac(Field::eth_dst), mac(upstream));
  outer.send(patch_ofport, Outer::tagged(arp(1, {mac(stranger), "203.0.113.1"}, {{}, "203.0.113.1"})));
  EXPECT_EQ(left(outer.send(1, out(1))).mac(Field::eth_dst), mac(stranger));
}

// A tenant has no word on the segment: what its instances say there is not learned, whatever they send.
TEST(Gateway, nothing_is_learned_from_within) {
  Outer outer;
  outer.send(1, arp(2, {mac(1), "203.0.113.1"}, {mac(inside), "10.0.1.254"}));
  EXPECT_THAT(outer.send(1, out(1)).ways, ElementsAre("agent"));
}

TEST(Gateway, nothing_leaves_untranslated) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  outer.world.remove("block/" + uuid(9, 1).text());
  outer.settle();
  EXPECT_THAT(outer.send(1, out(1)).ways, IsEmpty());
  EXPECT_THAT(outer.send(2, out(2)).ways, ElementsAre("physical vlan 109"));
  Outer crowded;
  crowded.hear_of("203.0.113.1", mac(upstream));
  crowded.world.put("block/" + uuid(9, 1).text(), model::PortBlock{{uuid(9, 1)}, port_id(gateway), "here", 2048, 64});
  crowded.settle();
  std::set<std::uint64_t> ports;
  int refused = 0;
  for (std::uint64_t i = 0; i < 70; ++i) {
    const Fate fate = crowded.send(1, out(1, far, 10'000 + i));
    if (fate.ways.empty()) ++refused;
    for (const auto& emission : fate.walk.emissions) {
      EXPECT_EQ(emission.packet.ip(Field::ipv4_src).text(), own);
      ports.insert(emission.packet.number(Field::udp_src));
    }
  }
  EXPECT_EQ(ports.size(), 64U);
  EXPECT_EQ(refused, 6);
}

// Such a translation takes ovs-vswitchd down; the walker calls it a fault.
TEST(Gateway, nothing_is_translated_to_itself) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  outer.world.port(1, 1, {"10.0.1.1"}, [](model::Port& port) { port.port_security_enabled = false; });
  outer.settle();
  for (std::uint64_t port = 2048; port < 2060; ++port)
    EXPECT_THAT(outer.send(1, udp(mac(1), mac(inside), own, far, port, 53)).ways, IsEmpty());
  const Packet echo = ethernet(mac(1), mac(inside), 0x0800)
                          .set(Field::ipv4_src, ip(own))
                          .set(Field::ipv4_dst, ip(far))
                          .set(Field::ip_proto, 1)
                          .set(Field::ip_ttl, 64)
                          .set(Field::icmp_type, 8);
  EXPECT_THAT(outer.send(1, echo).ways, IsEmpty());
  // A tenant may give its own network the addresses that are outside's.
  outer.world.port(2, 1, {floating_ip});
  model::FloatingAddress same = Outer::floating();
  same.fixed_address = same.address;
  outer.put(same);
  outer.settle();
  outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222));
  outer.send(2, udp(mac(2), mac(inside), floating_ip, far));
}

TEST(Gateway, without_translation_instances_are_who_they_are_and_are_led_to) {
  Outer outer(true, false);
  outer.hear_of("203.0.113.1", mac(upstream));
  EXPECT_EQ(left(outer.send(1, out(1))).ip(Field::ipv4_src).text(), "10.0.1.1");
  EXPECT_EQ(left(outer.send(2, out(2))).ip(Field::ipv4_src).text(), floating_ip);
  const Fate called = outer.send(patch_ofport, from_outside(mac(gateway), "10.0.1.1", 4000, 2222));
  EXPECT_THAT(called.ways, ElementsAre("1"));
  Outer translated;
  EXPECT_THAT(translated.send(patch_ofport, from_outside(mac(gateway), "10.0.1.1", 4000, 2222)).ways, IsEmpty());
}

TEST(Gateway, whoever_is_down_neither_sends_nor_answers) {
  const auto question = Outer::tagged(arp(1, {mac(upstream), "203.0.113.1"}, {{}, own}));
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  outer.world.put(
      "gateway/" + port_id(gateway).text(),
      model::RouterGateway{
          port_id(gateway), router_id(1), network_id(9), mac(gateway), {{subnet_id(9), ip(own)}}, true, false});
  outer.settle();
  EXPECT_THAT(outer.send(1, out(1)).ways, Each(std::string("agent"))) << "told that there is no route";
  EXPECT_THAT(outer.send(patch_ofport, question).ways, IsEmpty());
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222)).ways, IsEmpty());
}

}  // namespace
}  // namespace tarn::render::test
