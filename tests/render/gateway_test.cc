// Gateways and floating IPs: what leaves is translated here, what comes back finds the host that translated it, and
// what nobody asked for comes nowhere.
#include <gmock/gmock.h>

#include "model/gateways.h"
#include "world.h"

namespace tarn::render::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t inside = 51;  // the router's interface on network 1
// Its port on network 9, which is outside. Of the three hosts below, this one is the first for it.
constexpr std::uint64_t gateway = 63;
constexpr std::uint64_t stranger = 0xabcdef;
constexpr std::uint64_t upstream = 0xaaaaaa;
constexpr std::uint64_t named = 77;  // the floating IP's own MAC
const std::string own = "203.0.113.10";
const std::string floating_ip = "203.0.113.20";
const std::string far = "198.51.100.7";

// Port 1 (10.0.1.1) and, with a floating IP, port 2 (10.0.1.2) are here. This node has the ports from 2048 to 4095 of
// the gateway, the east those from 4096.
class Outer {
 public:
  explicit Outer(bool answers = true, bool translates = true) {
    world.network(1);
    world.subnet(1, 1, "10.0.1.0/24");
    world.port(1, 1, {"10.0.1.1"});
    world.port(2, 1, {"10.0.1.2"});
    world.interface(inside, 1, 1, {{1, "10.0.1.254"}});
    world.router(1, [&](model::Router& router) {
      router.gateways = {{network_id(9), port_id(gateway), translates, std::nullopt}};
    });
    world.node("east", "192.0.2.2");
    world.put("outside/" + network_id(9).text(),
              model::OutsideNetwork{network_id(9), true, 1500, model::NetworkType::vlan, "physnet1", 109});
    world.put(
        "outside_subnet/" + subnet_id(9).text(),
        model::OutsideSubnet{subnet_id(9), network_id(9), Prefix::parse("203.0.113.0/24").value(), ip("203.0.113.1")});
    world.put(
        "gateway/" + port_id(gateway).text(),
        model::RouterGateway{
            port_id(gateway), router_id(1), network_id(9), mac(gateway), {{subnet_id(9), ip(own)}}, translates, true});
    const std::string host = answers ? "here" : "east";
    world.put("gateway_host/" + port_id(gateway).text() + "/" + host, model::GatewayHost{port_id(gateway), host});
    block(1, "here", 2048);
    if (answers) block(2, "east", 4096);
    world.put("floating/" + uuid(8, 1).text(),
              model::FloatingAddress{
                  {uuid(8, 1)}, router_id(1), network_id(9), mac(named), ip(floating_ip), ip("10.0.1.2"), port_id(2)});
    world.facts.numbers[network_id(9)] = 9;
    world.facts.numbers[NetworkId{port_id(gateway).uuid}] = 61;
    settle();
  }

  void block(std::uint64_t id, const std::string& host, std::uint32_t first) {
    world.put("block/" + uuid(9, id).text(), model::PortBlock{{uuid(9, id)}, port_id(gateway), host, first, 2048});
  }
  // The rows as they are now, in the switch; what it learned and remembers stays.
  void settle() {
    for (const auto& [key, spec] : world.tables().flows) flows_.insert_or_assign(key, spec);
    std::erase_if(flows_, [this](const auto& flow) {
      return !world.renderer.tables().flows.contains(flow.first) && !learned_.contains(flow.first);
    });
  }
  Fate send(std::uint32_t in_port, const Packet& packet) {
    Fate fate;
    fate.walk = sim::Pipeline(flows_).walk(in_port, packet, conntrack_);
    EXPECT_THAT(fate.walk.faults, IsEmpty());
    for (const auto& emission : fate.walk.emissions) fate.ways.push_back(way_of(emission));
    std::ranges::sort(fate.ways);
    fate.walk.teach(conntrack_);
    for (const sim::Learned& learned : fate.walk.learned) {
      flows_.insert_or_assign(learned.key, learned.spec);
      learned_.insert(learned.key);
    }
    return fate;
  }
  void hear_of(const std::string& address, const Mac& mac_there) {
    send(patch_ofport, tagged(arp(2, {mac_there, address}, {segment(), "0.0.0.0"}, segment())));
  }
  // By which this node speaks outside where no floating IP does.
  Mac segment() { return world.tables().next_hops.at(network_id(9)).mac; }
  static Packet tagged(Packet packet) { return packet.set(Field::vlan_tci, 0x1000 | 109); }

  World world;

 private:
  std::map<wire::of::FlowKey, wire::of::FlowSpec> flows_;
  std::set<wire::of::FlowKey> learned_;
  sim::Conntrack conntrack_{sim::Tracker::userspace};
};

const Packet& left(const Fate& fate) {
  static const Packet nothing;
  return fate.walk.emissions.empty() ? nothing : fate.walk.emissions.back().packet;
}

Packet out(std::uint64_t port, const std::string& to = far, std::uint64_t source_port = 1000) {
  return udp(mac(port), mac(inside), "10.0.1." + std::to_string(port), to, source_port, 53);
}
Packet from_outside(const Mac& to, const std::string& address, std::uint64_t source_port, std::uint64_t port) {
  return Outer::tagged(udp(mac(upstream), to, far, address, source_port, port));
}

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
  EXPECT_EQ(tables.announcements.at(uuid(8, 1)), (answer::Announcement{9, mac(named), ip(floating_ip)}));
  EXPECT_EQ(away.world.tables().announcements.size(), 1U);
  EXPECT_THAT(tables.next_hops.at(network_id(9)).addresses, ElementsAre(ip("203.0.113.1")));
}

TEST(Gateway, who_is_not_known_outside_is_asked_for_and_learned) {
  Outer outer;
  const Fate lost = outer.send(1, out(1));
  ASSERT_THAT(lost.ways, ElementsAre("agent"));
  wire::of::PacketIn packet;
  packet.metadata = left(lost).description();
  EXPECT_EQ(unresolved(packet).network_number, 9U);
  EXPECT_EQ(unresolved(packet).next_hop.text(), "203.0.113.1");
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

// A host may answer for a gateway and have nobody behind it.
TEST(Gateway, who_answers_for_others_needs_no_router_of_its_own) {
  Outer outer;
  outer.world.remove("router/" + router_id(1).text());
  outer.world.remove(World::interface_name(inside));
  for (const std::uint64_t p : {1, 2}) outer.world.remove("port/" + port_id(p).text());
  outer.world.remove("network/" + network_id(1).text());
  outer.world.remove("block/" + uuid(9, 1).text());
  outer.world.remove("floating/" + uuid(8, 1).text());
  outer.settle();
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, 5000)).ways,
              ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Packet echo = Outer::tagged(ethernet(mac(upstream), mac(gateway), 0x0800)
                                        .set(Field::ipv4_src, ip(far))
                                        .set(Field::ipv4_dst, ip(own))
                                        .set(Field::ip_proto, 1)
                                        .set(Field::ip_ttl, 64)
                                        .set(Field::icmp_type, 8));
  EXPECT_THAT(outer.send(patch_ofport, echo).ways, ElementsAre("physical vlan 109"));
  // Whatever flows name must be there, or the switch takes none of them.
  const Tables tables = outer.world.tables();
  std::size_t metered = 0;
  for (const auto& [key, spec] : tables.flows) {
    for (const wire::of::Action& action : spec.actions) {
      if (const auto* meter = std::get_if<wire::of::Meter>(&action)) {
        ++metered;
        EXPECT_TRUE(tables.meters.contains(meter->meter)) << meter->meter;
      }
    }
  }
  EXPECT_GT(metered, 0U);
}

// Of three hosts that may answer, this one and two that it watches.
class Shared : public Outer {
 public:
  Shared() {
    for (const std::string host : {"here", "east", "west"})
      world.put("gateway_host/" + port_id(gateway).text() + "/" + host, model::GatewayHost{port_id(gateway), host});
    world.node("west", "192.0.2.3");
    settle();
  }
  void see(const std::string& host, bool there) { world.facts.watched[watch_port_name(host)] = there; }
  bool answers() { return world.tables().announcements.contains(port_id(gateway).uuid); }
};

TEST(Gateway, the_first_host_that_is_there_answers_unless_it_sees_nobody) {
  std::vector<std::string> order{"here", "east", "west"};
  std::ranges::sort(order, std::ranges::greater(),
                    [](const std::string& host) { return model::gateway_rank(port_id(gateway), host); });
  for (const bool east : {true, false}) {
    for (const bool west : {true, false}) {
      Shared shared;
      shared.see("east", east);
      shared.see("west", west);
      const std::map<std::string, bool> there{{"here", true}, {"east", east}, {"west", west}};
      const auto first = std::ranges::find_if(order, [&](const std::string& host) { return there.at(host); });
      EXPECT_EQ(shared.answers(), *first == "here" && (east || west)) << east << west;
      // Whoever may answer takes what comes to it all the same: it may be on its way.
      shared.settle();
      EXPECT_THAT(shared.send(patch_ofport, from_outside(mac(gateway), own, 53, 5000)).ways,
                  ElementsAre("tunnel 192.0.2.2 vni 0"));
    }
  }
}

TEST(Gateway, a_host_without_a_wire_does_not_answer_and_says_so) {
  Shared shared;
  shared.see("east", true);
  shared.see("west", true);
  const auto path_down = [&](const std::string& host) {
    return shared.world.tables().switch_ports.at(watch_port_name(host)).bfd.at("cpath_down");
  };
  EXPECT_EQ(path_down("east"), "false");
  shared.world.facts.severed = {"physnet1"};
  EXPECT_FALSE(shared.answers());
  EXPECT_EQ(path_down("east"), "true");
  EXPECT_EQ(path_down("west"), "true");
}

TEST(Gateway, those_who_may_answer_watch_each_other_and_nobody_else_does) {
  Shared shared;
  const Tables tables = shared.world.tables();
  const domain::SwitchPort::Spec& east = tables.switch_ports.at(watch_port_name("east"));
  EXPECT_EQ(east.options.at("remote_ip"), "192.0.2.2");
  EXPECT_EQ(east.options.at("key"), "16777215");
  EXPECT_EQ(east.bfd.at("enable"), "true");
  EXPECT_FALSE(tables.switch_ports.contains(watch_port_name("here")));
  Outer away(false);
  EXPECT_FALSE(away.world.tables().switch_ports.contains(watch_port_name("east")));
}

// It must be heard above who answered until now.
TEST(Gateway, what_it_says_of_itself_is_said_again_when_others_come_and_go) {
  Shared shared;
  std::set<std::uint64_t> occasions;
  for (const bool east : {true, false}) {
    shared.see("east", east);
    shared.see("west", true);
    const auto announced = shared.world.tables().announcements;
    ASSERT_TRUE(announced.contains(port_id(gateway).uuid));
    occasions.insert(announced.at(port_id(gateway).uuid).occasion);
  }
  EXPECT_EQ(occasions.size(), 2U);
}

}  // namespace
}  // namespace tarn::render::test
