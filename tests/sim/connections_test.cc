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

// --- Translations
// -----------------------------------------------------------------------------------------------------

using Side = of::Nat::Side;

Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}
of::Nat to_source(const std::string& address, std::uint16_t first = 0, std::uint16_t last = 0) {
  return {Side::source, ip(address), first, last};
}
of::Nat to_destination(const std::string& address, std::uint16_t port = 0) {
  return {Side::destination, ip(address), port, port};
}
of::Ct translate(of::Nat nat, std::optional<std::uint8_t> table = 1) {
  return {.commit = nat.address.has_value(), .zone_field = {}, .zone = 7, .table = table, .nat = nat, .nested = {}};
}
const of::Nat as_committed{.side = Side::none, .address = {}};

// What comes in at port 1 begins connections; at port 2, their answers. All of it is seen again in table 1.
Flows translator(const of::Nat& nat) {
  const auto from = [](std::uint64_t port) { return Match{FieldValue::number(Field::in_port, port)}; };
  return {{{0, 1, from(1)}, {.actions = {translate(nat)}, .goto_table = {}}},
          {{0, 1, from(2)}, {.actions = {translate(as_committed)}, .goto_table = {}}},
          {{1, 1, {}}, {.actions = {of::Output{3}}, .goto_table = {}}}};
}

// "10.0.0.1:1000 > 10.0.0.2:53, ct_state, from where to where the connection went first".
struct Seen {
  std::string packet;
  std::uint64_t state = 0;
  std::string original;
  bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.packet << " " << seen.state << " " << seen.original;
}
Seen seen_of(const Packet& packet) {
  const auto pair = [&](Field source, Field from, Field destination, Field to) {
    return packet.ip(source).text() + ":" + std::to_string(packet.number(from)) + " > " +
           packet.ip(destination).text() + ":" + std::to_string(packet.number(to));
  };
  return {pair(Field::ipv4_src, Field::udp_src, Field::ipv4_dst, Field::udp_dst), packet.number(Field::ct_state),
          pair(Field::ct_ipv4_src, Field::ct_tp_src, Field::ct_ipv4_dst, Field::ct_tp_dst)};
}

class Translations : public testing::Test {
 protected:
  Seen pass(const Flows& flows, std::uint32_t in_port, const Packet& packet) {
    const Walk walk = Pipeline(flows).walk(in_port, packet, conntrack_);
    EXPECT_THAT(walk.faults, testing::IsEmpty());
    walk.teach(conntrack_);
    return walk.emissions.empty() ? Seen{} : seen_of(walk.emissions.back().packet);
  }
  std::string address_of(const Flows& flows, std::uint32_t in_port, const Packet& packet) {
    return pass(flows, in_port, packet).packet;
  }

  Conntrack conntrack_{Tracker::userspace};
};

// RFC 3022 section 2.2, and ovs-fields(7) for the bits: of the packet, not of the connection; CT original tuple.
TEST_F(Translations, OfTheSourceAreUndoneForTheAnswer) {
  const Flows flows = translator(to_source("203.0.113.5", 5000, 5001));
  const std::string first = "10.0.0.1:1000 > 10.0.0.2:53";
  EXPECT_EQ(pass(flows, 1, question), (Seen{"203.0.113.5:5000 > 10.0.0.2:53", 0x61, first}));
  EXPECT_EQ(pass(flows, 1, question), (Seen{"203.0.113.5:5000 > 10.0.0.2:53", 0x61, first})) << "not answered yet";
  EXPECT_EQ(pass(flows, 2, udp("10.0.0.2", "203.0.113.5", 53, 5000)),
            (Seen{"10.0.0.2:53 > 10.0.0.1:1000", 0xaa, first}));
  EXPECT_EQ(pass(flows, 1, question), (Seen{"203.0.113.5:5000 > 10.0.0.2:53", 0x62, first}));
  EXPECT_EQ(conntrack_.connections().size(), 1U);
}

TEST_F(Translations, OfTheDestinationAreUndoneForTheAnswer) {
  const Flows flows = translator(to_destination("10.0.0.7", 80));
  const Packet asks = udp("10.0.0.1", "203.0.113.5", 1000, 8080);
  const std::string first = "10.0.0.1:1000 > 203.0.113.5:8080";
  EXPECT_EQ(pass(flows, 1, asks), (Seen{"10.0.0.1:1000 > 10.0.0.7:80", 0xa1, first}));
  EXPECT_EQ(pass(flows, 2, udp("10.0.0.7", "10.0.0.1", 80, 1000)),
            (Seen{"203.0.113.5:8080 > 10.0.0.1:1000", 0x6a, first}));
  EXPECT_EQ(pass(flows, 1, asks), (Seen{"10.0.0.1:1000 > 10.0.0.7:80", 0xa2, first}));
}

TEST_F(Translations, AreDoneOnlyWhenAsked) {
  pass(translator(to_source("203.0.113.5", 5000, 5000)), 1, question);
  const Flows plain{{{0, 1, {}}, {.actions = {track(1)}, .goto_table = {}}},
                    {{1, 1, {}}, {.actions = {of::Output{3}}, .goto_table = {}}}};
  const Packet reply = udp("10.0.0.2", "203.0.113.5", 53, 5000);
  EXPECT_EQ(pass(plain, 1, question), (Seen{"10.0.0.1:1000 > 10.0.0.2:53", 0x21, "10.0.0.1:1000 > 10.0.0.2:53"}));
  EXPECT_EQ(pass(plain, 1, answer), (Seen{"10.0.0.2:53 > 10.0.0.1:1000", 0x21, "10.0.0.2:53 > 10.0.0.1:1000"}))
      << "nobody's answer: it should come to the other address";
  EXPECT_EQ(pass(plain, 2, reply), (Seen{"10.0.0.2:53 > 203.0.113.5:5000", 0x2a, "10.0.0.1:1000 > 10.0.0.2:53"}));
}

TEST_F(Translations, BeginWithAConnectionAndNotInItsMiddle) {
  const Flows flows = translator(to_source("203.0.113.5", 5000, 5009));
  conntrack_.commit({7, *tuple_of(question, Tracker::userspace)});
  EXPECT_EQ(pass(flows, 1, question).state, ct_new | ct_tracked) << "committed before, untranslated";
  EXPECT_EQ(address_of(flows, 1, question), "10.0.0.1:1000 > 10.0.0.2:53");
  const Packet other = udp("10.0.0.3", "10.0.0.2", 1000, 53);
  EXPECT_EQ(address_of(flows, 1, other), "203.0.113.5:5000 > 10.0.0.2:53");
  EXPECT_EQ(address_of(translator(to_source("203.0.113.6", 6000, 6009)), 1, other), "203.0.113.5:5000 > 10.0.0.2:53");
}

// docs/routing.md, "What was found out".
TEST_F(Translations, ThatFindNoPortLeaveThePacketAsItWasAndForgotten) {
  const Flows flows = translator(to_source("203.0.113.5", 5000, 5001));
  const auto from = [](int host) { return udp("10.0.0." + std::to_string(host), "10.0.9.9", 1000, 53); };
  EXPECT_EQ(address_of(flows, 1, from(1)), "203.0.113.5:5000 > 10.0.9.9:53");
  EXPECT_EQ(address_of(flows, 1, from(2)), "203.0.113.5:5001 > 10.0.9.9:53");
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(pass(flows, 1, from(3)), (Seen{"10.0.0.3:1000 > 10.0.9.9:53", 0x21, "10.0.0.3:1000 > 10.0.9.9:53"}));
  EXPECT_EQ(conntrack_.connections().size(), 2U);
  EXPECT_EQ(address_of(flows, 1, udp("10.0.0.3", "10.0.9.8", 1000, 53)), "203.0.113.5:5000 > 10.0.9.8:53")
      << "to another destination the port is free";
}

TEST_F(Translations, KeepAPortThatIsFreeWhenNoneIsSaid) {
  const Flows flows = translator(to_source("203.0.113.5"));
  EXPECT_EQ(address_of(flows, 1, question), "203.0.113.5:1000 > 10.0.0.2:53");
  EXPECT_EQ(address_of(flows, 1, udp("10.0.0.3", "10.0.0.2", 1000, 53)), "203.0.113.5:1024 > 10.0.0.2:53");
  EXPECT_EQ(address_of(translator(to_destination("10.0.0.7")), 1, udp("10.0.0.1", "10.0.9.9", 1000, 8080)),
            "10.0.0.1:1000 > 10.0.0.7:8080");
}

TEST_F(Translations, OfADestinationTakeAnotherSourcePortWhereTheAnswerWouldBeAnothers) {
  const Flows flows = translator(to_destination("10.0.0.7", 80));
  EXPECT_EQ(address_of(flows, 1, udp("10.0.0.1", "203.0.113.5", 1000, 80)), "10.0.0.1:1000 > 10.0.0.7:80");
  EXPECT_EQ(pass(flows, 1, udp("10.0.0.1", "203.0.113.6", 1000, 80)),
            (Seen{"10.0.0.1:1024 > 10.0.0.7:80", 0xa1, "10.0.0.1:1000 > 203.0.113.6:80"}));
}

TEST_F(Translations, OfAnEchoChangeItsAddressOnly) {
  const auto echo = [](const std::string& from, const std::string& to, std::uint64_t type) {
    return udp(from, to, 0, 0).set(Field::ip_proto, 1).set(Field::icmp_type, type);
  };
  const Flows flows = translator(to_source("203.0.113.5", 5000, 5001));
  EXPECT_EQ(pass(flows, 1, echo("10.0.0.1", "10.0.0.2", 8)),
            (Seen{"203.0.113.5:0 > 10.0.0.2:0", 0x61, "10.0.0.1:8 > 10.0.0.2:0"}));
  EXPECT_EQ(pass(flows, 2, echo("10.0.0.2", "203.0.113.5", 0)),
            (Seen{"10.0.0.2:0 > 10.0.0.1:0", 0xaa, "10.0.0.1:8 > 10.0.0.2:0"}));
  EXPECT_EQ(pass(flows, 1, echo("10.0.0.3", "10.0.0.2", 8)).state, ct_new | ct_tracked)
      << "the same identifier to the same host from the same address";
}

TEST_F(Translations, AreSeenByTheTablesOnlyOfThePacketThatIsSentOn) {
  Flows flows = translator(to_source("203.0.113.5", 5000, 5001));
  flows[{0, 1, {FieldValue::number(Field::in_port, 1)}}].actions = {translate(to_source("203.0.113.5", 5000, 5001)),
                                                                    of::Resubmit{9}, of::Output{4}};
  flows[{9, 1, {FieldValue::number(Field::eth_type, 0x0800), FieldValue::ip(Field::ipv4_src, ip("10.0.0.1"))}}]
      .actions = {of::Output{5}};
  const Walk walk = Pipeline(flows).walk(1, question, conntrack_);
  ASSERT_THAT(ports(walk.emissions), testing::ElementsAre(5, 4, 3));
  for (const Emission& emission : walk.emissions)
    EXPECT_EQ(seen_of(emission.packet).packet, "203.0.113.5:5000 > 10.0.0.2:53") << emission.port;
  EXPECT_EQ(walk.emissions[0].packet.number(Field::ct_state), 0U);
}

TEST_F(Translations, HoldInTheirZoneUntilThePacketIsSeenInAnother) {
  const Flows again{{{0, 1, {}}, {.actions = {translate(to_source("203.0.113.5", 5000, 5009))}, .goto_table = {}}},
                    {{1, 1, {}}, {.actions = {translate(to_source("203.0.113.5", 5000, 5009), 2)}, .goto_table = {}}},
                    {{2, 1, {}}, {.actions = {of::Output{3}}, .goto_table = {}}}};
  EXPECT_EQ(pass(again, 1, question), (Seen{"203.0.113.5:5000 > 10.0.0.2:53", 0x61, "10.0.0.1:1000 > 10.0.0.2:53"}));
  EXPECT_EQ(conntrack_.connections().size(), 1U);
  Flows elsewhere = again;
  elsewhere[{1, 1, {}}].actions = {of::Ct{.zone_field = {}, .zone = 8, .table = std::uint8_t{2}, .nested = {}}};
  EXPECT_EQ(pass(elsewhere, 1, question),
            (Seen{"203.0.113.5:5000 > 10.0.0.2:53", 0x21, "203.0.113.5:5000 > 10.0.0.2:53"}));
}

TEST_F(Translations, ThatChangeNothingAreAFault) {
  for (const of::Nat& nat : {to_source("10.0.0.1"), to_destination("10.0.0.2", 53), to_source("2001:db8::1"),
                             of::Nat{.side = Side::source, .address = {}}}) {
    of::Ct ct = translate(nat);
    ct.commit = true;
    const Flows flows{{{0, 1, {}}, {.actions = {ct}, .goto_table = {}}}};
    EXPECT_EQ(Pipeline(flows).walk(1, question).faults.size(), 1U);
  }
}

// --- Conjunctions
// -----------------------------------------------------------------------------------------------------

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
