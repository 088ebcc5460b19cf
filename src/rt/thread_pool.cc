#include "rt/thread_pool.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace tarn::rt {
namespace {

constexpr std::size_t thread_name_bytes_max = 15;  // pthread_setname_np(3)

// Signals belong to the loop's thread; a pool thread inherits the mask that stands while it is made.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before_) == 0);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct ThreadPool::Core {
  explicit Core(std::size_t limit) : queue_max(limit) {}

  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return closing || !queue.empty(); });
      if (queue.empty()) return;
      Job job = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      job();
    }
  }

  const std::size_t queue_max;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> queue;
  bool closing = false;
  std::vector<std::thread> threads;
};

ThreadPool::ThreadPool(std::string name, std::size_t threads, std::size_t queue_max)
    : core_(std::make_unique<Core>(queue_max)) {
  CHECK(threads > 0 && queue_max > 0 && name.size() <= thread_name_bytes_max);
  const SignalsBlocked blocked;
  for (std::size_t i = 0; i < threads; ++i) {
    core_->threads.emplace_back([core = core_.get()] { core->work(); });
    pthread_setname_np(core_->threads.back().native_handle(), name.c_str());
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock(core_->mutex);
    core_->closing = true;
  }
  core_->wake.notify_all();
  for (std::thread& thread : core_->threads) thread.join();
}

bool ThreadPool::run(Job job) {
  CHECK(job);
  {
    const std::scoped_lock lock(core_->mutex);
    if (core_->queue.size() >= core_->queue_max) return false;
    core_->queue.push_back(std::move(job));
  }
  core_->wake.notify_one();
  return true;
}

}  // namespace tarn::rt
