// Our own ports plugged at once until the API shows them all ACTIVE, beside the limit: the switch itself, an equal one
// without agent that is given the same interfaces and the same flows by Open vSwitch's tools. The rounds are the
// benchmark's.
#pragma once

#include "bench_cloud.h"
#include "peer_wiring.h"
#include "switch_lab.h"

namespace tarn::bench {

struct OwnWiring {
  WiringFigures ours;
  std::vector<double> limit_seconds, limit_cpu_s;
  std::int64_t flows = 0;
  std::vector<Plug> plugged;  // by the last round, in both switches
};

// One round. What it plugs stays until the next: the last crowd goes with its switch, which is much quicker.
Status wire_own(BenchCloud& cloud, const SwitchLab& bare, int ports, OwnWiring& wiring);

Sheet own_wiring_sheet(int rounds);
std::vector<Cell> own_wiring_row(int ports, const OwnWiring& wiring);

}  // namespace tarn::bench
