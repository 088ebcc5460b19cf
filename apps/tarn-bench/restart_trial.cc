#include "restart_trial.h"

#include <poll.h>

#include "rt/machine_clock.h"
#include "sheet.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration least_control = 1s;
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

Result<AgentRestart> time_restart(const std::function<CloudCpu()>& cpu, const std::function<void()>& end,
                                  const std::function<Status()>& start) {
  const rt::MachineClock clock;
  AgentRestart restart;
  const double switch_before_s = cpu().switch_s;
  restart.window.begin = clock.now();
  end();
  const rt::Instant begin = clock.now();
  if (Status started = start(); !started) return std::unexpected(started.error());
  restart.window.end = clock.now();
  const CloudCpu after = cpu();
  restart.in_sync_s = seconds(restart.window.end - begin);
  restart.agent_cpu_s = after.agent_s;  // all of it is the new process's
  restart.switch_cpu_s = after.switch_s - switch_before_s;
  return restart;
}

Result<RestartTrial> try_restart(const ProbePath& path, const std::function<Result<AgentRestart>()>& restart) {
  const rt::MachineClock clock;
  Result<std::unique_ptr<Probe>> probe = Probe::start(path.from, path.to, probe_interval);
  if (!probe) return std::unexpected(probe.error());
  const Window before = idle(clock, warm_up);
  const Result<AgentRestart> restarted = restart();
  if (!restarted) return std::unexpected(restarted.error());
  // As long as the restart: a switch with thousands of interfaces has slow moments of its own every few seconds.
  const Window control = idle(clock, std::max(least_control, restarted->window.end - restarted->window.begin));
  const std::vector<Sample> samples = (*probe)->finish();
  const Passage first = passage_of(samples, before);
  if (first.lost == first.sent) return fail(ErrorCode::unavailable, "no probe passed before the restart");
  return RestartTrial{*restarted, passage_of(samples, restarted->window), passage_of(samples, control)};
}

RestartFigures figures_of(const std::vector<RestartTrial>& trials) {
  RestartFigures figures;
  for (const RestartTrial& trial : trials) {
    figures.in_sync_s.push_back(trial.restart.in_sync_s);
    figures.agent_cpu_s.push_back(trial.restart.agent_cpu_s);
    figures.switch_cpu_s.push_back(trial.restart.switch_cpu_s);
    figures.delay_ms.push_back(trial.during.longest_delay_ms);
    figures.gap_ms.push_back(trial.during.longest_gap_ms);
    figures.control_delay_ms.push_back(trial.control.longest_delay_ms);
    figures.control_gap_ms.push_back(trial.control.longest_gap_ms);
    figures.sent += trial.during.sent;
    figures.lost += trial.during.lost;
    figures.control_lost += trial.control.lost;
  }
  return figures;
}

}  // namespace tarn::bench
