// The promise, on real Open vSwitch: whatever happens to agent and server, no packet of a tenant is lost. Every row of
// the printed table ran under the same traffic: probes each millisecond both ways inside a host and across hosts on a
// VXLAN, a VLAN and a flat network, new UDP flows, long TCP transfers, and 200 other ports on each host. An emulated
// machine, which is many times slower, takes a lighter load.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "live/live_cloud.h"
#include "live/traffic.h"
#include "rt/choice.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

struct Load {
  int crowd_per_host = 200;
  int kills = 20;
  std::chrono::milliseconds tick = 1ms;
};

Load load() {
  return LiveCloud::is_emulated() ? Load{.crowd_per_host = 20, .kills = 5, .tick = 50ms} : Load{};
}

struct Row {
  std::string what;
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t flows = 0;
  std::uint64_t flows_lost = 0;
  std::int64_t gap_ms = 0;
  std::int64_t stall_ms = 0;
  bool tcp_whole = true;
};

class Hitless : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    const std::vector<std::pair<std::string, std::string>> networks{
        {"vxlan", cloud->make_network("vxlan", "10.1.0.0/22")},
        {"vlan", cloud->make_network("vlan", "10.2.0.0/22", "vlan", 101)},
        {"flat", cloud->make_network("flat", "10.3.0.0/22", "flat")}};
    for (const auto& [name, id] : networks) {
      boot(name + "-a", id, 1);
      boot(name + "-b", id, 1);
      boot(name + "-c", id, 2);
      pairs.push_back(pair(name + " in one host", name + "-a", name + "-b"));
      pairs.push_back(pair(name + " across hosts", name + "-a", name + "-c"));
    }
    network = networks.front().second;
    for (int host = 1; host <= 2; ++host) cloud->plug_crowd(network, host, load().crowd_per_host);
    ASSERT_TRUE(cloud->await_all_active(120s));
  }
  static void TearDownTestSuite() {
    std::printf("\n%-58s %9s %6s %8s %6s %7s %9s\n", "action", "probes", "lost", "new flows", "lost", "gap ms",
                "tcp stall");
    for (const Row& row : rows) {
      std::printf("%-58s %9lu %6lu %8lu %6lu %7ld %9ld\n", row.what.c_str(), row.sent, row.lost, row.flows,
                  row.flows_lost, row.gap_ms, row.stall_ms);
    }
    delete cloud;
    cloud = nullptr;
    pairs.clear();
  }

  static void boot(const std::string& name, const std::string& network_id, int host) {
    const Result<sandbox::Instance> booted = cloud->sandbox().boot({name, host, network_id, true});
    ASSERT_TRUE(booted.has_value()) << booted.error().message;
  }
  static TrafficPair pair(const std::string& name, const std::string& from, const std::string& to) {
    const auto& instances = cloud->sandbox().state().instances;
    return {name, cloud->sandbox().layout().instance_namespace(from), cloud->sandbox().layout().instance_namespace(to),
            *Ip::parse(instances.at(from).addresses.front()), *Ip::parse(instances.at(to).addresses.front())};
  }

  // Runs `action` under traffic, with a quiet moment before and after, and demands that nothing was lost.
  template <class Action>
  void under_traffic(const std::string& what, Action&& action) {
    Result<std::unique_ptr<Traffic>> traffic = Traffic::start(*cloud, pairs, load().tick);
    ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
    let_pass(500ms);
    action();
    let_pass(500ms);
    Row row{.what = what};
    for (const TrafficLoss& loss : (*traffic)->finish()) {
      row.sent += loss.probes_sent;
      row.lost += loss.probes_lost;
      row.flows += loss.flows_opened;
      row.flows_lost += loss.flows_lost;
      row.gap_ms = std::max(row.gap_ms, loss.longest_gap_ms);
      row.stall_ms = std::max(row.stall_ms, loss.tcp_stall_ms);
      row.tcp_whole = row.tcp_whole && loss.tcp_whole;
      EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
      EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
      EXPECT_TRUE(loss.tcp_whole) << loss.name;
    }
    EXPECT_GT(row.sent, 0U);
    rows.push_back(row);
  }
  static void restart_agent(int host, int signal) {
    cloud->host(host).stop(sandbox::agent_name, signal);
    start_agent(host);
  }
  static void start_agent(int host) {
    const Status started = cloud->host(host).start_agent();
    ASSERT_TRUE(started.has_value()) << started.error().message;
    in_sync(host);
  }
  static void in_sync(int host) {
    const json::value answer = cloud->ask_agent(host, "await_in_sync");
    ASSERT_FALSE(answer.as_object().contains("error")) << json::serialize(answer);
  }
  static std::int64_t writes_attempted(int host) {
    return cloud->ask_agent(host, "stats").at("writes_attempted").to_number<std::int64_t>();
  }

  // Somebody else's day goes on: a port is created, changed and deleted in the same network.
  static void neighbour_day() {
    const json::value made = cloud->ask(
        "POST", "/v2.0/ports",
        json::object{
            {"port", {{"network_id", network}, {"device_owner", "compute:nova"}, {"binding:host_id", "host2"}}}});
    const std::string path = "/v2.0/ports/" + json::value_to<std::string>(made.at("port").at("id"));
    cloud->ask("PUT", path, json::object{{"port", {{"name", "changed"}}}});
    cloud->ask("DELETE", path);
  }

  // The agent of host 1 is restarted with nothing to do: it must not even try to write, and the switch keeps its flows.
  template <class Restart>
  void restart_with_nothing_to_do(const std::string& what, Restart&& restart) {
    in_sync(1);
    const std::vector<std::string> before = cloud->flows(1);
    const std::uint64_t counted = cloud->packets_counted(1);
    under_traffic(what, restart);
    EXPECT_EQ(writes_attempted(1), 0);
    EXPECT_EQ(cloud->flows(1), before);
    EXPECT_GT(cloud->packets_counted(1), counted);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string network;
  static inline std::vector<TrafficPair> pairs;
  static inline std::vector<Row> rows;
};

TEST_F(Hitless, Control) {
  under_traffic("nothing (control)", [] { let_pass(3s); });
}

// A busy machine may give the switch no processor for a while. What waits meanwhile waits in queues: a packet lost in
// this suite is one without its rule, never one without its turn.
TEST_F(Hitless, TheSwitchWaitsForAProcessor) {
  if (LiveCloud::datapath() == sandbox::Datapath::kernel) GTEST_SKIP() << "the kernel forwards, not the daemon";
  under_traffic("switch without a processor for 200 ms (control)", [] {
    const std::optional<sandbox::ProcessMark> daemon = cloud->host(1).running(sandbox::switch_name);
    ASSERT_TRUE(daemon.has_value());
    ASSERT_EQ(kill(daemon->pid, SIGSTOP), 0);
    let_pass(200ms);
    ASSERT_EQ(kill(daemon->pid, SIGCONT), 0);
  });
  EXPECT_GE(rows.back().gap_ms, 150);
}

TEST_F(Hitless, AgentTerminated) {
  restart_with_nothing_to_do("agent SIGTERM, started again", [] { restart_agent(1, SIGTERM); });
}

TEST_F(Hitless, AgentKilledManyTimesAtRandomMoments) {
  const std::uint64_t seed = rt::entropy();
  SCOPED_TRACE("seed " + std::to_string(seed));
  rt::Seeded choice(seed);
  const int kills = load().kills;
  restart_with_nothing_to_do("agent SIGKILL at random moments, " + std::to_string(kills) + " times", [&] {
    for (int kill = 0; kill < kills; ++kill) {
      // Some die while they start, some while they list, some in peace.
      let_pass(std::chrono::milliseconds(choice.below(300)));
      cloud->host(1).stop(sandbox::agent_name, SIGKILL);
      const Status started = cloud->host(1).start_agent();
      ASSERT_TRUE(started.has_value()) << started.error().message;
    }
    in_sync(1);
  });
}

TEST_F(Hitless, AgentReplacedByAnotherBuild) {
  const std::filesystem::path other = cloud->folder() / "tarn-agent-next";
  std::filesystem::copy_file(LiveCloud::programs() / "tarn-agent", other);
  restart_with_nothing_to_do("agent's program replaced", [&] {
    cloud->host(1).stop(sandbox::agent_name, SIGTERM);
    const Status started = cloud->host(1).start_agent(other);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    in_sync(1);
  });
}

TEST_F(Hitless, ServerStoppedAndAgentRestartedMeanwhile) {
  restart_with_nothing_to_do("server stopped, agent SIGKILL meanwhile, server back", [] {
    cloud->sandbox().stop_server(SIGTERM);
    cloud->host(1).stop(sandbox::agent_name, SIGKILL);
    const Status agent = cloud->host(1).start_agent();
    ASSERT_TRUE(agent.has_value()) << agent.error().message;
    let_pass(4s);  // longer than the agent waits before it takes its journal
    const Status server = cloud->sandbox().start_server();
    ASSERT_TRUE(server.has_value()) << server.error().message;
    in_sync(1);
  });
}

TEST_F(Hitless, ServerKilled) {
  under_traffic("server SIGKILL, started again", [] {
    cloud->sandbox().stop_server(SIGKILL);
    const Status server = cloud->sandbox().start_server();
    ASSERT_TRUE(server.has_value()) << server.error().message;
    in_sync(1);
    in_sync(2);
  });
}

TEST_F(Hitless, PortsComeAndGoElsewhereAtEveryRestart) {
  under_traffic("agents restarted while ports come, change and go", [] {
    for (const int signal : {SIGTERM, SIGKILL, SIGKILL}) {
      neighbour_day();
      cloud->host(1).stop(sandbox::agent_name, signal);
      neighbour_day();
      start_agent(1);
      restart_agent(2, signal);
    }
    cloud->sandbox().stop_server(SIGKILL);
    const Status server = cloud->sandbox().start_server();
    ASSERT_TRUE(server.has_value()) << server.error().message;
    neighbour_day();
    in_sync(1);
    in_sync(2);
  });
  EXPECT_EQ(cloud->ask_agent(1, "plan").at("steps").as_array().size(), 0U);
}

// Last, because it cuts host 2 off: its switch and agent are gone, the database's file stays, no server answers.
TEST_F(Hitless, AHostRebootedWhileTheServerIsAwayWorksAgainFromItsJournal) {
  in_sync(2);
  const std::vector<std::string> before = cloud->flows(2);
  cloud->sandbox().stop_server(SIGTERM);
  const sandbox::Host host = cloud->host(2);
  host.cut_power();
  const Status raised = host.up();
  ASSERT_TRUE(raised.has_value()) << raised.error().message;
  const TrafficPair& across = pairs[1];
  const Result<std::string> answered = sandbox::must_run(
      {"ip", "netns", "exec", across.to_namespace, "ping", "-c", "1", "-w", "20", across.from.text()});
  EXPECT_TRUE(answered.has_value()) << answered.error().message;
  const Status server = cloud->sandbox().start_server();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  in_sync(2);
  EXPECT_EQ(cloud->flows(2), before);
  under_traffic("after a host's reboot (control)", [] { let_pass(1s); });
}

}  // namespace
}  // namespace tarn::testing
