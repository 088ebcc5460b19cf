// Tasks in processes: each is done once, and one that dies is told of.
#include "pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>

namespace tarn::sim_app {
namespace {

using testing::HasSubstr;

TEST(Pool, EachTaskIsDoneOnceAndOneThatDiesIsToldOf) {
  constexpr std::size_t count = 50;
  const auto task = [](std::size_t at) -> std::string {
    if (at % 10 != 7) return std::string(at * 1'000, 'x');  // more than a pipe holds at once
    std::fputs("so it ends", stderr);
    std::abort();
  };
  std::map<std::size_t, Outcome> outcomes;
  run_tasks(count, 3, task, [&](const Outcome& outcome) {
    EXPECT_TRUE(outcomes.emplace(outcome.task, outcome).second) << outcome.task << " came twice";
    return true;
  });
  ASSERT_EQ(outcomes.size(), count);
  for (const auto& [at, outcome] : outcomes) {
    EXPECT_EQ(outcome.died, at % 10 == 7);
    if (outcome.died)
      EXPECT_THAT(outcome.text, HasSubstr("so it ends"));
    else
      EXPECT_EQ(outcome.text.size(), at * 1'000);
  }
}

TEST(Pool, TheRestIsLeftUndoneWhenNoMoreIsWanted) {
  std::size_t heard = 0;
  run_tasks(1'000'000, 2, [](std::size_t) { return std::string(); }, [&](const Outcome&) { return ++heard < 5; });
  EXPECT_EQ(heard, 5U);
}

TEST(Pool, AProcessMayStartOthers) {
  const Outcome outcome = run_apart([] {
    const Outcome inner = run_apart([]() -> std::string { std::abort(); });
    return inner.text + (inner.died ? ", told by one that lives" : "");
  });
  EXPECT_FALSE(outcome.died);
  EXPECT_EQ(outcome.text, "signal 6, told by one that lives");
}

}  // namespace
}  // namespace tarn::sim_app
