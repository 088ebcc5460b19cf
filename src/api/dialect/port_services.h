// What ports show of the services around them: QoS, trunks, names, and what others say of their data plane. The rest of
// their rows is in ports.cc.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

void add_services(std::vector<Attribute>& rows);
void add_trunk_details(std::vector<Attribute>& rows);

// What stands on a port works when the port does. False for one that is not there.
bool is_active(const model::Snapshot& snapshot, PortId id);

}  // namespace tarn::api::dialect
