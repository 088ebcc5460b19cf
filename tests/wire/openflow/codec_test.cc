// OpenFlow messages: laws over random values, and bytes from Open vSwitch 3.1.0 itself.
#include "wire/openflow/codec.h"

#include <gtest/gtest.h>

#include "rt/choice.h"
#include "support/random_flow.h"

namespace tarn::wire::of {
namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<Byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

// One message of every kind that we write, with `random` flows inside.
std::vector<Message> one_of_each(test::RandomFlow& random) {
  const FlowKey key = random.key();
  const FlowSpec spec = random.spec(key.table);
  const FlowSeen seen{.spec = spec,
                      .idle_timeout = 1,
                      .hard_timeout = 2,
                      .importance = 3,
                      .opaque = false,
                      .packets = 1234567890123,
                      .bytes = 9876543210987};
  const PacketIn packet{.reason = 1,
                        .table = 4,
                        .cookie = spec.cookie,
                        .metadata = key.match,
                        .userdata = {1, 2, 3},
                        .full_len = 100,
                        .packet = Bytes(60, 0xaa)};
  return {
      Hello{},
      ErrorReply{5, 1, {1, 2, 3}},
      EchoRequest{{1, 2}},
      EchoReply{{}},
      FeaturesRequest{},
      FeaturesReply{42, 254, 0x24f},
      GetConfigRequest{},
      GetConfigReply{0, 128},
      SetConfig{},
      AddFlow{key, spec},
      DeleteFlow{key, spec.cookie},
      BundleControl{7, BundleStep::commit_reply},
      BundleAdd{7, AddFlow{key, spec}},
      BundleAdd{7, DeleteFlow{key, spec.cookie}},
      BarrierRequest{},
      BarrierReply{},
      TableStatsRequest{},
      TableStatsReply{true, {{.table = 0, .flows = 7, .lookups = 1ULL << 40, .matches = 3}, {.table = 253}}},
      FlowDescRequest{{}, 0x7461000000000000, 0xffff000000000000},
      FlowDescRequest{60, 5, 7},
      FlowDescReply{true, {{key, seen}, {key, seen}}},
      PortDescRequest{},
      PortDescReply{false, {{.number = 3, .mac = Mac{{1, 2, 3, 4, 5, 6}}, .name = "tap0", .config = 1, .state = 4}}},
      packet,
      PacketOut{port_controller, {Output{1}, Output{2}}, Bytes(60, 0xbb)},
      SetPacketInFormat{},
  };
}

TEST(OpenflowCodec, DecodesWhatItEncodes) {
  rt::Seeded choice(1);
  test::RandomFlow random(choice);
  for (int round = 0; round < 500; ++round) {
    for (const Message& message : one_of_each(random)) {
      const Bytes bytes = encode(message, 77);
      ASSERT_EQ(message_length(bytes).value(), bytes.size());
      const Result<Envelope> back = decode(bytes);
      ASSERT_TRUE(back.has_value()) << back.error().message;
      ASSERT_EQ(*back, (Envelope{77, message}));
    }
  }
}

// A message cut anywhere, its length field cut with it, is an error or a shorter message (its last part was padding or
// a list); nothing is read past its end, which the sanitizers watch.
TEST(OpenflowCodec, SurvivesEveryPrefixOfEveryMessage) {
  rt::Seeded choice(2);
  test::RandomFlow random(choice);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 20; ++round) {
    for (const Message& message : one_of_each(random)) {
      const Bytes whole = encode(message, 77);
      for (std::size_t length = 0; length < whole.size(); ++length) {
        Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(decode(cut).has_value()) << "the header's length is not the message's";
        if (length < header_bytes) continue;
        cut[2] = static_cast<Byte>(length >> 8);
        cut[3] = static_cast<Byte>(length);
        const Result<Envelope> decoded = decode(cut);
        EXPECT_EQ(decoded ? decoded->xid : 77, 77U);
        (decoded ? accepted : refused) += 1;
      }
    }
  }
  EXPECT_GT(refused, accepted);
}

TEST(OpenflowCodec, SurvivesGarbledMessages) {
  rt::Seeded choice(3);
  test::RandomFlow random(choice);
  std::size_t refused = 0;
  for (int round = 0; round < 300; ++round) {
    for (const Message& message : one_of_each(random)) {
      Bytes bytes = encode(message, 77);
      for (std::uint32_t count = 1 + choice.below(6); count > 0; --count) {
        const auto at = choice.below(static_cast<std::uint32_t>(bytes.size()));
        if (at != 2 && at != 3) bytes[at] = static_cast<Byte>(choice.below(256));
      }
      refused += decode(bytes).has_value() ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 100U);
}

TEST(OpenflowCodec, DecodesWhatItReencodesOfAGarbledFlow) {
  rt::Seeded choice(4);
  test::RandomFlow random(choice);
  for (int round = 0; round < 3000; ++round) {
    const FlowKey key = random.key();
    Bytes bytes = encode(FlowDescReply{false, {{key, FlowSeen{.spec = random.spec(key.table)}}}}, 1);
    const auto at = 16 + choice.below(static_cast<std::uint32_t>(bytes.size()) - 16);
    bytes[at] = static_cast<Byte>(choice.below(256));
    const Result<Envelope> decoded = decode(bytes);
    const auto* reply = decoded ? std::get_if<FlowDescReply>(&decoded->message) : nullptr;
    if (reply == nullptr || reply->flows.empty() || reply->flows[0].second.opaque) continue;
    const Result<Bytes> again = try_encode(*reply, 1);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(decode(*again).value().message, decoded->message);
  }
}

// Found by a fuzzer: such a name was read one byte longer than it can be written.
TEST(OpenflowCodec, ReadsAPortsNameNoFurtherThanItsFieldAllows) {
  const PortDescReply reply{false, {{.number = 3, .mac = {}, .name = std::string(15, 'n'), .config = 0, .state = 0}}};
  Bytes bytes = encode(reply, 1);
  constexpr std::size_t name_at = 16 + 16;  // behind the multipart header, and the port's number, length and address
  ASSERT_EQ(bytes[name_at + 14], 'n');
  bytes[name_at + 15] = 'n';
  EXPECT_EQ(decode(bytes).value().message, Message(reply));
}

// The reply of ovs-vswitchd 3.1.0 to a flow description request, captured from its management socket after
// ovs-ofctl -O OpenFlow15 add-flow "cookie=0x7461000000000001,table=3,priority=7,reg1=5,reg4=0x1/0x3,
//   vlan_tci=0x1005/0x1fff,eth_type=0x800,nw_ttl=3,ip_frag=no,ct_state=+trk,actions=set_field:5->reg1,
//   set_field:0x1/0x3->metadata,set_field:0x1000->vlan_tci,controller(userdata=01.02.03),
//   ct(commit,zone=reg6[0..15],table=4,exec(set_field:1->ct_mark)),clone(output:1),resubmit(,4),goto_table:9"
constexpr std::string_view listed_by_ovs =
    "0613016800000003000100000000000001580000030000070000000000000000"
    "74610000000000010001004e80000a02080080000c021005000134010000013a"
    "010380010110000000000000000500000000ffffffff80010510000000010000"
    "000000000003000000000001d308000000200000002000000000003480020008"
    "00000000000f4240800202080000000000000000800208080000000000000000"
    "80020a08000000000000000000000000000400b0000000000019001000010204"
    "0000000500000000001900188000051000000000000000010000000000000003"
    "00190010000008021000000000000000ffff0018000023200025000000000000"
    "0003000701020300ffff0028000023200023000100010c04000f040000000000"
    "001900100001d6040000000100000000ffff002000002320002a000000000000"
    "00000010000000010000000000000000ffff001000002320000efff804000000"
    "0001000809000000";

TEST(OpenflowCodec, ReadsAFlowAsOvsListsIt) {
  Bytes bytes = from_hex(listed_by_ovs);
  const Result<Envelope> decoded = decode(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  const auto& reply = std::get<FlowDescReply>(decoded->message);
  ASSERT_EQ(reply.flows.size(), 1U);
  const auto& [key, seen] = reply.flows[0];
  EXPECT_FALSE(seen.opaque);
  EXPECT_EQ(key,
            (FlowKey{3, 7,
                     Match{FieldValue::number(Field::reg1, 5), FieldValue::number(Field::reg4, 1, 3),
                           FieldValue::number(Field::vlan_tci, 0x1005, 0x1fff),
                           FieldValue::number(Field::eth_type, 0x800), FieldValue::number(Field::ip_ttl, 3),
                           FieldValue::number(Field::ip_frag, 0), FieldValue::number(Field::ct_state, 0x20, 0x20)}}));
  EXPECT_EQ(text(key, seen.spec),
            "cookie=0x7461000000000001, table=3, priority=7,reg1=0x5,reg4=0x1/0x3,ct_state=+trk,eth_type=0x800,"
            "vlan_tci=0x1005/0x1fff,nw_ttl=3,ip_frag=no actions=set_field:0x5->reg1,set_field:0x1/0x3->metadata,"
            "set_field:0x1000->vlan_tci,controller(userdata=01.02.03),ct(commit,table=4,zone=reg6[0..15],"
            "exec(set_field:0x1->ct_mark)),clone(output:1),resubmit(,4),goto_table:9");
}

// struct ofp_multipart_request, ofp_flow_stats_request and ofp_match of OpenFlow 1.5: the flows of table 60 whose
// lowest three cookie bits are 5. ovs-vswitchd 3.1.0 answered these bytes with those and no others.
TEST(OpenflowCodec, AsksForOneTableAndTheCookiesOfOneSlice) {
  Bytes bytes = from_hex(
      "06120038000000090001000000000000"
      "3c000000ffffffffffffffff00000000"
      "00000000000000050000000000000007"
      "0001000400000000");
  EXPECT_EQ(encode(FlowDescRequest{60, 5, 7}, 9), bytes);
  bytes[16] = 0xff;  // OFPTT_ALL
  EXPECT_EQ(encode(FlowDescRequest{{}, 5, 7}, 9), bytes);
  EXPECT_EQ(encode(TableStatsRequest{}, 9), from_hex("06120010000000090003000000000000"));
}

// The first two and the last of the 254 tables that ovs-vswitchd 3.1.0 names, captured from its management socket when
// table 1 held two flows; only the length of the message is that of three tables.
TEST(OpenflowCodec, ReadsTableStatisticsAsOvsSendsThem) {
  const Bytes bytes = from_hex(
      "06130058000000090003000000000000"
      "000000000000000000000000000000000000000000000000"
      "010000000000000200000000000000000000000000000000"
      "fd0000000000000000000000000000000000000000000000");
  const TableStatsReply reply{false, {{.table = 0}, {.table = 1, .flows = 2}, {.table = 253}}};
  const Result<Envelope> decoded = decode(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_EQ(decoded->message, Message(reply));
  EXPECT_EQ(encode(reply, 9), bytes);
}

// The bytes that ovs-ofctl 3.1.0 itself builds for "eth_type=0x800,actions=ct(exec(set_field:1->ct_mark))", which its
// parse-flows command dumps because the switch would refuse them (no commit).
TEST(OpenflowCodec, WritesAFlowAsOvsOfctlDoes) {
  const AddFlow flow{{0, 0x8000, Match{FieldValue::number(Field::eth_type, 0x800)}},
                     {.cookie = 0,
                      .actions = {Ct{.commit = false,
                                     .force = false,
                                     .zone_field = {},
                                     .zone = 0,
                                     .table = {},
                                     .nested = {SetField{FieldValue::number(Field::ct_mark, 1)}}}},
                      .goto_table = {}}};
  EXPECT_EQ(encode(flow, 1), from_hex("060e0070000000010000000000000000"
                                      "00000000000000000000000000008000"
                                      "ffffffffffffffffffffffff00000000"
                                      "0001000a80000a020800000000000000"
                                      "0004003000000000ffff002800002320"
                                      "00230000000000000000ff0000000000"
                                      "001900100001d6040000000100000000"));
}

// Again a flow that ovs-ofctl 3.1.0 builds and the switch refuses, for it does not ask for a tracked packet:
// "conj_id=9,ip,ct_nw_proto=6,ct_tp_dst=80 actions=conjunction(258,2/3)".
TEST(OpenflowCodec, WritesAndReadsConjunctionsAsOvsOfctlDoes) {
  const Bytes bytes = from_hex(
      "060e0068000000010000000000000000"
      "00000000000000000000000000008000"
      "ffffffffffffffffffffffff00000000"
      "0001001d00014a040000000980000a02"
      "08000001ee01060001fa020050000000"
      "0004001800000000ffff001000002320"
      "0022010300000102");
  const AddFlow flow{{0, 0x8000,
                      Match{FieldValue::number(Field::conj_id, 9), FieldValue::number(Field::eth_type, 0x800),
                            FieldValue::number(Field::ct_ip_proto, 6), FieldValue::number(Field::ct_tp_dst, 80)}},
                     {.cookie = 0, .actions = {Conjunction{258, 2, 3}}, .goto_table = {}}};
  EXPECT_EQ(encode(flow, 1), bytes);
  const Result<Envelope> decoded = decode(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_EQ(decoded->message, Message(flow));
}

TEST(OpenflowCodec, DeletesOnlyStrictlyAndOnlyByCookie) {
  const FlowKey key{9, 100, Match{FieldValue::number(Field::in_port, 3)}};
  const Bytes bytes = encode(DeleteFlow{key, 0x7461000000000001}, 1);
  EXPECT_EQ(bytes[header_bytes + 17], 4) << "OFPFC_DELETE_STRICT";
  EXPECT_EQ(Bytes(bytes.begin() + 16, bytes.begin() + 24), Bytes(8, 0xff)) << "the full cookie mask";
  EXPECT_EQ(bytes[header_bytes + 16], 9) << "one table";
  EXPECT_FALSE(try_encode(DeleteFlow{{0xff, 100, {}}, 1}, 1).has_value()) << "never all tables";
}

TEST(OpenflowCodec, RefusesToWriteWhatIsTooLong) {
  const AddFlow flow{
      {},
      {.cookie = 1, .actions = {Controller{.max_len = 1, .userdata = Bytes(70'000), .meter = 0}}, .goto_table = {}}};
  const Result<Bytes> bytes = try_encode(flow, 1);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, ErrorCode::exhausted);
}

TEST(OpenflowCodec, KeepsUnknownFieldsAndActionsAsTheyCame) {
  // pkt_mark=7 and note:01.02, which our vocabulary lacks.
  const Bytes pkt_mark = from_hex("0001420400000007");
  const Bytes note = from_hex("ffff0010000023200008010200000000");
  const FlowKey key{1, 2, Match{FieldValue::number(Field::reg1, 5)}.with_unknown(pkt_mark)};
  const FlowSeen seen{.spec = {.cookie = 5, .actions = {Output{1}, Opaque{note}}, .goto_table = {}}, .opaque = true};
  const Result<Envelope> decoded = decode(encode(FlowDescReply{false, {{key, seen}}}, 1));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<FlowDescReply>(decoded->message).flows[0], (std::pair{key, seen}));
}

TEST(OpenflowCodec, SaysErrorsInWords) {
  EXPECT_EQ(text(ErrorReply{5, 1, {}}), "flow mod failed: table full");
  EXPECT_EQ(text(ErrorReply{17, 13, {}}), "bundle failed: a message failed");
  EXPECT_EQ(text(ErrorReply{99, 3, {}}), "error type 99 code 3");
  EXPECT_EQ(text(ErrorReply{0xffff, 44, {0, 0, 0x23, 0x20}}), "experimenter 0x2320 error 44");
}

}  // namespace
}  // namespace tarn::wire::of
