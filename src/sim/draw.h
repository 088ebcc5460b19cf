// Stories drawn by chance. Each draw first chooses which deeds exist in it and how often (a run with everything at once
// hides bugs), then the deeds.
#pragma once

#include "rt/choice.h"
#include "sim/stage.h"

namespace tarn::sim {

Story draw_story(std::uint64_t seed);

}  // namespace tarn::sim
