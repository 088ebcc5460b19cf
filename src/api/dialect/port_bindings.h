// How the binding of a port to a host is shown, on the port and below it. Pure: what a binding is, the model's rules
// say (model/admit/binding.h).
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

inline constexpr std::size_t profile_bytes_max = 4095;  // what Nova's own column holds

std::string_view vif_name(model::VifType type);
// What Nova hands on to os-vif: filtering is ours, so it plugs straight into br-int.
json::value vif_details(model::VifType type);
json::value profile_in(const std::string& text);  // the object that a row keeps as text

}  // namespace tarn::api::dialect
