// What other areas' tables say as the one of networks does, and what they give it to show. The rows of networks
// themselves are in networks.cc, those that services around them add are in network_services.cc.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

// What networks show of the services around them: QoS, segments, zones, names.
void add_network_services(std::vector<Attribute>& rows);

}  // namespace tarn::api::dialect
