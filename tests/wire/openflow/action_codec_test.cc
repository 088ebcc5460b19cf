// Translations and learning, byte for byte as ovs-vswitchd 3.1.0 listed them: each comment has what ovs-ofctl was told
// to add, and the bytes are the actions of the flow description captured from the management socket.
#include "wire/openflow/action_codec.h"

#include <gtest/gtest.h>

namespace tarn::wire::of {
namespace {

using Side = Nat::Side;

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<Byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}
Bytes encoded(const std::vector<Action>& actions) {
  ByteWriter out;
  put_actions(out, actions);
  return std::move(out).finish();
}
Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}
Action ct(Nat nat) {
  return Ct{.commit = nat.side != Side::none, .zone_field = {}, .table = {}, .nat = nat, .nested = {}};
}

// ct(commit,zone=5,table=4,nat(src=10.0.0.1:1000-2000),exec(set_field:1->ct_mark)),ct(nat),
// ct(commit,nat(dst=10.0.0.1:80)),ct(commit,nat(src))
TEST(ActionCodec, ReadsAndWritesTranslationsAsOvsDoes) {
  const Bytes bytes = from_hex(
      "ffff00400000232000230001000000000005040000000000ffff001800002320"
      "00240000000100310a00000103e807d0001900100001d6040000000100000000"
      "ffff00280000232000230000000000000000ff0000000000ffff001000002320"
      "0024000000000000ffff00300000232000230001000000000000ff0000000000"
      "ffff00180000232000240000000200110a00000100500000ffff002800002320"
      "00230001000000000000ff0000000000ffff0010000023200024000000010000");
  const std::vector<Action> actions{Ct{.commit = true,
                                       .force = false,
                                       .zone_field = {},
                                       .zone = 5,
                                       .table = std::uint8_t{4},
                                       .nat = Nat{Side::source, ip("10.0.0.1"), 1000, 2000},
                                       .nested = {SetField{FieldValue::number(Field::ct_mark, 1)}}},
                                    ct({.side = Side::none, .address = {}}),
                                    ct({Side::destination, ip("10.0.0.1"), 80, 80}),
                                    ct({.side = Side::source, .address = {}})};
  EXPECT_EQ(decode_actions(bytes).value(), actions);
  EXPECT_EQ(encoded(actions), bytes);
}

// ct(commit,nat(src=[2001:db8::1]:1000-2000)),ct(commit,nat(dst=2001:db8::2))
TEST(ActionCodec, ReadsAndWritesTranslationsOfIpv6AsOvsDoes) {
  const Bytes bytes = from_hex(
      "ffff00400000232000230001000000000000ff0000000000ffff002800002320"
      "002400000001003420010db800000000000000000000000103e807d000000000"
      "ffff00380000232000230001000000000000ff0000000000ffff002000002320"
      "002400000002000420010db8000000000000000000000002");
  const std::vector<Action> actions{ct({Side::source, ip("2001:db8::1"), 1000, 2000}),
                                    ct({.side = Side::destination, .address = ip("2001:db8::2")})};
  EXPECT_EQ(decode_actions(bytes).value(), actions);
  EXPECT_EQ(encoded(actions), bytes);
}

// bundle_load(eth_src,0,active_backup,ofport,reg3[0..15],members:1,20,300),
// bundle_load(eth_src,0,active_backup,ofport,reg3[0..15],members:7)
constexpr std::string_view bundle_load =
    "ffff002800002320000d000000000000000000020003000f0001060400000000"
    "00010014012c0000"
    "ffff002800002320000d000000000000000000020001000f0001060400000000"
    "0007000000000000";

TEST(ActionCodec, ReadsAndWritesTheFirstThatIsAliveAsOvsDoes) {
  const std::vector<Action> actions{FirstAlive{{1, 20, 300}, Field::reg3}, FirstAlive{{7}, Field::reg3}};
  EXPECT_EQ(decode_actions(from_hex(bundle_load)).value(), actions);
  EXPECT_EQ(encoded(actions), from_hex(bundle_load));
}

// Another way to choose, a hash, one of other bits, more members than there are.
TEST(ActionCodec, KeepsAChoiceOfMembersThatItHasNoWordsFor) {
  for (const auto& [octet, value] : {std::pair(11, 1), {13, 1}, {15, 1}, {19, 3}, {21, 9}, {23, 14}, {24, 9}}) {
    Bytes bytes = from_hex(bundle_load);
    bytes.at(static_cast<std::size_t>(octet)) = static_cast<Byte>(value);
    const auto read = decode_actions(bytes).value();
    ASSERT_EQ(read.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Opaque>(read.front())) << octet;
    EXPECT_EQ(encoded(read), bytes);
  }
}

// learn(table=10,priority=7,idle_timeout=60,delete_learned,cookie=0x7462,limit=5,eth_type=0x800,nw_proto=6,
//   tcp_dst=0x50,nw_src=nw_dst,reg0[0..11]=reg1[4..15],load:eth_src[]->eth_dst[],load:reg1[]->reg2[])
constexpr std::string_view learn2 =
    "ffff008000002320002d003c00000007000000000000746200020a0000000000"
    "0000000500000000201008000000060200002008000600000c01000020100050"
    "000014020000002000001004000000000e040000000c00010204000400010004"
    "0000083000000406000000000206000008200001020400000001040400000000";
const Learn learned{.table = 10,
                    .priority = 7,
                    .idle_timeout = 60,
                    .cookie = 0x7462,
                    .limit = 5,
                    .matches = {FieldValue::number(Field::eth_type, 0x0800), FieldValue::number(Field::ip_proto, 6),
                                FieldValue::number(Field::tcp_dst, 80)},
                    .copied = {{Field::ipv4_dst, Field::ipv4_src, 0, 0, 32}, {Field::reg1, Field::reg0, 4, 0, 12}},
                    .loads = {{Field::eth_src, Field::eth_dst, 0, 0, 48}, {Field::reg1, Field::reg2, 0, 0, 32}}};

TEST(ActionCodec, ReadsLearningAsOvsListsIt) {
  EXPECT_EQ(decode_actions(from_hex(learn2)).value(), std::vector<Action>{learned});
}

// The same bytes but for the names of fields: the switch lists NXM's, and takes OXM's, which have the same lengths.
TEST(ActionCodec, WritesLearningAsOvsListsIt) {
  Bytes bytes = encoded({learned});
  const Bytes listed = from_hex(learn2);
  ASSERT_EQ(bytes.size(), listed.size());
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 44), Bytes(listed.begin(), listed.begin() + 44));
  EXPECT_EQ(decode_actions(bytes).value(), std::vector<Action>{learned});
}

// learn(table=10,priority=7,delete_learned,cookie=0x7462,metadata[],load:eth_src[]->eth_dst[])
TEST(ActionCodec, ReadsTheOlderFormOfLearning) {
  const Bytes bytes = from_hex(
      "ffff0040000023200010000000000007000000000000746200020a0000000000"
      "0040800004080000800004080000083000000406000000000206000000000000");
  const Learn learn{.table = 10,
                    .priority = 7,
                    .cookie = 0x7462,
                    .matches = {},
                    .copied = {{Field::metadata, Field::metadata, 0, 0, 64}},
                    .loads = {{Field::eth_src, Field::eth_dst, 0, 0, 48}}};
  EXPECT_EQ(decode_actions(bytes).value(), std::vector<Action>{learn});
}

// learn(table=10,delete_learned,hard_timeout=5,metadata[])
TEST(ActionCodec, ReadsAndWritesHowLongALearnedFlowLasts) {
  const Bytes bytes = from_hex(
      "ffff0030000023200010000000058000000000000000000000020a0000000000"
      "00408000040800008000040800000000");
  const Learn learn{.table = 10,
                    .priority = 0x8000,
                    .hard_timeout = 5,
                    .matches = {},
                    .copied = {{Field::metadata, Field::metadata, 0, 0, 64}},
                    .loads = {}};
  EXPECT_EQ(decode_actions(bytes).value(), std::vector<Action>{learn});
  EXPECT_EQ(decode_actions(encoded({learn})).value(), std::vector<Action>{learn});
}

struct Foreign {
  std::string_view text;
  std::string_view hex;
};
constexpr auto foreign = std::to_array<Foreign>({
    {"ct(commit,nat(src=10.0.0.1-10.0.0.5))",
     "ffff00300000232000230001000000000000ff0000000000ffff001800002320"
     "00240000000100030a0000010a000005"},
    {"ct(commit,nat(src=10.0.0.1,persistent))",
     "ffff00300000232000230001000000000000ff0000000000ffff001800002320"
     "00240000000500010a00000100000000"},
    {"ct(commit,nat(src=10.0.0.1:1-5,random))",
     "ffff00300000232000230001000000000000ff0000000000ffff001800002320"
     "00240000001100310a00000100010005"},
    {"ct(commit,nat(src=10.0.0.1:1-5,hash))",
     "ffff00300000232000230001000000000000ff0000000000ffff001800002320"
     "00240000000900310a00000100010005"},
    {"learn(table=10,delete_learned,metadata[],output:reg1[])",
     "ffff0038000023200010000000008000000000000000000000020a0000000000"
     "004080000408000080000408000010200001020400000000"},
    {"learn(table=10,delete_learned,fin_idle_timeout=5,metadata[])",
     "ffff0030000023200010000000008000000000000000000000020a0000050000"
     "00408000040800008000040800000000"},
    {"learn(table=10,metadata[])",
     "ffff0030000023200010000000008000000000000000000000000a0000000000"
     "00408000040800008000040800000000"},
    {"learn(table=10,delete_learned,send_flow_rem,metadata[])",
     "ffff0030000023200010000000008000000000000000000000030a0000000000"
     "00408000040800008000040800000000"},
    {"learn(table=10,delete_learned,metadata[],result_dst=reg1[3])",
     "ffff004000002320002d000000008000000000000000000000060a0000000000"
     "0000000000030000000102040040800004080000800004080000000000000000"},
    {"learn(table=10,delete_learned,metadata[],load:5->reg1[])",
     "ffff0040000023200010000000008000000000000000000000020a0000000000"
     "0040800004080000800004080000282000000005000102040000000000000000"},
    {"learn(table=10,delete_learned,metadata[],reg1=5)",
     "ffff0040000023200010000000008000000000000000000000020a0000000000"
     "0040800004080000800004080000202000000005000102040000000000000000"},
    {"learn(table=10,delete_learned,reg1[0..3]=5)",
     "ffff0030000023200010000000008000000000000000000000020a0000000000"
     "20040005000102040000000000000000"},
    {"learn(table=10,delete_learned,load:metadata[]->xreg0[],reg1[])",
     "ffff0040000023200010000000008000000000000000000000020a0000000000"
     "0840800004080000800100080000002000010204000000010204000000000000"},
});

TEST(ActionCodec, KeepsWholeWhatOurTranslationsAndLearningCannotSay) {
  for (const Foreign& action : foreign) {
    const Bytes bytes = from_hex(action.hex);
    const std::vector<Action> read = decode_actions(bytes).value();
    EXPECT_EQ(read, std::vector<Action>{Opaque{bytes}}) << action.text;
    EXPECT_TRUE(holds_opaque(read)) << action.text;
  }
}

TEST(ActionCodec, SurvivesEveryPrefixOfLearningAndOfATranslation) {
  const Bytes translation = encoded({ct({Side::source, ip("2001:db8::1"), 1000, 2000})});
  for (const Bytes& whole : {from_hex(learn2), translation}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      if (length >= 4) cut[3] = static_cast<Byte>(length);
      const auto read = decode_actions(cut);
      EXPECT_TRUE(!read || read->size() <= 1);
    }
  }
}

}  // namespace
}  // namespace tarn::wire::of
