#include "model/gateways.h"

#include <algorithm>
#include <iterator>

#include "base/hash.h"

namespace tarn::model {

std::uint64_t gateway_rank(PortId gateway, const std::string& host) {
  return ContentHash().add("gateway").add(gateway.uuid.bytes).add(host).value();
}

std::set<std::string> offered(const Snapshot& cloud, const std::string& host) {
  std::set<std::string> physical;
  const Versioned<Agent>* agent = cloud.agent_on(host);
  if (agent == nullptr || !(*agent)->admin_state_up) return physical;
  for (const auto& [name, bridge] : (*agent)->bridge_mappings) physical.insert(name);
  return physical;
}

std::set<std::string> offered_differently(const Snapshot& before, const Snapshot& after,
                                          const std::set<std::string>& hosts) {
  std::set<std::string> differing;
  for (const std::string& host : hosts)
    std::ranges::set_symmetric_difference(offered(before, host), offered(after, host),
                                          std::inserter(differing, differing.end()));
  return differing;
}

std::vector<std::string> gateway_hosts(const Snapshot& cloud, const Gateway& gateway) {
  std::vector<std::string> hosts;
  const Versioned<Network>* network = cloud.find(gateway.network);
  if (network == nullptr || (*network)->type == NetworkType::vxlan) return hosts;
  for (const auto& [id, agent] : cloud.agents()) {
    const bool offers = agent->admin_state_up && agent->bridge_mappings.contains((*network)->physical_network);
    const Versioned<Agent>* of_host = offers ? cloud.agent_on(agent->host) : nullptr;
    if (of_host != nullptr && (*of_host)->id == agent->id) hosts.push_back(agent->host);
  }
  const auto rank = [&](const std::string& host) { return gateway_rank(gateway.port, host); };
  std::ranges::sort(hosts, std::ranges::greater(), rank);
  if (hosts.size() > gateway_hosts_max) hosts.resize(gateway_hosts_max);
  return hosts;
}

std::vector<RouterId> routers_out_by(const Snapshot& cloud, NetworkId network) {
  std::vector<RouterId> routers;
  for (const Uuid& id : cloud.referrers(network.uuid, Kind::router)) routers.push_back({id});
  return routers;
}

std::set<RouterId> routers_out_by(const Snapshot& cloud, const std::set<std::string>& physical_networks) {
  std::set<RouterId> routers;
  if (physical_networks.empty()) return routers;
  for (const auto& [segment, owner] : cloud.segments()) {
    if (!physical_networks.contains(segment.physical_network)) continue;
    for (const RouterId& router : routers_out_by(cloud, NetworkId{owner})) routers.insert(router);
  }
  return routers;
}

std::set<RouterId> routers_led_into(const Snapshot& cloud, const std::string& host) {
  std::set<RouterId> routers;
  for (const RouterId& router : routers_out_by(cloud, offered(cloud, host))) {
    for (const Gateway& gateway : (**cloud.find<Router>(router.uuid)).gateways) {
      if (!leads_in(gateway)) continue;
      const std::vector<std::string> hosts = gateway_hosts(cloud, gateway);
      if (std::ranges::find(hosts, host) != hosts.end()) routers.insert(router);
    }
  }
  return routers;
}

PortBlockId port_block_id(PortId gateway, const std::string& host) {
  const auto part = [&](std::uint64_t half) {
    return ContentHash().add("port_block").add(half).add(gateway.uuid.bytes).add(host).value();
  };
  return {Uuid::random(part(0), part(1))};
}

bool translates(const Snapshot& cloud, const Gateway& gateway) {
  const Versioned<Port>* port = cloud.find(gateway.port);
  if (!gateway.enable_snat || port == nullptr) return false;
  return std::ranges::any_of((*port)->fixed_ips, [](const FixedIp& ip) { return ip.address.is_v4(); });
}

}  // namespace tarn::model
