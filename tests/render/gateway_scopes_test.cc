// Gateways and address scopes by IPv4, as Neutron's administrators' guide has it ("Address scopes"): between networks
// of one scope nothing is translated; between others translated is all, or nothing passes; floating IPs always pass.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  bool translates = true;
  std::uint64_t outside = 0;
  std::uint64_t within = 0;
  std::string seen_as;  // outside; empty: not at all
};

class GatewayScopes : public testing::TestWithParam<Case> {
 protected:
  GatewayScopes() : outer(true, GetParam().translates) {
    outer.scope_outside(GetParam().outside);
    outer.scope_inside(GetParam().within);
    outer.settle();
    outer.hear_of("203.0.113.1", mac(upstream));
  }
  Outer outer;
};

TEST_P(GatewayScopes, what_leaves_is_seen_as_its_scope_says) {
  const Fate fate = outer.send(1, out(1));
  ASSERT_THAT(fate.ways, ElementsAre(GetParam().seen_as.empty() ? "agent" : "physical vlan 109"));
  if (!GetParam().seen_as.empty()) EXPECT_EQ(left(fate).ip(Field::ipv4_src).text(), GetParam().seen_as);
}

TEST_P(GatewayScopes, who_is_seen_by_his_own_address_is_called_by_it) {
  const Fate fate = outer.send(patch_ofport, from_outside(mac(gateway), "10.0.1.1", 53, 80));
  if (GetParam().seen_as == "10.0.1.1")
    EXPECT_THAT(fate.ways, ElementsAre("1"));
  else
    EXPECT_THAT(fate.ways, testing::Not(testing::Contains("1")));
}

TEST_P(GatewayScopes, a_floating_ip_passes_whatever_the_scopes_are) {
  const Fate called = outer.send(patch_ofport, from_outside(mac(named), floating_ip, 53, 80));
  ASSERT_THAT(called.ways, ElementsAre("2"));
  const Fate answer = outer.send(2, udp(mac(2), mac(inside), "10.0.1.2", far, 80, 53));
  ASSERT_THAT(answer.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(answer).ip(Field::ipv4_src).text(), floating_ip);
  const Fate asked = outer.send(2, out(2));
  ASSERT_THAT(asked.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(asked).ip(Field::ipv4_src).text(), floating_ip);
}

INSTANTIATE_TEST_SUITE_P(, GatewayScopes,
                         testing::Values(Case{true, 0, 0, own}, Case{true, 1, 1, "10.0.1.1"}, Case{true, 1, 0, own},
                                         Case{true, 0, 1, own}, Case{true, 1, 2, own}, Case{false, 0, 0, "10.0.1.1"},
                                         Case{false, 1, 1, "10.0.1.1"}, Case{false, 1, 0, ""}, Case{false, 0, 1, ""},
                                         Case{false, 1, 2, ""}));

// A host of two networks, of which one is of the scope outside.
TEST(GatewayScopesOfTwo, each_network_goes_by_its_own) {
  Outer outer;
  outer.world.network(2);
  outer.world.subnet(2, 2, "10.0.2.0/24");
  outer.world.port(3, 2, {"10.0.2.3"});
  outer.world.interface(52, 1, 2, {{2, "10.0.2.254"}});
  outer.scope_outside(1);
  outer.scope_inside(1);
  outer.settle();
  outer.hear_of("203.0.113.1", mac(upstream));
  EXPECT_EQ(left(outer.send(1, out(1))).ip(Field::ipv4_src).text(), "10.0.1.1");
  EXPECT_EQ(left(outer.send(3, udp(mac(3), mac(52), "10.0.2.3", far, 1000, 53))).ip(Field::ipv4_src).text(), own);
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), "10.0.1.1", 53, 80)).ways, ElementsAre("1"));
  EXPECT_THAT(outer.send(patch_ofport, from_outside(mac(gateway), "10.0.2.3", 53, 80)).ways, ElementsAre("agent"));
  EXPECT_THAT(outer.send(1, out(1, "10.0.2.3")).ways, ElementsAre("agent")) << "nor do they meet inside";
}

}  // namespace
}  // namespace tarn::render::test
