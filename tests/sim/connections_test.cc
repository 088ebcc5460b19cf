// The walker's connections and conjunctions where no real switch is needed to say what is right: bounds, the kernel's
// view, and what a datapath remembers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/datapath.h"

namespace tarn::sim {
namespace {

namespace of = wire::of;
using of::FieldValue;
using of::FlowKey;
using of::FlowSpec;
using of::Match;

using Flows = std::map<FlowKey, FlowSpec>;

Packet udp(const std::string& from, const std::string& to, std::uint64_t source, std::uint64_t destination) {
  return Packet()
      .set(Field::eth_type, 0x0800)
      .set(Field::ip_proto, 17)
      .set(Field::ipv4_src, Ip::parse(from).value())
      .set(Field::ipv4_dst, Ip::parse(to).value())
      .set(Field::udp_src, source)
      .set(Field::udp_dst, destination);
}
const Packet question = udp("10.0.0.1", "10.0.0.2", 1000, 53);
const Packet answer = udp("10.0.0.2", "10.0.0.1", 53, 1000);

Match state(std::uint64_t bits, std::uint64_t mask) {
  return {FieldValue::number(Field::ct_state, bits, mask)};
}
of::Action track(std::uint8_t table) {
  return of::Ct{.zone_field = {}, .zone = 7, .table = table, .nested = {}};
}
of::Action remember(std::uint16_t zone = 7) {
  return of::Ct{.commit = true, .zone_field = {}, .zone = zone, .table = {}, .nested = {}};
}

// Questions from port 1 begin connections; whatever belongs to one goes to port 2.
Flows firewall() {
  Match asks = state(0x21, 0x21);
  asks.with(FieldValue::number(Field::in_port, 1));
  return {{{0, 1, {}}, {.actions = {track(1)}, .goto_table = {}}},
          {{1, 2, asks}, {.actions = {remember(), of::Output{2}}, .goto_table = {}}},
          {{1, 1, state(0x22, 0x22)}, {.actions = {of::Output{2}}, .goto_table = {}}}};
}
FlowTable seen(const Flows& flows) {
  FlowTable table;
  for (const auto& [key, spec] : flows) table[key].spec = spec;
  return table;
}
std::vector<std::uint32_t> ports(const std::vector<Emission>& emissions) {
  std::vector<std::uint32_t> ports;
  for (const Emission& emission : emissions) ports.push_back(emission.port);
  return ports;
}

TEST(Connections, AProbeBeginsNoneAndAPacketDoes) {
  Datapath datapath;
  datapath.become(seen(firewall()), {});
  EXPECT_EQ(ports(datapath.emissions(1, question)), std::vector{2U});
  EXPECT_TRUE(datapath.emissions(3, answer).empty()) << "nobody was asked";
  EXPECT_EQ(ports(datapath.send(1, question)), std::vector{2U});
  EXPECT_EQ(ports(datapath.emissions(3, answer)), std::vector{2U});
  EXPECT_EQ(datapath.conntrack().connections().size(), 1U);
}

TEST(Connections, OutliveTheFlowsThatBeganThem) {
  Datapath datapath;
  datapath.become(seen(firewall()), {});
  datapath.send(1, question);
  datapath.become({}, {});
  EXPECT_TRUE(datapath.emissions(3, answer).empty());
  datapath.become(seen(firewall()), {});
  EXPECT_EQ(ports(datapath.emissions(3, answer)), std::vector{2U});
}

// IP_CT_NEW and IP_CT_ESTABLISHED of the kernel (nf_conntrack_core.c, resolve_normal_ct); Open vSwitch's own tracker is
// asked in live_oracle.
TEST(Connections, AreNewUntilTheyAreAnswered) {
  Conntrack conntrack;
  const Pipeline walker(firewall());
  const auto state = [&] { return conntrack.verdict(7, question).state; };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(state(), ct_new | ct_tracked);
    walker.walk(1, question, conntrack).teach(conntrack);
  }
  EXPECT_TRUE(walker.walk(3, answer, conntrack).teach(conntrack));
  EXPECT_EQ(state(), ct_established | ct_tracked);
  EXPECT_FALSE(walker.walk(3, answer, conntrack).teach(conntrack)) << "nothing new in it";
}

TEST(Connections, AreOfOneZone) {
  Conntrack conntrack;
  conntrack.commit({7, *tuple_of(question, Tracker::kernel)});
  EXPECT_EQ(conntrack.verdict(7, answer).state, ct_tracked | ct_established | ct_reply);
  EXPECT_EQ(conntrack.verdict(7, answer).original, tuple_of(question, Tracker::kernel));
  EXPECT_EQ(conntrack.verdict(8, answer).state, ct_tracked | ct_new);
  EXPECT_EQ(conntrack.verdict(8, answer).original, tuple_of(answer, Tracker::kernel));
}

TEST(Connections, AWalkReportsWhatItCommitsOnceAndInOrder) {
  const Flows flows{
      {{0, 1, {}}, {.actions = {remember(9), of::Output{2}, remember(8), remember(9)}, .goto_table = {}}}};
  const Walk walk = Pipeline(flows).walk(1, question);
  const Tuple tuple = *tuple_of(question, Tracker::kernel);
  EXPECT_THAT(walk.commits, testing::ElementsAre(Connection{9, tuple}, Connection{8, tuple}));
}

TEST(Connections, WhatFollowsCtIsDoneWithAnUntrackedPacketThatKeepsItsRegisters) {
  const Flows flows{{{0, 1, {}},
                     {.actions = {of::SetField{FieldValue::number(Field::reg1, 5)}, track(1),
                                  of::SetField{FieldValue::number(Field::reg1, 6)}},
                      .goto_table = 2}},
                    {{1, 1, state(0x21, 0x21)}, {.actions = {of::Output{2}}, .goto_table = 2}},
                    {{2, 1, state(0, 0x20)}, {.actions = {of::Output{3}}, .goto_table = {}}}};
  const Walk walk = Pipeline(flows).walk(1, question);
  EXPECT_THAT(walk.faults, testing::IsEmpty());
  ASSERT_THAT(ports(walk.emissions), testing::ElementsAre(3, 2));
  EXPECT_EQ(walk.emissions[0].packet.number(Field::reg1), 6U);
  EXPECT_EQ(walk.emissions[1].packet.number(Field::reg1), 5U);
}

TEST(Connections, APacketThatIsTrackedForEverIsAFault) {
  const Flows flows{{{0, 1, {}}, {.actions = {track(0)}, .goto_table = {}}}};
  const Walk walk = Pipeline(flows).walk(1, question);
  EXPECT_THAT(walk.faults, testing::ElementsAre("more recirculations than a switch takes"));
  EXPECT_EQ(walk.passages.size(), 1U + Pipeline::recirculations_max);
}

// ovs-fields(7): overlapping conjunctions of one priority yield unpredictable results.
TEST(Conjunctions, TwoOfOnePriorityThatLeadElsewhereAreAFault) {
  const Match udp_packet{FieldValue::number(Field::eth_type, 0x0800), FieldValue::number(Field::ip_proto, 17)};
  const auto target = [](std::uint32_t id, std::uint32_t port) {
    return std::pair(FlowKey{0, 1, {FieldValue::number(Field::conj_id, id)}},
                     FlowSpec{.actions = {of::Output{port}}, .goto_table = {}});
  };
  Flows flows{{{0, 5, {}}, {.actions = {of::Conjunction{1, 1, 2}, of::Conjunction{2, 1, 2}}, .goto_table = {}}},
              {{0, 5, udp_packet}, {.actions = {of::Conjunction{1, 2, 2}, of::Conjunction{2, 2, 2}}, .goto_table = {}}},
              target(1, 2),
              target(2, 2)};
  EXPECT_THAT(Pipeline(flows).walk(1, question).faults, testing::IsEmpty());
  EXPECT_EQ(ports(Pipeline(flows).walk(1, question).emissions), std::vector{2U});
  flows.insert_or_assign(target(2, 3).first, target(2, 3).second);
  EXPECT_EQ(Pipeline(flows).walk(1, question).faults.size(), 1U);
}

}  // namespace
}  // namespace tarn::sim
