// Simulated time and threads of control: every loop of every process in one place, one job at a time, the next one
// picked by a Choice. Time stands still while anything is ready and then jumps to the next timer.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "rt/choice.h"
#include "rt/loop.h"

namespace tarn::sim {

class SimLoop;

class Scheduler {
 public:
  explicit Scheduler(rt::Choice& choice) : choice_(choice) {}

  // A loop of its own for each simulated process. Destroying it is the crash: its jobs and timers are gone.
  std::unique_ptr<SimLoop> make_loop(std::string name);

  // Runs one job. False when nothing is ready and no timer is set (before `until`).
  bool step(rt::Instant until = {rt::Duration::max()});
  // Runs until nothing is ready before `deadline` from now, or `done` says so; true when `done` did.
  // At most `steps_max` jobs: more is a livelock, and a failed CHECK.
  bool run(rt::Duration deadline, const std::function<bool()>& done = {}, std::size_t steps_max = 50'000'000);

  [[nodiscard]] rt::Instant now() const { return now_; }
  // Nothing happens before the next timer.
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  // The longest row of jobs that ever waited in one loop, and the most timers set at once.
  [[nodiscard]] std::size_t ready_most() const { return ready_most_; }
  [[nodiscard]] std::size_t timers_most() const { return timers_most_; }
  rt::Choice& choice() { return choice_; }

 private:
  friend class SimLoop;
  struct PendingTimer {
    SimLoop* loop;
    rt::Job job;
  };
  using TimerKey = std::pair<rt::Instant, std::uint64_t>;

  rt::Choice& choice_;
  rt::Instant now_;
  std::uint64_t steps_ = 0;
  std::uint64_t timers_made_ = 0;
  std::size_t ready_most_ = 0;
  std::size_t timers_most_ = 0;
  std::map<TimerKey, PendingTimer> timers_;
  std::map<std::uint64_t, SimLoop*> loops_;  // by order of making
  std::uint64_t loops_made_ = 0;
};

class SimLoop final : public rt::Loop, public rt::Clock {
 public:
  ~SimLoop() override;
  [[nodiscard]] const rt::Clock& clock() const override { return *this; }
  [[nodiscard]] rt::Instant now() const override { return scheduler_.now_; }
  [[nodiscard]] rt::WallTime wall() const override;
  void post(rt::Job job) override;
  [[nodiscard]] rt::TimerHandle after(rt::Duration delay, rt::Job job) override;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t jobs_run() const { return jobs_run_; }

 private:
  friend class Scheduler;
  SimLoop(Scheduler& scheduler, std::uint64_t id, std::string name)
      : scheduler_(scheduler), id_(id), name_(std::move(name)) {}

  Scheduler& scheduler_;
  std::uint64_t id_;
  std::string name_;
  std::deque<rt::Job> ready_;
  std::uint64_t jobs_run_ = 0;
};

}  // namespace tarn::sim
