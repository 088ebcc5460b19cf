#include "model/slice_outside.h"

#include <algorithm>
#include <map>

#include "model/candidates.h"
#include "model/gateways.h"
#include "model/slice_items.h"

namespace tarn::model::outside {
namespace {

bool has_router(const FloatingIp& floating) {
  return floating.port && floating.fixed_address && floating.router;
}

const Gateway* gateway_of(const Snapshot& cloud, RouterId router, NetworkId network) {
  const Versioned<Router>* row = cloud.find<Router>(router.uuid);
  if (row == nullptr) return nullptr;
  const auto found = std::ranges::find(row->row->gateways, network, &Gateway::network);
  return found == row->row->gateways.end() ? nullptr : &*found;
}

// The router and its gateway that a block is of; the router is absent while no router names the gateway.
struct Origin {
  std::optional<RouterId> router;
  Gateway gateway;
};
Origin origin_of(const Snapshot& cloud, const PortBlock& block) {
  for (const Uuid& id : cloud.referrers(block.gateway.uuid, Kind::router))
    for (const Gateway& gateway : (**cloud.find<Router>(id)).gateways)
      if (gateway.port == block.gateway) return {RouterId{id}, gateway};
  return {};
}

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

// The gateway by which the router's NDP proxies are seen outside, if it has one.
const Gateway* gateway_of(const Snapshot& cloud, const NdpProxy& proxy) {
  const Versioned<Router>* router = cloud.find<Router>(proxy.router.uuid);
  return router == nullptr || !(*router)->enable_ndp_proxy || (*router)->gateways.empty()
             ? nullptr
             : &(*router)->gateways.front();
}

// Whether a BGP speaker says that the network's floating IPs are behind their routers' gateways.
bool is_announced(const Snapshot& cloud, NetworkId network) {
  return std::ranges::any_of(cloud.referrers(network.uuid, Kind::bgp_speaker),
                             [&](const Uuid& id) { return (**cloud.find<BgpSpeaker>(id)).advertise_floating_ips; });
}

// Whether those who answer for the router's gateway are told of such a floating IP of an instance on the host.
bool lands_at_gateway(const Snapshot& cloud, const FloatingIp& floating, const std::string& host) {
  return is_announced(cloud, floating.network) || is_central(cloud, *floating.router, floating.network, host);
}

// Rows whose being here, or whose content, may have changed.
struct Noticed {
  std::set<RouterId> routers;  // all of their ways out
  std::set<FloatingIpId> floating;
  std::set<NdpProxyId> proxies;
  std::set<PortBlockId> blocks;
  std::set<PortForwardingId> forwardings;

  void port(const Snapshot& cloud, const Port& port) {
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::router)) routers.insert({id});
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::ndp_proxy)) proxies.insert({id});
    each_led_to(cloud, port, [&](const PortId& led_to) {
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::floatingip)) of_floating(cloud, {id});
      for (const Uuid& id : cloud.referrers(led_to.uuid, Kind::port_forwarding)) forwardings.insert({id});
    });
  }
  void of_floating(const Snapshot& cloud, FloatingIpId id) {
    floating.insert(id);
    for (const Uuid& forwarding : cloud.referrers(id.uuid, Kind::port_forwarding)) forwardings.insert({forwarding});
  }
  void outside(const Snapshot& cloud, NetworkId network) {
    for (const RouterId& router : routers_out_by(cloud, network)) routers.insert(router);
  }
  // A host that comes or goes concerns the gateways that it answered for, or does now: all others keep theirs.
  void answered_by(const Snapshot& cloud, const std::set<std::string>& hosts) {
    GatewayHosts all(cloud);
    for (const std::string& host : hosts)
      for (const RouterId& router : routers_out_by(cloud, offered(cloud, host)))
        for (const Gateway& gateway : (**cloud.find<Router>(router.uuid)).gateways)
          if (all.have(gateway, host)) routers.insert(router);
  }
};

Noticed noticed(const Snapshot& before, const Snapshot& after, const Changes& changes) {
  Noticed noticed;
  each_side(changes.routers, before, after,
            [&](const Snapshot&, const Router& router) { noticed.routers.insert(router.id); });
  each_side(changes.ports, before, after, [&](const Snapshot& cloud, const Port& port) { noticed.port(cloud, port); });
  each_side(changes.networks, before, after,
            [&](const Snapshot& cloud, const Network& network) { noticed.outside(cloud, network.id); });
  each_side(changes.subnets, before, after,
            [&](const Snapshot& cloud, const Subnet& subnet) { noticed.outside(cloud, subnet.network); });
  each_side(changes.pools, before, after, [&](const Snapshot& cloud, const SubnetPool& pool) {
    for (const Uuid& subnet : cloud.referrers(pool.id.uuid, Kind::subnet))
      noticed.outside(cloud, (**cloud.find<Subnet>(subnet)).network);
  });
  each_side(changes.floating_ips, before, after,
            [&](const Snapshot& cloud, const FloatingIp& floating) { noticed.of_floating(cloud, floating.id); });
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
  for (const Snapshot* cloud : {&before, &after}) noticed.answered_by(*cloud, differing);
  return noticed;
}

// What one host is told of the outside, in one snapshot.
class View {
 public:
  View(const Snapshot& cloud, const std::string& host, std::function<bool(RouterId)> reached)
      : cloud_(cloud), host_(host), reached_(std::move(reached)), answering_(cloud) {}

  // Every item of the router's ways out: visit(Named).
  template <class Visit>
  void each_of(RouterId id, Visit&& visit) const {
    const Versioned<Router>* router = cloud_.find<Router>(id.uuid);
    if (router == nullptr) return;
    for (const Gateway& gateway : (*router)->gateways) each_of(*router, gateway, visit);
    for (const Uuid& floating : cloud_.referrers(id.uuid, Kind::floatingip)) {
      each_of(FloatingIpId{floating}, visit);
      for (const Uuid& forwarding : cloud_.referrers(floating, Kind::port_forwarding))
        each_of(PortForwardingId{forwarding}, visit);
    }
    for (const Uuid& proxy : cloud_.referrers(id.uuid, Kind::ndp_proxy)) each_of(NdpProxyId{proxy}, visit);
  }

  template <class Visit>
  void each_of(NdpProxyId id, Visit&& visit) const {
    const Versioned<NdpProxy>* row = cloud_.find<NdpProxy>(id.uuid);
    const Gateway* gateway = row == nullptr ? nullptr : gateway_of(cloud_, **row);
    const Versioned<Port>* port = row == nullptr ? nullptr : cloud_.find((*row)->port);
    const bool is_whole = gateway != nullptr && port != nullptr && cloud_.find(gateway->network) != nullptr &&
                          cloud_.find(gateway->port) != nullptr;
    if (!is_whole) return;
    const bool is_here = bound_host(**port) == host_ && reached_((*row)->router);
    if (is_here || answers_for(*gateway)) visit(items::of_proxied(cloud_, *row, *gateway));
  }

  template <class Visit>
  void each_of(NetworkId network, Visit&& visit) const {
    visit(items::of_outside(*cloud_.find(network)));
    for (const SubnetId& subnet : cloud_.subnets_of(network)) visit(items::of_outside(cloud_, *cloud_.find(subnet)));
  }

  template <class Visit>
  void each_of(PortForwardingId id, Visit&& visit) const {
    const Versioned<PortForwarding>* row = cloud_.find<PortForwarding>(id.uuid);
    const auto* floating = row == nullptr ? nullptr : cloud_.find<FloatingIp>((*row)->floatingip.uuid);
    if (floating == nullptr || !(*floating)->router || cloud_.find((*floating)->own_port) == nullptr) return;
    const Versioned<Port>* port = cloud_.find((*row)->internal_port);
    const Gateway* gateway = gateway_of(cloud_, *(*floating)->router, (*floating)->network);
    if (port == nullptr || gateway == nullptr) return;
    const std::set<std::string> hosts = hosts_for(cloud_, **port, (*row)->internal_address);
    const bool is_here = hosts.contains(host_) && reached_(*(*floating)->router);
    if (hosts.empty() || (!is_here && !answers_for(*gateway))) return;
    visit(items::of_forwarding(cloud_, *row, gateway->port));
    each_candidate(**port, id.uuid, hosts, visit);
  }

  template <class Visit>
  void each_of(FloatingIpId id, Visit&& visit) const {
    const Versioned<FloatingIp>* row = cloud_.find<FloatingIp>(id.uuid);
    if (row == nullptr || !has_router(**row)) return;
    const RouterId router = *(*row)->router;
    const Versioned<Port>* port = cloud_.find(*(*row)->port);
    const Gateway* gateway = gateway_of(cloud_, router, (*row)->network);
    const bool is_whole = port != nullptr && gateway != nullptr && cloud_.find((*row)->own_port) != nullptr &&
                          cloud_.find((*row)->network) != nullptr;
    if (!is_whole) return;
    const std::set<std::string> hosts = hosts_for(cloud_, **port, *(*row)->fixed_address);
    const bool is_here = hosts.contains(host_) && reached_(router);
    const bool may_land = lands_at_gateway(cloud_, **row, bound_host(**port)) && answers_for(*gateway);
    if (hosts.empty() || (!is_here && !may_land)) return;
    visit(items::of_floating(cloud_, *row, gateway->port));
    each_candidate(**port, id.uuid, hosts, visit);
  }

  template <class Visit>
  void each_of(PortBlockId id, Visit&& visit) const {
    const Versioned<PortBlock>* row = cloud_.find<PortBlock>(id.uuid);
    if (row == nullptr) return;
    const Origin origin = origin_of(cloud_, **row);
    if (!origin.router || !is_told(*origin.router, origin.gateway)) return;
    const bool own = (*row)->host == host_ && reached_(*origin.router);
    if (own || answers_for(origin.gateway)) visit(items::of(*row));
  }

 private:
  // Of a bound port the row itself says where it is.
  template <class Visit>
  static void each_candidate(const Port& port, const Uuid& of, const std::set<std::string>& hosts, Visit&& visit) {
    if (!bound_host(port).empty()) return;
    for (const std::string& host : hosts) visit(items::of_candidate(of, host));
  }

  [[nodiscard]] bool answers_for(const Gateway& gateway) const { return answering_.have(gateway, host_); }
  [[nodiscard]] bool is_told(RouterId router, const Gateway& gateway) const {
    return cloud_.find(gateway.port) != nullptr && cloud_.find(gateway.network) != nullptr &&
           (reached_(router) || answers_for(gateway));
  }

  template <class Visit>
  void each_of(const Versioned<Router>& router, const Gateway& gateway, Visit&& visit) const {
    if (!is_told(router->id, gateway)) return;
    visit(items::of_gateway(cloud_, router, gateway));
    for (const std::string& host : answering_.of(gateway)) visit(items::of_gateway_host(gateway.port, host));
    each_of(gateway.network, visit);
    for (const Uuid& block : cloud_.referrers(gateway.port.uuid, Kind::port_block)) each_of(PortBlockId{block}, visit);
  }

  const Snapshot& cloud_;
  const std::string& host_;
  std::function<bool(RouterId)> reached_;
  mutable GatewayHosts answering_;
};

// Rows of a kind whose names begin alike: visit(row), until it says false.
template <class R, class Visit>
void each_named(const Slice& slice, const std::string& prefix, Visit&& visit) {
  for (auto it = slice.lower_bound(prefix); it != slice.end() && (*it).first.starts_with(prefix); ++it)
    if (!visit(std::get<R>(*(*it).second.row))) return;
}

// Rows of ports that are bound nowhere name none themselves.
template <class Visit>
void each_host(const Slice& slice, Visit&& visit) {
  each_named<PortBlock>(slice, "block/", [&](const PortBlock& block) { return visit(block.host); });
  each_named<ForwardedPorts>(slice, "forwarding/",
                             [&](const ForwardedPorts& row) { return row.host.empty() || visit(row.host); });
  each_named<FloatingAddress>(slice, "floating/",
                              [&](const FloatingAddress& row) { return row.host.empty() || visit(row.host); });
  each_named<Candidate>(slice, "candidate/", [&](const Candidate& row) { return visit(row.host); });
  each_named<GatewayHost>(slice, "gateway_host/", [&](const GatewayHost& row) { return visit(row.host); });
}

// One step of this part of one slice.
class Step {
 public:
  explicit Step(Slice& slice) : slice_(slice) {}

  void drop(const items::Named& item) {
    note(item);
    slice_ = slice_.without(item.first);
  }
  void put(items::Named item) {
    if (const SliceItem* held = slice_.find(item.first)) note({item.first, *held});
    note(item);
    slice_ = slice_.with(std::move(item.first), std::move(item.second));
  }
  template <class Id>
  void replace(Id id, const View& now) {
    const SliceName name = items::name(id);
    if (const SliceItem* held = slice_.find(name)) drop({name, *held});
    const Slice before = slice_;
    const SliceName prefix = items::candidates_prefix(id.uuid);
    for (auto it = before.lower_bound(prefix); it != before.end() && (*it).first.starts_with(prefix); ++it)
      drop({(*it).first, (*it).second});
    now.each_of(id, [this](items::Named item) { put(std::move(item)); });
  }

  // Networks are several gateways': what went with one of them may be another's still.
  void restore_networks(const View& now) {
    std::set<NetworkId> left;
    each_named<RouterGateway>(slice_, "gateway/", [&](const RouterGateway& gateway) {
      if (dropped_.contains(gateway.network)) left.insert(gateway.network);
      return true;
    });
    for (const NetworkId& network : left) now.each_of(network, [this](items::Named item) { put(std::move(item)); });
  }

  bool dropped_any() const { return !dropped_.empty(); }
  Mentioned mentioned() && { return std::move(mentioned_); }
  void note_dropped(const items::Named& item) {
    if (const auto* network = std::get_if<OutsideNetwork>(item.second.row.get())) dropped_.insert(network->id);
  }

 private:
  void note(const items::Named& item) {
    std::visit(
        [this](const auto& row) {
          if constexpr (requires { row.host; })
            if (!row.host.empty()) mentioned_.hosts.insert(row.host);
          if constexpr (requires { row.qos_policy; })
            if (row.qos_policy) mentioned_.policies.insert(*row.qos_policy);
        },
        *item.second.row);
  }

  Slice& slice_;
  std::set<NetworkId> dropped_;
  Mentioned mentioned_;
};

}  // namespace

void add(Slice& slice, const Snapshot& cloud, const std::string& host, const Reach& reach) {
  const View view(cloud, host, [&reach](RouterId router) { return reach.routers.contains(router); });
  const auto put = [&slice](items::Named item) { slice = slice.with(std::move(item.first), std::move(item.second)); };
  std::set<RouterId> routers = reach.routers;
  routers.merge(routers_out_by(cloud, offered(cloud, host)));
  for (const RouterId& router : routers) view.each_of(router, put);
}

Mentioned advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
                  const std::string& host, const Reached& reached) {
  Noticed changed = noticed(before, after, changes);
  changed.routers.insert(reached.moved.begin(), reached.moved.end());
  const View was(before, host, reached.before);
  const View is(after, host, reached.after);
  Step step(slice);
  for (const RouterId& router : changed.routers)
    was.each_of(router, [&](const items::Named& item) {
      step.note_dropped(item);
      step.drop(item);
    });
  for (const RouterId& router : changed.routers)
    is.each_of(router, [&](items::Named item) { step.put(std::move(item)); });
  if (step.dropped_any()) step.restore_networks(is);
  for (const FloatingIpId& id : changed.floating) step.replace(id, is);
  for (const NdpProxyId& id : changed.proxies) step.replace(id, is);
  for (const PortBlockId& id : changed.blocks) step.replace(id, is);
  for (const PortForwardingId& id : changed.forwardings) step.replace(id, is);
  return std::move(step).mentioned();
}

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

std::set<std::string> hosts(const Slice& slice) {
  std::set<std::string> found;
  each_host(slice, [&](const std::string& host) {
    found.insert(host);
    return true;
  });
  return found;
}

bool names(const Slice& slice, const std::string& host) {
  bool found = false;
  each_host(slice, [&](const std::string& each) {
    found = found || each == host;
    return !found;
  });
  return found;
}

std::set<QosPolicyId> policies(const Slice& slice) {
  std::set<QosPolicyId> found;
  const auto add = [&found](const auto& row) {
    if (row.qos_policy) found.insert(*row.qos_policy);
    return true;
  };
  each_named<RouterGateway>(slice, "gateway/", add);
  each_named<FloatingAddress>(slice, "floating/", add);
  each_named<ForwardedPorts>(slice, "forwarding/", add);
  return found;
}

}  // namespace tarn::model::outside
