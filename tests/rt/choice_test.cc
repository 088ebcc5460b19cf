#include "rt/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tarn::rt {
namespace {

using namespace std::chrono_literals;

std::vector<std::uint32_t> draw(Choice& choice, std::size_t count, std::uint32_t bound) {
  std::vector<std::uint32_t> drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(choice.below(bound));
  return drawn;
}

// A choice that always takes the lowest or the highest number, to see the ends of a range.
class Extreme final : public Choice {
 public:
  explicit Extreme(bool highest) : highest_(highest) {}
  std::uint32_t below(std::uint32_t bound) override { return highest_ ? bound - 1 : 0; }

 private:
  bool highest_;
};

TEST(Seeded, GivesTheSameChoicesForTheSameSeed) {
  Seeded one(42);
  Seeded other(42);
  EXPECT_EQ(draw(one, 1000, 1'000'000), draw(other, 1000, 1'000'000));
}

TEST(Seeded, GivesOtherChoicesForAnotherSeed) {
  Seeded one(42);
  Seeded other(43);
  EXPECT_NE(draw(one, 10, 1'000'000), draw(other, 10, 1'000'000));
}

// The first outputs of splitmix64 from state 0 are e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f (published with
// the algorithm by its author); below() scales the upper 32 bits.
TEST(Seeded, IsSplitmix64) {
  Seeded choice(0);
  EXPECT_EQ(choice.below(0xffffffff), 0xe220a838U);
  EXPECT_EQ(choice.below(0x80000000), 0x6e789e6aU >> 1);
  EXPECT_EQ(choice.below(1U << 16), 0x06c4U);
}

TEST(Seeded, NeverReachesTheBound) {
  Seeded choice(7);
  for (const std::uint32_t bound : {1U, 2U, 3U, 10U, 1'000'003U, 0xffffffffU}) {
    EXPECT_THAT(draw(choice, 10'000, bound), testing::Each(testing::Lt(bound))) << "bound " << bound;
  }
}

TEST(Seeded, TakesEachOfFewChoicesAboutEquallyOften) {
  constexpr int draws = 60'000;
  Seeded choice(1);
  std::vector<int> seen(6);
  for (const std::uint32_t face : draw(choice, draws, 6)) ++seen[face];
  // Six standard deviations of a fair die's count around its mean of 10,000.
  EXPECT_THAT(seen, testing::Each(testing::AllOf(testing::Gt(9'450), testing::Lt(10'550))));
}

TEST(Choice, JitterSpreadsFromHalfToOneAndAHalfOfTheMean) {
  Extreme lowest(false);
  Extreme highest(true);
  EXPECT_EQ(lowest.jitter(10s), 5s);
  EXPECT_LE(highest.jitter(10s), 15s);
  EXPECT_GT(highest.jitter(10s), 14'999ms);
}

TEST(Choice, JitterOfNothingIsNothing) {
  Seeded choice(1);
  EXPECT_EQ(choice.jitter(0s), 0s);
}

TEST(Choice, BitsUseTheWholeWidth) {
  Extreme lowest(false);
  Extreme highest(true);
  EXPECT_EQ(lowest.bits(), 0U);
  EXPECT_EQ(highest.bits(), 0xffffffffffffffffU);
}

TEST(Choice, TheKernelSeedsEachProcessAnew) {
  EXPECT_NE(entropy(), entropy());
}

}  // namespace
}  // namespace tarn::rt
