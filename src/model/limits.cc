#include "model/limits.h"

namespace tarn::model {

std::optional<QosPolicyId> qos_policy_of(const Port& port, const Network* network) {
  if (port.qos_policy || network == nullptr) return port.qos_policy;
  const bool of_network = port.device_owner.starts_with("network:") || port.device_owner.starts_with("neutron:");
  return of_network ? std::nullopt : network->qos_policy;
}

}  // namespace tarn::model
