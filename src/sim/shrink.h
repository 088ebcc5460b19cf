// From a story that breaks a law to a short one that breaks the same law: acts are left out, waits made shorter, hosts
// taken away, as long as it still does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/draw.h"

namespace tarn::sim {

// The law that a violation names: the word before its colon.
std::string law_of(const std::string& violation);

struct Shrunk {
  Story story;
  std::size_t runs = 0;  // played to get there
};
// `breaks` plays a story and answers whether it breaks the law in question; it is asked at most `runs_max` times.
Shrunk shrink(Story story, const std::function<bool(const Story&)>& breaks, std::size_t runs_max);

}  // namespace tarn::sim
