// What leaves for the outside and what is answered, by a router's own address and by a floating IP: what it costs each
// switch and how much passes; ours, with `--vs-ovn` OVN's, and plain switching to the wire, which is the limit.
#pragma once

#include "benchmarks.h"
#include "sheet.h"

namespace tarn::bench {

// The sides end with it.
Result<std::vector<Sheet>> measure_exits(const Settings& settings);

}  // namespace tarn::bench
