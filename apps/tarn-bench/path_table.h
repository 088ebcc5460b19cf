// The sheets of paths that were measured: what a packet costs each switch, and what passes in all, beside plain
// switching in the same rounds.
#pragma once

#include <string>
#include <vector>

#include "path_trial.h"
#include "sheet.h"

namespace tarn::bench {

// A row: a side on a way, and whom it is compared to.
struct PathLine {
  std::string way;
  std::string side;
  std::size_t limit;  // the line of plain switching on the same way; where that has fewer switches its last counts
  PathFigures figures;
};

// Of both sheets: what their keys begin with, and words for their titles; both may be empty.
struct PathTitle {
  std::string key;
  std::string what;
};

// Lines that were never tried are left out.
std::vector<Sheet> path_sheets(const std::vector<PathLine>& lines, const PathTitle& title, int rounds);

// For every switch that is started from here on: ovs-vswitchd frees each batch of packets, and where these lie at the
// end of its heap glibc gives the pages back (mallopt(3), M_TRIM_THRESHOLD) and asks for them anew with the next batch.
// That is a matter of luck, and costs several times what all tables together do.
void keep_freed_memory();

}  // namespace tarn::bench
