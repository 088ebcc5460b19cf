#include "restart_trial.h"

#include <poll.h>

#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration quiet = 1s;
// The first packets teach the switch's caches and the instances' neighbour tables.
constexpr rt::Duration warm_up = 500ms;
// A userspace switch that polls 1,000 interfaces forwards little; more would measure only that.
constexpr std::chrono::microseconds probe_interval = 1ms;

// An interval in which nothing is done.
Window idle(const rt::MachineClock& clock, rt::Duration duration) {
  const rt::Instant begin = clock.now();
  poll(nullptr, 0, static_cast<int>(duration / 1ms));
  return {begin, clock.now()};
}

}  // namespace

Result<RestartTrial> try_restart(const ProbePath& path, const std::function<Result<AgentRestart>()>& restart) {
  const rt::MachineClock clock;
  Result<std::unique_ptr<Probe>> probe = Probe::start(path.from, path.to, probe_interval);
  if (!probe) return std::unexpected(probe.error());
  const Window before = idle(clock, warm_up);
  const Result<AgentRestart> restarted = restart();
  if (!restarted) return std::unexpected(restarted.error());
  const Window control = idle(clock, quiet);
  const std::vector<Sample> samples = (*probe)->finish();
  const Passage first = passage_of(samples, before);
  if (first.lost == first.sent) return fail(ErrorCode::unavailable, "no probe passed before the restart");
  return RestartTrial{*restarted, passage_of(samples, restarted->window), passage_of(samples, control)};
}

}  // namespace tarn::bench
