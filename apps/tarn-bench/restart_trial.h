// An agent restarted under a stream of probes between two instances of its host, ours and a peer's alike; a second
// without anything stands beside it. The stream flows for this trial only, so that it burdens no other side's.
#pragma once

#include <functional>
#include <vector>

#include "probe.h"
#include "process_cost.h"

namespace tarn::bench {

struct AgentRestart {
  Window window;         // from the signal that ends the old process to the new one's being in sync
  double in_sync_s = 0;  // from the start of the new process
  double agent_cpu_s = 0;
  double switch_cpu_s = 0;
};

struct ProbePath {
  ProbeEnd from;
  ProbeEnd to;
};

struct RestartTrial {
  AgentRestart restart;
  Passage during;
  Passage control;
};

// Times `end`, which ends the old process, and `start`, which starts a new one and waits until it is in sync. `cpu` is
// asked before and after. Errors: those of `start`.
Result<AgentRestart> time_restart(const std::function<CloudCpu()>& cpu, const std::function<void()>& end,
                                  const std::function<Status()>& start);

// Errors: those of `restart`; a path that no packet passes before anything is restarted.
Result<RestartTrial> try_restart(const ProbePath& path, const std::function<Result<AgentRestart>()>& restart);

// What the trials of one side were, in their order, and the probes of all together.
struct RestartFigures {
  std::vector<double> in_sync_s, agent_cpu_s, switch_cpu_s;
  std::vector<double> delay_ms, gap_ms, control_delay_ms, control_gap_ms;  // the longest of each trial
  std::int64_t sent = 0, lost = 0, control_lost = 0;
};
RestartFigures figures_of(const std::vector<RestartTrial>& trials);

}  // namespace tarn::bench
