// The walker's connections against the connection tracking of a real Open vSwitch: what it says of packets, what rules
// over a connection's first packet make of it, and how one packet goes through several zones.
#include <gtest/gtest.h>

#include "live_oracle/both_switches.h"
#include "rt/choice.h"
#include "support/oracle_seed.h"

namespace tarn::test {
namespace {

namespace of = wire::of;

constexpr int stories_steps = 150;

// --- What the tracker says ------------------------------------------------------------------------------------------

// Ports stand for verdicts. A packet with a TTL of 64 begins a connection, one of 63 does not.
class ConntrackVerdicts : public BothSwitches {
 protected:
  static constexpr std::uint32_t invalid = 3;
  static constexpr std::uint32_t is_new = 4;
  static constexpr std::uint32_t established = 5;
  static constexpr std::uint32_t reply = 6;

  void SetUp() override {
    BothSwitches::SetUp();
    add(rules, 20, {tracked(0x30, 0x30)}, {of::Output{invalid}});
    add(rules, 10, {tracked(0x22, 0x3b)}, {of::Output{established}});
    add(rules, 10, {tracked(0x2a, 0x3b)}, {of::Output{reply}});
    for (const std::uint64_t type : {0x0800, 0x86dd}) {
      const FieldValue family = FieldValue::number(Field::eth_type, type);
      add(rules, 10, {tracked(0x21, 0x3b), family}, {of::Output{is_new}});
      add(rules, 11, {tracked(0x21, 0x3b), family, FieldValue::number(Field::ip_ttl, 64)},
          {remember(), of::Output{is_new}});
    }
    load();
  }
};

TEST_F(ConntrackVerdicts, ATcpConnectionIsEstablishedByItsFirstAnswer) {
  for (const bool v4 : {true, false}) {
    EXPECT_EQ(agree(tcp(1, 2, 1000, 80, v4), syn), Ports{is_new});
    EXPECT_EQ(agree(tcp(1, 2, 1000, 80, v4), syn), Ports{is_new}) << "the same again";
    EXPECT_EQ(agree(tcp(2, 1, 80, 1000, v4), syn_ack), Ports{reply});
    EXPECT_EQ(agree(tcp(1, 2, 1000, 80, v4), ack), Ports{established});
    EXPECT_EQ(agree(tcp(2, 1, 80, 1000, v4), ack), Ports{reply});
    EXPECT_EQ(agree(tcp(2, 1, 80, 1001, v4), syn), Ports{is_new}) << "another connection";
  }
}

TEST_F(ConntrackVerdicts, ADatagramBeginsAndItsAnswerEstablishes) {
  for (const bool v4 : {true, false}) {
    EXPECT_EQ(agree(udp(1, 2, 1000, 53, v4)), Ports{is_new});
    EXPECT_EQ(agree(udp(2, 1, 53, 1000, v4)), Ports{reply});
    EXPECT_EQ(agree(udp(1, 2, 1000, 53, v4)), Ports{established});
    EXPECT_EQ(agree(udp(1, 2, 0, 53, v4)), Ports{invalid}) << "no port";
  }
}

TEST_F(ConntrackVerdicts, WithoutACommitEveryPacketIsNew) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(agree(udp(1, 2, 1000, 53).set(Field::ip_ttl, 63)), Ports{is_new});
  EXPECT_EQ(agree(udp(2, 1, 53, 1000).set(Field::ip_ttl, 63)), Ports{is_new});
}

TEST_F(ConntrackVerdicts, AnEchoIsAnsweredAndAnAnswerAloneIsInvalid) {
  for (const bool v4 : {true, false}) {
    const std::uint64_t question = v4 ? 8 : 128;
    const std::uint64_t answer = v4 ? 0 : 129;
    EXPECT_EQ(agree(icmp(2, 1, answer, 0, v4)), Ports{invalid});
    EXPECT_EQ(agree(icmp(1, 2, question, 0, v4)), Ports{is_new});
    EXPECT_EQ(agree(icmp(1, 2, question, 0, v4)), Ports{is_new});
    EXPECT_EQ(agree(icmp(2, 1, answer, 0, v4)), Ports{reply});
    EXPECT_EQ(agree(icmp(1, 2, question, 0, v4)), Ports{established});
    EXPECT_EQ(agree(icmp(2, 1, question, 0, v4)), Ports{is_new}) << "the other side asks";
  }
}

TEST_F(ConntrackVerdicts, MessagesThatAreNoExchangeAreInvalid) {
  for (const std::uint64_t type : {3, 4, 5, 11, 12, 9, 10}) EXPECT_EQ(agree(icmp(1, 2, type)), Ports{invalid}) << type;
  for (const std::uint64_t type : {1, 2, 3, 4, 130, 133, 135, 136, 143})
    EXPECT_EQ(agree(icmp(1, 2, type, 0, false)), Ports{invalid}) << type;
}

TEST_F(ConntrackVerdicts, ProtocolsWithoutPortsAreConnectionsOfAddresses) {
  for (const std::uint64_t protocol : {2, 47, 50, 112, 132}) {
    EXPECT_EQ(agree(ip_packet(1, 2, protocol)), Ports{is_new}) << protocol;
    EXPECT_EQ(agree(ip_packet(2, 1, protocol)), Ports{reply}) << protocol;
    EXPECT_EQ(agree(ip_packet(1, 2, protocol)), Ports{established}) << protocol;
  }
}

TEST_F(ConntrackVerdicts, RandomStoriesAgree) {
  rt::Seeded choice(oracle_seed());
  for (int step = 0; step < stories_steps && !HasFailure(); ++step) {
    const std::uint32_t from = 1 + choice.below(2);
    const bool v4 = choice.below(3) != 0;
    const std::uint32_t type = choice.below(3);
    Packet packet = udp(from, 3 - from, choice.below(3), choice.below(3), v4);
    if (choice.below(3) == 0) packet = icmp(from, 3 - from, v4 ? 8 * type % 24 : 127 + type, choice.below(2), v4);
    if (choice.below(5) == 0) packet = ip_packet(from, 3 - from, 47 + choice.below(3), v4);
    if (choice.below(2) == 0) packet.set(Field::ip_ttl, 63);
    agree(packet);
  }
  ASSERT_FALSE(HasFailure()) << replay(oracle_seed());
}

// --- What rules make of it ------------------------------------------------------------------------------------------

// Rules over the first packet of each connection, as conjunctions: who asks, and what for.
class ConntrackRules : public BothSwitches {
 protected:
  static constexpr std::uint32_t rule = 5;

  static Match of_first(std::uint64_t type, std::vector<FieldValue> fields) {
    Match match{tracked(0x20, 0x30), FieldValue::number(Field::eth_type, type)};
    for (const FieldValue& field : fields) match.with(field);
    return match;
  }
  static Match service(std::uint64_t protocol, std::uint64_t source, std::uint64_t destination) {
    Match match = of_first(
        0x0800, {FieldValue::number(Field::ct_ip_proto, protocol), FieldValue::number(Field::ct_tp_dst, destination)});
    if (source != 0) match.with(FieldValue::number(Field::ct_tp_src, source));
    return match;
  }
  void SetUp() override {
    BothSwitches::SetUp();
    for (const std::string host : {"10.0.0.1", "10.0.0.3"})
      add(rules, 50, of_first(0x0800, {FieldValue::ip(Field::ct_ipv4_src, Ip::parse(host).value())}),
          {of::Conjunction{rule, 1, 2}});
    for (const Match& match : services()) add(rules, 50, match, {of::Conjunction{rule, 2, 2}});
    add(rules, 50,
        {FieldValue::number(Field::conj_id, rule), tracked(0x21, 0x31), FieldValue::number(Field::eth_type, 0x0800)},
        {remember()}, delivery);
    add(rules, 50, {FieldValue::number(Field::conj_id, rule), tracked(0x20, 0x31)}, {}, delivery);
    load();
  }
  static std::vector<Match> services() { return {service(6, 0, 80), service(17, 0, 53), service(1, 8, 0)}; }

  struct Sent {
    Packet packet;
    Segment segment{};
  };
  static std::vector<Sent> exchange(std::uint64_t from, std::uint64_t to) {
    return {{tcp(from, to, 1000, 80), syn},
            {tcp(to, from, 80, 1000), syn_ack},
            {tcp(from, to, 1000, 80), ack},
            {tcp(from, to, 1000, 81), syn},
            {udp(from, to, 1000, 53)},
            {udp(to, from, 53, 1000)},
            {udp(from, to, 1000, 53)},
            {icmp(from, to, 8)},
            {icmp(to, from, 0)},
            {icmp(from, to, 8)},
            {icmp(from, to, 13)},
            {icmp(from, to, 3)}};
  }
  std::size_t delivered(std::uint64_t from, std::uint64_t to) {
    std::size_t count = 0;
    for (const Sent& sent : exchange(from, to)) count += agree(sent.packet, sent.segment).size();
    return count;
  }
};

TEST_F(ConntrackRules, BothDirectionsPassByTheRuleOfTheFirstPacket) {
  EXPECT_EQ(delivered(1, 2), 9U) << "TCP, UDP and the echo, there and back";
  EXPECT_EQ(delivered(2, 1), 0U) << "host 2 may not ask";
  EXPECT_EQ(delivered(3, 1), 9U);
}

TEST_F(ConntrackRules, AConnectionEndsWithItsRuleThoughTheSwitchStillKnowsIt) {
  EXPECT_EQ(delivered(1, 2), 9U);
  flows_.erase({rules, 50, service(17, 0, 53)});
  load();
  EXPECT_EQ(agree(udp(1, 2, 1000, 53)).size(), 0U);
  EXPECT_EQ(agree(udp(2, 1, 53, 1000)).size(), 0U);
  EXPECT_EQ(agree(tcp(1, 2, 1000, 80), ack).size(), 1U) << "the other rule's";
  EXPECT_EQ(agree(tcp(2, 1, 80, 1000), ack).size(), 1U);
  add(rules, 50, service(17, 0, 53), {of::Conjunction{rule, 2, 2}});
  load();
  EXPECT_EQ(agree(udp(2, 1, 53, 1000)).size(), 1U) << "again allowed, and still known";
}

// --- One packet through several zones -------------------------------------------------------------------------------

class ConntrackZones : public BothSwitches {
 protected:
  static constexpr std::uint8_t each_zone = 3;
  static constexpr std::uint8_t first_zone_again = 4;
  static constexpr std::uint32_t untracked = 6;

  void SetUp() override {
    BothSwitches::SetUp();
    flows_.clear();
  }
  static of::SetField number(std::uint64_t zone) { return {FieldValue::number(Field::reg6, zone)}; }
  static of::Ct track(std::uint8_t table) { return of::Ct{.zone_field = Field::reg6, .table = table, .nested = {}}; }
  static of::Ct keep() { return of::Ct{.commit = true, .zone_field = Field::reg6, .table = {}, .nested = {}}; }
  static Match in_zone(std::uint64_t zone, std::uint64_t state) {
    return {FieldValue::number(Field::reg6, zone), FieldValue::number(Field::ct_zone, zone), tracked(state, state),
            FieldValue::number(Field::eth_type, 0x0800)};
  }
};

TEST_F(ConntrackZones, EachCopyKeepsItsRegistersAndMeetsWhatWasCommittedBefore) {
  const FieldValue ip = FieldValue::number(Field::eth_type, 0x0800);
  // As if it were answered at once.
  const Packet answer = udp(2, 1, 53, 1000);
  const auto turned = [&answer](Field field) { return of::SetField{FieldValue::number(field, answer.number(field))}; };
  add(0, 1, {ip}, {number(7), track(rules)});
  Match first = in_zone(7, sim::ct_new);
  add(rules, 1, first.with(FieldValue::number(Field::ip_proto, 17)),
      {keep(), number(102), track(each_zone), number(103), track(each_zone), number(7), turned(Field::ipv4_src),
       turned(Field::ipv4_dst), turned(Field::udp_src), turned(Field::udp_dst), track(first_zone_again)},
      delivery);
  add(rules, 1, in_zone(7, sim::ct_established), {number(102), track(each_zone), number(103), track(each_zone)});
  add(delivery, 1, {tracked(0, sim::ct_tracked)}, {of::Output{untracked}});
  add(each_zone, 1, in_zone(102, sim::ct_new), {keep(), of::Output{2}});
  add(each_zone, 1, in_zone(102, sim::ct_established), {of::Output{4}});
  add(each_zone, 1, in_zone(103, sim::ct_new), {of::Output{3}});
  add(first_zone_again, 1, in_zone(7, sim::ct_new), {of::Output{3}});
  add(first_zone_again, 1, in_zone(7, sim::ct_reply), {of::Output{5}});
  load();
  EXPECT_EQ(agree(udp(1, 2, 1000, 53)), (Ports{2, 3, 5, untracked}));
  EXPECT_EQ(agree(udp(1, 2, 1000, 53)), (Ports{2, 3})) << "zone 102 waits for an answer";
  EXPECT_EQ(agree(answer), (Ports{3, 4})) << "zone 103 does not know it";
  EXPECT_EQ(agree(udp(1, 2, 1000, 53)), (Ports{3, 4}));
}

TEST_F(ConntrackZones, APacketIsSentOnOnlySoManyTimes) {
  constexpr std::uint8_t rounds = sim::Pipeline::recirculations_max + 3;
  for (std::uint8_t table = 0; table < rounds; ++table)
    add(table, 1, {FieldValue::number(Field::eth_type, 0x0800)},
        {of::Output{2},
         of::Ct{.zone_field = {}, .zone = 7, .table = static_cast<std::uint8_t>(table + 1), .nested = {}}});
  load();
  const sim::Walk walk = walker_->walk(1, udp(1, 2, 1000, 53));
  EXPECT_EQ(walk.faults, std::vector<std::string>{"more recirculations than a switch takes"});
  EXPECT_EQ(sent_by_switch(udp(1, 2, 1000, 53), {}).size(), walk.emissions.size());
}

}  // namespace
}  // namespace tarn::test
