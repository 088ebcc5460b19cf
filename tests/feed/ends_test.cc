// The two machines against each other, message by message: whatever is cut, restarted or slow, the agent shows only
// whole revisions, in order, and ends with the newest.
#include "feed/agent_end.h"
#include "feed/clouds.h"
#include "feed/server_end.h"

namespace tarn::feed {
namespace {

constexpr const char* host = "host-1";

// One node's line, driven one message at a time, with every shown slice held against the cloud's own history.
class Pair {
 public:
  explicit Pair(unsigned seed) : history_(seed), other_history_(seed + 10'000) {
    for (int i = 0; i < 30; ++i) other_history_.edit();
    restart_agent();
  }

  void random_step() {
    const unsigned what = history_.below(14);
    if (what == 0) {
      cut();
    } else if (what == 1) {
      restart_agent();
    } else if (what < 5) {
      edit();
    } else if (what < 7) {
      server_hears();
    } else {
      agent_hears();
    }
  }
  void settle() {
    for (bool moved = true; moved;) {
      moved = server_hears();
      moved = agent_hears() || moved;
    }
  }
  void expect_newest() {
    ASSERT_TRUE(agent_->slice().has_value());
    ASSERT_EQ(flat(**agent_->slice()), flat(model::slice(*history_.newest(), host)));
  }
  void edit() {
    const auto before = history_.newest();
    history_.edit();
    if (model::concerned(*before, *history_.newest()).contains(host)) server_->advance(*before, *history_.newest());
  }
  // The next message of the server reaches the agent.
  bool agent_hears() {
    const std::optional<ToAgent> message = server_->next();
    if (!message) return false;
    if (std::holds_alternative<Update>(*message)) ++updates_;
    const bool first = !agent_->slice();
    const Flat before = first ? Flat{} : flat(**agent_->slice());
    const auto heard = agent_->receive(*message);
    EXPECT_TRUE(heard.has_value()) << heard.error().message;
    const Flat after = agent_->slice() ? flat(**agent_->slice()) : Flat{};
    if (heard && *heard) {
      expect_shown(**heard, first, before, after);
    } else {
      EXPECT_EQ(before, after) << "nothing shows before its revision is complete";
    }
    return true;
  }
  bool server_hears() {
    const std::optional<ToServer> message = agent_->next();
    if (!message) return false;
    const auto heard = server_->receive(*message);
    EXPECT_TRUE(heard.has_value());
    if (heard && std::holds_alternative<NodeFacts>(*heard)) {
      server_->begin(model::slice(*history_.newest(), host), history_.newest()->revision());
    }
    return true;
  }
  void cut() {
    server_.emplace(ServerEnd::Bounds{1 + history_.below(4), 1 + history_.below(2000)});
    agent_->connect();
    shown_.reset();
  }
  // With an empty journal, the last one, one of any earlier revision, or one of another cloud's history.
  void restart_agent() {
    model::Slice held;
    const unsigned what = history_.below(4);
    if (what == 1 && agent_ && agent_->slice()) held = **agent_->slice();
    if (what == 2) held = model::slice(history_.at(history_.below(static_cast<unsigned>(history_.size()))), host);
    if (what == 3) held = model::slice(other_history_.at(history_.below(31)), host);
    agent_.emplace(node(host), held);
    cut();
  }

  History history_;
  std::size_t updates_ = 0;
  std::optional<ServerEnd> server_;
  std::optional<AgentEnd> agent_;

 private:
  void expect_shown(const AgentEnd::Advanced& advanced, bool first, const Flat& before, const Flat& after) {
    EXPECT_EQ(after, flat(model::slice(history_.at(advanced.revision), host))) << "atomic: exactly that revision";
    EXPECT_TRUE(!shown_ || advanced.revision > *shown_) << "ordered and unique";
    shown_ = advanced.revision;
    for (const auto& [name, row] : after) {
      const auto was = before.find(name);
      const bool changed = first || was == before.end() || was->second != row;
      EXPECT_TRUE(!changed || advanced.touched.contains(name)) << name;
    }
    for (const auto& [name, row] : before) {
      EXPECT_TRUE(after.contains(name) || advanced.touched.contains(name)) << name;
    }
  }

  History other_history_;
  std::optional<model::Revision> shown_;  // on the present connection
};

TEST(FeedEnds, KeepTheWatchPropertiesThroughCutsRestartsAndEdits) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Pair pair(seed);
    for (int step = 0; step < 200; ++step) pair.random_step();
    pair.settle();
    pair.expect_newest();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(FeedEnds, MakeNoQueueForASlowAgent) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Pair pair(seed);
    pair.settle();
    pair.updates_ = 0;
    for (int i = 0; i < 500; ++i) pair.edit();
    const std::size_t rows = model::slice(*pair.history_.newest(), host).size();
    pair.settle();
    pair.expect_newest();
    // At most one message for each row there is or was: five kinds of rows, never one for each of the 500 edits.
    EXPECT_LE(pair.updates_, rows + 5 * model::test::RandomCloud::rows_of_a_kind);
  }
}

TEST(FeedEnds, SendNothingToAnAgentThatHoldsEverything) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    Pair pair(seed);
    for (int i = 0; i < 20; ++i) pair.edit();
    pair.settle();
    const model::Slice whole = **pair.agent_->slice();
    pair.agent_.emplace(node(host), whole);
    pair.cut();
    pair.updates_ = 0;
    pair.settle();
    EXPECT_EQ(pair.updates_, 0U);
    pair.expect_newest();
  }
}

TEST(FeedEnds, SendOnePageAtATimeAndTheMarkLast) {
  Pair pair(3);
  while (model::slice(*pair.history_.newest(), host).size() < 6) pair.edit();
  pair.agent_.emplace(node(host), model::Slice{});
  pair.agent_->connect();
  pair.server_.emplace(ServerEnd::Bounds{1, 1000});
  std::size_t heard = 0;
  while (!pair.agent_->slice()) {
    static_cast<void>(pair.server_hears());
    ASSERT_TRUE(pair.agent_hears());
    ++heard;
  }
  const std::size_t rows = model::slice(*pair.history_.newest(), host).size();
  EXPECT_EQ(heard, 1 + rows + 1) << "a welcome, a page for each row, the mark";
}

TEST(FeedEnds, RefuseWhatComesOutOfTurn) {
  ServerEnd no_hello({});
  EXPECT_FALSE(no_hello.receive(Report{}).has_value());
  EXPECT_TRUE(no_hello.ended());

  ServerEnd twice({});
  EXPECT_TRUE(twice.receive(Hello{{}, node(host), {}}).has_value());
  EXPECT_FALSE(twice.receive(Hello{{}, node(host), {}}).has_value());
  ASSERT_TRUE(std::holds_alternative<Refused>(*twice.next())) << "not welcomed any more";

  ServerEnd nameless({});
  EXPECT_FALSE(nameless.receive(Hello{{}, node(""), {}}).has_value());
}

TEST(FeedEnds, EndALineWhoseServerBreaksTheOrder) {
  AgentEnd fresh(node(host), {});
  fresh.connect();
  EXPECT_FALSE(AgentEnd(fresh).receive(InSync{1}).has_value()) << "before the welcome";
  EXPECT_FALSE(AgentEnd(fresh).receive(Welcome{7}).has_value()) << "a protocol that was not offered";
  AgentEnd welcomed = fresh;
  EXPECT_TRUE(welcomed.receive(Welcome{2}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(Welcome{2}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(Update{{{"port/x", 1, "{}"}}, {}, 1, false}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(Update{{{"node/a", 1, "[1"}}, {}, 1, false}).has_value());
  EXPECT_TRUE(welcomed.receive(Update{{}, {"node/a"}, 5, true}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(InSync{5}).has_value()) << "revision 5 is not complete";
  EXPECT_FALSE(AgentEnd(welcomed).receive(Update{{}, {}, 6, false}).has_value());
  EXPECT_TRUE(welcomed.receive(Update{{}, {}, 5, false}).has_value());
  EXPECT_TRUE(welcomed.receive(InSync{5}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(InSync{6}).has_value());
  EXPECT_FALSE(AgentEnd(welcomed).receive(Update{{}, {}, 4, false}).has_value()) << "never backwards";
}

TEST(FeedEnds, SayTheNewestReportOnceAndAgainAfterAReconnect) {
  AgentEnd agent(node(host), {});
  agent.report(Report{1, std::nullopt, {}});
  agent.connect();
  ASSERT_TRUE(std::holds_alternative<Hello>(*agent.next()));
  EXPECT_FALSE(agent.next().has_value()) << "not before the welcome";
  ASSERT_TRUE(agent.receive(Welcome{2}).has_value());
  agent.report(Report{2, std::nullopt, {}});
  agent.report(Report{3, std::nullopt, {}});
  EXPECT_EQ(std::get<Report>(*agent.next()).applied, 3U) << "level-triggered: only the newest";
  EXPECT_FALSE(agent.next().has_value());
  agent.report(Report{3, std::nullopt, {}});
  EXPECT_FALSE(agent.next().has_value()) << "nothing new to say";
  agent.connect();
  ASSERT_TRUE(std::holds_alternative<Hello>(*agent.next()));
  ASSERT_TRUE(agent.receive(Welcome{2}).has_value());
  EXPECT_EQ(std::get<Report>(*agent.next()).applied, 3U);
}

}  // namespace
}  // namespace tarn::feed
