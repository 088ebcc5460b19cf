// What one node needs of the cloud: its bound ports, the networks within reach of them (reach.h) with their subnets,
// the routers that make them so, for every other port of those networks where it is, and what their security groups
// say. Pure; the feed carries it, the agent renders it, the journal keeps it.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <set>
#include <string>
#include <variant>

#include "base/persistent_map.h"
#include "model/snapshot.h"

namespace tarn::model {

// A port of a network within reach that is bound to another node (or, unbound, is nowhere: see NamedPort).
struct Peer {
  PortId id;
  NetworkId network;
  Mac mac;
  std::vector<Ip> addresses;
  std::string host;
  std::string dns_name = {};
  std::vector<AddressPair> pairs = {};  // of its allowed address pairs those of one address, which it may take
  bool operator==(const Peer&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Peer*) {
  visit("id", &Peer::id);
  visit("network", &Peer::network);
  visit("mac", &Peer::mac);
  visit("addresses", &Peer::addresses);
  visit("host", &Peer::host);
  visit("dns_name", &Peer::dns_name);
  visit("pairs", &Peer::pairs);
}

// A port of a network within reach that is bound nowhere and has a name that somebody gave it.
struct NamedPort {
  PortId id;
  NetworkId network;
  std::vector<Ip> addresses;
  std::string dns_name;
  bool operator==(const NamedPort&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const NamedPort*) {
  visit("id", &NamedPort::id);
  visit("network", &NamedPort::network);
  visit("addresses", &NamedPort::addresses);
  visit("dns_name", &NamedPort::dns_name);
}

// Another node that has at least one port of a network within reach, the port of a tap service that copies are for, a
// block of ports or the instance of a central floating IP of a gateway that this node may answer for; or one that may
// answer for a gateway of a router within reach.
struct Node {
  std::string host;
  std::string tunnel_address;  // empty: reachable by provider networks only
  // That it has a way to; sorted.
  std::vector<std::string> physical_networks = {};
  bool operator==(const Node&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Node*) {
  visit("host", &Node::host);
  visit("tunnel_address", &Node::tunnel_address);
  visit("physical_networks", &Node::physical_networks);
}

// A router's place on a network: bound nowhere, it is wherever there is traffic for it.
struct RouterInterface {
  PortId id;
  RouterId router;
  NetworkId network;
  Mac mac;
  std::vector<FixedIp> fixed_ips;
  bool admin_state_up = true;
  std::string dns_name = {};
  bool operator==(const RouterInterface&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const RouterInterface*) {
  visit("id", &RouterInterface::id);
  visit("router", &RouterInterface::router);
  visit("network", &RouterInterface::network);
  visit("mac", &RouterInterface::mac);
  visit("fixed_ips", &RouterInterface::fixed_ips);
  visit("admin_state_up", &RouterInterface::admin_state_up);
  visit("dns_name", &RouterInterface::dns_name);
}

// A port, bound anywhere or nowhere, of a group that a rule in force here names as its remote: the node's own ports
// stand here as well. Members have port security; those without are in no group.
struct Member {
  PortId id;
  std::vector<SecurityGroupId> groups;  // all that the port is in, sorted
  std::vector<Prefix> addresses;        // fixed ones, and the allowed pairs'; sorted, each once
  bool operator==(const Member&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Member*) {
  visit("id", &Member::id);
  visit("groups", &Member::groups);
  visit("addresses", &Member::addresses);
}

// Where the copies for a tap service go.
struct Tap {
  TapServiceId id;
  PortId port;
  std::uint32_t segmentation_id = 0;  // the VNI that leads to it
  std::string host;                   // where the port is bound; empty: nowhere
  bool operator==(const Tap&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Tap*) {
  visit("id", &Tap::id);
  visit("port", &Tap::port);
  visit("segmentation_id", &Tap::segmentation_id);
  visit("host", &Tap::host);
}

// A way out of a router that is within reach, or for which this node may answer outside.
struct RouterGateway {
  PortId id;
  RouterId router;
  NetworkId network;
  Mac mac;
  std::vector<FixedIp> fixed_ips;
  bool enable_snat = true;
  bool admin_state_up = true;  // the router's and the port's
  // Of what is sent by the gateway's own addresses and comes to them.
  std::optional<QosPolicyId> qos_policy = std::nullopt;
  bool distributed = true;                     // each node leaves by its own wire, where it has one
  std::vector<std::string> chosen_hosts = {};  // the router's: they rank first (gateways.h)
  bool proxied_only = false;                   // by IPv6 nobody is reached from outside but by a ProxiedAddress
  bool operator==(const RouterGateway&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const RouterGateway*) {
  visit("id", &RouterGateway::id);
  visit("router", &RouterGateway::router);
  visit("network", &RouterGateway::network);
  visit("mac", &RouterGateway::mac);
  visit("fixed_ips", &RouterGateway::fixed_ips);
  visit("enable_snat", &RouterGateway::enable_snat);
  visit("admin_state_up", &RouterGateway::admin_state_up);
  visit("qos_policy", &RouterGateway::qos_policy);
  visit("distributed", &RouterGateway::distributed);
  visit("chosen_hosts", &RouterGateway::chosen_hosts);
  visit("proxied_only", &RouterGateway::proxied_only);
}

// A host that may answer for the addresses of such a gateway (gateways.h).
struct GatewayHost {
  PortId gateway;
  std::string host;
  bool operator==(const GatewayHost&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const GatewayHost*) {
  visit("gateway", &GatewayHost::gateway);
  visit("host", &GatewayHost::host);
}

// The network that such a gateway is on, and what of it must be known to leave by it: not who else is there.
struct OutsideNetwork {
  NetworkId id;
  bool admin_state_up = true;
  std::uint32_t mtu = 0;
  NetworkType type = NetworkType::flat;
  std::string physical_network;
  std::uint32_t segmentation_id = 0;
  bool operator==(const OutsideNetwork&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const OutsideNetwork*) {
  visit("id", &OutsideNetwork::id);
  visit("admin_state_up", &OutsideNetwork::admin_state_up);
  visit("mtu", &OutsideNetwork::mtu);
  visit("type", &OutsideNetwork::type);
  visit("physical_network", &OutsideNetwork::physical_network);
  visit("segmentation_id", &OutsideNetwork::segmentation_id);
}

struct OutsideSubnet {
  SubnetId id;
  NetworkId network;
  Prefix cidr;
  std::optional<Ip> gateway;
  std::optional<AddressScopeId> address_scope = {};  // of its addresses
  bool operator==(const OutsideSubnet&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const OutsideSubnet*) {
  visit("id", &OutsideSubnet::id);
  visit("network", &OutsideSubnet::network);
  visit("cidr", &OutsideSubnet::cidr);
  visit("gateway", &OutsideSubnet::gateway);
  visit("address_scope", &OutsideSubnet::address_scope);
}

// What a floating IP says of an instance that is bound here: outside it is called `address`, and has a MAC of its own.
// Who may answer for the gateway of a central one (gateways.h), or of one that a BGP speaker announces, is told of it.
struct FloatingAddress {
  FloatingIpId id;
  PortId gateway;  // by which the router reaches its network
  Mac mac;
  Ip address;
  Ip fixed_address;
  PortId port;
  std::optional<QosPolicyId> qos_policy = std::nullopt;
  std::string host = {};  // where the instance is; empty: at some Candidate
  bool central = false;
  bool operator==(const FloatingAddress&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const FloatingAddress*) {
  visit("id", &FloatingAddress::id);
  visit("gateway", &FloatingAddress::gateway);
  visit("mac", &FloatingAddress::mac);
  visit("address", &FloatingAddress::address);
  visit("fixed_address", &FloatingAddress::fixed_address);
  visit("port", &FloatingAddress::port);
  visit("qos_policy", &FloatingAddress::qos_policy);
  visit("host", &FloatingAddress::host);
  visit("central", &FloatingAddress::central);
}

// An IPv6 address of an instance that the router answers for outside, as if it were there.
struct ProxiedAddress {
  NdpProxyId id;
  PortId gateway;
  PortId port;
  Ip address;
  bool central = false;  // by who answers for the gateway, not by the instance's host
  bool operator==(const ProxiedAddress&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const ProxiedAddress*) {
  visit("id", &ProxiedAddress::id);
  visit("gateway", &ProxiedAddress::gateway);
  visit("port", &ProxiedAddress::port);
  visit("address", &ProxiedAddress::address);
  visit("central", &ProxiedAddress::central);
}

// Ports of a floating IP that are an instance's: of one that is bound here, or of a gateway's network that this node
// may answer for.
struct ForwardedPorts {
  PortForwardingId id;
  FloatingIpId floating;
  PortId gateway;  // by which the router reaches the floating IP's network
  Mac mac;         // of the floating IP
  Ip address;
  Ip internal_address;
  std::string protocol;
  std::uint32_t external_first = 0;
  std::uint32_t external_last = 0;
  std::uint32_t internal_first = 0;
  std::uint32_t internal_last = 0;  // as many as external ones, or one
  std::string host;                 // where the instance is; empty: at some Candidate
  // Of the floating IP.
  std::optional<QosPolicyId> qos_policy = std::nullopt;
  bool operator==(const ForwardedPorts&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const ForwardedPorts*) {
  visit("id", &ForwardedPorts::id);
  visit("floating", &ForwardedPorts::floating);
  visit("gateway", &ForwardedPorts::gateway);
  visit("mac", &ForwardedPorts::mac);
  visit("address", &ForwardedPorts::address);
  visit("internal_address", &ForwardedPorts::internal_address);
  visit("protocol", &ForwardedPorts::protocol);
  visit("external_first", &ForwardedPorts::external_first);
  visit("external_last", &ForwardedPorts::external_last);
  visit("internal_first", &ForwardedPorts::internal_first);
  visit("internal_last", &ForwardedPorts::internal_last);
  visit("host", &ForwardedPorts::host);
  visit("qos_policy", &ForwardedPorts::qos_policy);
}

// A host where the instance may be that a floating IP, or forwarded ports, lead to, whose port is bound nowhere: one
// with a port that may take the address (candidates.h).
struct Candidate {
  Uuid of;  // the floating IP, or the port forwarding
  std::string host;
  bool operator==(const Candidate&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Candidate*) {
  visit("of", &Candidate::of);
  visit("host", &Candidate::host);
}

// A port that came to its host from others. Told to it and to them: they know its connections (moves.h).
struct MovedPort {
  PortId id;
  NetworkId network;
  Mac mac;
  std::vector<Ip> addresses;            // of IPv4
  std::string host;                     // where it is bound
  std::vector<std::string> left_hosts;  // the last first
  std::vector<PortId> gateways;         // that may translate what it sends; sorted
  bool operator==(const MovedPort&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const MovedPort*) {
  visit("id", &MovedPort::id);
  visit("network", &MovedPort::network);
  visit("mac", &MovedPort::mac);
  visit("addresses", &MovedPort::addresses);
  visit("host", &MovedPort::host);
  visit("left_hosts", &MovedPort::left_hosts);
  visit("gateways", &MovedPort::gateways);
}

// A BGP speaker for which this node announces (bgp_routes.h).
struct Speaker {
  BgpSpeakerId id;
  int ip_version = 4;
  std::uint32_t local_as = 0;
  bool operator==(const Speaker&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const Speaker*) {
  visit("id", &Speaker::id);
  visit("ip_version", &Speaker::ip_version);
  visit("local_as", &Speaker::local_as);
}

// To whom it announces.
struct SpeakerPeer {
  BgpSpeakerId speaker;
  BgpPeerId id;
  Ip address;
  std::uint32_t remote_as = 0;
  std::optional<std::string> password;  // absent: none is asked for
  bool operator==(const SpeakerPeer&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const SpeakerPeer*) {
  visit("speaker", &SpeakerPeer::speaker);
  visit("id", &SpeakerPeer::id);
  visit("address", &SpeakerPeer::address);
  visit("remote_as", &SpeakerPeer::remote_as);
  visit("password", &SpeakerPeer::password);
}

// What it announces: a way by a router.
struct SpeakerRoute {
  BgpSpeakerId speaker;
  RouterId router;
  Prefix destination;
  Ip next_hop;
  bool operator==(const SpeakerRoute&) const = default;
};
template <class Visit>
void describe(Visit&& visit, const SpeakerRoute*) {
  visit("speaker", &SpeakerRoute::speaker);
  visit("router", &SpeakerRoute::router);
  visit("destination", &SpeakerRoute::destination);
  visit("next_hop", &SpeakerRoute::next_hop);
}

using SliceRow = std::variant<Network, Subnet, Port, Peer, Node, SecurityGroup, SecurityGroupRule, AddressGroup, Member,
                              QosRule, Log, Tap, TapFlow, TapMirror, Router, RouterInterface, SubnetPool, RouterGateway,
                              GatewayHost, OutsideNetwork, OutsideSubnet, FloatingAddress, PortBlock, ForwardedPorts,
                              Candidate, ProxiedAddress, MovedPort, Speaker, SpeakerPeer, SpeakerRoute, NamedPort>;

// "network/<uuid>", "subnet/<uuid>", "port/<uuid>" (bound here), "peer/<uuid>", "named/<uuid>", "node/<host>",
// "group/<uuid>" (a security group of a port bound here, or the remote of a rule of one), "rule/<uuid>" (of a group of
// a port bound here), "addresses/<uuid>" (an address group that such a rule names), "member/<uuid>", "limit/<uuid>" (a
// QoS rule of a policy that limits a port bound here, or that a gateway, a floating IP or forwarded ports below have),
// "log/<uuid>" (an enabled one that some port bound here may be a subject of), "tap/<uuid>" (of a tap service whose
// port is bound here, or that copies of a port bound here are for), "tap_flow/<uuid>" and "tap_mirror/<uuid>" (of a
// port bound here), "router/<uuid>" (within reach) and "interface/<uuid>" (by the id of its port, of such a router),
// "pool/<uuid>" (a subnet pool that one of the subnets is of), "gateway/<uuid>" (by the id of its port: of a router
// within reach, one that this node may answer for, and one where it keeps what it translated for a port that left),
// "gateway_host/<uuid>/<host>", "outside/<uuid>" and "outside_subnet/<uuid>" (of such a gateway's network),
// "floating/<uuid>" (of a port bound here, and a central or announced one of a gateway that this node may answer for;
// of a port that is bound nowhere: of one here that may take its address), "proxied/<uuid>" (of a port bound here, and
// of a gateway that this node may answer for), "forwarding/<uuid>" (of either), "candidate/<uuid>/<host>" (of either),
// "moved/<uuid>" (of a port bound here, or that was), "block/<uuid>" (this node's own, and all of a gateway
// that it may answer for), "speaker/<uuid>", "speaker_peer/<speaker>/<peer>" and
// "speaker_route/<speaker>/<router>/<prefix>/<next hop>" (of the BGP speakers that this node announces for).
using SliceName = std::string;
SliceName name_of(const SliceRow& row);

// A row and its version: the revision that last changed what the row is made of. The content of one name and version
// may still differ where something that it was made of is gone, such as the agent of a floating IP's host. Rows of the
// cloud: when the row was written. Peers, named ports, members and interfaces: when their port was. Nodes: when the
// agent of that host was; 0 where the host has no agent, and then no tunnel address either. Moved ports: as peers.
// Taps, gateways, floating and proxied addresses and peers of speakers: when the last of the rows was that they are
// made of. Hosts of gateways, candidates and routes of speakers: always 0, their name says all.
struct SliceItem {
  Revision version = 0;
  std::shared_ptr<const SliceRow> row;
  friend bool operator==(const SliceItem& left, const SliceItem& right) {
    return left.version == right.version && (left.row == right.row || *left.row == *right.row);
  }
};
using Slice = PersistentMap<SliceName, SliceItem>;

// Spelt as codec.h spells rows. Reading: ErrorCode::invalid when the row is wrong or is not what `name` names.
boost::json::object to_json(const SliceRow& row, boost::json::storage_ptr storage = {});
Result<SliceRow> slice_row_from_json(const SliceName& name, const boost::json::object& object);

// All of it, from scratch. A node none of whose ports is bound has an empty slice. Only what a data plane carries
// (bound_host) counts as bound: a port whose binding failed is in nobody's slice.
Slice slice(const Snapshot& snapshot, const std::string& host);

// The difference between two slices, or what a change of the cloud does to one node's slice.
struct SlicePatch {
  std::map<SliceName, SliceItem> put;
  std::set<SliceName> removed;
  [[nodiscard]] bool empty() const { return put.empty() && removed.empty(); }
};
SlicePatch difference(const Slice& from, const Slice& to);  // compares versions, not contents
Slice apply(const Slice& slice, const SlicePatch& patch);

// `slice(after, host)` computed from `slice(before, host)` with work proportional to what changed in networks and
// groups the node has (and to a whole network when it comes within reach or leaves it, to all members of a group when a
// rule here begins or ceases to name it). Law: equals the slice from scratch.
Slice advance(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host);

// The nodes whose slice may differ between the two snapshots; never misses one.
std::set<std::string> concerned(const Snapshot& before, const Snapshot& after);

}  // namespace tarn::model
