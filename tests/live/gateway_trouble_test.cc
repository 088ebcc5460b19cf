// The way to the outside while it changes, while those who made it die, and where nothing is translated.
#include <boost/json.hpp>
#include <csignal>

#include "live/gateway_cloud.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// Nobody hears what these say: all speak, and the first is waited for.
void expect_over(Conversation& first, Conversation& second) {
  const std::string word = "too late";
  for (Conversation* each : {&first, &second})
    for (const Call* end : {&each->calling, &each->called}) static_cast<void>(end->says(word));
  std::chrono::milliseconds patience = 1s;  // several times what TCP waits before it says it again
  for (Conversation* each : {&first, &second}) {
    for (Call* end : {&each->calling, &each->called}) {
      EXPECT_FALSE(end->hears(word, patience));
      patience = 0ms;
    }
  }
}

TEST_F(Gateway, AFloatingIpThatMovesTakesItsConnectionsFromOneAndReachesTheOther) {
  const Floating& moved = floating.at("named1");
  const Endpoint door{moved.address, 8100}, there{outside->internet(), 8101};
  Listener listener(outside->netns(), there);
  Listener from(netns("named1"), {fixed("named1"), door.port}), to(netns("plain2"), {fixed("plain2"), door.port});
  std::optional<Conversation> in = converse(outside->netns(), door, from);
  std::optional<Conversation> out = converse(netns("named1"), there, listener);
  ASSERT_TRUE(in && out);

  move_floating(moved, {});
  settle();
  expect_over(*in, *out);
  EXPECT_NE(outside->run({"ping", "-c", "1", "-W", "1", door.ip.text()}).exit_code, 0);
  if (const auto again = converse(netns("named1"), there, listener)) {
    EXPECT_EQ(again->called.far_end().ip, external_address(router));
  }

  move_floating(moved, "plain2");
  const auto answers = [&] { return Call::dial(outside->netns(), door, 0, 100ms).has_value(); };
  EXPECT_TRUE(await(answers, 1s));
  EXPECT_TRUE(to.next().has_value());
  EXPECT_FALSE(from.next(0ms).has_value());
  settle();
  if (const auto other = converse(netns("plain2"), there, listener)) {
    EXPECT_EQ(other->called.far_end().ip, moved.address);
  }

  move_floating(moved, "named1");
  settle();
  EXPECT_TRUE(converse(outside->netns(), door, from).has_value());
}

TEST_F(Gateway, AgentsAndTheServerDieAndNothingIsLostOnTheWayOut) {
  nothing_is_lost([] {
    for (const int host : {1, 2, 3}) {
      cloud->host(host).stop(sandbox::agent_name, SIGKILL);
      let_pass(300ms);
      ASSERT_TRUE(cloud->host(host).start_agent().has_value());
      ASSERT_TRUE(in_sync(*cloud, host));
      EXPECT_EQ(cloud->ask_agent(host, "stats").at("writes_attempted").to_number<int>(), 0) << host;
    }
    cloud->sandbox().stop_server(SIGKILL);
    ASSERT_TRUE(cloud->sandbox().start_server().has_value());
    settle();
  });
}

TEST_F(Gateway, AllAgentsAndTheServerAreDeadAtOnceAndNothingIsLostOnTheWayOut) {
  nothing_is_lost([] {
    for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
    cloud->sandbox().stop_server(SIGKILL);
    let_pass(1s);
    for (const int host : {1, 2, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
    ASSERT_TRUE(cloud->sandbox().start_server().has_value());
    settle();
    for (const int host : {1, 2, 3})
      EXPECT_EQ(cloud->ask_agent(host, "stats").at("writes_attempted").to_number<int>(), 0) << host;
  });
}

TEST_F(Gateway, OtherRoutersAndFloatingIpsComeAndGo) {
  const std::string other = make_network("other", "10.7.0.0/24");
  const json::value subnet = cloud->ask("GET", "/v2.0/subnets?network_id=" + other).at("subnets").at(0).at("id");
  nothing_is_lost([&] {
    for (int round = 0; round < 3; ++round) {
      const std::string late = make_router("late", other);
      settle();
      move_floating(floating.at("beside1"), {});
      settle();
      cloud->ask("PUT", "/v2.0/routers/" + late + "/remove_router_interface", json::object{{"subnet_id", subnet}});
      cloud->ask("DELETE", "/v2.0/routers/" + late);
      move_floating(floating.at("beside1"), "beside1");
      settle();
    }
  });
  EXPECT_TRUE(reaches(outside->netns(), floating.at("beside1").address.text()));
}

TEST_F(Gateway, WithoutTranslationInstancesAreWhoTheyAre) {
  const Prefix routed = *Prefix::parse("10.6.0.0/24");
  const std::string network = make_network("routed", routed.text());
  const std::string road = make_router("road", network, false);
  boot_behind("routed1", network, 1, "10.6.0.1");
  boot_behind("routed2", network, 2, "10.6.0.1");
  ASSERT_TRUE(cloud->await_all_active(60s));
  settle();
  outside->add_route(routed.text(), external_address(road));
  const Endpoint there{outside->internet(), 8102};
  Listener listener(outside->netns(), there);
  for (const std::string name : {"routed1", "routed2"}) {
    EXPECT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    if (const auto out = converse(netns(name), there, listener, 40'010)) {
      EXPECT_EQ(out->called.far_end(), (Endpoint{fixed(name), 40'010})) << name;
    }
    Listener within(netns(name), {fixed(name), 8103});
    EXPECT_TRUE(converse(outside->netns(), {fixed(name), 8103}, within).has_value()) << name;
  }

  const json::object way_out{{"network_id", external}, {"enable_snat", true}};
  cloud->ask("PUT", "/v2.0/routers/" + road,
             json::object{{"router", json::object{{"external_gateway_info", way_out}}}});
  settle();
  Nic later_witness = outside->witness(routed);
  for (const std::string name : {"routed1", "routed2"})
    if (const auto out = converse(netns(name), there, listener)) {
      EXPECT_EQ(out->called.far_end().ip, external_address(road)) << name;
    }
  EXPECT_EQ(later_witness.count_all(), 0U);
}

}  // namespace
}  // namespace tarn::testing
