#include "model/slice.h"

#include <algorithm>

#include "base/check.h"
#include "model/address_scopes.h"
#include "model/gateways.h"
#include "model/reach.h"
#include "model/slice_items.h"
#include "model/slice_limits.h"
#include "model/slice_outside.h"
#include "model/slice_pools.h"
#include "model/slice_security.h"
#include "model/slice_speakers.h"
#include "model/slice_watch.h"

namespace tarn::model {
namespace items {
namespace {

Named named(Revision version, SliceRow row) {
  SliceName name = name_of(row);
  return {std::move(name), {version, std::make_shared<const SliceRow>(std::move(row))}};
}

std::vector<Ip> addresses_of(const Port& port) {
  std::vector<Ip> addresses;
  for (const FixedIp& ip : port.fixed_ips) addresses.push_back(ip.address);
  return addresses;
}

Peer peer_of(const Port& port) {
  return {port.id, port.network, port.mac, addresses_of(port), port.binding_host, port.dns_name, single_pairs(port)};
}

bool is_named_only(const Port& port) {
  return bound_host(port).empty() && !port.dns_name.empty() && !port.device_owner.starts_with("network:");
}

Member member_of(const Port& port) {
  Member member{port.id, port.security_groups, {}};
  std::vector<Prefix>& addresses = member.addresses;
  for (const FixedIp& ip : port.fixed_ips) addresses.push_back(Prefix::of(ip.address, ip.address.bits()));
  for (const AddressPair& pair : port.allowed_address_pairs) addresses.push_back(pair.address);
  std::ranges::sort(addresses);
  addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
  return member;
}

}  // namespace

Named of(const Versioned<Network>& network) {
  return named(network.modified, *network);
}

Named of(const Versioned<Subnet>& subnet) {
  return named(subnet.modified, *subnet);
}

bool in_slices(const Port& port) {
  return !bound_host(port).empty() || is_named_only(port);
}

Named of(const Versioned<Port>& port, const std::string& host) {
  CHECK(in_slices(*port));
  if (is_named_only(*port))
    return named(port.modified, NamedPort{port->id, port->network, addresses_of(*port), port->dns_name});
  if (bound_host(*port) == host) return named(port.modified, *port);
  return named(port.modified, peer_of(*port));
}

Named of(const Versioned<SecurityGroup>& group) {
  return named(group.modified, *group);
}

Named of(const Versioned<SecurityGroupRule>& rule) {
  return named(rule.modified, *rule);
}

Named of(const Versioned<AddressGroup>& group) {
  return named(group.modified, *group);
}

Named of(const Versioned<QosRule>& rule) {
  return named(rule.modified, *rule);
}

Named of(const Versioned<Log>& log) {
  return named(log.modified, *log);
}

Named of(const Versioned<TapFlow>& flow) {
  return named(flow.modified, *flow);
}

Named of(const Versioned<TapMirror>& mirror) {
  return named(mirror.modified, *mirror);
}

Named of_tap(const Snapshot& snapshot, const Versioned<TapService>& service) {
  const Versioned<Port>& port = *snapshot.find(service->port);
  return named(std::max(service.modified, port.modified),
               Tap{service->id, service->port, service->segmentation_id, bound_host(*port)});
}

Named of(const Versioned<Router>& router) {
  return named(router.modified, *router);
}

Named of(const Versioned<SubnetPool>& pool) {
  return named(pool.modified, *pool);
}

Named of_interface(const Versioned<Port>& port) {
  const std::optional<RouterId> router = router_of(*port);
  CHECK(router.has_value());
  return named(port.modified, RouterInterface{port->id, *router, port->network, port->mac, port->fixed_ips,
                                              port->admin_state_up, port->dns_name});
}

Named of_gateway(const Snapshot& snapshot, const Versioned<Router>& router, const Gateway& gateway) {
  const Versioned<Port>* port = snapshot.find(gateway.port);
  CHECK(port != nullptr);
  return named(
      std::max(router.modified, port->modified),
      RouterGateway{gateway.port, router->id, gateway.network, (*port)->mac, (*port)->fixed_ips, gateway.enable_snat,
                    router->admin_state_up && (*port)->admin_state_up, gateway.qos_policy, router->distributed,
                    router->chosen_hosts, router->enable_ndp_proxy && gateway.port == router->gateways.front().port});
}

Named of_gateway_host(PortId gateway, const std::string& host) {
  return named(0, GatewayHost{gateway, host});
}

Named of_outside(const Versioned<Network>& network) {
  return named(network.modified, OutsideNetwork{network->id, network->admin_state_up, network->mtu, network->type,
                                                network->physical_network, network->segmentation_id});
}

Named of_outside(const Snapshot& snapshot, const Versioned<Subnet>& subnet) {
  const auto* pool = subnet->subnetpool ? snapshot.find<SubnetPool>(subnet->subnetpool->uuid) : nullptr;
  return named(std::max(subnet.modified, pool == nullptr ? 0 : pool->modified),
               OutsideSubnet{subnet->id, subnet->network, subnet->cidr, subnet->gateway,
                             address_scope_of(snapshot, subnet->id)});
}

Named of_floating(const Snapshot& snapshot, const Versioned<FloatingIp>& floating, PortId gateway) {
  CHECK(floating->port && floating->fixed_address && floating->router);
  const Versioned<Port>* own = snapshot.find(floating->own_port);
  const Versioned<Port>* port = snapshot.find(*floating->port);
  const Versioned<Router>* router = snapshot.find<Router>(floating->router->uuid);
  const Versioned<Network>* network = snapshot.find(floating->network);
  CHECK(own != nullptr && port != nullptr && router != nullptr && network != nullptr);
  const std::string& host = bound_host(**port);
  const Versioned<Agent>* agent = snapshot.agent_on(host);
  return named(
      std::max({floating.modified, own->modified, port->modified, router->modified, network->modified,
                agent == nullptr ? Revision{0} : agent->modified}),
      FloatingAddress{floating->id, gateway, (*own)->mac, floating->address, *floating->fixed_address, *floating->port,
                      floating->qos_policy, host, is_central(snapshot, *floating->router, floating->network, host)});
}

Named of_proxied(const Snapshot& snapshot, const Versioned<NdpProxy>& proxy, const Gateway& gateway) {
  const Versioned<Port>* port = snapshot.find(proxy->port);
  const Versioned<Router>* router = snapshot.find<Router>(proxy->router.uuid);
  const Versioned<Network>* network = snapshot.find(gateway.network);
  CHECK(port != nullptr && router != nullptr && network != nullptr);
  const std::string& host = bound_host(**port);
  const Versioned<Agent>* agent = snapshot.agent_on(host);
  return named(std::max({proxy.modified, port->modified, router->modified, network->modified,
                         agent == nullptr ? Revision{0} : agent->modified}),
               ProxiedAddress{proxy->id, gateway.port, proxy->port, proxy->address,
                              is_central(snapshot, proxy->router, gateway.network, host)});
}

Named of_forwarding(const Snapshot& snapshot, const Versioned<PortForwarding>& forwarding, PortId gateway) {
  const Versioned<FloatingIp>* floating = snapshot.find<FloatingIp>(forwarding->floatingip.uuid);
  CHECK(floating != nullptr && (*floating)->router);
  const Versioned<Port>* own = snapshot.find((*floating)->own_port);
  const Versioned<Port>* port = snapshot.find(forwarding->internal_port);
  const Versioned<Router>* router = snapshot.find<Router>((*floating)->router->uuid);
  CHECK(own != nullptr && port != nullptr && router != nullptr);
  return named(std::max({forwarding.modified, floating->modified, own->modified, port->modified, router->modified}),
               ForwardedPorts{forwarding->id, (*floating)->id, gateway, (*own)->mac, (*floating)->address,
                              forwarding->internal_address, forwarding->protocol, forwarding->external_first,
                              forwarding->external_last, forwarding->internal_first, forwarding->internal_last,
                              bound_host(**port), (*floating)->qos_policy});
}

Named of_candidate(const Uuid& of, const std::string& host) {
  return named(0, Candidate{of, host});
}

Named of_moved(const Snapshot& snapshot, const Versioned<Port>& port) {
  MovedPort moved{port->id, port->network, port->mac, {}, bound_host(*port), port->left_hosts, {}};
  for (const FixedIp& fixed : port->fixed_ips)
    if (fixed.address.is_v4()) moved.addresses.push_back(fixed.address);
  Revision version = port.modified;
  for (const RouterId& id : routers_from(snapshot, port->network)) {
    const Versioned<Router>* router = snapshot.find<Router>(id.uuid);
    if (router == nullptr) continue;
    version = std::max(version, router->modified);
    for (const Gateway& gateway : (*router)->gateways)
      if (gateway.enable_snat) moved.gateways.push_back(gateway.port);
  }
  std::ranges::sort(moved.gateways);
  return named(version, std::move(moved));
}

Named of(const Versioned<PortBlock>& block) {
  return named(block.modified, *block);
}

Named of_speaker(const Versioned<BgpSpeaker>& speaker) {
  return named(speaker.modified, Speaker{speaker->id, speaker->ip_version, speaker->local_as});
}

Named of_peer(const Versioned<BgpSpeaker>& speaker, const Versioned<BgpPeer>& peer) {
  const auto password = peer->auth == BgpAuth::md5 ? peer->password : std::nullopt;
  return named(std::max(speaker.modified, peer.modified),
               SpeakerPeer{speaker->id, peer->id, peer->address, peer->remote_as, password});
}

Named of_route(BgpSpeakerId speaker, RouterId router, const BgpRoute& route) {
  return named(0, SpeakerRoute{speaker, router, route.destination, route.next_hop});
}

Named of_member(const Versioned<Port>& port) {
  return named(port.modified, member_of(*port));
}

Named of_node(const Snapshot& snapshot, const std::string& host) {
  const Versioned<Agent>* agent = snapshot.agent_on(host);
  if (agent == nullptr) return named(0, Node{host, {}});
  Node node{host, (*agent)->tunnel_address};
  for (const auto& [physical, bridge] : (*agent)->bridge_mappings) node.physical_networks.push_back(physical);
  return named(agent->modified, std::move(node));
}

SliceName name(NetworkId id) {
  return "network/" + id.text();
}
SliceName name(SubnetId id) {
  return "subnet/" + id.text();
}
SliceName name(const Port& port, const std::string& host) {
  if (is_named_only(port)) return "named/" + port.id.text();
  return (bound_host(port) == host ? "port/" : "peer/") + port.id.text();
}
SliceName name(SecurityGroupId id) {
  return "group/" + id.text();
}
SliceName name(SecurityGroupRuleId id) {
  return "rule/" + id.text();
}
SliceName name(QosRuleId id) {
  return "limit/" + id.text();
}
SliceName name(AddressGroupId id) {
  return "addresses/" + id.text();
}
SliceName name(LogId id) {
  return "log/" + id.text();
}
SliceName name(TapServiceId id) {
  return "tap/" + id.text();
}
SliceName name(TapFlowId id) {
  return "tap_flow/" + id.text();
}
SliceName name(TapMirrorId id) {
  return "tap_mirror/" + id.text();
}
SliceName name(RouterId id) {
  return "router/" + id.text();
}
SliceName name(SubnetPoolId id) {
  return "pool/" + id.text();
}
SliceName interface_name(PortId id) {
  return "interface/" + id.text();
}
SliceName gateway_name(PortId id) {
  return "gateway/" + id.text();
}
SliceName gateway_host_name(PortId gateway, const std::string& host) {
  return "gateway_host/" + gateway.text() + "/" + host;
}
SliceName outside_name(NetworkId id) {
  return "outside/" + id.text();
}
SliceName outside_name(SubnetId id) {
  return "outside_subnet/" + id.text();
}
SliceName name(NdpProxyId id) {
  return "proxied/" + id.text();
}
SliceName name(FloatingIpId id) {
  return "floating/" + id.text();
}
SliceName name(PortForwardingId id) {
  return "forwarding/" + id.text();
}
SliceName name(PortBlockId id) {
  return "block/" + id.text();
}
SliceName candidates_prefix(const Uuid& of) {
  return "candidate/" + of.text() + "/";
}
SliceName moved_name(PortId port) {
  return "moved/" + port.text();
}
SliceName name(BgpSpeakerId id) {
  return "speaker/" + id.text();
}
SliceName peers_prefix(BgpSpeakerId speaker) {
  return "speaker_peer/" + speaker.text() + "/";
}
SliceName routes_prefix(BgpSpeakerId speaker) {
  return "speaker_route/" + speaker.text() + "/";
}
SliceName routes_prefix(BgpSpeakerId speaker, RouterId router) {
  return routes_prefix(speaker) + router.text() + "/";
}
SliceName member_name(PortId id) {
  return "member/" + id.text();
}
SliceName node_name(const std::string& host) {
  return "node/" + host;
}

}  // namespace items

namespace {

struct NameOf {
  SliceName operator()(const Network& network) const { return items::name(network.id); }
  SliceName operator()(const Subnet& subnet) const { return items::name(subnet.id); }
  SliceName operator()(const Port& port) const { return "port/" + port.id.text(); }
  SliceName operator()(const Peer& peer) const { return "peer/" + peer.id.text(); }
  SliceName operator()(const NamedPort& port) const { return "named/" + port.id.text(); }
  SliceName operator()(const Node& node) const { return items::node_name(node.host); }
  SliceName operator()(const SecurityGroup& group) const { return items::name(group.id); }
  SliceName operator()(const SecurityGroupRule& rule) const { return items::name(rule.id); }
  SliceName operator()(const AddressGroup& group) const { return items::name(group.id); }
  SliceName operator()(const QosRule& rule) const { return items::name(rule.id); }
  SliceName operator()(const Log& log) const { return items::name(log.id); }
  SliceName operator()(const Tap& tap) const { return items::name(tap.id); }
  SliceName operator()(const TapFlow& flow) const { return items::name(flow.id); }
  SliceName operator()(const TapMirror& mirror) const { return items::name(mirror.id); }
  SliceName operator()(const Router& router) const { return items::name(router.id); }
  SliceName operator()(const SubnetPool& pool) const { return items::name(pool.id); }
  SliceName operator()(const RouterInterface& interface) const { return items::interface_name(interface.id); }
  SliceName operator()(const RouterGateway& gateway) const { return items::gateway_name(gateway.id); }
  SliceName operator()(const GatewayHost& row) const { return items::gateway_host_name(row.gateway, row.host); }
  SliceName operator()(const OutsideNetwork& network) const { return items::outside_name(network.id); }
  SliceName operator()(const OutsideSubnet& subnet) const { return items::outside_name(subnet.id); }
  SliceName operator()(const ProxiedAddress& proxied) const { return items::name(proxied.id); }
  SliceName operator()(const FloatingAddress& floating) const { return items::name(floating.id); }
  SliceName operator()(const ForwardedPorts& forwarding) const { return items::name(forwarding.id); }
  SliceName operator()(const Candidate& row) const { return items::candidates_prefix(row.of) + row.host; }
  SliceName operator()(const MovedPort& row) const { return items::moved_name(row.id); }
  SliceName operator()(const PortBlock& block) const { return items::name(block.id); }
  SliceName operator()(const Speaker& speaker) const { return items::name(speaker.id); }
  SliceName operator()(const SpeakerPeer& peer) const { return items::peers_prefix(peer.speaker) + peer.id.text(); }
  SliceName operator()(const SpeakerRoute& route) const {
    return items::routes_prefix(route.speaker, route.router) + route.destination.text() + "/" + route.next_hop.text();
  }
  SliceName operator()(const Member& member) const { return items::member_name(member.id); }
};

}  // namespace

SliceName name_of(const SliceRow& row) {
  return std::visit(NameOf{}, row);
}

Slice slice(const Snapshot& snapshot, const std::string& host) {
  Slice whole;
  std::set<std::string> others;
  const auto put = [&whole](items::Named item) { whole = whole.with(std::move(item.first), std::move(item.second)); };
  const Reach reach = reach_of(snapshot, host);
  for (const NetworkId& network : reach.networks) {
    items::each_of_network(snapshot, network, host, put);
    for (std::string& other : snapshot.hosts_of(network)) others.insert(std::move(other));
  }
  for (const RouterId& router : reach.routers) items::each_of_router(snapshot, router, put);
  pools::add(whole, snapshot);
  security::add(whole, snapshot, host);
  watch::add(whole, snapshot, host);
  outside::add(whole, snapshot, host, reach);
  speakers::add(whole, snapshot, host);
  limits::add(whole, snapshot, host);
  others.merge(watch::tap_hosts(whole));
  others.merge(outside::hosts(whole));
  others.erase(host);
  for (const std::string& other : others) put(items::of_node(snapshot, other));
  return whole;
}

SlicePatch difference(const Slice& from, const Slice& to) {
  SlicePatch patch;
  Slice::difference(from, to, [&patch](const SliceName& name, const SliceItem* before, const SliceItem* after) {
    if (after == nullptr) {
      patch.removed.insert(name);
    } else if (before == nullptr || *before != *after) {
      patch.put.emplace(name, *after);
    }
  });
  return patch;
}

Slice apply(const Slice& slice, const SlicePatch& patch) {
  Slice patched = slice;
  for (const SliceName& name : patch.removed) patched = patched.without(name);
  for (const auto& [name, item] : patch.put) patched = patched.with(name, item);
  return patched;
}

}  // namespace tarn::model
