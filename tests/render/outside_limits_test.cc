// How fast floating IPs and gateways may be: every packet by such an address passes its meters, once, and no other
// does.
#include <algorithm>

#include "outer.h"
#include "render/names.h"

namespace tarn::render::test {
namespace {

using model::Direction;
using model::QosRuleType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using wire::of::MeterSpec;

constexpr auto kilobits = MeterSpec::Unit::kilobits;
constexpr auto packets = MeterSpec::Unit::packets;
const QosPolicyId slow{uuid(11, 1)};
const QosPolicyId slower{uuid(11, 2)};
const MeterSpec sends{kilobits, 1000, 400}, sends_packets{packets, 3000, 2000};
const MeterSpec gets{kilobits, 5000, 600}, gets_packets{packets, 7000, 4000};
const std::string door = "203.0.113.30";  // a floating IP whose ports are forwarded
constexpr std::uint64_t shared = 88;      // its own MAC

struct OutsideLimits : testing::Test {
  explicit OutsideLimits(bool answers = true) : outer(answers) { outer.hear_of("203.0.113.1", mac(upstream)); }

  // As the agent does: what has a number wished for has it once it is recorded.
  void settle() {
    for (const auto& [id, spec] : outer.world.tables().numbers) outer.world.facts.numbers[id] = spec.number;
    outer.settle();
  }
  void limit_floating(std::optional<QosPolicyId> policy) {
    model::FloatingAddress row = Outer::floating();
    row.qos_policy = policy;
    outer.put(row);
    settle();
  }
  void limit_gateway(std::optional<QosPolicyId> policy) {
    model::RouterGateway row = Outer::way_out();
    row.qos_policy = policy;
    outer.put(row);
    settle();
  }
  void forward(const std::string& host) {
    outer.world.put("forwarding/" + uuid(10, 1).text(), model::ForwardedPorts{{uuid(10, 1)},
                                                                              {uuid(8, 2)},
                                                                              port_id(gateway),
                                                                              mac(shared),
                                                                              ip(door),
                                                                              ip("10.0.1.1"),
                                                                              "udp",
                                                                              2222,
                                                                              2222,
                                                                              2222,
                                                                              2222,
                                                                              host,
                                                                              slow});
    settle();
  }
  void bytes_both_ways() {
    outer.world.limit(1, slow, QosRuleType::bandwidth_limit, Direction::egress, 1000, 400);
    outer.world.limit(2, slow, QosRuleType::bandwidth_limit, Direction::ingress, 5000, 600);
  }
  void packets_both_ways() {
    outer.world.limit(3, slow, QosRuleType::packet_rate_limit, Direction::egress, 3, 2);
    outer.world.limit(4, slow, QosRuleType::packet_rate_limit, Direction::ingress, 7, 4);
  }
  // The meters that a packet passes, in order. It is one that arrives somewhere.
  std::vector<MeterSpec> passes(std::uint32_t in_port, const Packet& packet) {
    const Fate fate = outer.send(in_port, packet);
    EXPECT_THAT(fate.ways, testing::Not(IsEmpty()));
    return meters_passed(outer.world.tables(), fate);
  }
  Packet called() const { return from_outside(mac(named), floating_ip, 4000, 2222); }
  Packet answer() const { return udp(mac(2), mac(inside), "10.0.1.2", far, 2222, 4000); }
  std::vector<std::uint32_t> meters() {
    std::vector<std::uint32_t> keys = meters_beside_questions(outer.world.tables());
    std::erase_if(keys, [](auto key) { return key < domain::Meter::first + domain::Meter::each; });
    return keys;
  }

  Outer outer;
};

struct OutsideLimitsElsewhere : OutsideLimits {
  OutsideLimitsElsewhere() : OutsideLimits(false) {}
};

// Another host beside the one of a test.
struct There : OutsideLimits {
  void TestBody() override {}
};

TEST_F(OutsideLimits, what_a_floating_ip_sends_and_gets_passes_its_meters_whoever_began) {
  limit_floating(slow);
  EXPECT_THAT(passes(2, out(2)), IsEmpty()) << "a policy without rules";
  bytes_both_ways();
  settle();
  EXPECT_THAT(passes(2, out(2)), ElementsAre(sends));
  EXPECT_THAT(passes(patch_ofport, from_outside(mac(named), floating_ip, 53, 1000)), ElementsAre(gets));
  EXPECT_THAT(passes(patch_ofport, called()), ElementsAre(gets));
  EXPECT_THAT(passes(2, answer()), ElementsAre(sends));
}

TEST_F(OutsideLimits, bytes_and_packets_are_counted_one_after_the_other) {
  packets_both_ways();
  limit_floating(slow);
  EXPECT_THAT(passes(2, out(2)), ElementsAre(sends_packets));
  EXPECT_THAT(passes(patch_ofport, called()), ElementsAre(gets_packets));
  bytes_both_ways();
  settle();
  EXPECT_THAT(passes(2, out(2)), ElementsAre(sends, sends_packets));
  EXPECT_THAT(passes(patch_ofport, called()), ElementsAre(gets, gets_packets));
}

TEST_F(OutsideLimits, what_does_not_go_by_the_address_does_not_count) {
  bytes_both_ways();
  packets_both_ways();
  limit_floating(slow);
  EXPECT_THAT(passes(2, udp(mac(2), mac(1), "10.0.1.2", "10.0.1.1")), IsEmpty()) << "within the network";
  EXPECT_THAT(passes(1, udp(mac(1), mac(2), "10.0.1.1", "10.0.1.2")), IsEmpty());
  EXPECT_THAT(passes(1, out(1)), IsEmpty()) << "by the router's address";
}

TEST_F(OutsideLimits, a_neighbour_that_calls_the_floating_ip_counts) {
  bytes_both_ways();
  limit_floating(slow);
  EXPECT_THAT(passes(1, out(1, floating_ip)), ElementsAre(gets));
  outer.world.limit(5, slower, QosRuleType::bandwidth_limit, Direction::egress, 200, 300);
  limit_gateway(slower);
  EXPECT_THAT(passes(1, out(1, floating_ip)), ElementsAre((MeterSpec{kilobits, 200, 300}), gets));
}

TEST_F(OutsideLimits, until_its_number_is_recorded_an_address_is_not_limited_and_reached) {
  bytes_both_ways();
  const auto recorded = outer.world.facts.numbers;
  limit_floating(slow);
  outer.world.facts.numbers = recorded;
  outer.settle();
  EXPECT_THAT(meters(), IsEmpty());
  EXPECT_THAT(passes(2, out(2)), IsEmpty());
  settle();
  EXPECT_THAT(passes(2, out(2)), ElementsAre(sends));
}

TEST_F(OutsideLimits, a_changed_limit_changes_the_meter_and_no_flow) {
  bytes_both_ways();
  limit_floating(slow);
  outer.world.limit(1, slow, QosRuleType::bandwidth_limit, Direction::egress, 2000, 400);
  const Patches patches = outer.world.render();
  EXPECT_THAT(patches.flows, IsEmpty());
  EXPECT_THAT(patches.meters, SizeIs(1));
  EXPECT_THAT(patches.numbers, IsEmpty());
  EXPECT_EQ(outer.world.tables(), outer.world.from_scratch());
}

TEST_F(OutsideLimits, a_policy_comes_and_goes_and_the_flows_stay_where_they_are) {
  settle();
  const Tables before = outer.world.tables();
  bytes_both_ways();
  limit_floating(slow);
  const Tables limited = outer.world.tables();
  EXPECT_TRUE(std::ranges::equal(
      before.flows, limited.flows, {}, [](const auto& flow) { return flow.first; },
      [](const auto& flow) { return flow.first; }))
      << "changed in place";
  EXPECT_EQ(limited.numbers.size(), before.numbers.size() + 1);
  limit_floating(std::nullopt);
  EXPECT_EQ(outer.world.tables(), before);
}

TEST_F(OutsideLimits, addresses_of_one_policy_share_no_meter) {
  bytes_both_ways();
  limit_floating(slow);
  limit_gateway(slow);
  forward("here");
  outer.world.port(1, 1, {"10.0.1.1"}, [](model::Port& port) { port.qos_policy = slow; });
  settle();
  EXPECT_THAT(meters(), SizeIs(8));
}

TEST_F(OutsideLimits, what_a_gateway_translates_passes_its_meters_where_it_leaves_and_where_it_lands) {
  bytes_both_ways();
  packets_both_ways();
  limit_gateway(slow);
  const Fate left_here = outer.send(1, out(1));
  ASSERT_THAT(left_here.ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(meters_passed(outer.world.tables(), left_here), ElementsAre(sends, sends_packets));
  const std::uint64_t port = left(left_here).number(Field::udp_src);
  EXPECT_THAT(passes(patch_ofport, from_outside(mac(gateway), own, 53, port)), ElementsAre(gets, gets_packets));
  EXPECT_THAT(passes(patch_ofport, from_outside(mac(gateway), own, 53, 5000)), ElementsAre(gets, gets_packets))
      << "for another host";
  EXPECT_THAT(passes(2, out(2)), IsEmpty()) << "by the floating IP";
  EXPECT_THAT(passes(patch_ofport, called()), IsEmpty());
  const Packet echo = Outer::tagged(ethernet(mac(upstream), mac(gateway), 0x0800)
                                        .set(Field::ipv4_src, ip(far))
                                        .set(Field::ipv4_dst, ip(own))
                                        .set(Field::ip_proto, 1)
                                        .set(Field::ip_ttl, 64)
                                        .set(Field::icmp_type, 8));
  EXPECT_THAT(passes(patch_ofport, echo), ElementsAre(gets, gets_packets));
}

// One rate is one host's: the others hand over to it.
TEST_F(OutsideLimitsElsewhere, what_is_sent_by_a_limited_gateway_passes_the_meters_of_the_host_that_answers) {
  bytes_both_ways();
  packets_both_ways();
  ASSERT_THAT(outer.send(1, out(1)).ways, ElementsAre("physical vlan 109")) << "not limited yet";
  const auto watched = [this] { return outer.world.tables().switch_ports.contains(watch_port_name("east")); };
  EXPECT_FALSE(watched());
  limit_gateway(slow);
  EXPECT_TRUE(watched()) << "who hands over must know whether the other is there";
  const Fate handed = outer.send(1, out(1));
  ASSERT_THAT(handed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(meters_passed(outer.world.tables(), handed), IsEmpty());
  EXPECT_THAT(outer.send(2, out(2)).ways, ElementsAre("physical vlan 109")) << "by the floating IP";
  There there;
  there.bytes_both_ways();
  there.packets_both_ways();
  there.limit_gateway(slow);
  const Fate seen = there.outer.send(tunnel_ofport, left(handed).frame().set(Field::tunnel_id, 0));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(meters_passed(there.outer.world.tables(), seen), ElementsAre(sends, sends_packets));
  EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), own);
  EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(upstream)) << "the next hop, not the destination";
  EXPECT_EQ(left(seen).number(Field::ip_ttl), 63U);
  const Packet other = left(handed).frame().set(Field::tunnel_id, 0).set(Field::ipv4_src, ip("203.0.113.21"));
  EXPECT_THAT(meters_passed(there.outer.world.tables(), there.outer.send(tunnel_ofport, other)), IsEmpty());
}

// Its switch finds that out by itself, so the meters are passed by whoever lets it out.
TEST_F(OutsideLimitsElsewhere, what_is_sent_by_a_limited_gateway_passes_this_host_s_meters_while_it_sees_no_other) {
  bytes_both_ways();
  packets_both_ways();
  model::RouterGateway row = Outer::way_out();
  row.chosen_hosts = {"east", "here"};
  row.qos_policy = slow;
  outer.put(row);
  outer.world.put("gateway_host/" + port_id(gateway).text() + "/here", model::GatewayHost{port_id(gateway), "here"});
  outer.world.see("east", true);
  settle();
  const Tables tables = outer.world.tables();
  EXPECT_THAT(meters_passed(tables, outer.send(1, out(1))), IsEmpty());
  outer.world.see("east", false);
  const Fate seen = outer.send(1, out(1));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(meters_passed(tables, seen), ElementsAre(sends, sends_packets));
  EXPECT_THAT(meters_passed(tables, outer.send(2, out(2))), IsEmpty()) << "by the floating IP";
}

TEST_F(OutsideLimitsElsewhere, what_landed_elsewhere_has_passed_there) {
  bytes_both_ways();
  const Fate sent = outer.send(1, out(1));
  // As the host sends it that it landed at: its own flows say by which MAC.
  Outer there;
  there.block(1, "east", 2048);
  there.settle();
  const std::uint64_t port = left(sent).number(Field::udp_src);
  const Fate passed_on = there.send(patch_ofport, from_outside(mac(gateway), own, 53, port));
  ASSERT_THAT(passed_on.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(
      passes(tunnel_ofport,
             udp(mac(upstream), left(passed_on).mac(Field::eth_dst), far, own, 53, port).set(Field::tunnel_id, 0)),
      IsEmpty());
}

TEST_F(OutsideLimits, forwarded_ports_pass_the_meters_of_their_floating_ip) {
  bytes_both_ways();
  packets_both_ways();
  forward("here");
  EXPECT_THAT(passes(patch_ofport, from_outside(mac(shared), door, 4000, 2222)), ElementsAre(gets, gets_packets));
  EXPECT_THAT(passes(1, udp(mac(1), mac(inside), "10.0.1.1", far, 2222, 4000)), ElementsAre(sends, sends_packets));
  EXPECT_THAT(passes(1, out(1)), IsEmpty()) << "by the router's address";
  forward("east");
  EXPECT_THAT(passes(patch_ofport, from_outside(mac(shared), door, 4000, 2222)), ElementsAre(gets, gets_packets))
      << "for another host";
}

// As Neutron's routers: of a policy they know the limits alone.
TEST_F(OutsideLimits, nothing_is_marked_and_nothing_is_promised) {
  outer.world.limit(1, slow, QosRuleType::dscp_marking, Direction::egress, 26);
  outer.world.limit(2, slow, QosRuleType::minimum_bandwidth, Direction::egress, 1000);
  limit_floating(slow);
  const Fate sent = outer.send(2, out(2));
  ASSERT_THAT(sent.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(sent).number(Field::ip_dscp), 0U);
  EXPECT_THAT(meters_passed(outer.world.tables(), sent), IsEmpty());
}

// A number too high for meters (a record that was damaged, say) is of no use; another takes its place.
TEST_F(OutsideLimits, a_recorded_number_that_no_meter_has_is_replaced) {
  bytes_both_ways();
  const auto before = outer.world.tables().numbers;
  limit_floating(slow);
  const auto is_new = [&](const auto& entry) { return !before.contains(entry.first); };
  const auto wished = outer.world.tables().numbers;
  const auto added = std::ranges::find_if(wished, is_new);
  ASSERT_NE(added, wished.end());
  EXPECT_LE(added->second.number, domain::Meter::number_max);
  outer.world.facts.numbers[added->first] = domain::Meter::number_max + 1;
  outer.settle();
  EXPECT_THAT(meters(), IsEmpty());
  EXPECT_EQ(outer.world.tables().numbers.at(added->first), added->second);
  settle();
  EXPECT_THAT(passes(2, out(2)), ElementsAre(sends));
}

}  // namespace
}  // namespace tarn::render::test
