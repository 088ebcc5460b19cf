// An agent restarted under a stream of probes between two instances of its host, ours and a peer's alike; a second
// without anything stands beside it. The stream flows for this trial only, so that it burdens no other side's.
#pragma once

#include <functional>

#include "probe.h"

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

// Errors: those of `restart`; a path that no packet passes before anything is restarted.
Result<RestartTrial> try_restart(const ProbePath& path, const std::function<Result<AgentRestart>()>& restart);

}  // namespace tarn::bench
