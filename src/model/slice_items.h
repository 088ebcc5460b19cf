// The items that rows of the cloud become in one node's slice. Shared by the slice from scratch and its advance, so
// that both make the same items; for slice*.cc only.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "model/bgp_routes.h"
#include "model/reach.h"
#include "model/slice.h"

namespace tarn::model::items {

using Named = std::pair<SliceName, SliceItem>;

Named of(const Versioned<Network>& network);
Named of(const Versioned<Subnet>& subnet);
// Whether a node that has the port's network is told of the port for the network's sake: it is bound, or it has a name.
bool in_slices(const Port& port);
// For `host`: a port of its own, a peer, or one that has a name. CHECKs that it is in slices.
Named of(const Versioned<Port>& port, const std::string& host);
Named of(const Versioned<SecurityGroup>& group);
Named of(const Versioned<SecurityGroupRule>& rule);
Named of(const Versioned<AddressGroup>& group);
Named of(const Versioned<QosRule>& rule);
Named of(const Versioned<Log>& log);
Named of(const Versioned<TapFlow>& flow);
Named of(const Versioned<TapMirror>& mirror);
Named of_tap(const Snapshot& snapshot, const Versioned<TapService>& service);
Named of_member(const Versioned<Port>& port);
Named of(const Versioned<Router>& router);
Named of(const Versioned<SubnetPool>& pool);
Named of_interface(const Versioned<Port>& port);  // CHECKs that the port is a router's
// CHECKs that the gateway's port is there.
Named of_gateway(const Snapshot& snapshot, const Versioned<Router>& router, const Gateway& gateway);
Named of_gateway_host(PortId gateway, const std::string& host);
Named of_outside(const Versioned<Network>& network);
Named of_outside(const Snapshot& snapshot, const Versioned<Subnet>& subnet);
// CHECKs that what the floating IP stands on is there.
Named of_floating(const Snapshot& snapshot, const Versioned<FloatingIp>& floating, PortId gateway);
Named of(const Versioned<PortBlock>& block);
// CHECKs that what the proxy stands on is there.
Named of_proxied(const Snapshot& snapshot, const Versioned<NdpProxy>& proxy, const Gateway& gateway);
// CHECKs that what the forwarding stands on is there, and that its floating IP has a router, whose gateway is given.
Named of_forwarding(const Snapshot& snapshot, const Versioned<PortForwarding>& forwarding, PortId gateway);
Named of_candidate(const Uuid& of, const std::string& host);
// Of a port that came to its host from others.
Named of_moved(const Snapshot& snapshot, const Versioned<Port>& port);
Named of_speaker(const Versioned<BgpSpeaker>& speaker);
Named of_peer(const Versioned<BgpSpeaker>& speaker, const Versioned<BgpPeer>& peer);
Named of_route(BgpSpeakerId speaker, RouterId router, const BgpRoute& route);
Named of_node(const Snapshot& snapshot, const std::string& host);

SliceName name(NetworkId id);
SliceName name(SubnetId id);
SliceName name(const Port& port, const std::string& host);  // as the item above
SliceName name(SecurityGroupId id);
SliceName name(SecurityGroupRuleId id);
SliceName name(AddressGroupId id);
SliceName name(QosRuleId id);
SliceName name(LogId id);
SliceName name(TapServiceId id);
SliceName name(TapFlowId id);
SliceName name(TapMirrorId id);
SliceName name(RouterId id);
SliceName name(SubnetPoolId id);
SliceName interface_name(PortId id);
SliceName gateway_name(PortId id);
SliceName gateway_host_name(PortId gateway, const std::string& host);
SliceName outside_name(NetworkId id);
SliceName outside_name(SubnetId id);
SliceName name(NdpProxyId id);
SliceName name(FloatingIpId id);
SliceName name(PortBlockId id);
SliceName name(PortForwardingId id);
// What the names of the candidates for a floating IP, or for forwarded ports, begin with.
SliceName candidates_prefix(const Uuid& of);
SliceName moved_name(PortId port);
SliceName name(BgpSpeakerId id);
// What the names of a speaker's peers begin with, of its routes, and of those of them that lead to one router.
SliceName peers_prefix(BgpSpeakerId speaker);
SliceName routes_prefix(BgpSpeakerId speaker);
SliceName routes_prefix(BgpSpeakerId speaker, RouterId router);
SliceName member_name(PortId id);
SliceName node_name(const std::string& host);

// Every item of one network but the nodes: visit(Named).
template <class Visit>
void each_of_network(const Snapshot& snapshot, NetworkId id, const std::string& host, Visit&& visit) {
  if (const auto* network = snapshot.find(id)) visit(of(*network));
  for (const SubnetId& subnet : snapshot.subnets_of(id)) visit(of(*snapshot.find(subnet)));
  for (const PortId& port : snapshot.ports_of(id)) {
    const auto* row = snapshot.find(port);
    if (in_slices(**row)) visit(of(*row, host));
  }
}

// The router and its interfaces: visit(Named).
template <class Visit>
void each_of_router(const Snapshot& snapshot, RouterId id, Visit&& visit) {
  if (const auto* router = snapshot.find<Router>(id.uuid)) visit(of(*router));
  for (const PortId& port : snapshot.interfaces_of(id)) visit(of_interface(*snapshot.find(port)));
}

}  // namespace tarn::model::items
