// What the copies of a port's traffic are made of. Pure; shared by the rules of tap flows and by what is rendered from
// them, so that both mean the same.
#pragma once

#include <string_view>

#include "model/rows/tap.h"

namespace tarn::model {

// "9,18,27-36": numbers and ranges, each at most 4095.
bool is_vlan_filter(std::string_view text);
// Whether the filter, which is one, names the VLAN id.
bool names_vlan(std::string_view filter, std::uint32_t vlan_id);

}  // namespace tarn::model
