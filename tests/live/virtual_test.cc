// An address that instances take in turns (VRRP by keepalived) is held by a port that is bound nowhere: who calls it by
// a router or by its floating IP comes to the one that has it now.
#include <boost/json.hpp>
#include <csignal>

#include "live/gateway_cloud.h"
#include "live/takers.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// Of one that says that it goes, VRRP waits a tenth of a second at most, of one that falls silent some four
// (RFC 5798 section 6.1, with advertisements each tenth of a second). This only tells one that was replaced from one
// that was not, however busy the machine is.
constexpr std::int64_t gap_max_ms = 3000;
// Probes of a millisecond each, likewise.
constexpr std::uint64_t twice_max = 100;

class Virtual : public Gateway {
 protected:
  // "first" on host 1 and "second" on host 2 may take the address; "beside" is on another network of their router.
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    network = make_network("taken", "10.9.0.0/24");
    const std::string other = make_network("other", "10.10.0.0/24");
    const std::string between = make_router("between", network);
    const json::value listed = cloud->ask("GET", "/v2.0/subnets?network_id=" + other);
    cloud->ask("PUT", "/v2.0/routers/" + between + "/add_router_interface",
               json::object{{"subnet_id", listed.at("subnets").at(0).at("id")}});
    const json::object wanted{{"network_id", network},
                              {"fixed_ips", json::array{json::object{{"ip_address", address.text()}}}}};
    holder = text_at(cloud->ask("POST", "/v2.0/ports", json::object{{"port", wanted}}).at("port"), "id");
    boot_behind("first", network, 1, "10.9.0.1");
    boot_behind("second", network, 2, "10.9.0.1");
    boot_behind("beside", other, 3, "10.10.0.1");
    const json::object given{{"floating_network_id", external}, {"port_id", holder}};
    const json::value made = cloud->ask("POST", "/v2.0/floatingips", json::object{{"floatingip", given}});
    floating_id = text_at(made.at("floatingip"), "id");
    called = *Ip::parse(text_at(made.at("floatingip"), "floating_ip_address"));
    EXPECT_EQ(status(), "DOWN") << "nobody may take its address";
    for (const std::string name : {"first", "second"}) let_take(name, {});
    EXPECT_EQ(status(), "ACTIVE");
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
  }

  // With its own MAC address, and with that one where there is one.
  static void let_take(const std::string& name, const std::string& mac) {
    json::array pairs{json::object{{"ip_address", address.text()}}};
    if (!mac.empty()) pairs.push_back(json::object{{"ip_address", address.text()}, {"mac_address", mac}});
    cloud->ask("PUT", "/v2.0/ports/" + instances.at(name).port_id,
               json::object{{"port", json::object{{"allowed_address_pairs", pairs}}}});
  }
  static std::string status() {
    return text_at(cloud->ask("GET", "/v2.0/floatingips/" + floating_id).at("floatingip"), "status");
  }
  // From outside by the floating IP, and by the router.
  static std::unique_ptr<Probes> probes(std::vector<Asker> askers = {}) {
    askers.push_back({"outside", outside->netns(), outside->internet(), called});
    askers.push_back({"beside", netns("beside"), fixed("beside"), address});
    return std::make_unique<Probes>(*cloud, askers, std::vector<std::string>{netns("first"), netns("second")}, address);
  }

  // Whatever `happens`, who asks is answered by that instance afterwards, by it alone; and by two no longer than an
  // announcement takes to all hosts, where the one before keeps the address.
  static void answered_by(Probes& probes, std::size_t taker, const std::string& what,
                          const std::function<void()>& happens) {
    static_cast<void>(probes.take());
    happens();
    let_pass(2s);
    for (const Tally& tally : probes.take()) {
      EXPECT_LE(tally.longest_gap_ms, gap_max_ms) << tally.name << " " << what;
      EXPECT_EQ(tally.last_by, taker) << tally.name << " " << what;
      EXPECT_LE(tally.twice, twice_max) << tally.name << " " << what;
      std::printf("%s, %s: %ju of %ju probes answered, longest gap %jd ms\n", what.c_str(), tally.name.c_str(),
                  static_cast<std::uintmax_t>(tally.answered), static_cast<std::uintmax_t>(tally.sent),
                  static_cast<std::intmax_t>(tally.longest_gap_ms));
    }
    let_pass(500ms);
    for (const Tally& tally : probes.take()) {
      EXPECT_GT(tally.answered, 100U) << tally.name << " after " << what;
      EXPECT_EQ(tally.by.at(taker), tally.answered) << tally.name << " after " << what;
      EXPECT_EQ(tally.twice, 0U) << tally.name << " after " << what;
    }
  }

  static inline const Ip address = *Ip::parse("10.9.0.100");
  static inline std::string network, holder, floating_id;
  static inline Ip called;
};

TEST_F(Virtual, WhatIsSentToItFollowsWhoeverTakesItWithAndWithoutAgentsAndServer) {
  Keepalived first(*cloud, {"first", address, 150}), second(*cloud, {"second", address, 100});
  const auto all = probes();
  answered_by(*all, 0, "the first takes it", [&] {
    first.start();
    ASSERT_TRUE(await([&] { return first.has_it(); }));
  });
  second.start();
  const auto switch_to_and_fro = [&](const std::string& when) {
    answered_by(*all, 1, "the first gives it up" + when, [&] { first.stop(); });
    answered_by(*all, 0, "the first takes it back" + when, [&] {
      first.start();
      ASSERT_TRUE(await([&] { return first.has_it(); }));
    });
  };
  switch_to_and_fro("");
  for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
  cloud->sandbox().stop_server(SIGKILL);
  switch_to_and_fro(" with agents and server dead");
  for (const int host : {1, 2, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
  ASSERT_TRUE(cloud->sandbox().start_server().has_value());
  answered_by(*all, 0, "agents and server start", [] { settle(); });
  for (const int host : {1, 2, 3})
    EXPECT_EQ(cloud->ask_agent(host, "stats").at("writes_attempted").to_number<int>(), 0) << host;
}

// It is still there, and would answer whoever asks for the address.
TEST_F(Virtual, OneThatFallsSilentHearsNothingMoreOfAnAddressThatItKeeps) {
  Keepalived first(*cloud, {"first", address, 150}), second(*cloud, {"second", address, 100});
  const auto all = probes();
  first.start();
  ASSERT_TRUE(await([&] { return first.has_it(); }));
  second.start();
  answered_by(*all, 0, "both are there", [] {});
  answered_by(*all, 1, "the first falls silent", [&] {
    first.fall_silent();
    ASSERT_TRUE(await([&] { return second.has_it(); }));
  });
  EXPECT_TRUE(first.has_it());
  const sandbox::Host host = cloud->host(1);
  answered_by(*all, 1, "its agent is started again", [&] {
    host.stop(sandbox::agent_name, SIGKILL);
    ASSERT_TRUE(host.start_agent().has_value());
    settle();
  });
  answered_by(*all, 0, "the first goes on", [&] { first.wake(); });
}

TEST_F(Virtual, WhatItSendsLeavesByTheFloatingIp) {
  Keepalived first(*cloud, {"first", address, 150});
  first.start();
  ASSERT_TRUE(await([&] { return first.has_it(); }));
  Letters there(outside->netns(), {outside->internet(), 8110});
  const Letters here(netns("first"), {address, 8111});
  std::optional<Endpoint> seen;
  EXPECT_TRUE(await([&] {
    here.send({outside->internet(), 8110}, "from the address");
    seen = there.hears("from the address", 200ms);
    return seen.has_value();
  }));
  if (seen) EXPECT_EQ(seen->ip, called);
  EXPECT_TRUE(reaches(outside->netns(), called.text()));
}

// RFC 5798 section 7.3: the address keeps its MAC address, and who is on its network needs to learn nothing.
TEST_F(Virtual, ItMayComeWithTheMacAddressOfVrrp) {
  boot_behind("neighbour", network, 3, "10.9.0.1");
  for (const std::string name : {"first", "second"}) let_take(name, "00:00:5e:00:01:33");
  ASSERT_TRUE(cloud->await_all_active(60s));
  settle();
  const auto asking = [] { return Asker{"neighbour", netns("neighbour"), fixed("neighbour"), address}; };
  Keepalived first(*cloud, {"first", address, 150, false}), second(*cloud, {"second", address, 100, false});
  const auto all = probes({asking()});
  first.start();
  ASSERT_TRUE(await([&] { return first.has_it(); }));
  second.start();
  answered_by(*all, 0, "both are there, by one MAC address", [] {});
  answered_by(*all, 1, "the first gives it up, by one MAC address", [&] { first.stop(); });
  answered_by(*all, 0, "the first takes it back, by one MAC address", [&] {
    first.start();
    ASSERT_TRUE(await([&] { return first.has_it(); }));
  });
  for (const std::string name : {"first", "second"}) let_take(name, {});
  settle();
}

// What it had learned is gone with its process; nobody announces anything.
TEST_F(Virtual, ASwitchThatIsStartedAgainAsksForIt) {
  Keepalived first(*cloud, {"first", address, 150});
  first.start();
  ASSERT_TRUE(await([&] { return first.has_it(); }));
  const auto all = probes();
  answered_by(*all, 0, "it is there", [] {});
  // Its kernel would ask for its router by that address now and then, which says who has it as well.
  const json::value known = json::parse(inside("first", {"ip", "-j", "neigh", "show", "10.9.0.1"}).output);
  const std::string door = text_at(known.at(0), "lladdr");
  ASSERT_EQ(inside("first", {"ip", "neigh", "replace", "10.9.0.1", "lladdr", door, "dev", "eth0", "nud", "permanent"})
                .exit_code,
            0);
  const sandbox::Host host = cloud->host(1);
  host.stop(sandbox::switch_name, SIGKILL);
  ASSERT_TRUE(host.start_switch().has_value());
  ASSERT_TRUE(in_sync(*cloud, 1));
  static_cast<void>(all->take());
  const auto answers = [&] {
    let_pass(100ms);
    const std::vector<Tally> tallies = all->take();
    return std::ranges::all_of(tallies, [](const Tally& tally) { return tally.answered > 10; });
  };
  EXPECT_TRUE(await(answers, 20s));
  inside("first", {"ip", "neigh", "del", "10.9.0.1", "dev", "eth0"});
}

}  // namespace
}  // namespace tarn::testing
