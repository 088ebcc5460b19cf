// Flows as values: normal form, and the text ovs-ofctl reads. Every text below was accepted by
// `ovs-ofctl -O OpenFlow15 parse-flows` of Open vSwitch 3.1.0 when it was written.
#include "wire/openflow/flow.h"

#include <gtest/gtest.h>

namespace tarn::wire::of {
namespace {

Mac mac(std::string_view text) {
  return Mac::parse(text).value();
}

TEST(Match, HasOneFormWhateverTheOrderOfWriting) {
  const Match one{FieldValue::number(Field::eth_type, 0x0800), FieldValue::number(Field::in_port, 3)};
  const Match other{FieldValue::number(Field::in_port, 3), FieldValue::number(Field::eth_type, 0x0800)};
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.fields().front().field, Field::in_port);
}

TEST(Match, ForgetsValueBitsThatTheMaskDoesNotCover) {
  EXPECT_EQ((Match{FieldValue::number(Field::reg5, 0xff, 0x0f)}), (Match{FieldValue::number(Field::reg5, 0x0f, 0x0f)}));
  FieldValue handmade{Field::reg5, {0xff, 0xff}, {0x00, 0x01}};
  EXPECT_EQ(Match{handmade}, (Match{FieldValue::number(Field::reg5, 0x10000, 0x10000)}));
}

TEST(Match, DoesNotHoldAFieldWithNothingToMatch) {
  EXPECT_EQ((Match{FieldValue::number(Field::reg5, 0, 0)}), Match{});
  EXPECT_EQ((Match{FieldValue::prefix(Field::ipv4_src, Prefix::parse("0.0.0.0/0").value())}), Match{});
  EXPECT_EQ((Match{FieldValue::number(Field::reg5, 1)}.with(FieldValue::number(Field::reg5, 0, 0))), Match{});
}

TEST(Match, KeepsTheLastValueOfAFieldSetTwice) {
  const Match match{FieldValue::number(Field::reg5, 1), FieldValue::number(Field::reg5, 2)};
  EXPECT_EQ(match, (Match{FieldValue::number(Field::reg5, 2)}));
}

TEST(Match, KeepsWhatItSaysWhenACopyIsChanged) {
  const Match match{FieldValue::number(Field::reg5, 1)};
  Match copy = match;
  copy.with(FieldValue::number(Field::reg5, 2)).with_unknown(Bytes{1, 2});
  EXPECT_EQ(match, (Match{FieldValue::number(Field::reg5, 1)}));
  EXPECT_TRUE(match.unknown().empty());
  EXPECT_EQ(copy.find(Field::reg5)->value[3], 2);
  EXPECT_NE(copy, match);
}

TEST(Match, IsOrderedTheSameHoweverItCameToBeWhatItIs) {
  const FieldValue first = FieldValue::number(Field::reg5, 1);
  const FieldValue second = FieldValue::number(Field::reg6, 2);
  const Match made{first, second};
  Match detour{second, FieldValue::number(Field::reg7, 3), FieldValue::number(Field::reg5, 9)};
  detour.with(FieldValue::number(Field::reg7, 0, 0)).with(first);
  EXPECT_EQ(made, detour);
  const Match unlike{first};
  EXPECT_TRUE((made < unlike) != (unlike < made)) << "one of two";
  Match foreign = made;
  foreign.with_unknown(Bytes{1});
  EXPECT_TRUE((made < foreign) != (foreign < made)) << "what this build does not know counts too";
}

TEST(Match, TakesTheFormTheSwitchReportsForNarrowFields) {
  EXPECT_EQ((Match{FieldValue::number(Field::ct_state, 0x21)}),
            (Match{FieldValue::number(Field::ct_state, 0x21, 0xff)}));
  EXPECT_EQ((Match{FieldValue::number(Field::ip_frag, 0, 3)}), (Match{FieldValue::number(Field::ip_frag, 0)}));
  EXPECT_EQ((Match{FieldValue::number(Field::ip_frag, 0, 1)}), (Match{FieldValue::number(Field::ip_frag, 0)}));
  EXPECT_EQ((Match{FieldValue::number(Field::ip_frag, 2, 2)}), (Match{FieldValue::number(Field::ip_frag, 3)}));
  EXPECT_EQ(text(Match{FieldValue::number(Field::ip_frag, 1, 1)}), "ip_frag=yes");
  EXPECT_EQ(text(Match{FieldValue::number(Field::ip_frag, 0, 2)}), "ip_frag=not_later");
  EXPECT_EQ((Match{FieldValue::number(Field::ip_frag, 0, 0)}), Match{});
  EXPECT_EQ((Match{FieldValue::number(Field::vlan_tci, 0)}), (Match{FieldValue::number(Field::vlan_tci, 0, 0x1fff)}));
}

TEST(FlowText, NamesFieldsAsOvsOfctlDoes) {
  const Match match{
      FieldValue::number(Field::in_port, 3),
      FieldValue::number(Field::reg5, 1, 1),
      FieldValue::number(Field::eth_type, 0x0806),
      FieldValue::number(Field::arp_op, 1),
      FieldValue::ip(Field::arp_tpa, Ip::parse("10.0.0.1").value()),
      FieldValue::mac(Field::eth_dst, mac("01:00:00:00:00:00"), mac("01:00:00:00:00:00")),
  };
  EXPECT_EQ(text(match),
            "in_port=3,reg5=0x1/0x1,eth_dst=01:00:00:00:00:00/01:00:00:00:00:00,eth_type=0x806,arp_op=1,"
            "arp_tpa=10.0.0.1");
}

TEST(FlowText, WritesStateFragmentsAndPrefixesInWords) {
  const Match match{
      FieldValue::number(Field::ct_state, 0x21, 0x23),
      FieldValue::number(Field::eth_type, 0x0800),
      FieldValue::prefix(Field::ipv4_src, Prefix::parse("10.1.0.0/16").value()),
      FieldValue::number(Field::ip_frag, 0),
  };
  EXPECT_EQ(text(match), "ct_state=+new-est+trk,eth_type=0x800,ip_frag=no,nw_src=10.1.0.0/16");
}

TEST(FlowText, WritesEveryActionOfOurVocabulary) {
  const std::vector<Action> actions{
      SetField{FieldValue::number(Field::reg0, 7)},
      Move{Field::eth_src, Field::eth_dst, 0, 0, 48},
      Move{Field::reg3, Field::reg4, 16, 0, 16},
      PushVlan{},
      SetField{FieldValue::number(Field::vlan_tci, 0x1064, 0x1fff)},
      PopVlan{},
      DecTtl{},
      Ct{.commit = true,
         .force = false,
         .zone_field = Field::reg6,
         .zone = 0,
         .table = 20,
         .nested = {SetField{FieldValue::number(Field::ct_mark, 1)}}},
      CtClear{},
      ClearInPort{},
      CheckLarger{1500, Field::reg15, 16},
      Multipath{7, 16, Field::reg3, 4},
      FirstAlive{{4, 5}, Field::reg3},
      Learn{.table = 10,
            .priority = 7,
            .idle_timeout = 60,
            .hard_timeout = 90,
            .cookie = 0x7461,
            .limit = 5,
            .matches = {FieldValue::number(Field::eth_type, 0x0800), FieldValue::number(Field::reg3, 5)},
            .copied = {Move{Field::eth_src, Field::eth_dst, 0, 0, 48}, Move{Field::reg1, Field::reg0, 4, 0, 12}},
            .loads = {Move{Field::in_port, Field::reg2, 0, 0, 32}}},
      Clone{{Output{4}, Resubmit{30}}},
      Group{9},
      Controller{.max_len = 128, .userdata = {1, 2, 0xff}, .meter = 5},
      Output{port_in_port},
      Output{port_local},
  };
  EXPECT_EQ(text(actions, std::nullopt),
            "set_field:0x7->reg0,move:eth_src[]->eth_dst[],move:reg3[16..31]->reg4[0..15],push_vlan:0x8100,"
            "set_field:0x1064/0x1fff->vlan_tci,pop_vlan,dec_ttl,ct(commit,table=20,zone=reg6[0..15],"
            "exec(set_field:0x1->ct_mark)),ct_clear,set_field:0->in_port,check_pkt_larger(1500)->reg15[16],"
            "multipath(symmetric_l3l4+udp,7,modulo_n,16,0,reg3[0..3]),"
            "bundle_load(eth_src,0,active_backup,ofport,reg3[0..15],members:4,5),"
            "learn(table=10,idle_timeout=60,hard_timeout=90,priority=7,delete_learned,cookie=0x7461,limit=5,"
            "eth_type=0x800,reg3=0x5,eth_dst[]=eth_src[],reg0[0..11]=reg1[4..15],load:in_port_oxm[]->reg2[]),"
            "clone(output:4,resubmit(,30)),group:9,"
            "controller(max_len=128,userdata=01.02.ff,meter_id=5),IN_PORT,LOCAL");
}

// As ovs-actions(7) writes them, "ct".
TEST(FlowText, WritesATranslationAsFarAsItIsSaid) {
  const auto written = [](Nat nat) { return text({Ct{.zone_field = {}, .table = {}, .nat = nat, .nested = {}}}, {}); };
  const Ip v4 = Ip::parse("10.0.0.1").value();
  const Ip v6 = Ip::parse("2001:db8::1").value();
  EXPECT_EQ(written({.side = Nat::Side::none, .address = {}}), "ct(nat)");
  EXPECT_EQ(written({.side = Nat::Side::source, .address = {}}), "ct(nat(src))");
  EXPECT_EQ(written({.side = Nat::Side::source, .address = v4}), "ct(nat(src=10.0.0.1))");
  EXPECT_EQ(written({Nat::Side::destination, v4, 80, 80}), "ct(nat(dst=10.0.0.1:80))");
  EXPECT_EQ(written({Nat::Side::source, v4, 1000, 2000}), "ct(nat(src=10.0.0.1:1000-2000))");
  EXPECT_EQ(written({.side = Nat::Side::source, .address = v6}), "ct(nat(src=2001:db8::1))");
  EXPECT_EQ(written({Nat::Side::source, v6, 1000, 2000}), "ct(nat(src=[2001:db8::1]:1000-2000))");
}

TEST(FlowText, CallsAFlowThatDoesNothingADrop) {
  const FlowKey key{10, 100, Match{FieldValue::number(Field::in_port, 3)}};
  EXPECT_EQ(text(key, FlowSpec{.cookie = 0x7461000000000001, .actions = {}, .goto_table = {}}),
            "cookie=0x7461000000000001, table=10, priority=100,in_port=3 actions=drop");
  EXPECT_EQ(text({}, std::uint8_t{20}), "goto_table:20");
}

TEST(Actions, CompareByWhatTheyHold) {
  const Ct commit{.commit = true, .force = false, .zone_field = {}, .zone = 1, .table = {}, .nested = {PopVlan{}}};
  Ct other = commit;
  EXPECT_EQ(commit, other);
  other.nested.emplace_back(DecTtl{});
  EXPECT_LT(commit, other);
  EXPECT_NE(Clone{{Output{1}}}, Clone{{Output{2}}});
}

}  // namespace
}  // namespace tarn::wire::of
