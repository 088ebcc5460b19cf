// Flows of a router, and what one route more costs a host that has many routers: ours and with `vs_ovn` OVN.
#pragma once

#include "benchmarks.h"

namespace tarn::bench {

Result<std::vector<Sheet>> measure_routes(const Settings& settings);

}  // namespace tarn::bench
