#include "model/reach.h"

#include <algorithm>

#include "model/gateways.h"

namespace tarn::model {
namespace {

// The router that has the address on a subnet of `router`, so that a route by it leads there.
std::optional<RouterId> next_router(const Snapshot& cloud, RouterId router, const Ip& nexthop) {
  for (const PortId& own : cloud.interfaces_of(router)) {
    const Port& port = **cloud.find(own);
    if (cloud.find(port.network) == nullptr) continue;
    for (const FixedIp& fixed : port.fixed_ips) {
      const std::optional<PortId> owner = cloud.owner_of(fixed.subnet, nexthop);
      if (const auto next = owner ? router_of(**cloud.find(*owner)) : std::nullopt) return next;
    }
  }
  return std::nullopt;
}

std::set<RouterId> routers_on(const Snapshot& cloud, NetworkId network) {
  std::set<RouterId> routers;
  for (const PortId& id : cloud.interfaces_on(network)) routers.insert(*router_of(**cloud.find(id)));
  return routers;
}

// Those that a route of the router leads to.
std::set<RouterId> after(const Snapshot& cloud, RouterId router) {
  std::set<RouterId> routers;
  const Versioned<Router>* row = cloud.find<Router>(router.uuid);
  if (row == nullptr) return routers;
  for (const HostRoute& route : (*row)->routes)
    if (const auto next = next_router(cloud, router, route.nexthop)) routers.insert(*next);
  return routers;
}

// Those a route of which leads to the router. They have a network in common with it.
std::set<RouterId> before(const Snapshot& cloud, RouterId router) {
  std::set<RouterId> routers;
  for (const PortId& id : cloud.interfaces_of(router)) {
    for (const RouterId& other : routers_on(cloud, (**cloud.find(id)).network))
      if (after(cloud, other).contains(router)) routers.insert(other);
  }
  return routers;
}

// Visits everything that can be come to from `begin` by `next`, `begin` too, until a visit says true: whether one did.
template <class Next, class Visit>
bool walk(std::set<RouterId> due, Next&& next, Visit&& visit) {
  std::set<RouterId> found;
  while (!due.empty()) {
    const RouterId router = due.extract(due.begin()).value();
    if (!found.insert(router).second) continue;
    if (visit(router)) return true;
    for (const RouterId& each : next(router))
      if (!found.contains(each)) due.insert(each);
  }
  return false;
}

template <class Next>
std::set<RouterId> closure(const std::set<RouterId>& begin, Next&& next) {
  std::set<RouterId> found;
  walk(begin, next, [&](RouterId each) {
    found.insert(each);
    return false;
  });
  return found;
}

void add_hosts_of(const Snapshot& cloud, NetworkId network, std::set<std::string>& hosts) {
  for (std::string& host : cloud.hosts_of(network)) hosts.insert(std::move(host));
}

void add_hosts_reaching(const Snapshot& cloud, const std::set<RouterId>& routers, std::set<std::string>& hosts) {
  for (const RouterId& router : closure(routers, [&](RouterId each) { return before(cloud, each); })) {
    for (const PortId& id : cloud.interfaces_of(router)) {
      const NetworkId network = (**cloud.find(id)).network;
      add_hosts_of(cloud, network, hosts);
      for (std::string& host : cloud.hosts_of_moved(network)) hosts.insert(std::move(host));
    }
    const Versioned<Router>* row = cloud.find<Router>(router.uuid);
    if (row == nullptr) continue;
    for (const Gateway& gateway : (*row)->gateways) {
      if (!leads_in(cloud, gateway)) continue;
      for (std::string& host : gateway_hosts(cloud, gateway)) hosts.insert(std::move(host));
    }
  }
}

}  // namespace

std::set<NetworkId> networks_on(const Snapshot& cloud, const std::string& host) {
  std::set<NetworkId> networks;
  for (const PortId& id : cloud.ports_on(host)) {
    const Port& port = **cloud.find(id);
    if (!bound_host(port).empty()) networks.insert(port.network);
  }
  return networks;
}

Reach reach_of(const Snapshot& cloud, const std::string& host) {
  Reach reach{networks_on(cloud, host), {}};
  std::set<RouterId> adjacent;
  for (const NetworkId& network : reach.networks) adjacent.merge(routers_on(cloud, network));
  adjacent.merge(routers_led_into(cloud, host));
  for (const RouterId& router : closure(adjacent, [&](RouterId each) { return after(cloud, each); })) {
    if (cloud.find<Router>(router.uuid) == nullptr) continue;
    reach.routers.insert(router);
    for (const PortId& id : cloud.interfaces_of(router)) {
      const NetworkId network = (**cloud.find(id)).network;
      if (cloud.find(network) != nullptr) reach.networks.insert(network);
    }
  }
  return reach;
}

bool is_within_reach(const Snapshot& cloud, const std::string& host, RouterId router) {
  if (cloud.find<Router>(router.uuid) == nullptr) return false;
  const auto begins_here = [&](RouterId each) {
    const auto is_here = [&](const PortId& id) { return cloud.host_has((**cloud.find(id)).network, host); };
    return std::ranges::any_of(cloud.interfaces_of(each), is_here) || is_led_into(cloud, each, host);
  };
  return walk({router}, [&](RouterId each) { return before(cloud, each); }, begins_here);
}

bool is_within_reach(const Snapshot& cloud, const std::string& host, NetworkId network) {
  if (cloud.host_has(network, host)) return true;
  return cloud.find(network) != nullptr && std::ranges::any_of(routers_on(cloud, network), [&](const RouterId& each) {
           return is_within_reach(cloud, host, each);
         });
}

std::set<NetworkId> networks_before(const Snapshot& cloud, RouterId router) {
  std::set<NetworkId> networks;
  for (const RouterId& each : closure(std::set<RouterId>{router}, [&](RouterId next) { return before(cloud, next); }))
    for (const PortId& id : cloud.interfaces_of(each)) networks.insert((**cloud.find(id)).network);
  return networks;
}

std::set<RouterId> routers_from(const Snapshot& cloud, NetworkId network) {
  return closure(routers_on(cloud, network), [&](RouterId each) { return after(cloud, each); });
}

std::set<RouterId> routers_from(const Snapshot& cloud, RouterId router) {
  return closure(std::set<RouterId>{router}, [&](RouterId each) { return after(cloud, each); });
}

void add_hosts_reaching(const Snapshot& cloud, NetworkId network, std::set<std::string>& hosts) {
  add_hosts_of(cloud, network, hosts);
  add_hosts_reaching(cloud, routers_on(cloud, network), hosts);
}

void add_hosts_reaching(const Snapshot& cloud, RouterId router, std::set<std::string>& hosts) {
  add_hosts_reaching(cloud, std::set<RouterId>{router}, hosts);
}

}  // namespace tarn::model
