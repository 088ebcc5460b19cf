#include "model/moves.h"

#include <algorithm>

#include "model/reach.h"

namespace tarn::model {

bool has_or_had(const Port& port, const std::string& host) {
  const std::vector<std::string> hosts = hosts_had(port);
  return !port.left_hosts.empty() && std::ranges::find(hosts, host) != hosts.end();
}

std::set<PortId> moved_ports(const Snapshot& cloud, RouterId router) {
  std::set<PortId> ports;
  for (const NetworkId& network : networks_before(cloud, router))
    for (const PortId& port : cloud.moved_ports(network)) ports.insert(port);
  return ports;
}

std::set<PortId> moved_ports(const Snapshot& cloud, RouterId router, const std::string& host) {
  std::set<PortId> ports;
  if (cloud.moved_ports(host).empty()) return ports;
  for (const NetworkId& network : networks_before(cloud, router))
    for (const PortId& port : cloud.moved_ports(network, host)) ports.insert(port);
  return ports;
}

std::set<RouterId> routers_kept(const Snapshot& cloud, const std::string& host) {
  std::set<NetworkId> networks;
  for (const PortId& port : cloud.moved_ports(host)) networks.insert((**cloud.find(port)).network);
  std::set<RouterId> routers;
  for (const NetworkId& network : networks) routers.merge(routers_from(cloud, network));
  return routers;
}

}  // namespace tarn::model
