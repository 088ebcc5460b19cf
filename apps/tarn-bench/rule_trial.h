// Flows of a port, and what one rule more costs a host whose ports all have its group: ours and with `vs_ovn` OVN.
#pragma once

#include "benchmarks.h"

namespace tarn::bench {

Result<std::vector<Sheet>> measure_rules(const Settings& settings);

}  // namespace tarn::bench
