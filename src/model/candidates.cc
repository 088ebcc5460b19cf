#include "model/candidates.h"

#include <algorithm>

namespace tarn::model {

std::set<std::string> hosts_for(const Snapshot& cloud, const Port& port, const Ip& address) {
  if (!bound_host(port).empty()) return {bound_host(port)};
  std::set<std::string> hosts;
  const bool has = std::ranges::find(port.fixed_ips, address, &FixedIp::address) != port.fixed_ips.end();
  if (!has || !holds_for_others(port)) return hosts;
  for (const PortId& id : cloud.claimants_of(port.network, address)) hosts.insert(bound_host(**cloud.find(id)));
  return hosts;
}

}  // namespace tarn::model
