// Restarts of our own agent on a host with a crowd of ports and nothing to do, each beside one listing of the same
// switch by ovs-ofctl. The crowd, the instances and the rounds are the benchmark's.
#pragma once

#include "bench_cloud.h"
#include "restart_trial.h"
#include "sheet.h"

namespace tarn::bench {

struct OwnRestarts {
  std::vector<RestartTrial> trials;
  std::vector<double> listing_ms;  // as text
  std::int64_t writes = 0;         // in all trials
  std::int64_t flows = 0;
};

// One round: SIGTERM, and started again until in sync.
Status restart_own(BenchCloud& cloud, const ProbePath& path, OwnRestarts& restarts);

Sheet own_restart_sheet(int rounds);
std::vector<Cell> own_restart_row(int ports, const OwnRestarts& restarts);

}  // namespace tarn::bench
