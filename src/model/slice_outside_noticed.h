// Which rows of the outer part of slices (slice_outside.h) a change of the cloud may concern, whosever slice they are
// in, and what these rows stand on. For slice_outside*.cc only.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "model/candidates.h"
#include "model/slice_changes.h"

namespace tarn::model::outside {

inline bool has_router(const FloatingIp& floating) {
  return floating.port && floating.fixed_address && floating.router;
}

// The router's gateway on the network; that by which its NDP proxies are seen outside, if it has one.
const Gateway* gateway_of(const Snapshot& cloud, RouterId router, NetworkId network);
const Gateway* gateway_of(const Snapshot& cloud, const NdpProxy& proxy);

// The router and its gateway that a block is of; the router is absent while no router names the gateway.
struct Origin {
  std::optional<RouterId> router;
  Gateway gateway;
};
Origin origin_of(const Snapshot& cloud, const PortBlock& block);

// The port, and those that hold an address for others that it may take: visit(PortId).
template <class Visit>
void each_led_to(const Snapshot& cloud, const Port& port, Visit&& visit) {
  visit(port.id);
  each_held_for(cloud, port, visit);
}

// The floating IPs that lead to ports on the host: visit(FloatingIpId).
template <class Visit>
void each_floating_on(const Snapshot& cloud, const std::string& host, Visit&& visit) {
  for (const PortId& port : cloud.ports_on(host))
    each_led_to(cloud, **cloud.find(port), [&](const PortId& led_to) {
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::floatingip)) visit(FloatingIpId{id});
    });
}

// The NDP proxies of ports on the host: visit(NdpProxyId).
template <class Visit>
void each_proxy_on(const Snapshot& cloud, const std::string& host, Visit&& visit) {
  for (const PortId& port : cloud.ports_on(host))
    for (const Uuid& id : cloud.referrers(port.uuid, Kind::ndp_proxy)) visit(NdpProxyId{id});
}

// Whether those who answer for the router's gateway are told of such a floating IP of an instance on the host.
bool lands_at_gateway(const Snapshot& cloud, const FloatingIp& floating, const std::string& host);

// Rows whose being here, or whose content, may have changed.
struct Noticed {
  std::set<RouterId> routers;  // all of their ways out
  std::set<FloatingIpId> floating;
  std::set<NdpProxyId> proxies;
  std::set<PortBlockId> blocks;
  std::set<PortForwardingId> forwardings;
  std::set<PortId> moved;  // to their host from others
};
Noticed noticed(const Snapshot& before, const Snapshot& after, const Changes& changes);

}  // namespace tarn::model::outside
