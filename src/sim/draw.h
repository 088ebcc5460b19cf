// Stories drawn by chance. Each draw first chooses which deeds exist in it and how often (a run with everything at once
// hides bugs), then the deeds.
#pragma once

#include "rt/choice.h"
#include "sim/act.h"

namespace tarn::sim {

struct Story {
  std::uint64_t seed = 0;  // of everything that the acts leave open
  std::uint32_t hosts = 1;
  Acts acts;
};

Story draw_story(std::uint64_t seed);

}  // namespace tarn::sim
