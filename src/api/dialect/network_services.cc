// What networks show of the services around them.
#include "api/dialect/networks.h"
#include "api/dialect/qos.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {

void add_network_services(std::vector<Attribute>& rows) {
  rows.push_back(qos_policy_id(member(&model::Network::qos_policy)));
}

}  // namespace tarn::api::dialect
