// The engine of exploring: runs repeat, stories can be written down, failures become short. What is explored is asked
// by the test sim.explore, which runs tarn-sim.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/draw.h"
#include "sim/gears.h"
#include "sim/shrink.h"

namespace tarn::sim {
namespace {

Life live(std::uint64_t seed) {
  return play(draw_story(seed));
}

TEST(Explore, OneSeedIsOneLife) {
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    EXPECT_EQ(live(seed).trace, live(seed).trace);
    EXPECT_NE(live(seed).trace, live(seed + 100).trace);
  }
}

TEST(Explore, EveryStoryCanBeWrittenDownAndReadBack) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Story story = draw_story(seed);
    const auto read = parse_acts(text(story.acts));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, story.acts);
  }
  EXPECT_EQ(parse_acts("plug 1; leap 2").error().message, "\"leap\" is no act");
  EXPECT_EQ(parse_acts("plug").error().message, "\"plug\": plug takes 1 numbers");
  EXPECT_EQ(parse_acts("plug x").error().message, "\"x\" is not a number");
}

TEST(Explore, AFailureIsShortenedToWhatItNeeds) {
  const Story story{7, 2, *parse_acts("network 1; port 1 1 1; steps 40; plug 1; cut-feed; unplug 1; kill-server")};
  std::size_t asked = 0;
  const auto breaks = [&](const Story& candidate) {
    ++asked;
    const std::string acts = text(candidate.acts);
    return acts.find("plug 1") != std::string::npos && acts.find("kill-server") != std::string::npos;
  };
  const Shrunk shrunk = shrink(story, breaks, 1'000);
  EXPECT_EQ(text(shrunk.story.acts), "unplug 1; kill-server");
  EXPECT_EQ(shrunk.story.hosts, 1U);
  EXPECT_EQ(shrunk.runs, asked);
}

TEST(Explore, TheSchedulesOfAScenarioAreAllDifferentAndAllThere) {
  const Scenario& scenario = catalogue().front();
  const auto play_on = [&](const Acts& more) {
    Story story = story_of(scenario);
    story.acts.insert(story.acts.end(), more.begin(), more.end());
    return play(story);
  };
  const Schedules two = schedules(scenario, 2, 100, play_on);
  EXPECT_TRUE(two.all);
  EXPECT_EQ(two.violation, "");
  EXPECT_GT(schedules(scenario, 3, 100, play_on).runs, two.runs);
  // Each way through the first two choices that a run says it had is one run.
  std::size_t expected = 0;
  Story story = story_of(scenario);
  story.acts.push_back({Deed::pick, {0}});
  const std::uint32_t first = play(story).bounds.at(0);
  for (std::uint32_t way = 0; way < first; ++way) {
    story.acts.back() = {Deed::pick, {way}};
    expected += play(story).bounds.at(1);
  }
  EXPECT_EQ(two.runs, expected);
}

// What is promised to go on is what flows were made of when it was seen at rest, not what is wished of them by now.
TEST(Explore, APortThatLosesItsSecurityAtASwitchThatRefusesSomeFlowsMayMissBroadcasts) {
  EXPECT_THAT(play({1, 2,
                    *parse_acts("network 1; port 1 1 2; plug 1; port 2 1 1; plug 2; port 4 1 2; plug 4; settle; "
                                "unsecure 4; steps 7; refuse 2 281")})
                  .violations,
              testing::IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
