#include "model/slice_outside.h"

#include <algorithm>
#include <map>

#include "model/gateways.h"
#include "model/moves.h"
#include "model/slice_items.h"
#include "model/slice_outside_noticed.h"

namespace tarn::model::outside {
namespace {

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
    const bool own = (*row)->host == host_ && (reached_(*origin.router) || keeps(*origin.router));
    if (own || answers_for(origin.gateway)) visit(items::of(*row));
  }

  template <class Visit>
  void each_of(PortId moved, Visit&& visit) const {
    const Versioned<Port>* port = cloud_.find(moved);
    if (port != nullptr && has_or_had(**port, host_)) visit(items::of_moved(cloud_, *port));
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
           (reached_(router) || answers_for(gateway) || keeps(router));
  }
  // Connections of ports that have left the host.
  [[nodiscard]] bool keeps(RouterId router) const { return !moved_ports(cloud_, router, host_).empty(); }

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
  each_named<MovedPort>(slice, "moved/", [&](const MovedPort& row) {
    return visit(row.host) && std::ranges::all_of(row.left_hosts, visit);
  });
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
  void replace(const SliceName& name, Id id, const View& now) {
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
          if constexpr (requires { row.left_hosts; })
            mentioned_.hosts.insert(row.left_hosts.begin(), row.left_hosts.end());
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
  routers.merge(routers_kept(cloud, host));
  for (const RouterId& router : routers) view.each_of(router, put);
  for (const PortId& port : cloud.moved_ports(host)) view.each_of(port, put);
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
  for (const FloatingIpId& id : changed.floating) step.replace(items::name(id), id, is);
  for (const NdpProxyId& id : changed.proxies) step.replace(items::name(id), id, is);
  for (const PortBlockId& id : changed.blocks) step.replace(items::name(id), id, is);
  for (const PortForwardingId& id : changed.forwardings) step.replace(items::name(id), id, is);
  for (const PortId& id : changed.moved) step.replace(items::moved_name(id), id, is);
  return std::move(step).mentioned();
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
