// A router with two gateways: what came in by the second leaves by it again, and all else by the first.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t second = 73;        // the router's port on network 8, which is outside as well
constexpr std::uint64_t second_named = 78;  // a floating IP's own MAC there
constexpr std::uint64_t second_upstream = 79;
const std::string second_own = "192.0.2.110";
const std::string second_floating = "192.0.2.120";

// Port 1 has no floating IP on the first network outside, port 2 has one; both have one on the second.
class Twofold : public Outer {
 public:
  Twofold() {
    world.router(1, [](model::Router& router) {
      router.gateways = {{network_id(9), port_id(gateway), true, std::nullopt},
                         {network_id(8), port_id(second), true, std::nullopt}};
    });
    world.put("outside/" + network_id(8).text(),
              model::OutsideNetwork{network_id(8), true, 1500, model::NetworkType::vlan, "physnet1", 108});
    world.put(
        "outside_subnet/" + subnet_id(8).text(),
        model::OutsideSubnet{subnet_id(8), network_id(8), Prefix::parse("192.0.2.0/24").value(), ip("192.0.2.97")});
    put({port_id(second), router_id(1), network_id(8), mac(second), {{subnet_id(8), ip(second_own)}}});
    world.put("gateway_host/" + port_id(second).text() + "/here", model::GatewayHost{port_id(second), "here"});
    world.put("block/" + uuid(9, 3).text(), model::PortBlock{{uuid(9, 3)}, port_id(second), "here", 2048, 2048});
    for (const std::uint64_t port : {1U, 2U})
      put({{uuid(8, 10 + port)},
           port_id(second),
           mac(second_named + port),
           door(port),
           ip("10.0.1." + std::to_string(port)),
           port_id(port),
           std::nullopt,
           "here"});
    world.facts.numbers[network_id(8)] = 8;
    world.facts.numbers[NetworkId{port_id(second).uuid}] = 62;
    settle();
    hear_of("203.0.113.1", mac(upstream));
    send(patch_ofport, tagged8(arp(2, {mac(second_upstream), "192.0.2.97"}, {segment8(), "0.0.0.0"}, segment8())));
  }
  using Outer::put;
  static Ip door(std::uint64_t port) { return ip("192.0.2.12" + std::to_string(port)); }
  static Packet tagged8(Packet packet) { return packet.set(Field::vlan_tci, 0x1000 | 108); }
  Mac segment8() { return world.tables().next_hops.at(network_id(8)).mac; }
  Fate call(std::uint64_t port, std::uint64_t source_port = 4000) {
    return send(patch_ofport, tagged8(udp(mac(second_upstream), mac(second_named + port), far, door(port).text(),
                                          source_port, 2222)));
  }
  Fate answer(std::uint64_t port, std::uint64_t to_port = 4000) {
    return send(static_cast<std::uint32_t>(port),
                udp(mac(port), mac(inside), "10.0.1." + std::to_string(port), far, 2222, to_port));
  }
};

TEST(WaysBack, an_answer_leaves_by_the_gateway_that_the_question_came_in_by) {
  Twofold outer;
  for (const std::uint64_t port : {1U, 2U}) {
    ASSERT_THAT(outer.call(port).ways, ElementsAre(std::to_string(port)));
    const Fate fate = outer.answer(port);
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 108")) << port;
    EXPECT_EQ(left(fate).ip(Field::ipv4_src), Twofold::door(port));
    EXPECT_EQ(left(fate).mac(Field::eth_src), mac(second_named + port)) << "the floating IP's own";
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(second_upstream));
    EXPECT_EQ(left(fate).number(Field::ip_ttl), 63U);
  }
}

TEST(WaysBack, what_begins_inside_leaves_by_the_first) {
  Twofold outer;
  ASSERT_THAT(outer.call(1).ways, ElementsAre("1"));
  for (const auto& [port, source] : {std::pair(1U, own), {2U, floating_ip}}) {
    const Fate fate = outer.send(port, out(port));
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109")) << port;
    EXPECT_EQ(left(fate).ip(Field::ipv4_src).text(), source);
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
    // To the same address and from the same port as an answer, but not to the port that asked.
    EXPECT_THAT(outer.answer(port, 4001).ways, ElementsAre("physical vlan 109"));
  }
}

TEST(WaysBack, who_is_on_the_second_network_is_reached_by_it) {
  Twofold outer;
  outer.send(patch_ofport, Twofold::tagged8(arp(1, {mac(stranger), "192.0.2.98"}, {{}, second_own})));
  const Fate fate = outer.send(1, out(1, "192.0.2.98"));
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 108"));
  EXPECT_EQ(left(fate).ip(Field::ipv4_src), Twofold::door(1));
  EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(stranger));
}

TEST(WaysBack, a_connection_by_the_first_stays_there) {
  Twofold outer;
  const Fate asked = outer.send(1, out(1));
  const std::uint64_t port = left(asked).number(Field::udp_src);
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), own, 53, port)).ways, ElementsAre("1"));
  EXPECT_EQ(left(outer.send(1, out(1))).number(Field::udp_src), port);
  ASSERT_THAT(outer.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222)).ways, ElementsAre("2"));
  const Fate answered = outer.answer(2);
  ASSERT_THAT(answered.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(answered).ip(Field::ipv4_src).text(), floating_ip);
}

// A switch may ask by what it learned to do before; in the middle of its way the packet finds the new flows.
TEST(WaysBack, what_asked_before_the_second_gateway_went_leaves_by_the_first) {
  Twofold outer;
  const auto asked = outer.world.tables().flows;
  outer.world.router(
      1, [](model::Router& router) { router.gateways = {{network_id(9), port_id(gateway), true, std::nullopt}}; });
  const Tables tables = outer.world.tables();
  auto between = tables.flows;
  for (const auto& [key, spec] : asked) {  // as far as the question
    const bool begins =
        key.table == static_cast<std::uint8_t>(Stage::route) ||
        (key.table == static_cast<std::uint8_t>(Stage::back) && key.match.find(Field::metadata) != nullptr &&
         key.match.find(Field::ct_state)->value.back() == 0);
    if (begins) between.insert_or_assign(key, spec);
  }
  ASSERT_GT(between.size(), tables.flows.size());
  sim::Conntrack conntrack(sim::Tracker::userspace);
  const auto walk = sim::Pipeline(between).walk(1, out(1), conntrack);
  ASSERT_FALSE(walk.emissions.empty());
  EXPECT_EQ(walk.emissions.back().packet.ip(Field::ipv4_src).text(), own);
}

TEST(WaysBack, while_the_first_is_closed_all_leaves_by_the_next) {
  Twofold outer;
  const auto set_open = [&](bool is_open) {
    outer.world.put("outside/" + network_id(9).text(),
                    model::OutsideNetwork{network_id(9), is_open, 1500, model::NetworkType::vlan, "physnet1", 109});
    outer.settle();
  };
  set_open(false);
  const Fate begun = outer.send(1, out(1));
  ASSERT_THAT(begun.ways, ElementsAre("physical vlan 108"));
  EXPECT_EQ(left(begun).ip(Field::ipv4_src), Twofold::door(1));
  EXPECT_EQ(left(begun).mac(Field::eth_dst), mac(second_upstream));
  ASSERT_THAT(outer.call(2).ways, ElementsAre("2"));
  EXPECT_THAT(outer.answer(2).ways, ElementsAre("physical vlan 108"));
  EXPECT_EQ(outer.world.tables(), outer.world.from_scratch());
  set_open(true);
  EXPECT_THAT(outer.send(2, out(2)).ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(outer.answer(2).ways, ElementsAre("physical vlan 108")) << "it still answers what came in by the next";
}

TEST(WaysBack, one_gateway_asks_nobody) {
  Outer outer;
  for (const auto& [key, spec] : outer.world.tables().flows)
    EXPECT_FALSE(key.table == static_cast<std::uint8_t>(Stage::back) && key.match.find(Field::metadata) != nullptr);
}

}  // namespace
}  // namespace tarn::render::test
