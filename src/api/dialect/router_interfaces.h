// How interfaces of routers are added and removed: two actions whose answers tell of the port, which the router's own
// row does not know.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

std::vector<Action> interface_actions();

}  // namespace tarn::api::dialect
