// How fast ports may be: which meters stand, and that every packet of a limited port passes its own.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::Direction;
using model::QosRuleType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using wire::of::MeterSpec;

const QosPolicyId policy{uuid(7, 1)};
const QosPolicyId other_policy{uuid(7, 2)};

struct Limits : testing::Test {
  Limits() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24");
    limited(1, policy);
    world.port(2, 1, {"10.0.0.2"});
  }
  void limited(std::uint64_t p, std::optional<QosPolicyId> by) {
    world.port(p, 1, {"10.0.0." + std::to_string(p)}, [&](model::Port& port) { port.qos_policy = by; });
  }
  void rule(std::uint64_t r, QosRuleType type, Direction direction, std::uint32_t rate, std::uint32_t burst = 0,
            QosPolicyId of = policy) {
    world.limit(r, of, type, direction, rate, burst);
  }
  // The meters that a packet passes on its way, in order, and where it comes out.
  std::vector<MeterSpec> meters_of(std::uint32_t in_port, const Packet& packet) {
    const Tables tables = world.tables();
    const Fate fate = send(tables, in_port, packet);
    EXPECT_THAT(fate.ways, testing::Not(IsEmpty()));
    marked = fate.walk.emissions.empty() ? 0 : fate.walk.emissions.front().packet.number(Field::ip_dscp);
    return meters_passed(tables, fate);
  }
  const Packet out = udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2");
  const Packet in = udp(mac(2), mac(1), "10.0.0.2", "10.0.0.1");
  World world;
  std::uint64_t marked = 0;
};

constexpr auto kilobits = MeterSpec::Unit::kilobits;
constexpr auto packets = MeterSpec::Unit::packets;

TEST_F(Limits, without_rules_there_is_no_meter) {
  EXPECT_THAT(meters_beside_questions(world.tables()), IsEmpty());
  EXPECT_THAT(meters_of(1, out), IsEmpty());
}

TEST_F(Limits, each_direction_has_its_own) {
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 1000, 400);
  EXPECT_THAT(meters_of(1, out), ElementsAre(MeterSpec{kilobits, 1000, 400}));
  EXPECT_THAT(meters_of(2, in), IsEmpty());
  rule(2, QosRuleType::bandwidth_limit, Direction::ingress, 3000, 500);
  EXPECT_THAT(meters_of(1, out), ElementsAre(MeterSpec{kilobits, 1000, 400}));
  EXPECT_THAT(meters_of(2, in), ElementsAre(MeterSpec{kilobits, 3000, 500}));
}

TEST_F(Limits, bytes_and_packets_are_counted_one_after_the_other) {
  rule(1, QosRuleType::bandwidth_limit, Direction::ingress, 1000, 400);
  rule(2, QosRuleType::packet_rate_limit, Direction::ingress, 3, 2);
  rule(3, QosRuleType::bandwidth_limit, Direction::egress, 2000, 600);
  rule(4, QosRuleType::packet_rate_limit, Direction::egress, 5, 4);
  EXPECT_THAT(meters_of(2, in), ElementsAre(MeterSpec{kilobits, 1000, 400}, MeterSpec{packets, 3000, 2000}));
  EXPECT_THAT(meters_of(1, out), ElementsAre(MeterSpec{kilobits, 2000, 600}, MeterSpec{packets, 5000, 4000}));
}

// Neutron: "if burst is not given, 80 % of the bandwidth is taken".
TEST_F(Limits, a_burst_that_nobody_named_is_four_fifths_of_a_second) {
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 10'000);
  EXPECT_THAT(meters_of(1, out), ElementsAre(MeterSpec{kilobits, 10'000, 8'000}));
}

TEST_F(Limits, broadcasts_pass_the_limit_of_what_a_port_gets) {
  rule(1, QosRuleType::bandwidth_limit, Direction::ingress, 1000, 400);
  EXPECT_THAT(meters_of(2, udp(mac(2), broadcast, "10.0.0.2", "255.255.255.255")),
              ElementsAre(MeterSpec{kilobits, 1000, 400}));
}

TEST_F(Limits, what_a_port_sends_is_marked_and_its_arp_passes) {
  rule(1, QosRuleType::dscp_marking, Direction::egress, 26);
  meters_of(1, out);
  EXPECT_EQ(marked, 26U);
  meters_of(2, in);
  EXPECT_EQ(marked, 0U);
  EXPECT_THAT(send(world.tables(), 1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.1"})).ways, ElementsAre("2"));
}

TEST_F(Limits, a_port_without_a_policy_has_its_networks) {
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 1000, 400);
  rule(2, QosRuleType::bandwidth_limit, Direction::egress, 7000, 800, other_policy);
  world.network(1, model::NetworkType::vxlan, [](model::Network& network) { network.qos_policy = other_policy; });
  EXPECT_THAT(meters_of(1, out), ElementsAre(MeterSpec{kilobits, 1000, 400}));
  EXPECT_THAT(meters_of(2, in), ElementsAre(MeterSpec{kilobits, 7000, 800}));
  world.port(2, 1, {"10.0.0.2"}, [](model::Port& port) { port.device_owner = "network:dhcp"; });
  EXPECT_THAT(meters_of(2, in), IsEmpty());
}

TEST_F(Limits, a_changed_limit_changes_the_meter_and_no_flow) {
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 1000, 400);
  world.render();
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 2000, 400);
  const Patches patches = world.render();
  EXPECT_THAT(patches.flows, IsEmpty());
  EXPECT_EQ(patches.meters.size(), 1U);
  EXPECT_EQ(world.tables(), world.from_scratch());
}

TEST_F(Limits, ports_share_no_meter) {
  rule(1, QosRuleType::bandwidth_limit, Direction::egress, 1000, 400);
  limited(2, policy);
  EXPECT_EQ(meters_beside_questions(world.tables()).size(), 2U);
}

}  // namespace
}  // namespace tarn::render::test
