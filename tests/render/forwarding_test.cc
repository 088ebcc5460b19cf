// Port forwardings: who answers for the floating IP passes each port to its instance's host, and that translates it.
#include "model/gateways.h"
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t shared = 88;  // the floating IP's own MAC
const std::string door = "203.0.113.30";

struct Ports {
  std::uint32_t first;
  std::uint32_t last;
};

void forward(Outer& outer, std::uint64_t id, const std::string& host, const std::string& to, Ports external,
             Ports internal) {
  model::ForwardedPorts row;
  row.id = {uuid(10, id)};
  row.floating = {uuid(8, 2)};
  row.gateway = port_id(gateway);
  row.mac = mac(shared);
  row.address = ip(door);
  row.internal_address = ip(to);
  row.protocol = "udp";
  row.external_first = external.first;
  row.external_last = external.last;
  row.internal_first = internal.first;
  row.internal_last = internal.last;
  row.host = host;
  outer.world.put("forwarding/" + row.id.uuid.text(), row);
  outer.settle();
}

Packet knock(std::uint64_t port, const Mac& at = mac(shared)) {
  return from_outside(at, door, 4000, port);
}

TEST(Forwarding, a_port_leads_to_its_instance_and_the_answer_comes_from_the_door) {
  Outer outer;
  outer.hear_of("203.0.113.1", mac(upstream));
  forward(outer, 1, "here", "10.0.1.1", {2222, 2222}, {22, 22});
  const Fate called = outer.send(patch_ofport, knock(2222));
  ASSERT_THAT(called.ways, ElementsAre("1"));
  EXPECT_EQ(left(called).ip(Field::ipv4_dst).text(), "10.0.1.1");
  EXPECT_EQ(left(called).number(Field::udp_dst), 22U);
  const Fate answer = outer.send(1, udp(mac(1), mac(inside), "10.0.1.1", far, 22, 4000));
  ASSERT_THAT(answer.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(answer).ip(Field::ipv4_src).text(), door);
  EXPECT_EQ(left(answer).number(Field::udp_src), 2222U);
  // The MAC address of the door is whoever's that answers for it, here or elsewhere.
  EXPECT_EQ(left(answer).mac(Field::eth_src), outer.segment());
  for (const std::uint64_t other : {22, 2221, 2223})
    EXPECT_THAT(outer.send(patch_ofport, knock(other)).ways, IsEmpty()) << other;
}

// Where the instance's other packets leave untranslated: nothing is, or it is of the scope outside.
TEST(Forwarding, the_answer_comes_from_the_door_where_nothing_else_does) {
  for (const bool translates : {true, false}) {
    Outer outer(true, translates);
    outer.scope_outside(1);
    outer.scope_inside(1);
    forward(outer, 1, "here", "10.0.1.1", {2222, 2225}, {22, 25});
    outer.hear_of("203.0.113.1", mac(upstream));
    ASSERT_THAT(outer.send(patch_ofport, knock(2223)).ways, ElementsAre("1"));
    const Fate answer = outer.send(1, udp(mac(1), mac(inside), "10.0.1.1", far, 23, 4000));
    ASSERT_THAT(answer.ways, ElementsAre("physical vlan 109"));
    EXPECT_EQ(left(answer).ip(Field::ipv4_src).text(), door);
    EXPECT_EQ(left(answer).number(Field::udp_src), 2223U);
    EXPECT_EQ(left(outer.send(1, out(1))).ip(Field::ipv4_src).text(), "10.0.1.1");
  }
}

TEST(Forwarding, ports_of_other_hosts_are_passed_on_untouched) {
  Outer outer;
  forward(outer, 1, "here", "10.0.1.1", {2222, 2222}, {22, 22});
  forward(outer, 2, "east", "10.0.1.9", {8000, 8009}, {80, 80});
  for (const std::uint64_t port : {8000, 8004, 8009}) {
    const Fate passed = outer.send(patch_ofport, knock(port));
    ASSERT_THAT(passed.ways, ElementsAre("tunnel 192.0.2.2 vni 0")) << port;
    EXPECT_EQ(left(passed).ip(Field::ipv4_dst).text(), door);
    EXPECT_EQ(left(passed).number(Field::udp_dst), port);
  }
  EXPECT_THAT(outer.send(patch_ofport, knock(7999)).ways, IsEmpty());
  EXPECT_THAT(outer.send(patch_ofport, knock(8010)).ways, IsEmpty());
}

TEST(Forwarding, what_is_passed_on_is_translated_where_the_instance_is) {
  Outer there;
  forward(there, 1, "east", "10.0.1.1", {8000, 8009}, {80, 80});
  const Fate passed = there.send(patch_ofport, knock(8004));
  ASSERT_EQ(passed.ways.size(), 1U);
  Outer away(false);
  away.hear_of("203.0.113.1", mac(upstream));
  forward(away, 1, "here", "10.0.1.1", {8000, 8009}, {80, 80});
  const Packet carried =
      udp(mac(upstream), left(passed).mac(Field::eth_dst), far, door, 4000, 8004).set(Field::tunnel_id, 0);
  const Fate called = away.send(tunnel_ofport, carried);
  ASSERT_THAT(called.ways, ElementsAre("1"));
  EXPECT_EQ(left(called).number(Field::udp_dst), 80U);
  EXPECT_EQ(left(away.send(1, udp(mac(1), mac(inside), "10.0.1.1", far, 80, 4000))).number(Field::udp_src), 8004U);
  // This host does not answer outside: neither for the address nor for what comes to it.
  EXPECT_THAT(away.send(patch_ofport, knock(8004)).ways, IsEmpty());
  EXPECT_THAT(away.send(patch_ofport, Outer::tagged(arp(1, {mac(upstream), "203.0.113.1"}, {{}, door}))).ways,
              IsEmpty());
}

TEST(Forwarding, of_ranges_each_port_has_its_own_inside) {
  for (const auto& [external, internal] :
       {std::pair(Ports{8000, 8003}, Ports{8000, 8003}), std::pair(Ports{8000, 8003}, Ports{90, 93})}) {
    Outer outer;
    forward(outer, 1, "here", "10.0.1.1", external, internal);
    for (std::uint32_t i = 0; i < 4; ++i) {
      const Fate called = outer.send(patch_ofport, knock(external.first + i));
      ASSERT_THAT(called.ways, ElementsAre("1"));
      EXPECT_EQ(left(called).number(Field::udp_dst), internal.first + i);
    }
  }
}

// However many: no flow can say more of them than one port, and none is left out.
TEST(Forwarding, of_a_long_range_each_port_has_its_own_inside) {
  Outer outer;
  forward(outer, 1, "here", "10.0.1.1", {10'000, 10'999}, {20'001, 21'000});
  for (const std::uint32_t port : {10'000U, 10'255U, 10'256U, 10'511U, 10'512U, 10'999U}) {
    const Fate called = outer.send(patch_ofport, knock(port));
    ASSERT_THAT(called.ways, ElementsAre("1")) << port;
    EXPECT_EQ(left(called).number(Field::udp_dst), port + 10'001);
  }
  for (const std::uint32_t port : {9'999U, 11'000U})
    EXPECT_THAT(outer.send(patch_ofport, knock(port)).ways, IsEmpty()) << port;
  // A chunk is applied in one go, and is no larger than what the switch takes in its stride.
  std::map<std::uint64_t, std::size_t> together;
  for (const auto& [key, spec] : outer.world.tables().flows) ++together[spec.cookie];
  for (const auto& [cookie, count] : together) EXPECT_LE(count, 256U);
  outer.world.remove("forwarding/" + uuid(10, 1).text());
  outer.settle();
  EXPECT_THAT(outer.send(patch_ofport, knock(10'512)).ways, IsEmpty());
}

TEST(Forwarding, a_long_range_costs_a_flow_for_each_port_where_the_instance_is_alone) {
  Outer outer;
  const std::size_t before = outer.world.tables().flows.size();
  forward(outer, 1, "east", "10.0.1.9", {10'000, 10'999}, {20'001, 21'000});
  EXPECT_THAT(outer.send(patch_ofport, knock(10'512)).ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_LT(outer.world.tables().flows.size() - before, 30U) << "as many masks as cover a range, at most";
}

TEST(Forwarding, who_answers_for_the_gateway_answers_for_the_door) {
  Outer outer;
  forward(outer, 1, "east", "10.0.1.9", {8000, 8000}, {80, 80});
  const Fate fate = outer.send(patch_ofport, Outer::tagged(arp(1, {mac(upstream), "203.0.113.1"}, {{}, door})));
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).mac(Field::arp_sha), mac(shared));
  EXPECT_TRUE(outer.world.tables().announcements.contains(uuid(8, 2)));
  outer.world.remove("forwarding/" + uuid(10, 1).text());
  outer.settle();
  EXPECT_FALSE(outer.world.tables().announcements.contains(uuid(8, 2)));
  EXPECT_THAT(outer.send(patch_ofport, knock(8000)).ways, IsEmpty());
}

}  // namespace
}  // namespace tarn::render::test
