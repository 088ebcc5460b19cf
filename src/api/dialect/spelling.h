// How values that stand on more than one resource are spelled for clients. Pure; what only one resource shows is
// spelled in that resource's file.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

json::value status_name(model::PortStatus status);       // "ACTIVE"
json::value direction_name(model::Direction direction);  // "ingress"
json::value show_routes(const std::vector<model::HostRoute>& routes);
// Made in `storage`.
json::value show_fixed_ips(const std::vector<model::FixedIp>& fixed_ips, const json::storage_ptr& storage);

}  // namespace tarn::api::dialect
