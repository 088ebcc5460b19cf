// What a packet costs the switches and how much passes: ours beside plain NORMAL switching, which is the limit, and
// with
// `--vs-ovn` beside OVN, on equal hosts in the same rounds, with the default security group.
#pragma once

#include "benchmarks.h"
#include "path_side.h"
#include "sheet.h"

namespace tarn::bench {

// The sides end with it. Plain switching has one network in any case.
Result<std::vector<Sheet>> measure_paths(const Settings& settings, Topology topology);

}  // namespace tarn::bench
