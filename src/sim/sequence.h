// A page of docs/sequences: what happened in one simulated run of a scenario as a Mermaid diagram, with the law that
// was checked and how much was explored around it. A function of the scenario and the code; writes no file.
#pragma once

#include <cstddef>
#include <string>

#include "sim/catalogue.h"

namespace tarn::sim {

// How many stories around a scenario were played without a broken law.
struct Explored {
  std::size_t expansions = 0;
  std::size_t orders = 0;
  std::size_t crashes = 0;
  std::size_t schedules = 0;
};

std::string page_of(const Scenario& scenario, const Explored& explored);

}  // namespace tarn::sim
