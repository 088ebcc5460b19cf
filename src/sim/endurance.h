// Law 7: what is refused stops nobody else, and shows. A function of the scene; asks the agent for its plan, and the
// models for what is there and what they refuse.
#pragma once

#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

// What is missing, or still there, though nothing refuses it; and what is refused without the agent saying so. Empty
// once a world that heals except for refusals has come as far as it can.
std::vector<std::string> stopped_by_refusals(const Scene& scene);

}  // namespace tarn::sim
