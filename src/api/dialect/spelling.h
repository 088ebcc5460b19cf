// How values that stand on more than one resource are spelled for clients. Pure; what only one resource shows is
// spelled in that resource's file.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

std::string_view status_name(model::PortStatus status);       // "ACTIVE"
std::string_view direction_name(model::Direction direction);  // "ingress"
std::vector<TextObject<2>> show_routes(const std::vector<model::HostRoute>& routes);
std::vector<TextObject<2>> show_fixed_ips(const std::vector<model::FixedIp>& fixed_ips);

}  // namespace tarn::api::dialect
