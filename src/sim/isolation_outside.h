// The law of isolation towards the outside: nothing leaves by an address that is not its sender's there, least of all a
// private one, and nothing comes in but by an address that leads to somebody. Functions of the scene; remember nothing.
#pragma once

#include <string>
#include <vector>

#include "sim/scene.h"

namespace tarn::sim {

// At every instant: by addresses that were ever the sender's or the receiver's.
std::vector<std::string> isolation_outside(const Scene& scene);

// At rest: by those that are now; who has a way out goes by it, who is called by an address hears it, and no other.
std::vector<std::string> outside_at_rest(const Scene& scene);

}  // namespace tarn::sim
