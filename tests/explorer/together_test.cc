// What comes of stories that are played together is what comes of each alone.
#include "together.h"

#include <gtest/gtest.h>

#include "sim/gears.h"

namespace tarn::sim_app {
namespace {

using sim::Acts;
using sim::Life;
using sim::Story;

const sim::Scenario& scenario() {
  return sim::catalogue().front();
}

void expect_as_alone(const std::vector<Story>& stories) {
  const std::vector<Life> together = play_together(stories);
  ASSERT_EQ(together.size(), stories.size());
  for (std::size_t i = 0; i < stories.size(); ++i) {
    const Life alone = sim::play(stories[i]);
    EXPECT_EQ(together[i].trace, alone.trace) << sim::text(stories[i].acts);
    EXPECT_EQ(together[i].steps, alone.steps);
    EXPECT_EQ(together[i].violations, alone.violations);
  }
}

TEST(Together, ExpansionsAreAsAlone) {
  expect_as_alone(sim::expansions(scenario()));
}

// They part between the steps of one act.
TEST(Together, CrashesAreAsAlone) {
  std::vector<Story> some;
  const std::vector<Story> all = sim::crashes(scenario());
  ASSERT_GT(all.size(), 40U);
  for (std::size_t i = 0; i < all.size(); i += 10) some.push_back(all[i]);
  expect_as_alone(some);
}

TEST(Together, StoriesThatAreTheSameOrOnlyTheBeginningOfOthersArePlayedToo) {
  const Acts acts = *sim::parse_acts("network 1; port 1 1 1; steps 9; plug 1");
  const auto first = [&](std::size_t count) {
    return Story{5, 1, Acts(acts.begin(), acts.begin() + static_cast<std::ptrdiff_t>(count))};
  };
  expect_as_alone({first(4), first(2), first(4), first(0), first(3)});
}

TEST(Together, WhatGoesOnFromAPerformanceLeavesItAsItWas) {
  const Story story = sim::story_of(scenario());
  sim::Performance begun(story);
  for (const char* more : {"kill-server; start-server", "pick 1; pick 0", ""}) {
    Story whole = story;
    const Acts acts = *more == '\0' ? Acts() : *sim::parse_acts(more);
    whole.acts.insert(whole.acts.end(), acts.begin(), acts.end());
    const Life alone = sim::play(whole);
    const Life on = play_on(begun, acts);
    EXPECT_EQ(on.trace, alone.trace) << more;
    EXPECT_EQ(on.bounds, alone.bounds) << more;
  }
}

}  // namespace
}  // namespace tarn::sim_app
