// NDP proxies: addresses of instances that are asked for outside as if they were there.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string upstream6 = "2001:db8:9::1";
const std::string far6 = "2001:db8:f::7";
const std::string proxied = "2001:db8:1::1";  // of port 1, which is here
const std::string other = "2001:db8:1::2";    // of port 2, likewise
const Uuid proxy = uuid(11, 1);

// Host "here" has ports 1 and 2; a router with NDP proxies leads outside.
class Proxied : public Outer {
 public:
  explicit Proxied(bool answers = true, bool central = false, bool is_here = true) : Outer(answers) {
    world.subnet(2, 1, "2001:db8:1::/64");
    if (is_here) world.port(1, 1, {"10.0.1.1", proxied});
    world.port(2, 1, {"10.0.1.2", other});
    world.interface(inside, 1, 1, {{1, "10.0.1.254"}, {2, "2001:db8:1::fe"}});
    world.put(
        "outside_subnet/" + subnet_id(10).text(),
        model::OutsideSubnet{subnet_id(10), network_id(9), Prefix::parse("2001:db8:9::/64").value(), ip(upstream6)});
    model::RouterGateway row = way_out();
    row.fixed_ips.push_back({subnet_id(10), ip("2001:db8:9::10")});
    row.proxied_only = true;
    row.distributed = !central;
    Outer::put(row);
    world.put("proxied/" + proxy.text(),
              model::ProxiedAddress{{proxy}, port_id(gateway), port_id(is_here ? 1 : 3), ip(proxied), central});
    settle();
  }
  Fate ask(const std::string& target) {
    return send(patch_ofport, tagged(solicitation(mac(upstream), upstream6, target, mac(upstream))));
  }
  Fate call(const std::string& address, const Mac& to) {
    return send(patch_ofport, tagged(udp(mac(upstream), to, far6, address, 53, 1000)));
  }
};

// RFC 4861 section 7.2.4; the host of the instance answers, whoever answers for the gateway.
TEST(NdpProxies, the_host_of_the_instance_answers_and_announces) {
  for (const bool answers : {true, false}) {
    Proxied outer(answers);
    const Fate fate = outer.ask(proxied);
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109")) << answers;
    EXPECT_EQ(left(fate).number(Field::icmpv6_type), 136U);
    EXPECT_EQ(left(fate).ip(Field::nd_target), ip(proxied));
    EXPECT_EQ(left(fate).mac(Field::nd_tll), outer.segment());
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
    const answer::Announcement announced = outer.world.tables().announcements.at(proxy);
    EXPECT_THAT(announced.addresses, ElementsAre(ip(proxied)));
    EXPECT_EQ(announced.mac, outer.segment());
    EXPECT_THAT(outer.call(proxied, outer.segment()).ways, ElementsAre("1")) << answers;
    EXPECT_THAT(outer.ask(other).ways, IsEmpty());
    EXPECT_THAT(outer.call(other, outer.segment()).ways, IsEmpty());
  }
}

TEST(NdpProxies, nobody_else_is_reached_from_outside) {
  Proxied outer;
  EXPECT_THAT(outer.call(proxied, mac(gateway)).ways, ElementsAre("1")) << "where a route leads to the gateway";
  EXPECT_THAT(outer.call(other, mac(gateway)).ways, IsEmpty());
  EXPECT_THAT(outer.call(proxied, mac(stranger)).ways, IsEmpty());
}

TEST(NdpProxies, of_a_central_router_whoever_answers_for_the_gateway_does) {
  Proxied here(true, true);
  const Fate fate = here.ask(proxied);
  ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(fate).mac(Field::nd_tll), mac(gateway));
  EXPECT_EQ(here.world.tables().announcements.at(proxy).mac, mac(gateway));
  EXPECT_THAT(here.call(proxied, mac(gateway)).ways, ElementsAre("1"));
  EXPECT_THAT(here.call(proxied, here.segment()).ways, IsEmpty());
  Proxied away(false, true);
  EXPECT_THAT(away.ask(proxied).ways, IsEmpty());
  EXPECT_FALSE(away.world.tables().announcements.contains(proxy));
}

TEST(NdpProxies, of_an_instance_elsewhere_the_gateway_does_not_answer) {
  Proxied outer(true, false, false);
  EXPECT_THAT(outer.ask(proxied).ways, IsEmpty());
  EXPECT_FALSE(outer.world.tables().announcements.contains(proxy));
}

TEST(NdpProxies, whoever_is_down_is_not_answered_for) {
  Proxied outer;
  outer.world.port(1, 1, {"10.0.1.1", proxied}, [](model::Port& port) { port.admin_state_up = false; });
  outer.settle();
  EXPECT_THAT(outer.ask(proxied).ways, IsEmpty());
}

}  // namespace
}  // namespace tarn::render::test
