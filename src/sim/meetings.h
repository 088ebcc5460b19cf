// The law of meetings outside: instances that each have an address there call each other by floating IPs, whichever
// hosts and routers they are behind. Functions of the scene at rest, when all whom they need to know is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

// Each calls each in earnest from the port, so that whoever is not known outside is asked for.
void call_each_other(const Scene& scene, std::uint16_t source_port);

std::vector<std::string> meetings_at_rest(const Scene& scene);

}  // namespace tarn::sim
