// QoS of floating IPs and gateways on real Open vSwitch: what goes by a limited address, out or in, gets through as far
// as its limits say; what does not is not limited; a limit comes, changes and goes, and nothing is lost.
#include <boost/json.hpp>

#include "live/flood.h"
#include "live/gateway_cloud.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr int rate_kbit = 1000;
constexpr int burst_kbit = 400;

class Policy {
 public:
  explicit Policy(const LiveCloud& cloud)
      : cloud_(cloud),
        id_(text_at(cloud.ask("POST", "/v2.0/qos/policies", {{"policy", {{"name", "outside"}}}}).at("policy"), "id")) {}
  ~Policy() { cloud_.ask("DELETE", "/v2.0/qos/policies/" + id_); }
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  // By its path.
  std::string rule(const std::string& type, const json::object& words) const {
    const std::string path = "/v2.0/qos/policies/" + id_ + "/" + type + "_rules";
    return path + "/" + text_at(cloud_.ask("POST", path, {{type + "_rule", words}}).at(type + "_rule"), "id");
  }
  void limit_bytes(const std::string& direction) const {
    rule("bandwidth_limit", {{"max_kbps", rate_kbit}, {"max_burst_kbps", burst_kbit}, {"direction", direction}});
  }
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  const LiveCloud& cloud_;
  std::string id_;
};

void limit_floating(const LiveCloud& cloud, const Floating& limited, const json::value& by) {
  cloud.ask("PUT", "/v2.0/floatingips/" + limited.id, {{"floatingip", {{"qos_policy_id", by}}}});
}

void limit_gateway(const LiveCloud& cloud, const std::string& router, const std::string& network,
                   const json::value& by) {
  const json::object way_out{{"network_id", network}, {"qos_policy_id", by}};
  cloud.ask("PUT", "/v2.0/routers/" + router, {{"router", {{"external_gateway_info", way_out}}}});
}

// From one place to another, as that is called there.
Passed flood(const Letters& from, const Endpoint& door, Letters& to) {
  return flood([&](const std::string& words) { from.send(door, words); }, to);
}

void expect_limited(const Passed& passed) {
  expect_limited(passed, rate_kbit, burst_kbit, flood_frame_kbit);
}

TEST_F(Gateway, AFloatingIpIsLimitedEachWayByItself) {
  const Policy policy(*cloud);
  const Floating& limited = floating.at("named1");
  Letters inner(netns("named1"), {fixed("named1"), 8200}), outer(outside->netns(), {outside->internet(), 8200});
  const Endpoint there{outside->internet(), 8200}, door{limited.address, 8200};
  ASSERT_TRUE(get_through(inner, there, outer, "at first") && get_through(outer, door, inner, "and back"));
  EXPECT_EQ(flood(inner, there, outer).frames, flood_frames);
  EXPECT_EQ(flood(outer, door, inner).frames, flood_frames);
  limit_floating(*cloud, limited, json::value(policy.id()));
  policy.limit_bytes("egress");
  settle();
  expect_limited(flood(inner, there, outer));
  EXPECT_EQ(flood(outer, door, inner).frames, flood_frames);
  policy.limit_bytes("ingress");
  settle();
  expect_limited(flood(outer, door, inner));
  let_pass(500ms);  // the bucket fills again
  expect_limited(flood(inner, there, outer));
  limit_floating(*cloud, limited, nullptr);
  settle();
  EXPECT_EQ(flood(inner, there, outer).frames, flood_frames);
  EXPECT_EQ(flood(outer, door, inner).frames, flood_frames);
}

TEST_F(Gateway, PacketsOfAFloatingIpAreCountedBesideItsBytes) {
  const Policy policy(*cloud);
  const Floating& limited = floating.at("named2");
  Letters inner(netns("named2"), {fixed("named2"), 8201}), outer(outside->netns(), {outside->internet(), 8201});
  const Endpoint there{outside->internet(), 8201}, door{limited.address, 8201};
  ASSERT_TRUE(get_through(inner, there, outer, "at first") && get_through(outer, door, inner, "and back"));
  limit_floating(*cloud, limited, json::value(policy.id()));
  for (const char* direction : {"egress", "ingress"}) {
    policy.rule("packet_rate_limit", {{"max_kpps", 1}, {"max_burst_kpps", 0}, {"direction", direction}});
    policy.rule("bandwidth_limit", {{"max_kbps", 900'000}, {"direction", direction}});
  }
  settle();
  const auto expect_counted = [](const Passed& passed) {
    if (!LiveCloud::is_emulated()) EXPECT_LT(passed.frames, 4 * flood_frames);  // else they come slower than may be
    EXPECT_LE(static_cast<double>(passed.frames), 1.1 * (800 + 1000 * passed.elapsed_s));
    EXPECT_GE(passed.frames, 640U);
  };
  expect_counted(flood([&](const std::string& words) { inner.send(there, words); }, outer, 4 * flood_frames, 4));
  expect_counted(flood([&](const std::string& words) { outer.send(door, words); }, inner, 4 * flood_frames, 4));
  limit_floating(*cloud, limited, nullptr);
  settle();
}

TEST_F(Gateway, WhatDoesNotGoByALimitedAddressIsNotLimited) {
  const Policy policy(*cloud);
  policy.limit_bytes("egress");
  policy.limit_bytes("ingress");
  limit_floating(*cloud, floating.at("named1"), json::value(policy.id()));
  limit_gateway(*cloud, router, external, json::value(policy.id()));
  settle();
  Letters limited(netns("named1"), {fixed("named1"), 8202});
  for (const std::string name : {"beside1", "plain2", "named2"}) {
    SCOPED_TRACE(name);
    Letters other(netns(name), {fixed(name), 8202});
    EXPECT_TRUE(get_through(limited, {fixed(name), 8202}, other, "at first"));
    EXPECT_EQ(flood(limited, {fixed(name), 8202}, other).frames, flood_frames);
    EXPECT_EQ(flood(other, {fixed("named1"), 8202}, limited).frames, flood_frames);
  }
  // By another floating IP.
  Letters named(netns("named2"), {fixed("named2"), 8203}), outer(outside->netns(), {outside->internet(), 8203});
  EXPECT_TRUE(get_through(named, {outside->internet(), 8203}, outer, "at first"));
  EXPECT_EQ(flood(named, {outside->internet(), 8203}, outer).frames, flood_frames);
  EXPECT_EQ(flood(outer, {floating.at("named2").address, 8203}, named).frames, flood_frames);
  limit_floating(*cloud, floating.at("named1"), nullptr);
  limit_gateway(*cloud, router, external, nullptr);
  settle();
}

// Of all hosts' instances together: what comes lands on one host, and what leaves is handed over to it.
TEST_F(Gateway, WhatGoesByARoutersAddressIsLimited) {
  const Endpoint there{outside->internet(), 8204};
  Letters outer(outside->netns(), there);
  Letters inner1(netns("plain1"), {fixed("plain1"), 8204}), inner2(netns("plain2"), {fixed("plain2"), 8204});
  ASSERT_TRUE(get_through(inner1, there, outer, "of plain1") && get_through(inner2, there, outer, "of plain2"));
  const Endpoint door1 = *outer.hears("of plain1"), door2 = *outer.hears("of plain2");
  ASSERT_EQ(door1.ip, external_address(router));
  const Policy policy(*cloud);
  policy.limit_bytes("egress");
  limit_gateway(*cloud, router, external, json::value(policy.id()));
  settle();
  ASSERT_TRUE(get_through(inner1, there, outer, "by another host") && get_through(inner2, there, outer, "of both"));
  let_pass(500ms);  // the bucket fills again
  expect_limited(flood(
      [&](const std::string& words) {
        inner1.send(there, words);
        inner2.send(there, words);
      },
      outer));
  EXPECT_EQ(*outer.hears("by another host"), door1) << "as it was seen before";
  EXPECT_EQ(flood(outer, door1, inner1).frames, flood_frames);
  policy.limit_bytes("ingress");
  settle();
  const std::size_t before = inner1.count("flood");
  Passed both = flood(
      [&](const std::string& words) {
        outer.send(door1, words);
        outer.send(door2, words);
      },
      inner2);
  let_pass(500ms);  // the bucket fills again
  EXPECT_TRUE(get_through(outer, door1, inner1, "at last"));
  both.frames += inner1.count("flood") - before;
  expect_limited(both);
  limit_gateway(*cloud, router, external, nullptr);
  settle();
}

TEST_F(Gateway, LimitsOutsideComeAndChangeAndGoAndNothingIsLost) {
  const Policy policy(*cloud);
  std::vector<std::string> rules;
  for (const char* direction : {"egress", "ingress"}) {
    rules.push_back(policy.rule("bandwidth_limit", {{"max_kbps", 50'000}, {"direction", direction}}));
    policy.rule("packet_rate_limit", {{"max_kpps", 50}, {"direction", direction}});
  }
  nothing_is_lost([&] {
    for (int round = 0; round < 3; ++round) {
      for (const char* name : {"named1", "named2"}) limit_floating(*cloud, floating.at(name), json::value(policy.id()));
      limit_gateway(*cloud, router, external, json::value(policy.id()));
      settle();
      for (int change = 1; change <= 5; ++change) {
        for (const std::string& rule : rules)
          cloud->ask("PUT", rule, {{"bandwidth_limit_rule", {{"max_kbps", 50'000 + 100 * change}}}});
        settle();
      }
      for (const char* name : {"named1", "named2"}) limit_floating(*cloud, floating.at(name), nullptr);
      limit_gateway(*cloud, router, external, nullptr);
      settle();
    }
  });
}

}  // namespace
}  // namespace tarn::testing
