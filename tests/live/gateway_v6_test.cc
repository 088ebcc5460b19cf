// The outside by IPv6: instances are known there by their own addresses, which the router leads in to them.
#include "live/gateway_cloud.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class GatewayV6 : public Gateway {
 protected:
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    add_ipv6_outside();
    const std::string network = make_network("six", "10.6.0.0/24");
    add_ipv6(network, prefix6);
    six = make_router("six", network);
    for (const auto& [name, host] : {std::pair("six1", 1), std::pair("six2", 2)})
      boot_behind(name, network, host, "10.6.0.1");
    lead_ipv6(prefix6, six);
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
    for (const std::string& name : names) ASSERT_TRUE(learns_ipv6_route(name)) << name;
    for (const std::string& name : names) ASSERT_TRUE(reaches(*cloud, name, internet6().text())) << name;
  }

  static constexpr const char* prefix6 = "2001:db8:6::/64";
  static inline std::string six;
  static inline const std::vector<std::string> names{"six1", "six2"};
};

TEST_F(GatewayV6, InstancesAndTheOutsideKnowEachOtherByTheirOwnAddresses) {
  for (const std::string& name : names) {
    const Ip own = fixed(name, Family::v6);
    EXPECT_TRUE(reaches(outside->netns(), own.text())) << name;
    Listener outer(outside->netns(), {internet6(), 443});
    auto held = converse(netns(name), {internet6(), 443}, outer);
    ASSERT_TRUE(held.has_value()) << name;
    EXPECT_EQ(held->called.far_end().ip, own);
    Listener inner(netns(name), {own, 80});
    EXPECT_TRUE(converse(outside->netns(), {own, 80}, inner).has_value()) << name;
  }
}

TEST_F(GatewayV6, OneHopIsTheRouterAndItsErrorsReachBothSides) {
  const std::string own = fixed("six2", Family::v6).text();
  const std::string door = external_address(six, Family::v6).text();
  EXPECT_TRUE(reaches(outside->netns(), door));
  EXPECT_TRUE(reaches(*cloud, "six1", door));
  const auto by_one_hop = outside->run({"ping", "-6", "-c", "1", "-w", "2", "-t", "1", own});
  EXPECT_THAT(by_one_hop.output, HasSubstr(door + " icmp_seq=1 Time exceeded: Hop limit"));
  EXPECT_THAT(inside("six1", {"ping", "-6", "-c", "1", "-w", "2", "-t", "1", internet6().text()}).output,
              HasSubstr("icmp_seq=1 Time exceeded: Hop limit"));
  // The tenant's network takes 1450 bytes, the outside 1500.
  const auto too_big = outside->run({"ping", "-6", "-c", "1", "-w", "2", "-M", "do", "-s", "1452", own});
  EXPECT_THAT(too_big.output, HasSubstr("Packet too big: mtu=1450"));
  ASSERT_EQ(outside->run({"ip", "-6", "route", "flush", "cache"}).exit_code, 0);
}

TEST_F(GatewayV6, WhoeverWantsTheRoutersAddressIsToldThatItIsTaken) {
  const std::string door = external_address(six, Family::v6).text() + "/64";
  ASSERT_EQ(outside->run({"ip", "addr", "add", door, "dev", outside->interface()}).exit_code, 0);
  EXPECT_TRUE(await([&] {
    return outside->run({"ip", "-6", "addr", "show", "dev", outside->interface()}).output.find("dadfailed") !=
           std::string::npos;
  }));
  ASSERT_EQ(outside->run({"ip", "addr", "del", door, "dev", outside->interface()}).exit_code, 0);
  EXPECT_TRUE(reaches(outside->netns(), fixed("six1", Family::v6).text()));
}

TEST_F(GatewayV6, NothingComesInForOthersAndNothingLeavesAsThem) {
  const Ip own = fixed("six1", Family::v6);
  set_group("six1", closed_group);
  settle();
  EXPECT_NE(outside->run({"ping", "-6", "-c", "1", "-w", "1", own.text()}).exit_code, 0);
  EXPECT_TRUE(reaches(*cloud, "six1", internet6().text())) << "what it began itself is answered";
  set_group("six1", open_group);
  settle();
  EXPECT_TRUE(reaches(outside->netns(), own.text()));
  // Not by the router of others, which has no way to the network.
  const Mac other = port_mac("network:router_gateway", router);
  const Mac door = port_mac("network:router_gateway", six);
  ASSERT_NE(other, door);
  const auto lead = [&](const Mac& mac) {
    return outside
        ->run({"ip", "neigh", "replace", external_address(six, Family::v6).text(), "lladdr", mac.text(), "dev",
               outside->interface(), "nud", "permanent"})
        .exit_code;
  };
  ASSERT_EQ(lead(other), 0);
  EXPECT_NE(outside->run({"ping", "-6", "-c", "1", "-w", "1", own.text()}).exit_code, 0);
  ASSERT_EQ(lead(door), 0);
  EXPECT_TRUE(reaches(outside->netns(), own.text()));
  ASSERT_EQ(outside->run({"ip", "neigh", "del", external_address(six, Family::v6).text(), "dev", outside->interface()})
                .exit_code,
            0);
}

TEST_F(GatewayV6, AgentsAndTheServerAreAwayAndNothingIsLost) {
  testing::nothing_is_lost(*cloud, {by_ipv6("six1"), by_ipv6("six2")}, away_while_asked_again);
}

}  // namespace
}  // namespace tarn::testing
