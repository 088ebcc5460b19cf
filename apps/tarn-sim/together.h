// Stories that begin alike, played together: what they have in common is performed once, and where they part each goes
// on in a copy of the process. What comes of each is what comes of it alone, as a story is a function of its seed.
#pragma once

#include <vector>

#include "sim/stage.h"

namespace tarn::sim_app {

// What comes of each story, in their order. They have one seed and as many hosts. When a copy of the process dies, so
// does this one.
std::vector<sim::Life> play_together(const std::vector<sim::Story>& stories);

// What comes of a story that began as `begun`, and goes on with `more`. Played in a copy of the process.
sim::Life play_on(sim::Performance& begun, const sim::Acts& more);

}  // namespace tarn::sim_app
