// Bad days of a host: parts of Open vSwitch die, are not there yet, or leave things behind. When the cause goes away
// everything works again, with the same agent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>

#include "live/steps.h"

namespace tarn::testing {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

class HostTrouble : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    network = cloud->make_network("net", "10.6.0.0/24");
    boot(*cloud, "here", network, 1);
    far = boot(*cloud, "far", network, 2).addresses.front();
    ASSERT_TRUE(reaches(*cloud, "here", far));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(in_sync(*cloud, 1));
    agent_ = cloud->host(1).running(sandbox::agent_name);
    ASSERT_TRUE(agent_.has_value());
    flows_ = cloud->flows(1);
  }

  // All is as it was, the agent too, and a newcomer works. It stays: another with its address would have to wait until
  // its neighbours ask again.
  void expect_recovered(const std::string& newcomer) {
    EXPECT_TRUE(reaches(*cloud, "here", far));
    EXPECT_TRUE(in_sync(*cloud, 1));
    EXPECT_EQ(cloud->flows(1), flows_);
    EXPECT_EQ(cloud->host(1).running(sandbox::agent_name), agent_);
    boot(*cloud, newcomer, network, 1);
    EXPECT_TRUE(reaches(*cloud, newcomer, far));
  }
  static std::string problem_of(const std::string& domain) {
    const json::value stats = cloud->ask_agent(1, "stats");
    for (const json::value& row : stats.at("domains").as_array()) {
      if (text_at(row, "domain") == domain) return text_at(row, "problem");
    }
    return {};
  }
  static void start(Status (sandbox::Host::*part)() const) {
    const Status started = (cloud->host(1).*part)();
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string network;
  static inline std::string far;
  std::optional<sandbox::ProcessMark> agent_;
  std::vector<std::string> flows_;
};

TEST_F(HostTrouble, TheSwitchIsKilledAndStartedAgain) {
  cloud->host(1).stop(sandbox::switch_name, SIGKILL);
  EXPECT_TRUE(await([] { return !problem_of("flow").empty(); }));
  start(&sandbox::Host::start_switch);
  expect_recovered("after-switch");
}

TEST_F(HostTrouble, TheDatabaseServerIsKilledAndStartedAgain) {
  cloud->host(1).stop(sandbox::database_name, SIGKILL);
  EXPECT_TRUE(await([] { return problem_of("bridge").find("db.sock") != std::string::npos; })) << problem_of("bridge");
  start(&sandbox::Host::start_database);
  expect_recovered("after-database");
}

TEST_F(HostTrouble, AnAgentStartedWithoutOpenVswitchWaitsAndSaysSo) {
  const sandbox::Host host = cloud->host(1);
  host.stop(sandbox::agent_name, SIGTERM);
  host.stop(sandbox::switch_name, SIGKILL);
  host.stop(sandbox::database_name, SIGKILL);
  start(&sandbox::Host::start_agent);
  agent_ = host.running(sandbox::agent_name);
  EXPECT_TRUE(await([] { return problem_of("bridge").find("db.sock") != std::string::npos; })) << problem_of("bridge");
  const json::value plan = cloud->ask_agent(1, "plan");
  EXPECT_FALSE(plan.at("complete").as_bool());
  EXPECT_THAT(text_at(plan, "why"), HasSubstr("db.sock"));
  start(&sandbox::Host::start_database);
  start(&sandbox::Host::start_switch);
  expect_recovered("after-all");
}

TEST_F(HostTrouble, ASocketLeftBehindIsReplacedAndALiveOneIsNot) {
  const sandbox::Host host = cloud->host(1);
  const std::filesystem::path socket = cloud->sandbox().layout().agent_socket(1);
  // A second agent must not take the first one's place.
  const Status second = [&]() -> Status {
    const auto daemon = sandbox::start_daemon(
        {LiveCloud::programs() / "tarn-agent", "--host", "host1", "--feed", cloud->sandbox().layout().feed(),
         "--ovs-rundir", host.dir(), "--state-dir", cloud->folder() / "second", "--control", socket, "--forbid-writes"},
        cloud->folder() / "second.log", "tarn-agent ready");
    if (!daemon) return std::unexpected(daemon.error());
    sandbox::stop_process(daemon->mark, SIGKILL);
    return {};
  }();
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message, HasSubstr(socket.string()));
  EXPECT_FALSE(cloud->ask_agent(1, "stats").as_object().contains("error"));

  host.stop(sandbox::agent_name, SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(socket));
  start(&sandbox::Host::start_agent);
  agent_ = host.running(sandbox::agent_name);
  expect_recovered("after-socket");
}

}  // namespace
}  // namespace tarn::testing
