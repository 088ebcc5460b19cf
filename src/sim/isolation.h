// The law of isolation: nothing reaches another network, whatever it claims; a forged source reaches nobody.
// A function of what is there at this instant; remembers nothing.
#pragma once

#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

std::vector<std::string> isolation(const Scene& scene);

}  // namespace tarn::sim
