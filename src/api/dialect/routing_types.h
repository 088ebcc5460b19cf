// The validators of what routers and floating IPs are given: gateways, protocols, ports. As types.h, pure; what a
// network really offers is the model's to say.
#pragma once

#include "api/dialect/types.h"

namespace tarn::api::dialect {

Type gateway_info();   // an object; null and {} are none
Type gateways();       // a list of such objects
Type l4_protocol();    // by name or number
Type l4_port();        // passed on as [port, port]
Type l4_port_range();  // "first:last", passed on as [first, last]

}  // namespace tarn::api::dialect
