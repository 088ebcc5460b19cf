// One lane and its shelf in simulated time: it converges, falls silent, removes only on whole knowledge, and never lets
// one stuck box stop the others.
#include "reconcile/lane.h"

#include <gtest/gtest.h>

#include "reconcile/machine.h"
#include "reconcile/shelf.h"
#include "sim/scheduler.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using reconcile::Desired;
using reconcile::Writes;

// One process with one lane; `restart` is kill -9 and start again, the shelf stays.
struct Bench {
  explicit Bench(std::uint64_t seed) : choice(seed), scheduler(choice) { restart(Writes::allow); }
  ~Bench() { kill(); }

  void kill() {
    machine.reset();
    lane.reset();
    target.reset();
    loop.reset();
  }
  void restart(Writes writes) {
    kill();
    loop = scheduler.make_loop("agent");
    target = std::make_unique<ShelfTarget>(shelf, *loop, choice);
    reconcile::LaneOptions options;
    options.writes = writes;
    options.batch_steps_max = 6;
    options.grants = true;
    lane = std::make_unique<reconcile::Lane<Box>>(*target, *loop, choice, options);
    machine = std::make_unique<reconcile::Machine>(*loop, std::vector<reconcile::Machine::Rank>{{lane.get()}}, 60s);
  }
  void settle(std::chrono::nanoseconds within = 120s) {
    ASSERT_TRUE(scheduler.run(within, [&] { return machine->at_rest(); }));
  }

  rt::Seeded choice;
  sim::Scheduler scheduler;
  Shelf shelf;
  std::unique_ptr<sim::SimLoop> loop;
  std::unique_ptr<ShelfTarget> target;
  std::unique_ptr<reconcile::Lane<Box>> lane;
  std::unique_ptr<reconcile::Machine> machine;
};

Desired<Box> boxes(int first, int last, const std::string& text) {
  Desired<Box> wish;
  for (int key = first; key <= last; ++key) wish[key] = {text};
  return wish;
}

TEST(Lane, BuildsTheWishThenFallsSilent) {
  Bench bench(1);
  bench.lane->want(whole_wish(boxes(1, 20, "a")));
  bench.settle();
  EXPECT_EQ(bench.shelf.boxes.size(), 20U);
  const std::size_t writes = bench.shelf.log.size();
  EXPECT_EQ(writes, 20U);
  bench.scheduler.run(300s);  // several audits
  EXPECT_EQ(bench.shelf.log.size(), writes);
}

TEST(Lane, WhileHeldItKnowsWhatIsDueAndAppliesNothing) {
  Bench bench(9);
  bench.lane->hold(true);
  bench.lane->want(whole_wish(boxes(1, 3, "a")));
  bench.scheduler.run(120s);
  EXPECT_TRUE(bench.shelf.log.empty());
  EXPECT_FALSE(bench.machine->at_rest());
  bench.lane->want(whole_wish(boxes(1, 3, "b")));
  bench.lane->hold(false);
  bench.settle();
  EXPECT_EQ(bench.shelf.log.size(), 3U);
  EXPECT_EQ(bench.shelf.boxes.at(1).text, "b");
}

TEST(Lane, RestartedOverAnAgreeingWorldAttemptsNoWrite) {
  Bench bench(2);
  bench.lane->want(whole_wish(boxes(1, 20, "a")));
  bench.settle();
  bench.restart(Writes::forbid);
  bench.lane->want(whole_wish(boxes(1, 20, "a")));
  bench.settle();
  EXPECT_EQ(bench.lane->counts().plans, 0U);
}

TEST(Lane, RemovesNothingBeforeTheWishIsWhole) {
  Bench bench(3);
  bench.shelf.boxes = {{1, {"a", true}}, {2, {"b", true}}};
  bench.lane->want(reconcile::Journaled<Box>{boxes(1, 1, "c")});
  bench.scheduler.run(1s);
  bench.target->hint(2);
  bench.scheduler.run(300s);
  EXPECT_EQ(bench.shelf.boxes.at(1).text, "c");
  EXPECT_TRUE(bench.shelf.boxes.contains(2));
  bench.lane->want(whole_wish(boxes(1, 1, "c")));
  bench.settle();
  EXPECT_FALSE(bench.shelf.boxes.contains(2));
}

TEST(Lane, RemovesNothingWhileTheListingIsMissing) {
  Bench bench(4);
  bench.shelf.boxes = {{7, {"x", true}}};
  bench.shelf.connected = false;
  bench.lane->want(whole_wish({}));
  bench.scheduler.run(60s);
  EXPECT_TRUE(bench.shelf.log.empty());
  EXPECT_TRUE(bench.lane->listing_error().has_value());
  bench.shelf.connected = true;
  bench.settle();
  EXPECT_EQ(bench.shelf.log, std::vector<std::string>{"-7"});
}

TEST(Lane, NewsOfTheTargetEndTheWaitForTheNextListing) {
  Bench bench(4);
  bench.shelf.connected = false;
  bench.lane->want(whole_wish(boxes(1, 3, "a")));
  bench.scheduler.run(600s);  // the wait between listings has grown as far as it does
  bench.shelf.connected = true;
  bench.target->hint_everything();
  bench.settle(1s);
  EXPECT_EQ(bench.shelf.boxes.size(), 3U);
}

TEST(Lane, OneStuckBoxNeverStopsTheOthersAndIsRetriedWithGrowingDelay) {
  Bench bench(5);
  bench.shelf.refuses = {3};
  bench.lane->want(whole_wish(boxes(1, 20, "a")));
  bench.scheduler.run(300s);
  EXPECT_EQ(bench.shelf.boxes.size(), 19U);
  ASSERT_NE(bench.lane->refusal(3), nullptr);
  EXPECT_EQ(bench.lane->refusal(3)->message, "stuck");
  EXPECT_GE(bench.lane->counts().refusals, 8U);
  EXPECT_LE(bench.lane->counts().refusals, 40U);
  bench.shelf.refuses = {};
  bench.settle();
  EXPECT_EQ(bench.shelf.boxes.size(), 20U);
  EXPECT_EQ(bench.lane->refusal(3), nullptr);
}

TEST(Lane, ARevocationGoesBeforeAnythingIsBuilt) {
  Bench bench(6);
  bench.lane->want(whole_wish(boxes(100, 103, "a")));
  bench.settle();
  bench.shelf.log.clear();
  reconcile::WishPatch<Box> patch;
  for (int key = 0; key < 40; ++key) patch[key] = Box::Spec{"new"};
  patch[100] = std::nullopt;
  bench.lane->want(patch);
  bench.settle();
  EXPECT_EQ(bench.shelf.log.front(), "-100");
}

TEST(Lane, ARevocationGoesInOneBatchWithWhatTakesItsPlaceWhenAllOfItFits) {
  Bench bench(6);
  bench.lane->want(whole_wish(boxes(100, 103, "a")));
  bench.settle();
  const std::uint64_t before = bench.lane->counts().plans;
  bench.lane->want({{100, std::nullopt}, {0, Box::Spec{"new"}}, {101, Box::Spec{"b"}}});
  bench.settle();
  EXPECT_EQ(bench.lane->counts().plans, before + 1);
}

TEST(Lane, WhatIsNoPermissionGoesLast) {
  Bench bench(6);
  bench.lane->want(whole_wish(boxes(100, 100, "sign")));
  bench.settle();
  bench.shelf.log.clear();
  reconcile::WishPatch<Box> patch;
  for (int key = 0; key < 40; ++key) patch[key] = Box::Spec{"new"};
  patch[100] = std::nullopt;
  bench.lane->want(patch);
  bench.settle();
  EXPECT_EQ(bench.shelf.log.back(), "-100");
}

TEST(Lane, AGroupIsNeverCut) {
  Bench bench(7);
  bench.lane->want(whole_wish(boxes(0, 19, "a")));  // groups of four, batches of at most six
  bench.settle();
  EXPECT_EQ(bench.lane->counts().plans, 5U);
}

TEST(Lane, AForeignWriterIsHealedOnItsHintAndByTheAuditWithout) {
  Bench bench(8);
  bench.lane->want(whole_wish(boxes(1, 8, "a")));
  bench.settle();
  bench.shelf.boxes.at(4).text = "spoiled";
  bench.target->hint(4);
  bench.scheduler.run(1s);
  EXPECT_EQ(bench.shelf.boxes.at(4).text, "a");
  bench.shelf.boxes.erase(5);
  bench.scheduler.run(130s);
  EXPECT_EQ(bench.shelf.boxes.at(5).text, "a");
}

// Random wishes, restarts, broken lines, foreign writers, refusals; then everything heals.
TEST(Lane, ConvergesFromAnythingAndThenIsSilent) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench bench(seed);
    bench.shelf.break_one_in = 3;
    Desired<Box> wish;
    bench.lane->want(whole_wish(wish));
    for (int event = 0; event < 40; ++event) {
      const int key = static_cast<int>(bench.choice.below(16));
      switch (bench.choice.below(6)) {
        case 0:
          wish[key] = {std::to_string(bench.choice.below(3))};
          bench.lane->want({{key, wish[key]}});
          break;
        case 1:
          wish.erase(key);
          bench.lane->want({{key, std::nullopt}});
          break;
        case 2:
          bench.restart(Writes::allow);
          bench.lane->want(whole_wish(wish));
          break;
        case 3:
          bench.shelf.boxes.insert({key, {"f", bench.choice.below(2) == 0}});
          bench.target->hint(key);
          break;
        case 4:
          bench.shelf.refuses = {key};
          break;
        default:
          bench.target->hint_everything();
      }
      for (std::uint32_t steps = bench.choice.below(30); steps > 0; --steps) bench.scheduler.step();
    }
    bench.shelf.break_one_in = 0;
    bench.shelf.refuses = {};
    bench.scheduler.run(1s);  // hints on their way arrive
    bench.settle(400s);
    for (const auto& [key, spec] : wish) {
      ASSERT_TRUE(bench.shelf.boxes.contains(key));
      if (bench.shelf.boxes.at(key).ours) {
        ASSERT_EQ(bench.shelf.boxes.at(key).text, spec.text);
      }
    }
    for (const auto& [key, seen] : bench.shelf.boxes) ASSERT_TRUE(!seen.ours || wish.contains(key));
    const std::size_t writes = bench.shelf.log.size();
    bench.scheduler.run(300s);
    ASSERT_EQ(bench.shelf.log.size(), writes);
  }
}

}  // namespace
}  // namespace tarn::testing
