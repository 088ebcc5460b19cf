// Whom a change concerns, as far as it is one of the outer part of slices.
#include "model/gateways.h"
#include "model/reach.h"
#include "model/slice_outside.h"
#include "model/slice_outside_noticed.h"

namespace tarn::model::outside {
namespace {

// The hosts that are told of a forwarding.
void add_hosts_told(const Snapshot& cloud, PortForwardingId id, std::set<std::string>& hosts) {
  const Versioned<PortForwarding>* row = cloud.find<PortForwarding>(id.uuid);
  if (row == nullptr) return;
  const Versioned<Port>* port = cloud.find((*row)->internal_port);
  if (port != nullptr) hosts.merge(hosts_for(cloud, **port, (*row)->internal_address));
  const auto* floating = cloud.find<FloatingIp>((*row)->floatingip.uuid);
  if (floating == nullptr || !(*floating)->router) return;
  if (const Gateway* gateway = gateway_of(cloud, *(*floating)->router, (*floating)->network))
    for (std::string& host : gateway_hosts(cloud, *gateway)) hosts.insert(std::move(host));
}

// The hosts that are told of a floating IP.
void add_hosts_told(const Snapshot& cloud, FloatingIpId id, std::set<std::string>& hosts) {
  const Versioned<FloatingIp>* row = cloud.find<FloatingIp>(id.uuid);
  const Versioned<Port>* port = row == nullptr || !(*row)->port ? nullptr : cloud.find(*(*row)->port);
  if (port == nullptr || !(*row)->fixed_address) return;
  std::set<std::string> own = hosts_for(cloud, **port, *(*row)->fixed_address);
  if (own.empty()) return;
  hosts.merge(own);
  if (!(*row)->router || !lands_at_gateway(cloud, **row, bound_host(**port))) return;
  if (const Gateway* gateway = gateway_of(cloud, *(*row)->router, (*row)->network))
    for (std::string& host : gateway_hosts(cloud, *gateway)) hosts.insert(std::move(host));
}

// The hosts that are told of an NDP proxy.
void add_hosts_told(const Snapshot& cloud, NdpProxyId id, std::set<std::string>& hosts) {
  const Versioned<NdpProxy>* row = cloud.find<NdpProxy>(id.uuid);
  const Gateway* gateway = row == nullptr ? nullptr : gateway_of(cloud, **row);
  const Versioned<Port>* port = row == nullptr ? nullptr : cloud.find((*row)->port);
  if (gateway == nullptr || port == nullptr) return;
  if (!bound_host(**port).empty()) hosts.insert(bound_host(**port));
  for (std::string& host : gateway_hosts(cloud, *gateway)) hosts.insert(std::move(host));
}

// The hosts that the port came from, and its own.
void add_hosts_of_move(const Snapshot& cloud, PortId id, std::set<std::string>& hosts) {
  if (const Versioned<Port>* port = cloud.find(id))
    for (std::string& host : hosts_had(**port)) hosts.insert(std::move(host));
}

// The hosts that are told of a router's ways out.
void add_hosts_told(const Snapshot& cloud, RouterId id, std::set<std::string>& hosts) {
  const Versioned<Router>* row = cloud.find<Router>(id.uuid);
  if (row == nullptr || (*row)->gateways.empty()) return;
  add_hosts_reaching(cloud, id, hosts);
  for (const Gateway& gateway : (*row)->gateways)
    for (std::string& host : gateway_hosts(cloud, gateway)) hosts.insert(std::move(host));
}

// The hosts that this part names `host` to: of its blocks, of the addresses of its instances, and of the gateways that
// it may answer for.
void add_hosts_told_of(const Snapshot& cloud, const std::string& host, std::set<std::string>& hosts) {
  for (const PortId& port : cloud.ports_on(host))
    each_led_to(cloud, **cloud.find(port), [&](const PortId& led_to) {
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::port_forwarding))
        add_hosts_told(cloud, PortForwardingId{id}, hosts);
    });
  each_floating_on(cloud, host, [&](FloatingIpId id) { add_hosts_told(cloud, id, hosts); });
  each_proxy_on(cloud, host, [&](NdpProxyId id) { add_hosts_told(cloud, id, hosts); });
  for (const PortId& id : cloud.moved_ports(host)) add_hosts_of_move(cloud, id, hosts);
  GatewayHosts all(cloud);
  for (const PortBlockId& id : cloud.blocks_of(host))
    for (std::string& each : all.of(origin_of(cloud, **cloud.find<PortBlock>(id.uuid)).gateway))
      hosts.insert(std::move(each));
  for (const RouterId& router : routers_out_by(cloud, offered(cloud, host))) {
    for (const Gateway& gateway : (**cloud.find<Router>(router.uuid)).gateways) {
      if (!all.have(gateway, host)) continue;
      add_hosts_reaching(cloud, router, hosts);
      for (std::string& each : all.of(gateway)) hosts.insert(std::move(each));
    }
  }
}

}  // namespace

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts) {
  const Noticed changed = noticed(before, after, changes);
  for (const Snapshot* cloud : {&before, &after}) {
    for (const std::string& host : hosts_of(changes.agents)) add_hosts_told_of(*cloud, host, hosts);
    for (const RouterId& router : changed.routers) add_hosts_told(*cloud, router, hosts);
    for (const FloatingIpId& id : changed.floating) add_hosts_told(*cloud, id, hosts);
    for (const NdpProxyId& id : changed.proxies) add_hosts_told(*cloud, id, hosts);
    for (const PortForwardingId& id : changed.forwardings) add_hosts_told(*cloud, id, hosts);
    for (const PortId& id : changed.moved) add_hosts_of_move(*cloud, id, hosts);
    for (const PortBlockId& id : changed.blocks) {
      const Versioned<PortBlock>* row = cloud->find<PortBlock>(id.uuid);
      if (row == nullptr) continue;
      hosts.insert((*row)->host);
      for (std::string& host : gateway_hosts(*cloud, origin_of(*cloud, **row).gateway)) hosts.insert(std::move(host));
    }
  }
}

void concern(const Snapshot& cloud, QosPolicyId policy, std::set<std::string>& hosts) {
  for (const Uuid& id : cloud.referrers(policy.uuid, Kind::router)) add_hosts_told(cloud, RouterId{id}, hosts);
  for (const Uuid& id : cloud.referrers(policy.uuid, Kind::floatingip)) {
    add_hosts_told(cloud, FloatingIpId{id}, hosts);
    for (const Uuid& forwarding : cloud.referrers(id, Kind::port_forwarding))
      add_hosts_told(cloud, PortForwardingId{forwarding}, hosts);
  }
}

}  // namespace tarn::model::outside
