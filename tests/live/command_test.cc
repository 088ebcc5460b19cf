// The operator's command against a cloud that runs: answers for people, and JSON whose field names programs rely on.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "live/live_cloud.h"
#include "live/steps.h"

namespace tarn::testing {
namespace {

namespace json = boost::json;

class Command : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(1);
    const std::string network = cloud->make_network("demo", "10.7.0.0/24");
    const Result<sandbox::Instance> booted = cloud->sandbox().boot({"vm1", 1, network, true});
    ASSERT_TRUE(booted.has_value()) << booted.error().message;
    port = booted->port_id;
    ASSERT_TRUE(cloud->await_all_active(std::chrono::seconds(30)));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  static sandbox::Finished tarn(std::vector<std::string> words) {
    const sandbox::Layout& layout = cloud->sandbox().layout();
    std::vector<std::string> argv{(LiveCloud::programs() / "tarn").string(), "--root", layout.root.string(), "--name",
                                  layout.name};
    argv.insert(argv.end(), words.begin(), words.end());
    Result<sandbox::Finished> done = sandbox::run(argv);
    EXPECT_TRUE(done.has_value());
    return std::move(*done);
  }
  static json::value told(std::vector<std::string> words) {
    words.insert(words.begin(), "--json");
    const sandbox::Finished done = tarn(std::move(words));
    EXPECT_EQ(done.exit_code, 0) << done.complaint;
    return json::parse(done.output);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string port;
};

TEST_F(Command, StatusTellsTheServerAndItsAgents) {
  const json::value status = told({"status"});
  EXPECT_TRUE(status.at("healthy").as_bool());
  ASSERT_EQ(status.at("agents").as_array().size(), 1U);
  EXPECT_TRUE(status.at("agents").at(0).at("alive").as_bool());
  EXPECT_NE(tarn({"status"}).output.find("host1"), std::string::npos);
}

TEST_F(Command, AnEmptyPlanSaysThatARestartIsSafe) {
  const json::value plan = told({"agent", "plan"});
  EXPECT_TRUE(plan.at("complete").as_bool());
  EXPECT_TRUE(plan.at("empty").as_bool());
  EXPECT_TRUE(plan.at("steps").as_array().empty());
  EXPECT_NE(tarn({"agent", "plan"}).output.find("a restart is safe"), std::string::npos);
}

TEST_F(Command, APlanNamesTheForeignObjectThatIsInTheWay) {
  // Somebody replaces one of our flows by his own: the same match, another cookie.
  const sandbox::Host host = cloud->host(1);
  ASSERT_TRUE(sandbox::must_run(host.ofctl({"add-flow", "br-int", "table=85,priority=0,cookie=0x5,actions=drop"})));
  EXPECT_TRUE(cloud->ask_agent(1, "relist").as_object().contains("listed"));
  const json::value plan = told({"agent", "plan"});
  ASSERT_EQ(plan.at("conflicts").as_array().size(), 1U);
  EXPECT_EQ(plan.at("conflicts").at(0).at("what").as_string(), "table=85,priority=0");
  EXPECT_NE(tarn({"agent", "plan"}).output.find("a foreign object is in the way"), std::string::npos);
  ASSERT_TRUE(sandbox::must_run(host.ofctl({"--strict", "del-flows", "br-int", "table=85,priority=0,cookie=0x5/-1"})));
  EXPECT_TRUE(cloud->ask_agent(1, "relist").as_object().contains("listed"));
  EXPECT_TRUE(told({"agent", "plan"}).at("conflicts").as_array().empty());
  EXPECT_TRUE(in_sync(*cloud, 1)) << "ours comes back";
}

TEST_F(Command, StatsCountWhatIsWantedInstalledAndForeign) {
  const json::value stats = told({"agent", "stats"});
  EXPECT_TRUE(stats.at("in_sync").as_bool());
  bool seen = false;
  for (const json::value& domain : stats.at("domains").as_array()) {
    for (const char* field :
         {"wanted", "installed", "foreign", "due", "failing", "plans", "writes_attempted", "resyncs"}) {
      EXPECT_TRUE(domain.at(field).is_int64()) << field;
    }
    if (domain.at("domain").as_string() != "flow") continue;
    seen = true;
    EXPECT_GT(domain.at("wanted").as_int64(), 0);
    EXPECT_EQ(domain.at("wanted"), domain.at("installed"));
    EXPECT_EQ(domain.at("foreign").as_int64(), 0);
  }
  EXPECT_TRUE(seen);
}

TEST_F(Command, ExplainShowsWishFactAndWhatTheSwitchHas) {
  const json::value told_of = told({"agent", "explain", port});
  EXPECT_EQ(told_of.at("state").as_string(), "active");
  EXPECT_EQ(told_of.at("wish").at("id").as_string(), port);
  EXPECT_GT(told_of.at("fact").at("ofport").as_int64(), 0);
  ASSERT_FALSE(told_of.at("flows").as_array().empty());
  for (const json::value& flow : told_of.at("flows").as_array()) EXPECT_EQ(flow.at("installed").as_string(), "same");
}

TEST_F(Command, AHostThatIsNotThereIsNamed) {
  const sandbox::Finished done = tarn({"agent", "--host", "host9", "plan"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.complaint.find("there is no host 'host9'"), std::string::npos) << done.complaint;
}

TEST_F(Command, ExplainOfAStrangePortIsOneClearLine) {
  const sandbox::Finished done = tarn({"agent", "explain", "11111111-2222-4333-8444-555555555555"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.complaint.find("not bound to this node"), std::string::npos) << done.complaint;
  EXPECT_EQ(tarn({"agent", "explain", "nonsense"}).exit_code, 1);
}

TEST_F(Command, BootListExecAndDeleteAnInstance) {
  EXPECT_EQ(told({"sandbox", "boot", "vm2"}).at("host").as_string(), "host1");
  EXPECT_EQ(told({"sandbox", "list"}).at("instances").as_array().size(), 2U);
  const std::string peer = cloud->sandbox().state().instances.at("vm1").addresses.front();
  EXPECT_EQ(tarn({"sandbox", "exec", "vm2", "--", "ping", "-c", "1", "-W", "5", peer}).exit_code, 0);
  EXPECT_EQ(tarn({"sandbox", "boot", "vm2"}).exit_code, 1);
  EXPECT_EQ(tarn({"sandbox", "delete", "vm2"}).exit_code, 0);
  EXPECT_EQ(told({"sandbox", "list"}).at("instances").as_array().size(), 1U);
  EXPECT_EQ(tarn({"sandbox", "exec", "vm2", "true"}).exit_code, 1);
}

}  // namespace
}  // namespace tarn::testing
