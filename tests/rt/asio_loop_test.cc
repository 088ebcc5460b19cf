#include "rt/asio_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <numeric>
#include <thread>
#include <vector>

#include "rt/mailbox.h"
#include "rt/thread_pool.h"

namespace tarn::rt {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Duration limit = 20s;  // only a broken loop takes so long

TEST(AsioLoop, RunsJobsInTheOrderTheyWerePosted) {
  AsioLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    ran.push_back(1);
    loop.post([&] { ran.push_back(4); });
  });
  loop.post([&] { ran.push_back(2); });
  loop.post([&] { ran.push_back(3); });
  loop.post([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3, 4));
}

TEST(AsioLoop, RunsAJobPostedByAJobAfterItNotInsideIt) {
  AsioLoop loop;
  bool inside = false;
  bool nested = false;
  bool ran = false;
  loop.post([&] {
    inside = true;
    loop.post([&] {
      nested = inside;
      ran = true;
    });
    inside = false;
  });
  ASSERT_TRUE(loop.run_until([&] { return ran; }, limit));
  EXPECT_FALSE(nested);
}

// Two posts that are ordered by a happens-before across threads keep that order.
TEST(AsioLoop, KeepsTheOrderOfItsOwnPostAndALaterPostOfAnotherThread) {
  AsioLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    loop.post([&] { ran.push_back(1); });
    std::thread([&] { loop.post([&] { ran.push_back(2); }); }).join();
  });
  ASSERT_TRUE(loop.run_until([&] { return ran.size() == 2; }, limit));
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(AsioLoop, TakesJobsFromOtherThreadsAndKeepsTheOrderOfEach) {
  constexpr int jobs = 2'000;
  AsioLoop loop;
  std::vector<int> first;
  std::vector<int> second;
  ThreadPool pool("poster", 2, 2);
  ASSERT_TRUE(pool.run([&] {
    for (int i = 0; i < jobs; ++i) loop.post([&first, i] { first.push_back(i); });
  }));
  ASSERT_TRUE(pool.run([&] {
    for (int i = 0; i < jobs; ++i) loop.post([&second, i] { second.push_back(i); });
  }));
  ASSERT_TRUE(loop.run_until([&] { return first.size() + second.size() == 2UL * jobs; }, limit));
  std::vector<int> counted(jobs);
  std::iota(counted.begin(), counted.end(), 0);
  EXPECT_EQ(first, counted);
  EXPECT_EQ(second, counted);
}

TEST(AsioLoop, RunsTimersByTheirTimeNotByTheirMaking) {
  AsioLoop loop;
  std::vector<int> ran;
  const TimerHandle late = loop.after(20ms, [&] { ran.push_back(2); });
  const TimerHandle soon = loop.after(1ms, [&] { ran.push_back(1); });
  ASSERT_TRUE(loop.run_until([&] { return ran.size() == 2; }, limit));
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(AsioLoop, NeverRunsATimerBeforeItsTime) {
  AsioLoop loop;
  const Instant start = loop.clock().now();
  Instant ran;
  const TimerHandle timer = loop.after(15ms, [&] { ran = loop.clock().now(); });
  ASSERT_TRUE(loop.run_until([&] { return ran != Instant{}; }, limit));
  EXPECT_GE(ran - start, 15ms);
}

TEST(AsioLoop, ForgetsATimerWhoseHandleIsGone) {
  AsioLoop loop;
  bool cancelled_ran = false;
  bool later_ran = false;
  TimerHandle cancelled = loop.after(1ms, [&] { cancelled_ran = true; });
  const TimerHandle later = loop.after(10ms, [&] { later_ran = true; });
  cancelled.reset();
  ASSERT_TRUE(loop.run_until([&] { return later_ran; }, limit));
  EXPECT_FALSE(cancelled_ran);
}

// Both are due at once, so the second is already queued when the first takes it back.
TEST(AsioLoop, ForgetsATimerThatIsAlreadyDueWhenItsHandleGoes) {
  AsioLoop loop;
  bool second_ran = false;
  bool ended = false;
  TimerHandle second;
  const TimerHandle first = loop.after(0ms, [&] { second.reset(); });
  second = loop.after(0ms, [&] { second_ran = true; });
  const TimerHandle end = loop.after(5ms, [&] { ended = true; });
  ASSERT_TRUE(loop.run_until([&] { return ended; }, limit));
  EXPECT_FALSE(second_ran);
}

TEST(AsioLoop, LetsATimerDestroyItsOwnHandle) {
  AsioLoop loop;
  bool ran = false;
  TimerHandle timer;
  timer = loop.after(0ms, [&] {
    timer.reset();
    ran = true;
  });
  ASSERT_TRUE(loop.run_until([&] { return ran; }, limit));
  EXPECT_EQ(timer, nullptr);
}

TEST(AsioLoop, ReleasesWhatACancelledTimerHeld) {
  AsioLoop loop;
  auto held = std::make_shared<int>(1);
  TimerHandle timer = loop.after(1h, [held] {});
  EXPECT_EQ(held.use_count(), 2);
  timer.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(AsioLoop, KeepsRunningWithNothingToDoUntilItIsStopped) {
  AsioLoop loop;
  ThreadPool pool("stopper", 1, 1);
  bool posted_ran = false;
  ASSERT_TRUE(pool.run([&] {
    loop.post([&] { posted_ran = true; });
    loop.post([&] { loop.stop(); });
  }));
  loop.run();
  EXPECT_TRUE(posted_ran);
}

TEST(AsioLoop, RunsAgainAfterAStop) {
  AsioLoop loop;
  int runs = 0;
  for (int i = 0; i < 2; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  EXPECT_EQ(runs, 2);
}

TEST(AsioLoop, TellsEachSignalToItsOwner) {
  AsioLoop loop;
  std::vector<int> told;
  loop.on_signal({SIGUSR1, SIGUSR2}, [&](int signal) { told.push_back(signal); });
  std::raise(SIGUSR1);
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 1; }, limit));
  std::raise(SIGUSR2);
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 2; }, limit));
  std::raise(SIGUSR1);
  ASSERT_TRUE(loop.run_until([&] { return told.size() == 3; }, limit));
  EXPECT_THAT(told, ElementsAre(SIGUSR1, SIGUSR2, SIGUSR1));
}

TEST(AsioLoop, GivesUpWaitingAtTheLimit) {
  AsioLoop loop;
  EXPECT_FALSE(loop.run_until([] { return false; }, 5ms));
}

TEST(MachineClock, CountsForwardAndKnowsTheCentury) {
  AsioLoop loop;
  const Instant before = loop.clock().now();
  EXPECT_GE(loop.clock().now(), before);
  constexpr std::int64_t start_of_2024_ms = 1'704'067'200'000;
  constexpr std::int64_t start_of_2100_ms = 4'102'444'800'000;
  EXPECT_GT(loop.clock().wall().unix_ms, start_of_2024_ms);
  EXPECT_LT(loop.clock().wall().unix_ms, start_of_2100_ms);
}

TEST(Mailbox, RefusesWhatIsBeyondItsBoundAndTakesAgainOnceEmptied) {
  AsioLoop loop;
  std::vector<int> received;
  Mailbox<int> mailbox(loop, "test", 2, [&](int value) { received.push_back(value); });
  EXPECT_TRUE(mailbox.post(1));
  EXPECT_TRUE(mailbox.post(2));
  EXPECT_FALSE(mailbox.post(3));
  EXPECT_EQ(mailbox.waiting(), 2U);
  ASSERT_TRUE(loop.run_until([&] { return received.size() == 2; }, limit));
  EXPECT_TRUE(mailbox.post(4));
  ASSERT_TRUE(loop.run_until([&] { return received.size() == 3; }, limit));
  EXPECT_THAT(received, ElementsAre(1, 2, 4));
}

TEST(Mailbox, DropsWhatWaitsWhenItIsDestroyed) {
  AsioLoop loop;
  bool received = false;
  {
    Mailbox<int> mailbox(loop, "test", 1, [&](int) { received = true; });
    EXPECT_TRUE(mailbox.post(1));
  }
  bool ended = false;
  loop.post([&] { ended = true; });
  ASSERT_TRUE(loop.run_until([&] { return ended; }, limit));
  EXPECT_FALSE(received);
}

TEST(Mailbox, TakesEveryValueOfManyThreadsOnceWhenSendersPushBack) {
  constexpr int values = 1'000;
  AsioLoop loop;
  std::vector<int> received;
  Mailbox<int> mailbox(loop, "test", 16, [&](int value) { received.push_back(value); });
  ThreadPool pool("sender", 2, 2);
  for (const int from : {0, values}) {
    ASSERT_TRUE(pool.run([&mailbox, from] {
      for (int i = from; i < from + values; ++i) {
        while (!mailbox.post(i)) std::this_thread::yield();
      }
    }));
  }
  ASSERT_TRUE(loop.run_until([&] { return received.size() == 2UL * values; }, limit));
  std::vector<int> counted(2UL * values);
  std::iota(counted.begin(), counted.end(), 0);
  EXPECT_THAT(received, testing::UnorderedElementsAreArray(counted));
}

}  // namespace
}  // namespace tarn::rt
