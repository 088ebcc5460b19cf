// What is made on first use is made once, and a quota of N lets exactly N through.
#include <map>

#include "live_concurrency/crowded_cloud.h"

namespace tarn::server {
namespace {

using Limits = CrowdedCloud;

TEST_F(Limits, MakeOneDefaultGroupForAProject) {
  const Net shared = net(root(), "10.0.0.0/16", {{"shared", true}});
  constexpr std::size_t projects = 8;
  at_once([&](std::size_t n, Chance& chance) {
    const Client client = of("p" + std::to_string(n % projects));
    switch (chance() % 4) {
      case 0:
        return client.ask("GET", "security-groups");
      case 1:
        return client.ask("GET", "security-group-rules");
      case 2:
        return client.make("security_group", {{"name", "own"}});
      default:
        return client.make("port", {{"network_id", shared.network}});
    }
  });
  std::map<std::string, int> defaults;
  for (const json::object& group : root().list("security-groups?name=default"))
    ++defaults[json::value_to<std::string>(group.at("project_id"))];
  for (std::size_t n = 0; n < projects; ++n) EXPECT_EQ(defaults["p" + std::to_string(n)], 1) << n;
}

TEST_F(Limits, LetExactlyTheQuotaThrough) {
  const Client client = of("p");
  const Net own = net(client, "10.0.0.0/16");
  const json::object limits{{"network", 11}, {"port", 20}, {"router", 7}};
  ASSERT_TRUE(root().ask("PUT", "quotas/p", json::object{{"quota", limits}}).done());
  const auto race = [&](const std::string& what, const json::object& given) {
    return at_once([&](std::size_t, Chance&) { return client.make(what, given); });
  };
  const auto networks = race("network", {});
  EXPECT_EQ(done(networks), 10U) << "one was there";
  EXPECT_EQ(count(networks, "OverQuota"), clients - 10);
  const auto ports = race("port", {{"network_id", own.network}});
  EXPECT_EQ(done(ports), 20U);
  EXPECT_EQ(count(ports, "OverQuota"), clients - 20);
  EXPECT_EQ(done(race("router", {})), 7U);
}

// What is given back can be taken again, and never more than that.
TEST_F(Limits, HoldWhileSomeGiveBackWhatOthersTake) {
  const Client client = of("p");
  ASSERT_TRUE(root().ask("PUT", "quotas/p", json::object{{"quota", {{"network", 8}}}}).done());
  at_once([&](std::size_t, Chance& chance) {
    for (int turn = 0; turn < 8; ++turn) {
      const Told made = client.make("network", {});
      EXPECT_TRUE(made.done() || made.error() == "OverQuota") << made.error();
      EXPECT_LE(client.list("networks").size(), 8U);
      if (!made.done() || chance() % 4 == 0) continue;
      EXPECT_TRUE(client.ask("DELETE", "networks/" + made.id()).done());
    }
    return true;
  });
  at_once([&](std::size_t, Chance&) { return client.make("network", {}); });
  EXPECT_EQ(client.list("networks").size(), 8U);
}

}  // namespace
}  // namespace tarn::server
