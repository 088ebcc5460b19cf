// Whole feeds in simulated time: agents with their clients, one server, lines that break and servers that die.
#include "feed/agent_client.h"

#include "feed/clouds.h"
#include "feed/pipe.h"
#include "sim/scheduler.h"

namespace tarn::feed {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Agent {
  Agent(sim::Scheduler& scheduler, rt::Choice& choice, PipeNet& net, std::string name)
      : loop(scheduler.make_loop(name)), dialer(net, *loop), client(*loop, choice, dialer), host(std::move(name)) {}

  void start(model::Slice held = {}) {
    client.start(node(host), std::move(held),
                 {[this](const auto& whole, model::Revision at, const auto&) {
                    slice = *whole;
                    revision = at;
                    ++shown;
                  },
                  [this](bool up, const std::string& why) {
                    connected = up;
                    said.push_back(why);
                  }});
  }

  std::unique_ptr<sim::SimLoop> loop;
  PipeDialer dialer;
  AgentClient client;
  std::string host;
  std::optional<model::Slice> slice;
  model::Revision revision = 0;
  std::size_t shown = 0;
  bool connected = false;
  std::vector<std::string> said;
};

class World {
 public:
  explicit World(unsigned seed) : choice(seed), history(seed) { start_server(); }
  ~World() { stop_server(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void start_server() {
    feed = std::make_unique<ServerFeed>(
        history.newest(),
        ServerFeed::Hooks{[this](const NodeFacts& facts) { hellos.push_back(facts.host); },
                          [this](const std::string& host, const Report& report) { reports[host] = report; },
                          [this](const std::string& host, bool up) { present[host] = up; },
                          [this](const std::string&, const std::string& why) { troubles.push_back(why); }},
        ServerEnd::Bounds{3, 500});
    net.feed = feed.get();
  }
  void stop_server() {
    net.lose_server();
    feed.reset();
    present.clear();
  }
  void edit() {
    history.edit();
    if (feed) feed->advance(history.newest());
  }
  Agent& add(const std::string& host) {
    agents.push_back(std::make_unique<Agent>(scheduler, choice, net, host));
    return *agents.back();
  }
  [[nodiscard]] bool converged() const {
    return std::ranges::all_of(agents, [this](const auto& agent) {
      return agent->connected && agent->slice &&
             flat(*agent->slice) == flat(model::slice(*history.newest(), agent->host));
    });
  }

  rt::Seeded choice;
  sim::Scheduler scheduler{choice};
  History history;
  std::unique_ptr<sim::SimLoop> server_loop = scheduler.make_loop("server");
  PipeNet net{*server_loop};
  std::vector<std::string> hellos;
  std::map<std::string, Report> reports;
  std::map<std::string, bool> present;
  std::vector<std::string> troubles;
  std::unique_ptr<ServerFeed> feed;
  std::vector<std::unique_ptr<Agent>> agents;
};

TEST(FeedInSimulatedTime, BringsEveryAgentToTheNewestCloudThroughCutsAndLostServers) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    World world(seed);
    for (const char* host : {"host-1", "host-2", "host-3"}) world.add(host).start();
    for (int step = 0; step < 60; ++step) {
      const unsigned what = world.history.below(20);
      if (what < 8) world.edit();
      if (what == 8) world.net.cut(1 + world.history.below(3));
      if (what == 9 && world.feed) world.stop_server();
      if (what > 16 && !world.feed) world.start_server();
      world.scheduler.run(milliseconds(world.history.below(300)));
    }
    if (!world.feed) world.start_server();
    ASSERT_TRUE(world.scheduler.run(seconds(30), [&] { return world.converged(); })) << "seed " << seed;
    world.scheduler.run(seconds(1));  // what is still on a line: an in-sync mark that tells nothing new
    // Then silence: nothing more is shown and nobody dials again.
    std::size_t shown = 0;
    for (const auto& agent : world.agents) shown += agent->shown;
    const std::size_t dials = world.net.dials;
    world.scheduler.run(seconds(60));
    std::size_t later = 0;
    for (const auto& agent : world.agents) later += agent->shown;
    EXPECT_EQ(later, shown);
    EXPECT_EQ(world.net.dials, dials);
    EXPECT_EQ(world.present.size(), 3U);
  }
}

TEST(FeedInSimulatedTime, DialsWithGrowingDelayNeverBeyondFiveSeconds) {
  World world(1);
  world.stop_server();
  Agent& agent = world.add("host-1");
  agent.start();
  std::vector<rt::Instant> dialled;
  std::size_t seen = 0;
  while (dialled.size() < 20 && world.scheduler.step()) {
    if (world.net.dials > seen) dialled.push_back(world.scheduler.now());
    seen = world.net.dials;
  }
  ASSERT_EQ(dialled.size(), 20U);
  for (std::size_t i = 1; i < dialled.size(); ++i) {
    const rt::Duration gap = dialled[i] - dialled[i - 1];
    EXPECT_LE(gap, seconds(5));
    EXPECT_GE(gap, std::min<rt::Duration>(milliseconds(50) * (1 << std::min<std::size_t>(i - 1, 6)), seconds(2))) << i;
  }
  EXPECT_EQ(agent.said, std::vector<std::string>{"nobody listens"}) << "the same trouble is told once";
  world.start_server();
  ASSERT_TRUE(world.scheduler.run(seconds(6), [&] { return world.converged(); }));
}

TEST(FeedInSimulatedTime, GivesUpALineThatNeverAnswers) {
  World world(1);
  const std::unique_ptr<sim::SimLoop> deaf = world.scheduler.make_loop("deaf");
  struct SilentLine final : AgentLine {
    void send(ToServer) override {}
  };
  struct SilentDialer final : AgentDialer {
    std::unique_ptr<AgentLine> dial(AgentLine::Events) override {
      ++dials;
      return std::make_unique<SilentLine>();
    }
    int dials = 0;
  } dialer;
  AgentClient client(*deaf, world.choice, dialer);
  std::vector<std::string> said;
  client.start(node("host-1"), {},
               {[](const auto&, auto, const auto&) {}, [&](bool, const std::string& why) { said.push_back(why); }});
  ASSERT_TRUE(world.scheduler.run(seconds(12), [&] { return dialer.dials == 2; }));
  EXPECT_EQ(said, std::vector<std::string>{"the server did not answer"});
}

TEST(FeedInSimulatedTime, BringsReportsAgainAfterAServerWasLost) {
  World world(2);
  Agent& agent = world.add("host-1");
  agent.start();
  ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return world.converged(); }));
  const Report report{7, std::nullopt, {{PortId{}, model::PortStatus::active}}};
  agent.client.report(report);
  ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return world.reports.contains("host-1"); }));
  EXPECT_EQ(world.reports["host-1"], report);
  world.stop_server();
  world.reports.clear();
  world.scheduler.run(seconds(1));
  world.start_server();
  ASSERT_TRUE(world.scheduler.run(seconds(10), [&] { return world.reports.contains("host-1"); }));
  EXPECT_EQ(world.reports["host-1"], report) << "the whole of it, without being asked";
}

TEST(FeedInSimulatedTime, LetsTheNewestAgentOfAHostHaveItsLine) {
  World world(3);
  Agent& first = world.add("host-1");
  first.start();
  ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return world.converged(); }));
  Agent& second = world.add("host-1");
  second.start();
  ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return second.connected; }));
  world.scheduler.run(milliseconds(1), [&] { return !first.connected; });
  EXPECT_FALSE(first.connected);
  EXPECT_FALSE(world.troubles.empty());
  first.client.stop();
  EXPECT_TRUE(world.scheduler.run(seconds(10), [&] { return second.connected && second.slice; }));
  EXPECT_TRUE(world.present["host-1"]);
  EXPECT_EQ(world.feed->lines(), 1U);
}

TEST(FeedInSimulatedTime, TellsOnlyTheNodesThatAreConcerned) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    World world(seed);
    for (const char* host : {"host-1", "host-2", "elsewhere"}) world.add(host).start();
    ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return world.converged(); }));
    const std::size_t before = world.agents[2]->shown;
    for (int i = 0; i < 20; ++i) {
      world.edit();
      world.scheduler.run(milliseconds(10));
    }
    ASSERT_TRUE(world.scheduler.run(seconds(5), [&] { return world.converged(); }));
    EXPECT_EQ(world.agents[2]->shown, before) << "a node without ports hears of nothing";
  }
}

}  // namespace
}  // namespace tarn::feed
