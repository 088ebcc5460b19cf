// Which numbers new networks of a project may get, in the order in which they are tried: those of the project's own
// ranges, then those of shared ranges and of the configuration, less what is kept for other projects.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/admit/draft.h"

namespace tarn::model::admission {

std::vector<Limits::Range> ranges_for(const Draft& draft, NetworkType type, const std::string& physical_network,
                                      const std::string& project);
// The physical networks that VLANs can be on.
std::set<std::string> vlan_wires(const Draft& draft);

}  // namespace tarn::model::admission
