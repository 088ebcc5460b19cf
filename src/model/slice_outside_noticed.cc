#include "model/slice_outside_noticed.h"

#include <algorithm>

#include "model/gateways.h"
#include "model/moves.h"
#include "model/reach.h"

namespace tarn::model::outside {

const Gateway* gateway_of(const Snapshot& cloud, RouterId router, NetworkId network) {
  const Versioned<Router>* row = cloud.find<Router>(router.uuid);
  if (row == nullptr) return nullptr;
  const auto found = std::ranges::find(row->row->gateways, network, &Gateway::network);
  return found == row->row->gateways.end() ? nullptr : &*found;
}

const Gateway* gateway_of(const Snapshot& cloud, const NdpProxy& proxy) {
  const Versioned<Router>* router = cloud.find<Router>(proxy.router.uuid);
  return router == nullptr || !(*router)->enable_ndp_proxy || (*router)->gateways.empty()
             ? nullptr
             : &(*router)->gateways.front();
}

Origin origin_of(const Snapshot& cloud, const PortBlock& block) {
  for (const Uuid& id : cloud.referrers(block.gateway.uuid, Kind::router))
    for (const Gateway& gateway : (**cloud.find<Router>(id)).gateways)
      if (gateway.port == block.gateway) return {RouterId{id}, gateway};
  return {};
}

namespace {

// Whether a BGP speaker says that the network's floating IPs are behind their routers' gateways.
bool is_announced(const Snapshot& cloud, NetworkId network) {
  return std::ranges::any_of(cloud.referrers(network.uuid, Kind::bgp_speaker),
                             [&](const Uuid& id) { return (**cloud.find<BgpSpeaker>(id)).advertise_floating_ips; });
}

struct Finder {
  Noticed found = {};

  void port(const Snapshot& cloud, const Port& port) {
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::router)) found.routers.insert({id});
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::ndp_proxy)) found.proxies.insert({id});
    each_led_to(cloud, port, [&](const PortId& led_to) {
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::floatingip)) of_floating(cloud, {id});
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::port_forwarding)) found.forwardings.insert({id});
    });
  }
  void of_floating(const Snapshot& cloud, FloatingIpId id) {
    found.floating.insert(id);
    for (const Uuid& forwarding : cloud.referrers(id.uuid, Kind::port_forwarding))
      found.forwardings.insert({forwarding});
  }
  void outside(const Snapshot& cloud, NetworkId network) {
    for (const RouterId& router : routers_out_by(cloud, network)) found.routers.insert(router);
  }
  // A host that comes or goes concerns the gateways that it answered for, or does now: all others keep theirs.
  void answered_by(const Snapshot& cloud, const std::set<std::string>& hosts) {
    GatewayHosts all(cloud);
    for (const std::string& host : hosts)
      for (const RouterId& router : routers_out_by(cloud, offered(cloud, host)))
        for (const Gateway& gateway : (**cloud.find<Router>(router.uuid)).gateways)
          if (all.have(gateway, host)) found.routers.insert(router);
  }
  // What ports that moved may come to by the router, and what they are told of it.
  void passed_by(const Snapshot& cloud, RouterId router) {
    for (const RouterId& each : routers_from(cloud, router))
      for (const PortId& port : moved_ports(cloud, each)) {
        found.moved.insert(port);
        found.routers.insert(each);
      }
  }
  void moves(const Snapshot& cloud, const Port& port, bool is_elsewhere) {
    if (port.left_hosts.empty()) return;
    found.moved.insert(port.id);
    if (is_elsewhere) found.routers.merge(routers_from(cloud, port.network));
  }
};

// Whether other hosts than before have or had the port.
bool is_elsewhere(const Pair<Port>& port) {
  const auto places = [](const Port& row) { return std::tuple(row.network, bound_host(row), row.left_hosts); };
  return port.before == nullptr || port.after == nullptr || places(**port.before) != places(**port.after);
}

}  // namespace

bool lands_at_gateway(const Snapshot& cloud, const FloatingIp& floating, const std::string& host) {
  return is_announced(cloud, floating.network) || is_central(cloud, *floating.router, floating.network, host);
}

Noticed noticed(const Snapshot& before, const Snapshot& after, const Changes& changes) {
  Finder finder;
  Noticed& noticed = finder.found;
  each_side(changes.routers, before, after, [&](const Snapshot& cloud, const Router& router) {
    noticed.routers.insert(router.id);
    finder.passed_by(cloud, router.id);
  });
  each_side(changes.ports, before, after, [&](const Snapshot& cloud, const Port& port) {
    finder.port(cloud, port);
    if (const auto router = router_of(port)) finder.passed_by(cloud, *router);
  });
  for (const Pair<Port>& port : changes.ports) {
    if (port.before != nullptr) finder.moves(before, **port.before, is_elsewhere(port));
    if (port.after != nullptr) finder.moves(after, **port.after, is_elsewhere(port));
  }
  each_side(changes.networks, before, after,
            [&](const Snapshot& cloud, const Network& network) { finder.outside(cloud, network.id); });
  each_side(changes.subnets, before, after,
            [&](const Snapshot& cloud, const Subnet& subnet) { finder.outside(cloud, subnet.network); });
  each_side(changes.pools, before, after, [&](const Snapshot& cloud, const SubnetPool& pool) {
    for (const Uuid& subnet : cloud.referrers(pool.id.uuid, Kind::subnet))
      finder.outside(cloud, (**cloud.find<Subnet>(subnet)).network);
  });
  each_side(changes.floating_ips, before, after,
            [&](const Snapshot& cloud, const FloatingIp& floating) { finder.of_floating(cloud, floating.id); });
  each_side(changes.ndp_proxies, before, after,
            [&](const Snapshot&, const NdpProxy& proxy) { noticed.proxies.insert(proxy.id); });
  each_side(changes.port_forwardings, before, after,
            [&](const Snapshot&, const PortForwarding& forwarding) { noticed.forwardings.insert(forwarding.id); });
  each_side(changes.port_blocks, before, after,
            [&](const Snapshot&, const PortBlock& block) { noticed.blocks.insert(block.id); });
  // Whether they are central may be otherwise.
  for (const std::string& host : hosts_of(changes.agents))
    for (const Snapshot* cloud : {&before, &after}) {
      each_floating_on(*cloud, host, [&](FloatingIpId id) { noticed.floating.insert(id); });
      each_proxy_on(*cloud, host, [&](NdpProxyId id) { noticed.proxies.insert(id); });
    }
  each_side(changes.bgp_speakers, before, after, [&](const Snapshot& cloud, const BgpSpeaker& speaker) {
    for (const NetworkId& network : speaker.networks)
      for (const Uuid& id : cloud.referrers(network.uuid, Kind::floatingip)) noticed.floating.insert({id});
  });
  const std::set<std::string> differing = offering_differently(before, after, hosts_of(changes.agents));
  for (const Snapshot* cloud : {&before, &after}) finder.answered_by(*cloud, differing);
  return finder.found;
}

}  // namespace tarn::model::outside
