// The scenarios of the architecture page as stories. What is explored around each of them is gears.h's; what is drawn
// of them, sequence.h's.
#pragma once

#include <string_view>
#include <vector>

#include "sim/act.h"

namespace tarn::sim {

struct Scenario {
  std::string_view name;   // of its page: "agent-restart"
  std::string_view title;  // "Agent restart"
  std::string_view about;  // what happens and what an operator would fear, one paragraph
  std::string_view law;    // what must hold at every instant, one sentence
  std::uint32_t hosts = 1;
  Acts before;  // what is there already, at rest
  Acts acts;    // the scenario itself
};

const std::vector<Scenario>& catalogue();

}  // namespace tarn::sim
