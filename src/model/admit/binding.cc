#include "model/admit/binding.h"

namespace tarn::model::admission {

VifType binding_of(const Snapshot& cloud, const Port& port) {
  if (port.binding_host.empty()) return VifType::unbound;
  const Versioned<Agent>* agent = cloud.agent_on(port.binding_host);
  const Versioned<Network>* network = cloud.find(port.network);
  if (agent == nullptr || network == nullptr || port.vnic_type != "normal") return VifType::binding_failed;
  const bool serves = (*network)->type == NetworkType::vxlan
                          ? !(*agent)->tunnel_address.empty()
                          : (*agent)->bridge_mappings.contains((*network)->physical_network);
  return serves ? VifType::ovs : VifType::binding_failed;
}

}  // namespace tarn::model::admission
