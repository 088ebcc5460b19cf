// Gateways and address scopes: what is of the scope outside is not translated, and is called by its own address; what
// is not translated and of another scope neither leaves nor comes in; floating IPs pass whatever the scopes are.
#include "live/gateway_cloud.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;

class GatewayScopes : public Gateway {
 protected:
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    add_ipv6_outside();
    network = make_pooled_network("scoped", "10.8.0.0/24", prefix6);
    door = make_router("scoped", network);
    for (const auto& [name, host] : {std::pair("scoped1", 1), std::pair("scoped2", 2)})
      boot_behind(name, network, host, "10.8.0.1");
    lead_ipv6(prefix6, door);
    for (const int version : {4, 6}) scopes[version] = make_scope(version);
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
    for (const std::string& name : names) ASSERT_TRUE(learns_ipv6_route(name)) << name;
  }

  // Whether the subnets of the version are of the scope: those outside, and those of the network.
  static void set_scopes(int version, bool outer, bool inner) {
    set_scope(version == 4 ? outer_pool : outer_pool6, outer ? scopes[version] : "");
    set_scope(pool_of(network, version), inner ? scopes[version] : "");
    settle();
  }
  static bool gets_out(const std::string& name, const Ip& to) {
    return inside(name, {"ping", to.is_v4() ? "-4" : "-6", "-c", "1", "-w", "1", to.text()}).exit_code == 0;
  }
  static bool is_called(const std::string& name, Family family) {
    const std::string to = fixed(name, family).text();
    return outside->run({"ping", family == Family::v4 ? "-4" : "-6", "-c", "1", "-w", "1", to}).exit_code == 0;
  }

  static constexpr const char* prefix6 = "2001:db8:8::/64";
  static inline std::string network, door;
  static inline std::map<int, std::string> scopes;
  static inline const std::vector<std::string> names{"scoped1", "scoped2"};
};

TEST_F(GatewayScopes, ByIpv6OneScopeMeetsTheOutsideAndNoOther) {
  for (const auto& [outer, inner] :
       {std::pair(false, false), {true, false}, {true, true}, {false, true}, {false, false}}) {
    set_scopes(6, outer, inner);
    for (const std::string& name : names) {
      const bool meet = outer == inner;
      if (meet) ASSERT_TRUE(reaches(*cloud, name, internet6().text())) << name;
      EXPECT_EQ(gets_out(name, internet6()), meet) << name << outer << inner;
      EXPECT_EQ(is_called(name, Family::v6), meet) << name << outer << inner;
      EXPECT_TRUE(gets_out(name, outside->internet())) << "IPv4 has scopes of its own";
    }
  }
}

TEST_F(GatewayScopes, ByIpv4WhoIsOfTheScopeOutsideIsNotTranslatedThere) {
  for (const auto& [outer, inner] :
       {std::pair(false, false), {true, false}, {true, true}, {false, true}, {false, false}}) {
    set_scopes(4, outer, inner);
    outside->forget_routes();
    outside->add_route("10.8.0.0/24", external_address(door));
    const bool one = outer && inner;
    for (const std::string& name : names) {
      ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name << outer << inner;
      Listener outer_side(outside->netns(), {outside->internet(), 443});
      auto held = converse(netns(name), {outside->internet(), 443}, outer_side);
      ASSERT_TRUE(held.has_value()) << name << outer << inner;
      EXPECT_EQ(held->called.far_end().ip, one ? fixed(name) : external_address(door)) << name << outer << inner;
      EXPECT_EQ(is_called(name, Family::v4), one) << name << outer << inner;
    }
  }
}

TEST_F(GatewayScopes, AFloatingIpPassesWhateverTheScopesAre) {
  const Floating held = make_floating("scoped1");
  for (const bool inner : {true, false}) {
    set_scopes(4, true, inner);
    ASSERT_TRUE(reaches(outside->netns(), held.address.text())) << inner;
    Listener outer_side(outside->netns(), {outside->internet(), 443});
    auto spoken = converse(netns("scoped1"), {outside->internet(), 443}, outer_side);
    ASSERT_TRUE(spoken.has_value()) << inner;
    EXPECT_EQ(spoken->called.far_end().ip, held.address) << inner;
  }
  set_scopes(4, false, false);
  cloud->ask("DELETE", "/v2.0/floatingips/" + held.id);
}

}  // namespace
}  // namespace tarn::testing
