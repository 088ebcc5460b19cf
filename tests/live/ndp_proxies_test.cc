// NDP proxies: the outside has a tenant's prefix on its link, and asks there for each address; those that have a proxy
// are answered for, and nobody else is reached.
#include <boost/json.hpp>

#include "live/gateway_cloud.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class NdpProxies : public Gateway {
 protected:
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    add_ipv6_outside();
    const std::string network = make_pooled_network("proxied", "10.8.0.0/24", prefix6);
    const std::string scope = make_scope(6);
    for (const std::string& pool : {outer_pool6, pool_of(network, 6)}) set_scope(pool, scope);
    door = make_router("proxied", network);
    for (const auto& [name, host] : {std::pair("proxied1", 1), std::pair("proxied2", 2)})
      boot_behind(name, network, host, "10.8.0.1");
    set_router(door, {{"enable_ndp_proxy", true}});
    ASSERT_EQ(outside->run({"ip", "-6", "route", "add", prefix6, "dev", outside->interface()}).exit_code, 0);
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
    for (const std::string name : {"proxied1", "proxied2"}) ASSERT_TRUE(learns_ipv6_route(name)) << name;
  }

  static std::string add_proxy(const std::string& name) {
    const json::object given{{"router_id", door}, {"port_id", instances.at(name).port_id}};
    const json::value made = cloud->ask("POST", "/v2.0/ndp_proxies", json::object{{"ndp_proxy", given}});
    EXPECT_EQ(text_at(made.at("ndp_proxy"), "ip_address"), fixed(name, Family::v6).text());
    settle();
    return text_at(made.at("ndp_proxy"), "id");
  }
  static void remove_proxy(const std::string& id) {
    cloud->ask("DELETE", "/v2.0/ndp_proxies/" + id);
    settle();
  }
  static bool is_called(const std::string& name) {
    return outside->run({"ping", "-6", "-c", "1", "-w", "1", fixed(name, Family::v6).text()}).exit_code == 0;
  }
  static bool gets_answers(const std::string& name) {
    return inside(name, {"ping", "-6", "-c", "1", "-w", "2", internet6().text()}).exit_code == 0;
  }

  static constexpr const char* prefix6 = "2001:db8:8::/64";
  static inline std::string door;
};

TEST_F(NdpProxies, WhoHasAProxyIsReachedAndNobodyElse) {
  EXPECT_FALSE(is_called("proxied1"));
  for (const auto& [name, other] : {std::pair("proxied1", "proxied2"), std::pair("proxied2", "proxied1")}) {
    const std::string id = add_proxy(name);
    EXPECT_TRUE(reaches(outside->netns(), fixed(name, Family::v6).text())) << name;
    Listener inner(netns(name), {fixed(name, Family::v6), 80});
    EXPECT_TRUE(converse(outside->netns(), {fixed(name, Family::v6), 80}, inner).has_value()) << name;
    Listener outer(outside->netns(), {internet6(), 443});
    auto held = converse(netns(name), {internet6(), 443}, outer);
    ASSERT_TRUE(held.has_value()) << name;
    EXPECT_EQ(held->called.far_end().ip, fixed(name, Family::v6));
    EXPECT_FALSE(is_called(other)) << other;
    EXPECT_FALSE(gets_answers(other)) << other;
    remove_proxy(id);
    EXPECT_FALSE(is_called(name)) << name;
  }
}

TEST_F(NdpProxies, OfACentralRouterTheGatewaysHostAnswers) {
  set_distributed(door, false);
  for (const std::string name : {"proxied1", "proxied2"}) {
    const std::string id = add_proxy(name);
    EXPECT_TRUE(reaches(outside->netns(), fixed(name, Family::v6).text())) << name;
    EXPECT_TRUE(gets_answers(name)) << name;
    remove_proxy(id);
  }
  set_distributed(door, true);
}

TEST_F(NdpProxies, AgentsAndTheServerAreAwayAndNothingIsLost) {
  const std::string ids[] = {add_proxy("proxied1"), add_proxy("proxied2")};
  for (const std::string name : {"proxied1", "proxied2"})
    ASSERT_TRUE(reaches(outside->netns(), fixed(name, Family::v6).text())) << name;
  testing::nothing_is_lost(*cloud, {by_ipv6("proxied1"), by_ipv6("proxied2")}, away_while_asked_again);
  for (const std::string& id : ids) remove_proxy(id);
}

}  // namespace
}  // namespace tarn::testing
