// Gateways under full load for minutes: whether any host takes another for dead, which nobody is.
#pragma once

#include "gateway_world.h"
#include "sheet.h"

namespace tarn::bench {

// Instances flood each other by the hosts' tunnels, as fast as the switches can, while probes go outside and back.
// One row: how long, packets, alarms, probes lost. Errors: a part that does not answer.
Result<Sheet> soak(GatewayWorld& world, std::chrono::minutes duration);

}  // namespace tarn::bench
