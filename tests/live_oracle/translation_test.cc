// The walker's translations and learning against a real Open vSwitch: what became of a packet is told by how often it
// comes out of which port.
#include <gtest/gtest.h>

#include "live_oracle/both_switches.h"
#include "rt/choice.h"
#include "support/oracle_seed.h"

namespace tarn::test {
namespace {

namespace of = wire::of;
using Side = of::Nat::Side;

constexpr int steps = 400;  // done long before the first datagram without an answer is forgotten, after 60 s

Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}

// --- Translations ---------------------------------------------------------------------------------------------------

// What is asked of the tracker is told by a packet's TTL. Afterwards tables read it, field by field, and send a copy
// for each step of a field's value in a list of those that occur; hosts 1 to 3 send, ports 4 to 6 count.
class TranslationOracle : public BothSwitches {
 protected:
  static constexpr std::uint8_t again = 1;
  static constexpr std::uint8_t reading = 2;
  enum Asked : std::uint8_t {
    as_committed = 40,
    plain,
    look,
    one_port,
    own_port,
    forward,
    forward_any,
    two_asks,
    both,
    cleared,
    rest,
    last
  };

  static of::Ct ct(of::Nat nat, std::optional<std::uint8_t> table = reading) {
    return {.commit = nat.side != Side::none, .zone_field = {}, .zone = 7, .table = table, .nat = nat, .nested = {}};
  }
  static of::Ct untranslated(bool commit, std::uint16_t zone = 7) {
    return {.commit = commit, .zone_field = {}, .zone = zone, .table = reading, .nested = {}};
  }
  static of::Nat nat(Side side, bool v4, int host, std::uint16_t port = 0) {
    return {side, ip((v4 ? "10.0.0." : "2001:db8::") + std::to_string(host)), port, port};
  }

  // What is done first, and what where the packet comes back for more.
  static std::vector<of::Action> asking(Asked asked, bool v4) {
    const of::Nat none{.side = Side::none, .address = {}};
    switch (asked) {
      case as_committed:
        return {ct(none)};
      case plain:
        return {untranslated(true)};
      case look:
        return {untranslated(false)};
      case one_port:
        return {ct(nat(Side::source, v4, 91, 5000))};
      case own_port:
        return {ct(nat(Side::source, v4, 92))};
      case forward:
        return {ct(nat(Side::destination, v4, 3, 53))};
      case forward_any:
        return {ct(nat(Side::destination, v4, 3))};
      case two_asks:
      case both:
      case cleared:
        return {ct(none, again)};
      case rest:
        return {ct(nat(Side::source, v4, 91, 5000), {}), of::Resubmit{reading}};
      case last:
        break;
    }
    return {};
  }
  static std::vector<of::Action> asking_again(Asked asked, bool v4) {
    switch (asked) {
      case two_asks:
        return {ct(nat(Side::source, v4, 91, 5001))};
      case both:
        return {of::Ct{.commit = true,
                       .zone_field = {},
                       .zone = 8,
                       .table = reading,
                       .nat = nat(Side::source, v4, 93, 6000),
                       .nested = {}}};
      case cleared:
        return {of::CtClear{}, untranslated(false)};
      default:
        return {};
    }
  }

  // Copies at a port for each value of the list, in so many steps, and on to the next table in any case.
  void read(std::uint8_t table, std::uint32_t port, std::size_t step, const std::vector<Match>& values) {
    std::size_t copies = 0;
    for (const Match& value : values) {
      copies += step;
      add(table, 2, value, std::vector<of::Action>(copies, of::Output{port}), std::uint8_t(table + 1));
    }
    add(table, 1, {}, {}, std::uint8_t(table + 1));
  }
  static std::vector<Match> addresses(Field v4, Field v6) {
    std::vector<Match> values;
    for (const int host : {1, 2, 3, 91, 92, 93}) {
      const auto value = [&](bool is_v4) {
        return FieldValue::ip(is_v4 ? v4 : v6, ip((is_v4 ? "10.0.0." : "2001:db8::") + std::to_string(host)));
      };
      for (const bool is_v4 : {true, false}) {
        Match match{FieldValue::number(Field::eth_type, is_v4 ? 0x0800 : 0x86dd), value(is_v4)};
        if (v4 == Field::ct_ipv4_src || v4 == Field::ct_ipv4_dst) match.with(tracked(0x20, 0x30));
        values.push_back(match);
      }
    }
    return values;
  }
  static std::vector<Match> ports(Field field) {
    std::vector<Match> values;
    for (const std::uint64_t type : {0x0800, 0x86dd})
      for (const std::uint64_t port : {53, 80, 1000, 2000, 5000, 5001, 6000})
        values.push_back({FieldValue::number(Field::eth_type, type), FieldValue::number(Field::ip_proto, 17),
                          FieldValue::number(field, port)});
    return values;
  }

  void SetUp() override {
    BothSwitches::SetUp();
    flows_.clear();
    for (const bool v4 : {true, false})
      for (int asked = as_committed; asked < last; ++asked) {
        const Match match{FieldValue::number(Field::eth_type, v4 ? 0x0800 : 0x86dd),
                          FieldValue::number(Field::ip_ttl, static_cast<std::uint64_t>(asked))};
        add(0, 1, match, asking(static_cast<Asked>(asked), v4));
        add(again, 1, match, asking_again(static_cast<Asked>(asked), v4));
      }
    std::vector<Match> states;
    for (const std::uint64_t state : {0x21, 0x61, 0xa1, 0x22, 0x62, 0xa2, 0x2a, 0x6a, 0xaa, 0x30})
      states.push_back({tracked(state, 0xfb)});
    read(reading, 4, 1, states);
    read(reading + 1, 4, 16, addresses(Field::ct_ipv4_src, Field::ct_ipv6_src));
    read(reading + 2, 5, 1, addresses(Field::ipv4_src, Field::ipv6_src));
    read(reading + 3, 5, 16, ports(Field::udp_src));
    read(reading + 4, 6, 1, addresses(Field::ipv4_dst, Field::ipv6_dst));
    read(reading + 5, 6, 16, ports(Field::udp_dst));
    load();
  }

  static Packet asks(Packet packet, Asked asked) {
    return packet.set(Field::ip_ttl, static_cast<std::uint64_t>(asked));
  }
  // To an address that is no host's.
  static Packet to(Packet packet, int host, bool v4 = true) {
    return packet.set(v4 ? Field::ipv4_dst : Field::ipv6_dst,
                      ip((v4 ? "10.0.0." : "2001:db8::") + std::to_string(host)));
  }
};

TEST_F(TranslationOracle, OfTheSourceAgree) {
  for (const bool v4 : {true, false}) {
    agree(asks(udp(1, 2, 1000, 53, v4), one_port));
    agree(asks(udp(3, 2, 1000, 53, v4), one_port));  // finds no port
    agree(asks(udp(3, 2, 1000, 53, v4), as_committed));
    agree(asks(to(udp(2, 1, 53, 5000, v4), 91, v4), look));
    agree(asks(to(udp(2, 1, 53, 5000, v4), 91, v4), as_committed));
    agree(asks(udp(1, 2, 1000, 53, v4), as_committed));
    agree(asks(udp(2, 1, 53, 1000, v4), as_committed));  // nobody's answer
    agree(asks(udp(1, 2, 2000, 53, v4), own_port));
    agree(asks(to(udp(2, 1, 53, 2000, v4), 92, v4), as_committed));
  }
}

TEST_F(TranslationOracle, OfTheDestinationAgree) {
  for (const bool v4 : {true, false}) {
    agree(asks(to(udp(1, 2, 1000, 80, v4), 91, v4), forward));
    agree(asks(udp(3, 1, 53, 1000, v4), as_committed));
    agree(asks(to(udp(1, 2, 1000, 80, v4), 91, v4), as_committed));
    agree(asks(to(udp(1, 2, 1000, 53, v4), 92, v4), forward));  // another source port
    agree(asks(to(udp(2, 1, 1000, 80, v4), 92, v4), forward_any));
  }
}

TEST_F(TranslationOracle, OfEchoesAgree) {
  for (const bool v4 : {true, false}) {
    agree(asks(icmp(1, 2, v4 ? 8 : 128, 0, v4), one_port));
    agree(asks(to(icmp(2, 1, v4 ? 0 : 129, 0, v4), 91, v4), as_committed));
    agree(asks(icmp(1, 2, v4 ? 8 : 128, 0, v4), as_committed));
    agree(asks(icmp(3, 2, v4 ? 8 : 128, 0, v4), one_port));  // the same identifier
  }
}

TEST_F(TranslationOracle, OfPacketsThatComeTwiceAgree) {
  for (const Asked asked : {two_asks, both, cleared, rest})
    for (const bool v4 : {true, false})
      for (int i = 0; i < 2; ++i) agree(asks(udp(1, 2, 1000, 53, v4), asked));
}

TEST_F(TranslationOracle, OfRandomStoriesAgree) {
  rt::Seeded choice(oracle_seed());
  const auto one_of = [&](const std::vector<std::uint64_t>& values) {
    return values[choice.below(static_cast<std::uint32_t>(values.size()))];
  };
  for (int step = 0; step < steps && !HasFailure(); ++step) {
    const bool v4 = choice.below(3) != 0;
    const auto asked = static_cast<Asked>(as_committed + choice.below(last - as_committed));
    const std::uint64_t from = one_of({1, 2, 3});
    Packet packet = udp(from, 1 + from % 3, one_of({53, 80, 1000, 2000}), one_of({53, 80, 1000, 5000}), v4);
    if (choice.below(5) == 0)
      packet = icmp(from, 1 + from % 3, choice.below(2) == 0 ? (v4 ? 0 : 129) : (v4 ? 8 : 128), 0, v4);
    if (choice.below(2) == 0) packet = to(packet, static_cast<int>(one_of({91, 92})), v4);
    // What it would be translated to is where it goes: such a translation changes nothing (docs/routing.md).
    const bool at_3 = packet.ip(v4 ? Field::ipv4_dst : Field::ipv6_dst) == ip(v4 ? "10.0.0.3" : "2001:db8::3");
    if (at_3 && (asked == forward || asked == forward_any)) continue;
    agree(asks(packet, asked));
  }
  ASSERT_FALSE(HasFailure()) << replay(oracle_seed());
}

// --- Learning -------------------------------------------------------------------------------------------------------

// Port 1 teaches where its hosts are, port 2 sends to them. Packets come here as a controller's, which learn beyond the
// limit; what comes back from the tracker is a packet of the datapath.
class LearningOracle : public BothSwitches {
 protected:
  static constexpr std::uint8_t learned = 10;
  static constexpr std::uint8_t teaching = 20;

  static of::Learn learn(std::uint32_t limit) {
    return {.table = learned,
            .priority = 7,
            .idle_timeout = 0,
            .cookie = 0x7462,
            .limit = limit,
            .matches = {FieldValue::number(Field::eth_type, 0x0800)},
            .copied = {{Field::ipv4_src, Field::ipv4_dst, 0, 0, 32}},
            .loads = {{Field::udp_src, Field::reg2, 0, 8, 16}, {Field::eth_src, Field::reg3, 0, 0, 32}}};
  }
  void SetUp() override {
    BothSwitches::SetUp();
    flows_.clear();
    teach(2);
    const Match sends{FieldValue::number(Field::in_port, 2)};
    add(0, 1, sends, {of::Resubmit{learned}}, rules);
    for (const std::uint64_t port : {1000, 2000, 3000})
      add(rules, 1, {FieldValue::number(Field::reg2, port << 8U)},
          {of::Output{static_cast<std::uint32_t>(3 + port / 1000 - 1)}}, delivery);
    add(rules, 0, {}, {}, delivery);
    add(delivery, 10, {FieldValue::number(Field::reg3, 1)}, {of::Output{6}});
    load();
  }
  void teach(std::uint32_t limit) {
    const auto udp_from_1 = [] {
      return Match{FieldValue::number(Field::in_port, 1), FieldValue::number(Field::eth_type, 0x0800),
                   FieldValue::number(Field::ip_proto, 17)};
    };
    add(0, 1, udp_from_1(), {of::Ct{.zone_field = {}, .zone = 7, .table = teaching, .nested = {}}});
    add(teaching, 1, udp_from_1(), {learn(limit)});
  }
  static Packet from(int host, std::uint64_t port) {
    return udp(1, 2, port, 53).set(Field::ipv4_src, ip("10.0.0." + std::to_string(host)));
  }
  void ask() {
    for (int host = 11; host <= 14; ++host)
      agree(udp(2, 1, 53, 53).set(Field::ipv4_dst, ip("10.0.0." + std::to_string(host))));
  }
};

TEST_F(LearningOracle, AgreesOnWhatIsLearnedAndWhenNoMore) {
  ask();
  agree(from(11, 1000));
  ask();
  agree(from(11, 2000));
  ask();
  agree(from(12, 2000));
  agree(from(13, 3000));
  agree(from(12, 3000));
  ask();
}

}  // namespace
}  // namespace tarn::test
