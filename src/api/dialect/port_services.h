// What ports show of the services around them: QoS, trunks, names, and what others say of their data plane. The rest of
// their rows is in ports.cc.
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

void add_services(std::vector<Attribute>& rows);
void add_trunk_details(std::vector<Attribute>& rows);

}  // namespace tarn::api::dialect
