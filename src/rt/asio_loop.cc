#include "rt/asio_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <vector>

#include "base/check.h"
#include "rt/machine_clock.h"

namespace tarn::rt {
namespace {

namespace asio = boost::asio;

// Shared by the handle and the pending wait: the wait may already be queued as expired when the handle goes.
struct PendingCall {
  PendingCall(asio::io_context& context, Duration delay, Job call) : wait(context, delay), job(std::move(call)) {}
  asio::steady_timer wait;
  Job job;  // empty once called or cancelled
};

class AsioTimer final : public Timer {
 public:
  explicit AsioTimer(std::shared_ptr<PendingCall> pending) : pending_(std::move(pending)) {}
  ~AsioTimer() override {
    pending_->job = nullptr;
    pending_->wait.cancel();
  }

 private:
  std::shared_ptr<PendingCall> pending_;
};

struct SignalWatch {
  SignalWatch(asio::io_context& context, std::function<void(int)> call) : set(context), fn(std::move(call)) {}
  asio::signal_set set;
  std::function<void(int)> fn;
};

void wait_for_signal(SignalWatch& watch) {
  watch.set.async_wait([&watch](const boost::system::error_code& error, int signal) {
    if (error) return;  // the loop is going down
    watch.fn(signal);
    wait_for_signal(watch);
  });
}

}  // namespace

struct AsioLoop::Core {
  // The default concurrency hint on purpose: hint 1 keeps jobs posted by the loop itself in a private queue, behind
  // jobs that other threads post later.
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  MachineClock clock;
  std::vector<std::unique_ptr<SignalWatch>> signals;
};

AsioLoop::AsioLoop() : core_(std::make_unique<Core>()) {}
AsioLoop::~AsioLoop() = default;

const Clock& AsioLoop::clock() const {
  return core_->clock;
}

void AsioLoop::post(Job job) {
  CHECK(job);
  asio::post(core_->context, std::move(job));
}

TimerHandle AsioLoop::after(Duration delay, Job job) {
  CHECK(job);
  auto pending = std::make_shared<PendingCall>(core_->context, delay, std::move(job));
  pending->wait.async_wait([pending](const boost::system::error_code&) {
    // Moved out first: the job may destroy its own handle.
    if (Job due = std::exchange(pending->job, nullptr)) due();
  });
  return std::make_unique<AsioTimer>(std::move(pending));
}

void AsioLoop::run() {
  core_->context.run();
  core_->context.restart();
}

void AsioLoop::stop() {
  core_->context.stop();
}

bool AsioLoop::run_until(const std::function<bool()>& done, Duration limit) {
  const Instant end = clock().now() + limit;
  while (!done()) {
    const Duration left = end - clock().now();
    if (left <= Duration::zero()) return false;
    if (core_->context.run_one_for(left) == 0 && core_->context.stopped()) core_->context.restart();
  }
  return true;
}

void AsioLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> fn) {
  core_->signals.push_back(std::make_unique<SignalWatch>(core_->context, std::move(fn)));
  SignalWatch& watch = *core_->signals.back();
  for (const int signal : signals) watch.set.add(signal);
  wait_for_signal(watch);
}

boost::asio::io_context& AsioLoop::context() {
  return core_->context;
}

}  // namespace tarn::rt
