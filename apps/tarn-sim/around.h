// What is played around one scenario by one gear, in one process.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/catalogue.h"
#include "sim/stage.h"

namespace tarn::sim_app {

struct Played {
  std::size_t runs = 0;
  std::vector<std::pair<sim::Acts, std::string>> broken;  // stories of the scenario's seed and hosts, and the violation
};
std::string text(const Played& played);
// What text() wrote.
Played parse_played(const std::string& text);

// `gear` is one of those that play around scenarios (explore.h).
Played play_around(const std::string& gear, const sim::Scenario& scenario);

// The stories that play_around() plays; of schedules, where each depends on the one before, the scenario's own.
std::vector<sim::Story> stories_around(const std::string& gear, const sim::Scenario& scenario);

}  // namespace tarn::sim_app
