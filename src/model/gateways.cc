#include "model/gateways.h"

#include <algorithm>
#include <iterator>

#include "base/hash.h"
#include "model/address_scopes.h"

namespace tarn::model {

namespace {

// Of all hosts' shares in the gateway, the part that is the same.
ContentHash shares_in(PortId gateway) {
  return ContentHash().add("gateway").add(gateway.uuid.bytes);
}

GatewayRank rank_of(ContentHash shares, const std::vector<std::string>& chosen_hosts, const std::string& host) {
  const auto choice = std::ranges::find(chosen_hosts, host);
  return {static_cast<std::size_t>(chosen_hosts.end() - choice), shares.add(host).value()};
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

GatewayRank gateway_rank(PortId gateway, const std::vector<std::string>& chosen_hosts, const std::string& host) {
  return rank_of(shares_in(gateway), chosen_hosts, host);
}

std::set<std::string> offered(const Snapshot& cloud, const std::string& host) {
  std::set<std::string> physical;
  const Versioned<Agent>* agent = cloud.agent_on(host);
  if (agent == nullptr || !(*agent)->admin_state_up) return physical;
  for (const auto& [name, bridge] : (*agent)->bridge_mappings) physical.insert(name);
  return physical;
}

namespace {

std::string zone_of(const Snapshot& cloud, const std::string& host) {
  const Versioned<Agent>* agent = cloud.agent_on(host);
  return agent == nullptr ? std::string() : (*agent)->availability_zone;
}

// What the router says of who answers for a gateway of it, if one names it.
class Terms {
 public:
  Terms(const Snapshot& cloud, PortId gateway) : shares_(shares_in(gateway)) {
    const std::vector<Uuid> routers = cloud.referrers(gateway.uuid, Kind::router);
    router_ = routers.empty() ? nullptr : &**cloud.find<Router>(routers.front());
  }

  [[nodiscard]] bool allow(const Agent& agent) const {
    if (router_ == nullptr) return true;
    if (contains(router_->barred_hosts, agent.host)) return false;
    const std::vector<std::string>& zones = router_->availability_zone_hints;
    return zones.empty() || contains(zones, agent.availability_zone) || contains(router_->chosen_hosts, agent.host);
  }
  [[nodiscard]] GatewayRank rank(const std::string& host) const {
    static const std::vector<std::string> nobody;
    return rank_of(shares_, router_ == nullptr ? nobody : router_->chosen_hosts, host);
  }

 private:
  const Router* router_;
  ContentHash shares_;
};

}  // namespace

std::set<std::string> offering_differently(const Snapshot& before, const Snapshot& after,
                                           const std::set<std::string>& hosts) {
  std::set<std::string> differing;
  for (const std::string& host : hosts)
    if (offered(before, host) != offered(after, host) || zone_of(before, host) != zone_of(after, host))
      differing.insert(host);
  return differing;
}

namespace {

std::vector<const Agent*> agents_offering(const Snapshot& cloud, const std::string& physical_network) {
  std::vector<const Agent*> found;
  for (const auto& [id, agent] : cloud.agents())
    if (agent->admin_state_up && agent->bridge_mappings.contains(physical_network)) found.push_back(agent.row.get());
  return found;
}

bool is_current(const Snapshot& cloud, const Agent& agent) {
  const Versioned<Agent>* of_host = cloud.agent_on(agent.host);
  return of_host != nullptr && (*of_host)->id == agent.id;
}

}  // namespace

std::vector<std::string> gateway_hosts(const Snapshot& cloud, const Gateway& gateway) {
  return GatewayHosts(cloud).of(gateway);
}

const std::vector<const Agent*>& GatewayHosts::offering(const Gateway& gateway) {
  static const std::vector<const Agent*> nobody;
  const Versioned<Network>* network = cloud_->find(gateway.network);
  if (network == nullptr || (*network)->type == NetworkType::vxlan) return nobody;
  const auto [found, is_new] = offering_.try_emplace((*network)->physical_network);
  if (is_new) found->second = agents_offering(*cloud_, found->first);
  return found->second;
}

std::vector<std::string> GatewayHosts::of(const Gateway& gateway) {
  const Terms terms(*cloud_, gateway.port);
  const auto by_rank = [](const auto& each) { return each.first; };
  std::vector<std::pair<GatewayRank, const Agent*>> ranked;
  for (const Agent* agent : offering(gateway))
    if (terms.allow(*agent)) ranked.emplace_back(terms.rank(agent->host), agent);
  std::ranges::make_heap(ranked, {}, by_rank);
  std::vector<std::string> hosts;
  for (auto end = ranked.end(); end != ranked.begin() && hosts.size() < gateway_hosts_max; --end) {
    std::ranges::pop_heap(ranked.begin(), end, {}, by_rank);
    const Agent& agent = *std::prev(end)->second;
    if (is_current(*cloud_, agent)) hosts.push_back(agent.host);
  }
  return hosts;
}

bool GatewayHosts::have(const Gateway& gateway, const std::string& host) {
  const Versioned<Network>* network = cloud_->find(gateway.network);
  const bool offers = network != nullptr && (*network)->type != NetworkType::vxlan &&
                      offered(*cloud_, host).contains((*network)->physical_network);
  const Terms terms(*cloud_, gateway.port);
  if (!offers || !terms.allow(**cloud_->agent_on(host))) return false;
  const GatewayRank own = terms.rank(host);
  std::size_t before = 0;
  for (const Agent* agent : offering(gateway)) {
    if (terms.rank(agent->host) <= own || !terms.allow(*agent) || !is_current(*cloud_, *agent)) continue;
    if (++before == gateway_hosts_max) return false;
  }
  return true;
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

bool leads_in(const Snapshot& cloud, const Gateway& gateway) {
  const Versioned<Port>* port = cloud.find(gateway.port);
  if (port == nullptr) return false;
  const auto is_scoped = [&](const SubnetId& id) {
    return (**cloud.find(id)).cidr.address.is_v4() && address_scope_of(cloud, id);
  };
  return !gateway.enable_snat || std::ranges::any_of(cloud.subnets_of(gateway.network), is_scoped) ||
         std::ranges::any_of((*port)->fixed_ips, [](const FixedIp& fixed) { return !fixed.address.is_v4(); });
}

namespace {

bool leads_into(const Snapshot& cloud, GatewayHosts& all, RouterId router, const std::string& host) {
  const Versioned<Router>* row = cloud.find<Router>(router.uuid);
  return row != nullptr && std::ranges::any_of((*row)->gateways, [&](const Gateway& gateway) {
           return leads_in(cloud, gateway) && all.have(gateway, host);
         });
}

}  // namespace

bool is_led_into(const Snapshot& cloud, RouterId router, const std::string& host) {
  GatewayHosts all(cloud);
  return leads_into(cloud, all, router, host);
}

std::set<RouterId> routers_led_into(const Snapshot& cloud, const std::string& host) {
  std::set<RouterId> routers;
  GatewayHosts all(cloud);
  for (const RouterId& router : routers_out_by(cloud, offered(cloud, host)))
    if (leads_into(cloud, all, router, host)) routers.insert(router);
  return routers;
}

bool is_central(const Snapshot& cloud, RouterId router, NetworkId network, const std::string& host) {
  const Versioned<Router>* of = cloud.find<Router>(router.uuid);
  const Versioned<Network>* outside = cloud.find(network);
  if (of == nullptr || outside == nullptr) return false;
  const Versioned<Agent>* agent = cloud.agent_on(host);
  const bool has_wire = agent != nullptr && (*agent)->bridge_mappings.contains((*outside)->physical_network);
  return !(*of)->distributed || !has_wire;
}

PortBlockId port_block_id(PortId gateway, const std::string& host) {
  const auto part = [&](std::uint64_t half) {
    return ContentHash().add("port_block").add(half).add(gateway.uuid.bytes).add(host).value();
  };
  return {Uuid::random(part(0), part(1))};
}

}  // namespace tarn::model
