// What other areas' tables say as the one of networks does, and what they give it to show. The rows of networks
// themselves are in networks.cc, those that services around them add are in network_services.cc.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

json::value network_type_name(model::NetworkType type);

// Whether a network has more segments than one: then they are listed instead of the one in provider:*.
bool has_segments(const View& network);

// What networks show of the services around them: QoS, segments, zones, names.
void add_network_services(std::vector<Attribute>& rows);

}  // namespace tarn::api::dialect
