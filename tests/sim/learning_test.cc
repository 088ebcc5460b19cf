// Flows that packets make: what they are, how many there may be, and with what they go. What a real switch does was
// seen on ovs-vswitchd 3.1.0 ("learn" in ovs-actions(7) says most of it) and is asked again in live_oracle.
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

constexpr std::uint8_t there = 10;
constexpr std::uint64_t cookie = 0x7462;

Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}
Mac mac(std::uint8_t host) {
  return {{2, 0, 0, 0, 0, host}};
}
Packet from(const std::string& address, std::uint8_t host = 1) {
  return Packet()
      .set(Field::eth_src, mac(host))
      .set(Field::eth_type, 0x0800)
      .set(Field::ipv4_src, ip(address))
      .set(Field::ipv4_dst, ip("10.0.0.9"));
}

// Whoever sends is answered at the address and the port from which it came.
of::Learn answers(std::uint32_t limit = 0) {
  return {.table = there,
          .priority = 7,
          .idle_timeout = 60,
          .hard_timeout = 90,
          .cookie = cookie,
          .limit = limit,
          .matches = {FieldValue::number(Field::eth_type, 0x0800)},
          .copied = {{Field::ipv4_src, Field::ipv4_dst, 0, 0, 32}},
          .loads = {{Field::eth_src, Field::eth_dst, 0, 0, 48}, {Field::in_port, Field::reg2, 0, 0, 32}}};
}
FlowKey to(const std::string& address) {
  return {there, 7, {FieldValue::number(Field::eth_type, 0x0800), FieldValue::ip(Field::ipv4_dst, ip(address))}};
}
FlowSpec doing(std::vector<of::Action> actions) {
  return {.cookie = 1, .actions = std::move(actions), .goto_table = {}};
}
of::FlowSeen seen(FlowSpec spec) {
  of::FlowSeen flow;
  flow.spec = std::move(spec);
  return flow;
}
const FlowKey holder{0, 1, {FieldValue::number(Field::in_port, 1)}};
FlowTable learner(const of::Action& action) {
  return {{holder, seen(doing({action, of::Output{2}}))}};
}

// ovs-ofctl: "cookie=0x7462, table=10, idle_timeout=60, priority=7,ip,nw_dst=10.0.0.1
// actions=set_field:02:00:00:00:00:01->eth_dst,set_field:0x1->reg2".
TEST(Learning, MakesAFlowOfThePacket) {
  const std::map<FlowKey, FlowSpec> flows{{holder, doing({answers()})}};
  const Walk walk = Pipeline(flows).walk(1, from("10.0.0.1"));
  EXPECT_THAT(walk.faults, testing::IsEmpty());
  ASSERT_EQ(walk.learned.size(), 1U);
  const Learned& learned = walk.learned[0];
  EXPECT_EQ(learned.idle_timeout, 60);
  EXPECT_EQ(of::text(learned.key, learned.spec),
            "cookie=0x7462, table=10, priority=7,eth_type=0x800,nw_dst=10.0.0.1 "
            "actions=set_field:02:00:00:00:00:01->eth_dst,set_field:0x1->reg2");
}

// "priority=7,reg5=0 actions=set_field:0->reg3,set_field:0/0xf0->reg4,set_field:0x40/0xff->reg8".
TEST(Learning, CopiesPartsOfFieldsUnderTheirMasks) {
  of::Learn learn{.table = there,
                  .priority = 7,
                  .matches = {},
                  .copied = {{Field::reg6, Field::reg5, 0, 0, 32},
                             {Field::reg1, Field::reg0, 0, 4, 4},
                             {Field::reg1, Field::reg0, 0, 0, 4}},
                  .loads = {{Field::reg6, Field::reg3, 0, 0, 32},
                            {Field::reg6, Field::reg4, 0, 4, 4},
                            {Field::ip_ttl, Field::reg8, 0, 0, 8}}};
  const Learned learned = learned_of(learn, Packet().set(Field::ip_ttl, 64).set(Field::reg1, 0xa5));
  EXPECT_EQ(of::text(learned.key, learned.spec),
            "cookie=0x0, table=10, priority=7,reg0=0x55/0xff,reg5=0x0 "
            "actions=set_field:0x0->reg3,set_field:0x0/0xf0->reg4,set_field:0x40/0xff->reg8");
}

TEST(Learning, IsMetByTheNextPacketAndNotByTheOneThatTeaches) {
  Datapath datapath;
  FlowTable flows = learner(answers());
  flows[holder].spec.actions = {answers(), of::Resubmit{there}, of::Resubmit{11}};
  for (const std::uint64_t port : {0, 1})
    flows[{11, 1, {FieldValue::number(Field::reg2, port)}}] =
        seen(doing({of::Output{static_cast<std::uint32_t>(30 + port)}}));
  datapath.become(flows, {});
  const Packet to_itself = from("10.0.0.9");
  EXPECT_EQ(datapath.emissions(1, to_itself).at(0).port, 30U) << "a probe teaches nothing";
  EXPECT_EQ(datapath.send(1, to_itself).at(0).port, 30U);
  EXPECT_EQ(datapath.send(1, to_itself).at(0).port, 31U);
  EXPECT_EQ(datapath.emissions(1, to_itself).at(0).port, 31U);
}

TEST(Learning, StopsAtItsLimitAndThenLearnsNothingAnew) {
  FlowTable flows = learner(answers(2));
  for (const std::string host : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) learn(flows, learned_of(answers(2), from(host)));
  EXPECT_TRUE(flows.contains(to("10.0.0.1")) && flows.contains(to("10.0.0.2")));
  EXPECT_FALSE(flows.contains(to("10.0.0.3")));
  const FlowTable full = flows;
  learn(flows, learned_of(answers(2), from("10.0.0.1", 77)));
  EXPECT_EQ(flows, full);
  learn(flows, learned_of(answers(3), from("10.0.0.1", 77)));
  EXPECT_NE(flows, full) << "below the limit the flow is made anew";
  EXPECT_EQ(flows.size(), full.size());
}

TEST(Learning, CountsEveryFlowOfItsCookieInItsTable) {
  FlowTable flows = learner(answers(1));
  flows[{there, 9, {}}].spec.cookie = cookie;
  learn(flows, learned_of(answers(1), from("10.0.0.1")));
  EXPECT_FALSE(flows.contains(to("10.0.0.1")));
}

TEST(Learning, TakesOverAFlowThatIsThereAndKeepsItsTimeout) {
  FlowTable flows = learner(answers());
  flows[to("10.0.0.1")] = seen(doing({}));
  learn(flows, learned_of(answers(), from("10.0.0.1")));
  EXPECT_EQ(flows[to("10.0.0.1")].spec.cookie, cookie);
  EXPECT_EQ(flows[to("10.0.0.1")].idle_timeout, 0);
  EXPECT_EQ(flows[to("10.0.0.1")].hard_timeout, 0);
}

TEST(Learning, MakesAFlowThatLastsAsLongAsItSays) {
  FlowTable flows = learner(answers());
  learn(flows, learned_of(answers(), from("10.0.0.1")));
  EXPECT_EQ(flows[to("10.0.0.1")].idle_timeout, 60);
  EXPECT_EQ(flows[to("10.0.0.1")].hard_timeout, 90);
}

class Unlearning : public testing::Test {
 protected:
  Unlearning() {
    learn(flows_, learned_of(answers(), from("10.0.0.1")));
    flows_[{there, 9, {}}] = seen(doing({}));  // of another cookie
  }
  void remove(const FlowKey& key) {
    const auto flow = flows_.extract(key);
    unlearn(flows_, flow.mapped().spec.actions);
  }
  [[nodiscard]] bool knows() const { return flows_.contains(to("10.0.0.1")); }

  FlowTable flows_ = learner(answers());
};

TEST_F(Unlearning, ComesWithTheLastFlowThatLearnsIntoTheTableByTheCookie) {
  of::Learn same_place = answers(5);
  same_place.priority = 1000;
  const FlowKey other{1, 5, {}};
  flows_[other] = seen(doing({same_place}));
  remove(holder);
  EXPECT_TRUE(knows());
  remove(other);
  EXPECT_FALSE(knows());
  EXPECT_TRUE(flows_.contains({there, 9, {}}));
}

TEST_F(Unlearning, TakesWhateverHasTheCookieThere) {
  flows_[{there, 3, {}}].spec.cookie = cookie;
  flows_[{11, 3, {}}].spec.cookie = cookie;
  remove(holder);
  EXPECT_FALSE(flows_.contains({there, 3, {}}));
  EXPECT_TRUE(flows_.contains({11, 3, {}}));
}

TEST_F(Unlearning, DoesNotSeeWhatIsLearnedInsideOfAClone) {
  flows_[holder].spec.actions = {of::Clone{{answers()}}};
  remove(holder);
  EXPECT_TRUE(knows());
}

}  // namespace
}  // namespace tarn::sim
