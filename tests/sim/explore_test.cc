// Random stories of a cloud, every choice from one seed. TARN_SIM_SEED=N replays one, TARN_SIM_RUNS=N asks for more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/draw.h"
#include "sim/stage.h"

namespace tarn::sim {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 0);
}

Life live(std::uint64_t seed) {
  const Story story = draw_story(seed);
  rt::Seeded scheduling(story.seed);
  return play(story.hosts, story.acts, scheduling);
}

TEST(Explore, RandomLivesObeyEveryLaw) {
  constexpr std::uint64_t runs = 600;
  const std::uint64_t only = number_of("TARN_SIM_SEED", 0);
  const std::uint64_t last = only != 0 ? only : number_of("TARN_SIM_RUNS", runs);
  for (std::uint64_t seed = only != 0 ? only : 1; seed <= last; ++seed) {
    const Life life = live(seed);
    ASSERT_THAT(life.violations, testing::IsEmpty()) << "replay: TARN_SIM_SEED=" << seed << "\n"
                                                     << text(draw_story(seed).acts);
  }
}

TEST(Explore, OneSeedIsOneLife) {
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    EXPECT_EQ(live(seed).trace, live(seed).trace);
    EXPECT_NE(live(seed).trace, live(seed + 100).trace);
  }
}

}  // namespace
}  // namespace tarn::sim
