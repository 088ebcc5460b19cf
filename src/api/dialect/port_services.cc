#include "api/dialect/port_services.h"

#include "api/dialect/qos.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Port;

json::value network_policy(const View& view) {
  const auto* network = view.snapshot.find(view.as<Port>().network);
  return network ? value_of((*network)->qos_policy, view.storage) : json::value(nullptr);
}

}  // namespace

void add_services(std::vector<Attribute>& rows) {
  rows.push_back(qos_policy_id(member(&Port::qos_policy)));
  rows.push_back({.name = "qos_network_policy_id",
                  .type = shown_text(),
                  .model = derived(network_policy),
                  .alias = "qos-port-network-policy"});
  add_trunk_details(rows);
}

}  // namespace tarn::api::dialect
