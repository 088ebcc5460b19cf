// One random life of a simulated cloud: workloads and faults mixed, then healing, rest and silence. A pure function of
// its seed. What happened is kept as short sentences, so that a failure can be read as a story.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tarn::sim {

struct Life {
  std::vector<std::string> violations;
  std::vector<std::string> story;
  std::uint64_t trace = 0;
  std::uint64_t steps = 0;
};

Life live(std::uint64_t seed);

}  // namespace tarn::sim
