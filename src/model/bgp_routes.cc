#include "model/bgp_routes.h"

#include <algorithm>
#include <optional>

#include "model/address_scopes.h"
#include "model/gateways.h"

namespace tarn::model {
namespace {

constexpr std::size_t password_octets_max = 80;

bool is_of(int ip_version, const Ip& address) {
  return address.is_v4() == (ip_version == 4);
}

std::set<AddressScopeId> scopes_of(const Snapshot& cloud, NetworkId network, int ip_version) {
  std::set<AddressScopeId> scopes;
  for (const SubnetId& id : cloud.subnets_of(network)) {
    if (!is_of(ip_version, (**cloud.find(id)).cidr.address)) continue;
    if (const auto scope = address_scope_of(cloud, id)) scopes.insert(*scope);
  }
  return scopes;
}

std::optional<Ip> next_hop_by(const Snapshot& cloud, const Gateway& gateway, int ip_version) {
  const Versioned<Port>* port = cloud.find(gateway.port);
  if (port == nullptr) return std::nullopt;
  for (const FixedIp& fixed : (*port)->fixed_ips)
    if (is_of(ip_version, fixed.address)) return fixed.address;
  return std::nullopt;
}

void add_floating_ips(const Snapshot& cloud, RouterId router, NetworkId network, const Ip& next_hop,
                      std::set<BgpRoute>& routes) {
  for (const Uuid& id : cloud.referrers(router.uuid, Kind::floatingip)) {
    const FloatingIp& floating = **cloud.find<FloatingIp>(id);
    if (floating.network == network && floating.address.is_v4() == next_hop.is_v4())
      routes.insert({Prefix::of(floating.address, floating.address.bits()), next_hop});
  }
}

void add_tenant_networks(const Snapshot& cloud, RouterId router, NetworkId network, const Ip& next_hop,
                         std::set<BgpRoute>& routes) {
  const std::set<AddressScopeId> scopes = scopes_of(cloud, network, next_hop.is_v4() ? 4 : 6);
  if (scopes.empty()) return;
  for (const PortId& id : cloud.interfaces_of(router)) {
    const Port& port = **cloud.find(id);
    if (port.network == network) continue;
    for (const FixedIp& fixed : port.fixed_ips) {
      const auto scope = address_scope_of(cloud, fixed.subnet);
      if (fixed.address.is_v4() == next_hop.is_v4() && scope && scopes.contains(*scope))
        routes.insert({(**cloud.find(fixed.subnet)).cidr, next_hop});
    }
  }
}

}  // namespace

std::set<BgpRoute> routes_by(const Snapshot& cloud, const BgpSpeaker& speaker, RouterId router) {
  std::set<BgpRoute> routes;
  const Versioned<Router>* row = cloud.find<Router>(router.uuid);
  if (row == nullptr) return routes;
  for (const Gateway& gateway : (*row)->gateways) {
    if (std::ranges::find(speaker.networks, gateway.network) == speaker.networks.end()) continue;
    const auto next_hop = next_hop_by(cloud, gateway, speaker.ip_version);
    if (!next_hop) continue;
    if (speaker.advertise_floating_ips) add_floating_ips(cloud, router, gateway.network, *next_hop, routes);
    if (speaker.advertise_tenant_networks) add_tenant_networks(cloud, router, gateway.network, *next_hop, routes);
  }
  return routes;
}

std::set<RouterId> routers_of(const Snapshot& cloud, const BgpSpeaker& speaker) {
  std::set<RouterId> routers;
  for (const NetworkId& network : speaker.networks)
    for (const RouterId& router : routers_out_by(cloud, network)) routers.insert(router);
  return routers;
}

void add_route(BgpTable& table, const BgpRoute& route) {
  const auto [held, is_new] = table.emplace(route.destination, route.next_hop);
  if (!is_new) held->second = std::min(held->second, route.next_hop);
}

BgpTable advertised_routes(const Snapshot& cloud, const BgpSpeaker& speaker) {
  BgpTable table;
  for (const RouterId& router : routers_of(cloud, speaker))
    for (const BgpRoute& route : routes_by(cloud, speaker, router)) add_route(table, route);
  return table;
}

bool speaks_on(const Snapshot& cloud, const BgpSpeaker& speaker, const std::string& host) {
  const Versioned<Agent>* agent = cloud.agent_on(host);
  if (agent == nullptr || !(*agent)->speaks_bgp || std::ranges::binary_search(speaker.barred_hosts, host)) return false;
  const std::set<std::string> physical = offered(cloud, host);
  return std::ranges::any_of(speaker.networks, [&](const NetworkId& id) {
    const Versioned<Network>* network = cloud.find(id);
    return network != nullptr && (*network)->type != NetworkType::vxlan &&
           physical.contains((*network)->physical_network);
  });
}

std::set<std::string> hosts_of(const Snapshot& cloud, const BgpSpeaker& speaker) {
  std::set<std::string> hosts;
  for (const auto& [id, agent] : cloud.agents())
    if (speaks_on(cloud, speaker, agent->host)) hosts.insert(agent->host);
  return hosts;
}

bool is_bgp_password(std::string_view password) {
  const auto is_printable = [](char octet) { return octet > 0x20 && octet < 0x7f; };
  return !password.empty() && password.size() <= password_octets_max && std::ranges::all_of(password, is_printable);
}

}  // namespace tarn::model
