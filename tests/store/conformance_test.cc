// What every store promises, asked of each backend in turn.
#include "rt/choice.h"
#include "store/backends.h"

namespace tarn::store {
namespace {

using MakeBackend = std::function<std::unique_ptr<Backend>()>;
struct Named {
  std::string name;
  MakeBackend make;
};

class AnyStore : public testing::TestWithParam<Named> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    store_ = backend_->open(loop_, 1000);
  }
  Result<Revision> write(Edits edits) { return commit_one(loop_, *store_, put(std::move(edits))); }
  void reopen(std::size_t history_events_max) {
    store_.reset();
    store_ = backend_->open(loop_, history_events_max);
  }

  rt::AsioLoop loop_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Store> store_;
};

TEST_P(AnyStore, IsEmptyAtRevisionZeroWhenNew) {
  const State state = load(loop_, *store_);
  EXPECT_EQ(state.revision, 0U);
  EXPECT_TRUE(state.entries.empty());
}

TEST_P(AnyStore, KeepsWhatWasCommittedWithTheRevisionThatWroteIt) {
  EXPECT_EQ(*write({{"a", "1"}, {"b", std::string("\0\xff\n'", 4)}}), 1U);
  EXPECT_EQ(*write({{"a", ""}, {"c", "3"}}), 2U);
  EXPECT_EQ(*write({{"c", std::nullopt}}), 3U);
  const State state = load(loop_, *store_);
  EXPECT_EQ(state.revision, 3U);
  EXPECT_TRUE(same(state.entries, {{"a", {"", 2}}, {"b", {std::string("\0\xff\n'", 4), 1}}}));
}

TEST_P(AnyStore, LetsACommitWithoutEffectPassWithoutARevision) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  Heard heard;
  const auto watch = store_->watch(1, heard.watcher());
  EXPECT_EQ(*write({}), 1U);
  EXPECT_EQ(*write({{"nowhere", std::nullopt}}), 1U);
  EXPECT_EQ(*write({{"a", "1"}, {"nowhere", std::nullopt}}), 2U) << "writing the same value is a write";
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(2); }, patience));
  ASSERT_EQ(heard.events.size(), 1U);
  EXPECT_EQ(heard.events[0].edits, (Edits{{"a", "1"}})) << "an event tells what happened, not what was asked";
}

TEST_P(AnyStore, KeepsNoMoreHistoryInMemoryThanItsBytesAllow) {
  const std::string megabyte(1U << 20, 'v');
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(write({{"a", megabyte}}));
  Heard late;
  const auto too_far_behind = store_->watch(0, late.watcher());
  Heard resumed;
  const auto near = store_->watch(9, resumed.watcher());
  ASSERT_TRUE(loop_.run_until([&] { return !late.lost.empty() && resumed.reached(10); }, patience));
  EXPECT_EQ(late.lost[0].code, ErrorCode::stale);
  EXPECT_TRUE(late.events.empty());
}

TEST_P(AnyStore, HoldsACommitToItsExpectations) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  const auto expecting = [&](std::string key, Revision modified) {
    return commit_one(loop_, *store_, Commit{{{std::move(key), modified}}, std::nullopt, {{"x", "y"}}});
  };
  EXPECT_EQ(expecting("a", 0).error().code, ErrorCode::stale);
  EXPECT_EQ(expecting("a", 2).error().code, ErrorCode::stale);
  EXPECT_EQ(expecting("b", 1).error().code, ErrorCode::stale);
  EXPECT_EQ(load(loop_, *store_).revision, 1U) << "a stale commit happens not at all";
  EXPECT_EQ(*expecting("a", 1), 2U);
  EXPECT_EQ(*expecting("b", 0), 3U);
}

TEST_P(AnyStore, FencesAWriterWhoseHeadIsOld) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  EXPECT_EQ(commit_one(loop_, *store_, Commit{{}, 0, {{"a", "2"}}}).error().code, ErrorCode::stale);
  EXPECT_EQ(commit_one(loop_, *store_, Commit{{}, 2, {{"a", "2"}}}).error().code, ErrorCode::stale);
  EXPECT_EQ(*commit_one(loop_, *store_, Commit{{}, 1, {{"a", "2"}}}), 2U);
}

TEST_P(AnyStore, CommitsTheRestOfAGroupAroundAStaleOne) {
  const Store::Results results = commit(loop_, *store_,
                                        {Commit{{}, 0, {{"a", "1"}}}, Commit{{{"a", 7}}, std::nullopt, {{"b", "1"}}},
                                         Commit{{{"a", 1}}, 1, {{"c", "1"}}}, put({})});
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(*results[0], 1U);
  EXPECT_EQ(results[1].error().code, ErrorCode::stale);
  EXPECT_EQ(*results[2], 2U) << "a later commit of the group sees the earlier ones";
  EXPECT_EQ(*results[3], 2U);
  EXPECT_TRUE(same(load(loop_, *store_).entries, {{"a", {"1", 1}}, {"c", {"1", 2}}}));
}

TEST_P(AnyStore, RefusesTheWholeGroupWhenTheMediumIsFullAndWorksAgainAfterwards) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  Heard heard;
  const auto watch = store_->watch(1, heard.watcher());
  const std::string big(1U << 20, 'x');
  for (int attempt = 0; attempt < 3; ++attempt) {
    backend_->fill_medium(*store_);
    const auto refused = commit(loop_, *store_, {put({{"b", "small"}}), put({{"c", big}}), Commit{{{"a", 9}}, {}, {}}});
    backend_->make_room(*store_);
    ASSERT_EQ(refused.size(), 3U);
    for (const auto& result : refused) EXPECT_EQ(result.error().code, ErrorCode::unavailable);
    const State state = load(loop_, *store_);
    EXPECT_TRUE(same(state.entries, {{"a", {"1", 1}}})) << "nothing of the group happened";
    EXPECT_EQ(state.revision, 1U);
  }
  EXPECT_EQ(*write({{"b", big}}), 2U) << "there is room again";
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(2); }, patience));
  ASSERT_EQ(heard.events.size(), 1U);
  EXPECT_EQ(heard.events[0].revision, 2U);
}

TEST_P(AnyStore, TellsAWatcherTheBacklogThenTheFuture) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  ASSERT_EQ(*write({{"a", "2"}, {"b", "1"}}), 2U);
  Heard heard;
  const auto watch = store_->watch(0, heard.watcher());
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(2); }, patience));
  ASSERT_EQ(*write({{"a", std::nullopt}}), 3U);
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(3); }, patience));
  ASSERT_EQ(heard.events.size(), 3U);
  EXPECT_EQ(heard.events[1].edits, (Edits{{"a", "2"}, {"b", "1"}})) << "atomic: one event for one revision";
  EXPECT_EQ(heard.events[2].edits, (Edits{{"a", std::nullopt}}));
  EXPECT_EQ(heard.bookmarks, (std::vector<Revision>{2, 3}));
}

TEST_P(AnyStore, GivesAQuietWatcherABookmarkAtOnce) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  Heard heard;
  const auto watch = store_->watch(1, heard.watcher());
  EXPECT_TRUE(heard.bookmarks.empty()) << "never inside the call";
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(1); }, patience));
  EXPECT_TRUE(heard.events.empty());
}

TEST_P(AnyStore, TellsAnEndedWatchNothingMore) {
  ASSERT_EQ(*write({{"a", "1"}}), 1U);
  ASSERT_EQ(*write({{"a", "2"}}), 2U);
  std::vector<Revision> seen;
  std::unique_ptr<Watch> watch;
  watch = store_->watch(
      0, {[&](const Event& event) {
            seen.push_back(event.revision);
            watch.reset();
          },
          [&](Revision revision) { seen.push_back(100 + revision); }, [&](const Error&) { seen.push_back(1000); }});
  ASSERT_EQ(*write({{"a", "3"}}), 3U);
  EXPECT_EQ(seen, (std::vector<Revision>{1}));
}

TEST_P(AnyStore, LosesAWatcherBehindTheHistoryOrAheadOfTheStore) {
  reopen(3);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(write({{"a", std::to_string(i)}}).has_value());
  for (const Revision after : {Revision{0}, Revision{6}, Revision{11}}) {
    Heard heard;
    const auto watch = store_->watch(after, heard.watcher());
    ASSERT_TRUE(loop_.run_until([&] { return !heard.lost.empty(); }, patience)) << after;
    EXPECT_EQ(heard.lost[0].code, ErrorCode::stale);
    EXPECT_TRUE(heard.events.empty() && heard.bookmarks.empty());
  }
  Heard heard;
  const auto watch = store_->watch(7, heard.watcher());
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(10); }, patience));
  EXPECT_EQ(heard.events.size(), 3U);
  EXPECT_TRUE(heard.lost.empty());
}

// Many random commits with watchers that come, go and resume at any revision: each hears every later event once, in
// order, whole; and the content told by events is the content loaded.
TEST_P(AnyStore, KeepsTheWatchPropertiesUnderRandomUse) {
  rt::Seeded choice(20261123);
  struct Follower {
    Heard heard;
    Revision from = 0;
    std::unique_ptr<Watch> watch;
  };
  std::vector<std::unique_ptr<Follower>> followers;
  std::vector<State> states{State{}};
  for (int round = 0; round < 120; ++round) {
    std::vector<Commit> group;
    for (std::uint32_t i = choice.below(4) + 1; i > 0; --i) {
      Commit one;
      for (std::uint32_t k = choice.below(4); k > 0; --k) {
        auto& value = one.edits["k" + std::to_string(choice.below(8))];
        if (choice.below(3) != 0) value = std::to_string(choice.bits());
      }
      if (choice.below(3) == 0) one.expectations.push_back({"k" + std::to_string(choice.below(8)), choice.below(20)});
      group.push_back(std::move(one));
    }
    const Store::Results results = commit(loop_, *store_, group);
    Revision last = states.back().revision;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!results[i]) continue;
      State next = states.back();
      EXPECT_GE(*results[i], last);
      if (*results[i] > last) {
        EXPECT_EQ(*results[i], last + 1);
        next.revision = last = *results[i];
        next.entries = replay(next.entries, {Event{last, group[i].edits}});
        states.push_back(std::move(next));
      }
    }
    if (choice.below(4) == 0) {
      auto follower = std::make_unique<Follower>();
      follower->from = choice.below(static_cast<std::uint32_t>(last) + 1);
      follower->watch = store_->watch(follower->from, follower->heard.watcher());
      followers.push_back(std::move(follower));
    }
  }
  const Revision head = states.back().revision;
  EXPECT_TRUE(same(load(loop_, *store_).entries, states.back().entries));
  for (const auto& follower : followers) {
    ASSERT_TRUE(loop_.run_until([&] { return follower->heard.reached(head); }, patience));
    EXPECT_TRUE(follower->heard.lost.empty());
    ASSERT_EQ(follower->heard.events.size(), head - follower->from) << "reliable and unique";
    for (std::size_t i = 0; i < follower->heard.events.size(); ++i) {
      ASSERT_EQ(follower->heard.events[i].revision, follower->from + i + 1) << "ordered";
    }
    EXPECT_TRUE(same(replay(states[follower->from].entries, follower->heard.events), states.back().entries))
        << "atomic and resumable";
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, AnyStore,
                         testing::Values(Named{"memory", [] { return std::make_unique<MemoryBackend>(); }},
                                         Named{"sqlite", [] { return std::make_unique<SqliteBackend>(); }}),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace tarn::store
