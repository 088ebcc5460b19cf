// What BGP daemons announce, against what the API says. At rest only: a function of what is there, which asks neither
// an agent nor its slice.
#pragma once

#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

// The daemon of each host that announces for a speaker has the routes that the API shows of it, no other has any, and
// each knows the speaker's peers.
std::vector<std::string> announcing(const Scene& scene);

}  // namespace tarn::sim
