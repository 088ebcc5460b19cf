// What must hold once everything has come to rest. A function of what is there; the one law that asks the agent for its
// opinion, of which it demands that there is nothing left to do.
#pragma once

#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

// At rest: what is allowed comes through once, what is not does not, every wired port is ACTIVE, the plan is empty, and
// of our flows the switch holds those that are wished for and no others.
std::vector<std::string> at_rest(const Scene& scene);

}  // namespace tarn::sim
