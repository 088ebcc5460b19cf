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

void note_left_host(const Port& before, Port& port) {
  std::vector<std::string>& left = port.left_hosts;
  if (port.binding_host.empty()) return left.clear();
  const std::string& host = bound_host(before);
  std::erase(left, host);
  if (!host.empty()) left.insert(left.begin(), host);
  std::erase(left, port.binding_host);
  if (left.size() > left_hosts_max) left.resize(left_hosts_max);
}

}  // namespace tarn::model::admission
