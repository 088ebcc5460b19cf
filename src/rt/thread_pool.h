// A few named threads for calls that block (fsync, a resolver). The only place where Tarn itself makes a thread;
// results go back to a loop through a Mailbox. Never holds state of its own beyond its bounded queue.
#pragma once

#include <memory>
#include <string>

#include "rt/worker.h"

namespace tarn::rt {

class ThreadPool final : public Worker {
 public:
  // `name` is what ps and gdb show, at most 15 bytes. `threads` is at least 1; with one thread jobs run in order.
  // `queue_max` bounds the jobs that wait for a thread.
  ThreadPool(std::string name, std::size_t threads, std::size_t queue_max);
  // Runs every job that was taken, then joins the threads.
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // With several threads jobs run in any order.
  [[nodiscard]] bool run(Job job) override;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace tarn::rt
