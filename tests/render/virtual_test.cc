// Addresses that several ports may take by their allowed address pairs, as VRRP moves them: what is routed to one comes
// to whoever said last that it has it, wherever that is, and once.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string shared = "10.0.1.100";
const std::string shared6 = "fd00::100";
const std::string vrrp = "203.0.113.30";  // the floating IP of a port that holds the address and is bound nowhere
const Mac vrrp_mac{{0x00, 0x00, 0x5e, 0x00, 0x01, 0x33}};
constexpr std::uint64_t beside = 52;  // the router's interface on network 2
const std::string to_east = "tunnel 192.0.2.2 vni 0";
const std::string to_west = "tunnel 192.0.2.3 vni 0";

model::AddressPair pair(const std::string& address, std::optional<Mac> own = {}) {
  return {Prefix::of(ip(address), ip(address).bits()), own};
}

// Ports 1 and 2 here may take the address, and port 11 in the east. Port 3 is on another network of the router.
class Several : public Outer {
 public:
  explicit Several(std::optional<Mac> by = {}, bool answers = true) : Outer(answers) {
    world.network(2);
    world.subnet(3, 2, "10.0.2.0/24");
    world.port(3, 2, {"10.0.2.3"});
    world.interface(beside, 1, 2, {{3, "10.0.2.254"}});
    for (const std::uint64_t port : {1U, 2U}) {
      const auto let_take = [&](model::Port& row) { row.allowed_address_pairs = {pair(shared, by), pair(shared6)}; };
      world.port(port, 1, {"10.0.1." + std::to_string(port)}, let_take);
    }
    let_take(11, "east", by);
    settle();
  }
  void let_take(std::uint64_t port, const std::string& host, std::optional<Mac> by = {}) {
    model::Peer row{port_id(port), network_id(1), mac(port), {ip("10.0.1." + std::to_string(port))}, host};
    row.pairs = {pair(shared, by), pair(shared6)};
    world.put("peer/" + row.id.text(), row);
  }
  Fate route(const std::string& to = shared) {
    const bool v4 = ip(to).is_v4();
    return send(3, udp(mac(3), mac(beside), v4 ? "10.0.2.3" : "fd01::3", to));
  }
  static Packet announcement(const Mac& by, const std::string& address = shared) {
    return arp(1, {by, address}, {Mac{}, address});
  }
  // A port here says that it has the address; one elsewhere does.
  Fate take(std::uint32_t port) { return send(port, announcement(mac(port))); }
  Fate hear(const Mac& by) { return send(tunnel_ofport, announcement(by).set(Field::tunnel_id, 101)); }
};

// And both networks have IPv6 addresses.
class SeveralV6 : public Several {
 public:
  SeveralV6() {
    world.interface(inside, 1, 1, {{1, "10.0.1.254"}, {2, "fd00::254"}});
    world.subnet(2, 1, "fd00::/64");
    world.subnet(4, 2, "fd01::/64");
    world.interface(beside, 1, 2, {{3, "10.0.2.254"}, {4, "fd01::254"}});
    world.port(3, 2, {"10.0.2.3", "fd01::3"});
    settle();
  }
};

// As it comes to the host that it was sent to. Nothing of it may be said twice.
Packet copy_of(const Fate& fate, const std::string& way) {
  for (const auto& emission : fate.walk.emissions)
    if (way_of(emission) == way) return emission.packet.frame().set(Field::tunnel_id, 0);
  ADD_FAILURE() << "nothing went by " << way;
  return {};
}

TEST(Virtual, what_is_routed_to_it_goes_to_whoever_said_last_that_it_has_it) {
  Several here;
  here.let_take(12, "west");
  here.world.node("west", "192.0.2.3");
  here.settle();
  EXPECT_THAT(here.route().ways, ElementsAre(to_east, to_west)) << "nobody here said anything";
  here.take(1);
  const Fate fate = here.route();
  ASSERT_THAT(fate.ways, ElementsAre("1", to_east, to_west));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(1));
  EXPECT_EQ(left(fate).mac(Field::eth_src), mac(inside));
  EXPECT_EQ(left(fate).ip(Field::ipv4_dst).text(), shared);
  EXPECT_EQ(left(fate).number(Field::ip_ttl), 63U);
  here.take(2);
  EXPECT_THAT(here.route().ways, ElementsAre("2", to_east, to_west));
  here.hear(mac(11));
  EXPECT_THAT(here.route().ways, ElementsAre(to_east, to_west)) << "it is in the east now";
  here.take(1);
  EXPECT_THAT(here.route().ways, ElementsAre("1", to_east, to_west));
}

// It is sent on by nobody, or two hosts would send it to and fro.
TEST(Virtual, who_gets_a_copy_delivers_it_where_its_own_port_has_the_address) {
  Several sender;
  Several receiver;  // the east, as "here" in its own eyes
  const Packet copy = copy_of(sender.route(), to_east);
  EXPECT_THAT(receiver.send(tunnel_ofport, copy).ways, IsEmpty());
  receiver.take(2);
  const Fate seen = receiver.send(tunnel_ofport, copy);
  ASSERT_THAT(seen.ways, ElementsAre("2"));
  EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(2));
  EXPECT_EQ(left(seen).mac(Field::eth_src), mac(inside));
  receiver.hear(mac(11));
  EXPECT_THAT(receiver.send(tunnel_ofport, copy).ways, IsEmpty());
}

TEST(Virtual, security_groups_of_whoever_has_it_are_asked) {
  Several here;
  here.take(1);
  for (const std::uint64_t rule : {0U, 1U}) here.world.remove(World::rule_name(rule));  // what lets in
  here.settle();
  EXPECT_THAT(here.route().ways, ElementsAre(to_east));
}

TEST(Virtual, an_address_that_is_a_ports_own_is_where_that_is) {
  Several here;
  here.take(1);
  here.world.peer(13, 1, {shared}, "east");
  here.settle();
  EXPECT_THAT(here.route().ways, ElementsAre("tunnel 192.0.2.2 vni 101"));
}

TEST(Virtual, who_may_not_have_it_takes_nothing) {
  Several here;
  here.take(1);
  here.world.port(4, 1, {"10.0.1.4"});
  here.settle();
  EXPECT_THAT(here.send(4, Several::announcement(mac(4))).ways, IsEmpty()) << "anti-spoof";
  EXPECT_THAT(here.route().ways, ElementsAre("1", to_east));
  const auto no_longer = [](model::Port& row) { row.allowed_address_pairs.clear(); };
  here.world.port(1, 1, {"10.0.1.1"}, no_longer);
  here.settle();
  EXPECT_THAT(here.route().ways, ElementsAre(to_east));
}

// A router by several instances: the address is a next hop.
TEST(Virtual, it_may_be_the_next_hop_of_a_route) {
  Several here;
  here.world.router(1, [](model::Router& router) {
    router.gateways = {{network_id(9), port_id(gateway), true, std::nullopt}};
    router.routes = {{Prefix::parse("10.7.0.0/16").value(), ip(shared)}};
  });
  here.settle();
  here.take(2);
  const Fate fate = here.route("10.7.0.1");
  ASSERT_THAT(fate.ways, ElementsAre("2", to_east));
  EXPECT_EQ(left(fate).ip(Field::ipv4_dst).text(), "10.7.0.1");
  Several receiver;
  receiver.take(1);
  EXPECT_THAT(receiver.send(tunnel_ofport, copy_of(fate, to_east)).ways, ElementsAre("1"));
}

TEST(Virtual, answers_are_learned_from_as_well_as_announcements) {
  Several here;
  here.send(1, arp(2, {mac(1), shared}, {mac(11), "10.0.1.11"}, mac(11)));
  EXPECT_THAT(here.route().ways, ElementsAre("1", to_east));
  here.send(2, arp(1, {mac(2), shared}, {Mac{}, "10.0.1.1"}));
  EXPECT_THAT(here.route().ways, ElementsAre("2", to_east));
}

// Who has it until he hears that another took it may answer the announcement, which is heard after that then.
TEST(Virtual, an_answer_to_an_announcement_takes_nothing_back) {
  for (const std::optional<Mac> by : {std::optional<Mac>(), std::optional(vrrp_mac)}) {
    Several here(by);
    const auto its_mac = [&](std::uint64_t port) { return by.value_or(mac(port)); };
    const auto late = [&](std::uint64_t from, std::uint64_t to) {
      return arp(2, {its_mac(from), shared}, {its_mac(to), shared}, its_mac(to));
    };
    here.send(2, Several::announcement(its_mac(2)));
    here.send(1, Several::announcement(its_mac(1)));
    here.send(2, late(2, 1));
    EXPECT_THAT(here.route().ways, ElementsAre("1", to_east));
    here.send(tunnel_ofport, late(11, 1).set(Field::tunnel_id, 101));
    EXPECT_THAT(here.route().ways, ElementsAre("1", to_east)) << "of the east";
    here.send(2, arp(2, {its_mac(2), shared}, {its_mac(2), shared}));
    EXPECT_THAT(here.route().ways, ElementsAre("2", to_east)) << "an announcement may be a reply to all";
  }
}

TEST(Virtual, of_ipv6_it_is_learned_from_advertisements) {
  SeveralV6 here;
  const auto route = [&] { return here.route(shared6).ways; };
  EXPECT_THAT(route(), ElementsAre(to_east));
  here.send(1, advertisement(mac(1), shared6, shared6, mac(1)));
  EXPECT_THAT(route(), ElementsAre("1", to_east));
  here.send(2, advertisement(mac(2), shared6, shared6, Mac{}));
  EXPECT_THAT(route(), ElementsAre("2", to_east)) << "without the option";
  here.send(tunnel_ofport, advertisement(mac(11), shared6, shared6, mac(11)).set(Field::tunnel_id, 101));
  EXPECT_THAT(route(), ElementsAre(to_east));
}

// A switch that was started again knows nobody, and an instance that came from another host says nothing by itself.
TEST(Virtual, the_ports_here_are_asked_and_their_answers_count_while_nobody_is_known) {
  Several here;
  const Tables tables = here.world.tables();
  ASSERT_EQ(tables.inquiries.size(), 4U) << "two ports, two addresses";
  const answer::Inquiry asked = tables.inquiries.at({port_id(2), ip(shared)});
  EXPECT_EQ(asked.target, 2U);
  EXPECT_EQ(asked.address, ip(shared));
  const auto answer = [&](std::uint32_t port) {
    return here.send(port, arp(2, {mac(port), shared}, {asked.mac, "0.0.0.0"}, asked.mac));
  };
  EXPECT_THAT(answer(2).ways, IsEmpty()) << "for the switch alone";
  EXPECT_THAT(here.route().ways, ElementsAre("2", to_east));
  answer(1);
  EXPECT_THAT(here.route().ways, ElementsAre("2", to_east)) << "port 2 has it";
  here.hear(mac(11));
  answer(1);
  EXPECT_THAT(here.route().ways, ElementsAre(to_east)) << "the east has it";
  here.hear(mac(1));
  EXPECT_THAT(here.route().ways, ElementsAre(to_east)) << "port 1 was there when it said so";
  answer(2);
  EXPECT_THAT(here.route().ways, ElementsAre(to_east));
  answer(1);
  EXPECT_THAT(here.route().ways, ElementsAre("1", to_east)) << "and has come from there";
}

// The answer is a solicited advertisement, to the MAC address that the solicitation named (RFC 4861 section 7.2.4).
TEST(Virtual, of_ipv6_the_ports_here_are_asked_as_well) {
  SeveralV6 here;
  const auto route = [&] { return here.route(shared6).ways; };
  const answer::Inquiry asked = here.world.tables().inquiries.at({port_id(1), ip(shared6)});
  EXPECT_EQ(asked.target, 1U);
  EXPECT_EQ(asked.address, ip(shared6));
  const auto answer = [&](std::uint32_t port, const Mac& named) {
    return here.send(port, advertisement(mac(port), shared6, shared6, named)
                               .set(Field::eth_dst, asked.mac)
                               .set(Field::ipv6_dst, Ip::link_local(asked.mac)));
  };
  EXPECT_THAT(route(), ElementsAre(to_east));
  EXPECT_THAT(answer(2, mac(2)).ways, IsEmpty()) << "for the switch alone";
  EXPECT_THAT(route(), ElementsAre("2", to_east));
  answer(1, mac(1));
  EXPECT_THAT(route(), ElementsAre("2", to_east)) << "port 2 has it";
  here.send(tunnel_ofport, advertisement(mac(1), shared6, shared6, mac(1)).set(Field::tunnel_id, 101));
  answer(2, mac(2));
  EXPECT_THAT(route(), ElementsAre(to_east)) << "the east has it";
  answer(1, mac(1));
  EXPECT_THAT(route(), ElementsAre("1", to_east)) << "and it has come from there";
  SeveralV6 without;
  without.send(2, advertisement(mac(2), shared6, shared6, Mac{})
                      .set(Field::eth_dst, asked.mac)
                      .set(Field::ipv6_dst, Ip::link_local(asked.mac)));
  const Fate fate = without.route(shared6);
  ASSERT_THAT(fate.ways, ElementsAre("2", to_east)) << "without the option";
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(2));
}

// With the MAC address of VRRP itself, which is no port's (RFC 5798 section 7.3).
TEST(Virtual, it_may_come_with_a_mac_address_that_several_ports_may_use) {
  Several here(vrrp_mac);
  here.send(1, Several::announcement(vrrp_mac));
  const Fate routed = here.route();
  ASSERT_THAT(routed.ways, ElementsAre("1", to_east));
  EXPECT_EQ(left(routed).mac(Field::eth_dst), vrrp_mac);
  here.world.port(4, 1, {"10.0.1.4"});
  here.settle();
  const Packet frame = udp(mac(4), vrrp_mac, "10.0.1.4", shared);
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("1", "tunnel 192.0.2.2 vni 101"));
  here.send(2, Several::announcement(vrrp_mac));
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("2", "tunnel 192.0.2.2 vni 101"));
  Packet from_east = frame;
  from_east.set(Field::tunnel_id, 101);
  EXPECT_THAT(here.send(tunnel_ofport, from_east).ways, ElementsAre("2")) << "and is not sent on";
  here.hear(vrrp_mac);
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("tunnel 192.0.2.2 vni 101"));
  EXPECT_THAT(here.send(tunnel_ofport, from_east).ways, IsEmpty());
}

TEST(Virtual, who_answers_by_such_a_mac_address_is_where_that_is) {
  Several here(vrrp_mac);
  const Mac asker = here.world.tables().inquiries.at({port_id(2), ip(shared)}).mac;
  here.send(2, arp(2, {vrrp_mac, shared}, {asker, "0.0.0.0"}, asker));
  EXPECT_THAT(here.route().ways, ElementsAre("2", to_east));
  here.world.port(4, 1, {"10.0.1.4"});
  here.settle();
  EXPECT_THAT(here.send(4, udp(mac(4), vrrp_mac, "10.0.1.4", shared)).ways,
              ElementsAre("2", "tunnel 192.0.2.2 vni 101"));
}

// On a segment its switches know where the MAC address is, but not that it is behind this node's own port.
TEST(Virtual, on_a_physical_segment_such_a_mac_address_is_here_or_there) {
  Several here(vrrp_mac);
  here.world.network(1, model::NetworkType::vlan);
  here.world.port(4, 1, {"10.0.1.4"});
  here.settle();
  const Packet frame = udp(mac(4), vrrp_mac, "10.0.1.4", shared);
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("physical vlan 101"));
  here.send(1, Several::announcement(vrrp_mac));
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("1"));
  Packet heard = Several::announcement(vrrp_mac);
  here.send(patch_ofport, heard.set(Field::vlan_tci, 0x1000 | 101));
  EXPECT_THAT(here.send(4, frame).ways, ElementsAre("physical vlan 101"));
}

model::FloatingAddress floating_row() {
  model::FloatingAddress row = Outer::floating();
  row.id = {uuid(8, 3)};
  row.mac = mac(78);
  row.address = ip(vrrp);
  row.fixed_address = ip(shared);
  row.port = port_id(30);
  row.host.clear();
  row.central = true;
  return row;
}

// With a floating IP on the port that holds the address.
class Called : public Several {
 public:
  explicit Called(bool answers = true) : Several({}, answers) {
    put(floating_row());
    for (const char* host : {"here", "east"}) candidate(host);
    settle();
    hear_of("203.0.113.1", mac(upstream));
  }
  void candidate(const std::string& host) {
    world.put("candidate/" + uuid(8, 3).text() + "/" + host, model::Candidate{uuid(8, 3), host});
  }
  Fate call() { return send(patch_ofport, from_outside(mac(78), vrrp, 4000, 2222)); }
};

TEST(Virtual, what_lands_for_its_floating_ip_comes_to_whoever_has_it_once) {
  Called here;
  EXPECT_THAT(here.call().ways, ElementsAre(to_east));
  here.take(2);
  const Fate called = here.call();
  ASSERT_THAT(called.ways, ElementsAre("2", to_east)) << "one copy for the east, not one more by the router";
  EXPECT_EQ(left(called).ip(Field::ipv4_dst).text(), shared);
  Called east(false);
  const Packet copy = copy_of(called, to_east);
  EXPECT_THAT(east.send(tunnel_ofport, copy).ways, IsEmpty());
  east.take(1);
  const Fate came = east.send(tunnel_ofport, copy);
  ASSERT_THAT(came.ways, ElementsAre("1"));
  EXPECT_EQ(left(came).ip(Field::ipv4_dst).text(), shared);
  EXPECT_EQ(left(came).mac(Field::eth_dst), mac(1));
}

TEST(Virtual, what_it_sends_leaves_by_the_floating_ip_of_the_port_that_holds_it) {
  for (const bool answers : {true, false}) {
    Called here(answers);
    here.take(1);
    const Fate fate = here.send(1, udp(mac(1), mac(inside), shared, far));
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
    EXPECT_EQ(left(fate).ip(Field::ipv4_src).text(), vrrp);
    EXPECT_EQ(left(fate).mac(Field::eth_src), here.segment());
  }
}

TEST(Virtual, its_floating_ip_is_answered_for_by_whoever_answers_for_the_gateway) {
  Called here;
  EXPECT_TRUE(here.world.tables().announcements.contains(uuid(8, 3)));
  Called away(false);
  EXPECT_FALSE(away.world.tables().announcements.contains(uuid(8, 3)));
}

TEST(Virtual, a_host_that_may_no_longer_have_it_gets_no_copies) {
  Called here;
  here.world.remove("candidate/" + uuid(8, 3).text() + "/east");
  here.settle();
  here.take(1);
  EXPECT_THAT(here.call().ways, ElementsAre("1"));
}

TEST(Virtual, ports_may_be_forwarded_to_it) {
  Several here;
  model::ForwardedPorts row{
      {uuid(10, 1)}, {uuid(8, 4)}, port_id(gateway), mac(79), ip("203.0.113.40"), ip(shared), "udp", 80, 80, 8080,
      8080,          {},           std::nullopt};
  here.world.put("forwarding/" + row.id.text(), row);
  for (const char* host : {"here", "east"})
    here.world.put("candidate/" + row.id.text() + "/" + host, model::Candidate{row.id.uuid, host});
  here.settle();
  here.take(1);
  const Fate call = here.send(patch_ofport, from_outside(mac(79), "203.0.113.40", 4000, 80));
  ASSERT_THAT(call.ways, ElementsAre("1", to_east));
  EXPECT_EQ(left(call).number(Field::udp_dst), 8080U);
}

// docs/pipeline.md tells these numbers.
TEST(Virtual, it_costs_few_flows) {
  Several here(vrrp_mac);
  here.world.render();
  const auto flows = [&](UnitClass unit_class, const std::string& name) {
    return here.world.renderer.shard({unit_class, network_id(1).uuid, 0, name})->wishes.flows.size();
  };
  EXPECT_EQ(flows(UnitClass::virtual_address, shared), 2U + 5 + 2 * 2 + 3 + 2) << "two ports here, one MAC address";
  EXPECT_EQ(flows(UnitClass::virtual_address, shared6), 2U + 9 + 2 * 3) << "an advertisement names a MAC or does not";
  EXPECT_EQ(flows(UnitClass::virtual_mac, vrrp_mac.text()), 1U + 1 + 2);
  for (const std::uint64_t port : {1U, 2U}) here.world.remove("port/" + port_id(port).text());
  here.world.render();
  EXPECT_EQ(flows(UnitClass::virtual_address, shared), 2U);
}

TEST(Virtual, who_has_no_taker_here_sends_to_the_hosts_that_have) {
  Outer here;
  here.world.network(2);
  here.world.subnet(3, 2, "10.0.2.0/24");
  here.world.port(3, 2, {"10.0.2.3"});
  here.world.interface(beside, 1, 2, {{3, "10.0.2.254"}});
  here.settle();
  const Packet packet = udp(mac(3), mac(beside), "10.0.2.3", shared);
  EXPECT_THAT(here.send(3, packet).ways, ElementsAre("agent")) << "nobody may have it: the sender is told";
  model::Peer row{port_id(11), network_id(1), mac(11), {ip("10.0.1.11")}, "east"};
  row.pairs = {pair(shared)};
  here.world.put("peer/" + row.id.text(), row);
  here.settle();
  EXPECT_THAT(here.send(3, packet).ways, ElementsAre(to_east));
  EXPECT_TRUE(here.world.tables().inquiries.empty());
}

}  // namespace
}  // namespace tarn::render::test
