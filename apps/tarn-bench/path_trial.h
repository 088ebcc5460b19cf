// One side's way from one instance to another, measured: what its switches do for a packet, and how much it carries.
#pragma once

#include <optional>
#include <vector>

#include "datapath_look.h"
#include "path_side.h"
#include "sheet.h"

namespace tarn::bench {

// Of one switch on the way.
struct SwitchFigures {
  std::string whose;
  std::vector<double> us_one_flow, us_many_flows, subtables_per_hit;
  std::optional<PathCost> cost;
};

struct PathFigures {
  std::vector<double> tcp_mbit_s, one_flow_kpps, many_flows_kpps;  // of each round
  std::vector<SwitchFigures> switches;                             // in the order of the way
};

inline constexpr std::uint16_t many_flows = 1'024;

// One round more. Errors say what broke, not where.
Status try_path(const Path& path, PathFigures& figures);

}  // namespace tarn::bench
