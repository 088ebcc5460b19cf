#include "sim/scheduler.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace tarn::sim {
namespace {

// Lives no longer than the scheduler: worlds destroy their processes first.
class SimTimer final : public rt::Timer {
 public:
  explicit SimTimer(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~SimTimer() override { cancel_(); }

 private:
  std::function<void()> cancel_;
};

}  // namespace

std::unique_ptr<SimLoop> Scheduler::make_loop(std::string name) {
  std::unique_ptr<SimLoop> loop(new SimLoop(*this, ++loops_made_, std::move(name)));
  loops_[loop->id_] = loop.get();
  return loop;
}

bool Scheduler::step(rt::Instant until) {
  std::vector<SimLoop*> ready;
  for (const auto& [id, loop] : loops_) {
    if (!loop->ready_.empty()) ready.push_back(loop);
  }
  ++steps_;
  if (!ready.empty()) {
    SimLoop* loop = ready[choice_.below(static_cast<std::uint32_t>(ready.size()))];
    rt::Job job = std::move(loop->ready_.front());
    loop->ready_.pop_front();
    ++loop->jobs_run_;
    job();
    return true;
  }
  if (timers_.empty() || timers_.begin()->first.first > until) return false;
  auto first = timers_.extract(timers_.begin());
  now_ = std::max(now_, first.key().first);
  ++first.mapped().loop->jobs_run_;
  first.mapped().job();
  return true;
}

bool Scheduler::is_idle() const {
  return std::ranges::all_of(loops_, [](const auto& loop) { return loop.second->ready_.empty(); });
}

bool Scheduler::run(rt::Duration deadline, const std::function<bool()>& done, std::size_t steps_max) {
  const rt::Instant until = now_ + deadline;
  for (std::size_t steps = 0; steps < steps_max; ++steps) {
    if (done && done()) return true;
    if (!step(until)) {
      now_ = until;
      return done && done();
    }
  }
  const bool came_to_rest = false;
  CHECK(came_to_rest);
  return false;
}

void SimLoop::post(rt::Job job) {
  ready_.push_back(std::move(job));
  scheduler_.ready_most_ = std::max(scheduler_.ready_most_, ready_.size());
}

SimLoop::~SimLoop() {
  scheduler_.loops_.erase(id_);
  std::erase_if(scheduler_.timers_, [this](const auto& entry) { return entry.second.loop == this; });
}

// An arbitrary fixed day, so that runs repeat: 2026-01-01T00:00:00Z.
rt::WallTime SimLoop::wall() const {
  constexpr std::int64_t start_ms = 1'767'225'600'000;
  return {start_ms + scheduler_.now_.since_start / std::chrono::milliseconds(1)};
}

rt::TimerHandle SimLoop::after(rt::Duration delay, rt::Job job) {
  const Scheduler::TimerKey key{scheduler_.now_ + std::max(delay, rt::Duration(0)), ++scheduler_.timers_made_};
  scheduler_.timers_.emplace(key, Scheduler::PendingTimer{this, std::move(job)});
  scheduler_.timers_most_ = std::max(scheduler_.timers_most_, scheduler_.timers_.size());
  return std::make_unique<SimTimer>([scheduler = &scheduler_, key] { scheduler->timers_.erase(key); });
}

}  // namespace tarn::sim
