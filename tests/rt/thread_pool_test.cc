#include "rt/thread_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <csignal>
#include <future>
#include <vector>

namespace tarn::rt {
namespace {

TEST(ThreadPool, RunsJobsInOrderOnItsOneThread) {
  std::vector<int> ran;
  {
    ThreadPool pool("ordered", 1, 100);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.run([&ran, i] { ran.push_back(i); }));
  }
  ASSERT_EQ(ran.size(), 100U);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST(ThreadPool, RefusesJobsBeyondItsQueue) {
  std::promise<void> started;
  std::promise<void> release;
  int queued_ran = 0;
  {
    ThreadPool pool("full", 1, 2);
    ASSERT_TRUE(pool.run([&] {
      started.set_value();
      release.get_future().wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.run([&] { ++queued_ran; }));
    EXPECT_TRUE(pool.run([&] { ++queued_ran; }));
    EXPECT_FALSE(pool.run([&] { ++queued_ran; }));
    release.set_value();
  }
  EXPECT_EQ(queued_ran, 2);
}

TEST(ThreadPool, FinishesWhatItTookBeforeItGoes) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool("closing", 3, 50);
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.run([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 50);
}

TEST(ThreadPool, WorksOnAsManyJobsAtOnceAsItHasThreads) {
  std::promise<void> met;
  std::promise<void> seen;
  ThreadPool pool("pair", 2, 2);
  ASSERT_TRUE(pool.run([&] {
    met.get_future().wait();  // ends only if the other job runs meanwhile
    seen.set_value();
  }));
  ASSERT_TRUE(pool.run([&] { met.set_value(); }));
  EXPECT_EQ(seen.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(ThreadPool, NamesItsThreadsAndLeavesSignalsToTheLoop) {
  std::array<char, 16> name{};
  sigset_t blocked{};
  {
    ThreadPool pool("tarn-fsync", 1, 1);
    ASSERT_TRUE(pool.run([&] {
      pthread_getname_np(pthread_self(), name.data(), name.size());
      pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    }));
  }
  EXPECT_STREQ(name.data(), "tarn-fsync");
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 1);
  sigset_t here{};
  pthread_sigmask(SIG_SETMASK, nullptr, &here);
  EXPECT_EQ(sigismember(&here, SIGTERM), 0);
}

}  // namespace
}  // namespace tarn::rt
