// Where DHCP is served: each node's agent answers the ports that are there, so a network's agents are those of the
// nodes that have its ports.
#include <set>

#include "api/dialect/copies.h"

namespace tarn::api::dialect {
namespace {

using model::Agent;
using model::Network;

std::vector<Made> agents_of_network(const View& parent, const Show& show) {
  std::vector<Made> all;
  for (const std::string& host : parent.snapshot.hosts_of(parent.as<Network>().id))
    if (const auto* agent = parent.snapshot.agent_on(host)) all.push_back(show(parent.of(agent->row.get())));
  return all;
}

std::vector<Made> networks_of_agent(const View& parent, const Show& show) {
  std::vector<Made> all;
  std::set<NetworkId> ids;
  for (const PortId id : parent.snapshot.ports_on(parent.as<Agent>().host))
    ids.insert((**parent.snapshot.find(id)).network);
  for (const NetworkId id : ids) {
    const bool bound = parent.snapshot.host_has(id, parent.as<Agent>().host);
    if (bound) all.push_back(show(parent.of(parent.snapshot.find(id)->row.get())));
  }
  return all;
}

}  // namespace

std::vector<Resource> dhcp_places() {
  return {copies(agents(), "networks", "dhcp-agents", "dhcp_agent_scheduler", agents_of_network),
          copies(networks(), "agents", "dhcp-networks", "dhcp_agent_scheduler", networks_of_agent)};
}

}  // namespace tarn::api::dialect
