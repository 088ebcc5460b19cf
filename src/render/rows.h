// What the renderer may know: the rows of this node's slice and the facts read back from the node, in one keyed table
// with the buckets ("ports of network N") that units walk. Owned by the brain, edited between renderings; every edit
// is remembered until take_touched(). Holds no wish and makes no decision.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "domain/bridge.h"
#include "domain/flow_export.h"
#include "domain/switch_port.h"
#include "model/slice.h"
#include "render/names.h"

namespace tarn::render {

// To whom this node's traffic is told, and how much of it.
struct ExportConfig {
  std::set<std::string> collectors;  // as domain::FlowExport::collector() writes them; none: it is told to nobody
  std::uint32_t sampling = domain::FlowExport::sampling_default;  // one packet of so many
  bool operator==(const ExportConfig&) const = default;
};

// What this agent was told about its node.
struct NodeConfig {
  std::string host;
  std::optional<Ip> tunnel_address;                    // absent: no tunnels here
  std::map<std::string, std::string> bridge_mappings;  // physical network → the operator's bridge
  std::string integration_bridge = "br-int";
  std::string datapath_type = "system";  // of the integration bridge: "system" or "netdev"
  ExportConfig ipfix;
  ExportConfig sflow;
  // Of what security groups let through and what not: at most so many packets in a second are recorded, so many at
  // once.
  std::uint32_t records_rate = 100;
  std::uint32_t records_burst = 25;
  std::string service_interface = {};  // where the services of this node are (metadata, names); empty: there are none
  bool names = false;                  // one of them answers for names: instances are told so
  std::optional<Ip> bgp_router_id = std::nullopt;  // of IPv4; absent: no BGP daemon is told anything

  [[nodiscard]] bool has_userspace_datapath() const { return datapath_type == domain::Bridge::userspace; }
  bool operator==(const NodeConfig&) const = default;
};

// The interface plugged for a port: the one on the integration bridge whose iface-id is the port's id.
struct Plugged {
  std::string interface;
  std::uint32_t ofport = 0;         // > 0
  std::vector<std::string> rivals;  // other interfaces that claim the same port, passed over and reported
  bool operator==(const Plugged&) const = default;
};

// How copies leave for an address outside: each way has a port of its own.
struct MirrorWay {
  model::MirrorType type = model::MirrorType::gre;
  Family family = Family::v4;
  [[nodiscard]] std::uint32_t part() const {
    return static_cast<std::uint32_t>(type) * 2 + static_cast<std::uint32_t>(family);
  }
  auto operator<=>(const MirrorWay&) const = default;
};
struct MirrorPort {
  MirrorWay way;
  const char* name = nullptr;
  domain::SwitchPort::Type type = domain::SwitchPort::Type::gre;
};
inline constexpr std::array<MirrorPort, 4> mirror_ports{{
    {{model::MirrorType::gre, Family::v4}, gre_port_name, domain::SwitchPort::Type::gre},
    {{model::MirrorType::gre, Family::v6}, gre6_port_name, domain::SwitchPort::Type::ip6gre},
    {{model::MirrorType::erspan_v1, Family::v4}, erspan_port_name, domain::SwitchPort::Type::erspan},
    {{model::MirrorType::erspan_v1, Family::v6}, erspan6_port_name, domain::SwitchPort::Type::ip6erspan},
}};

// Everything read back from the node that flows depend on. Make one only from whole listings (reconcile::derive).
struct Facts {
  NodeConfig config;
  std::map<PortId, Plugged> plugged;
  std::optional<std::uint32_t> tunnel_port;  // ofport of the VXLAN port
  std::map<MirrorWay, std::uint32_t> mirror_ports;
  std::optional<std::uint32_t> service_port;         // ofport of the services' interface
  std::map<std::uint32_t, PortId> instances;         // whom the services of the node know, by the number of the port
  std::map<std::string, std::uint32_t> patch_ports;  // physical network → ofport of our patch port on br-int
  std::set<std::string> bridges;                     // every bridge that exists
  std::map<NetworkId, std::uint32_t> numbers;        // recorded local network numbers
  // By the port (names.h): whether the node at its other end is there; absent while that is not known yet.
  std::map<std::string, bool> watched;
  std::map<std::string, std::uint32_t> watch_ports;  // of those that exist, the ofport
  std::set<std::string> severed;                     // physical networks none of whose wires here is up
  bool operator==(const Facts&) const = default;
};

enum class Table : std::uint8_t {
  // Slice rows.
  network,
  subnet,
  port,
  peer,
  node,
  group,      // a security group
  rule,       // of a security group
  addresses,  // an address group
  member,     // of a security group
  limit,      // a QoS rule
  log,
  tap,         // a tap service
  tap_flow,    // copies for one
  tap_mirror,  // copies for an address outside
  router,
  named,           // a port that is bound nowhere
  interface,       // of a router, by the id of its port
  pool,            // a subnet pool
  gateway,         // of a router, by the id of its port
  gateway_host,    // the host as the name
  outside,         // the network of a gateway
  outside_subnet,  // of one
  floating,        // a floating IP of a port here
  proxied,         // an address that is answered for outside by neighbour discovery
  block,           // of ports of a gateway
  forwarding,      // of ports of a floating IP
  moved,           // a port that came from other hosts
  candidate,       // for a floating IP, or a forwarding: the host as the name
  speaker,         // of BGP
  speaker_peer,    // of a speaker, which is the id: the peer as the name
  speaker_route,   // likewise: what SliceName has after the speaker as the name
  // Facts.
  config,
  plugged,
  tunnel_port,
  mirror_port,  // its MirrorWay as `part`
  service_port,
  instance,  // of a port, known to the services by the number `part`
  patch_port,
  bridge,
  watched,  // 1: there, 0: not
  watch_port,
  severed,
  number,
  // Buckets: sets of the keys above.
  networks,    // what has a number: all networks of the slice, outer ones too, those of moved ports, and all gateways
  subnets_of,  // of a network
  routers,     // all of the slice, and all gateways: what makes a node one that routes
  interfaces_of,  // of a router
  interfaces_on,  // of routers, on a network
  gateways_on,    // of routers, on a network
  hosts_of_gateway,
  gateway_peer,        // of the host that is the name: the gateways that it may answer for, and its blocks of ports
  forwardings_of,      // of a floating IP
  shifted_ports,       // of forwarded ports that are others inside: those of the chunk `part`
  candidates_for,      // a floating IP, or a forwarding
  virtual_address,     // of a network: the ports, here and elsewhere, that may take the address that is the name
  virtual_mac,         // of a network: those that may send by the MAC address that is the name, besides their own
  blocks_of,           // of a gateway
  outside_subnets_of,  // of a network
  policies_of,         // of a network: the policies (policy.h) of its ports here, each as its port_chunks
  port_chunks,         // of a network and a policy: the chunks that are not empty
  ports_of,            // bound here, of a network and a policy, in one chunk
  names_on,            // of a network: how its ports, here and elsewhere, and its routers are called: each as a name_at
  carried_by,          // the ports below a trunk whose parent has this id
  hosts_of,            // with a peer of a network, in one chunk
  host_chunks,         // of a network: the chunks that are not empty
  metered,             // what has a number for its meters: gateways and floating IPs with a QoS policy, and all ports
                       // below trunks, by their own keys
  numbers,             // every network with a recorded number
  holders,             // networks with the recorded number `part`
  policy,              // the security groups of a policy that a port here has
  rules_of,            // of a security group
  group_facts,  // of a security group or an address group, the one key: its number in `part`, stateless_word as the
                // name
  uses_of,      // of a security group or an address group that rules name as their remote: use_of each
  limits_of,    // the QoS rules of a policy
  members_at,   // the groups of both kinds that have this prefix
  taps_of,      // the tap flows and tap mirrors of a port
  mirrors_of,   // the tap mirrors of a MirrorWay, in `part`
  logs,         // all of them
  moves,        // all moved ports
  routes_to,    // of a speaker, to the prefix that is the name
  bgp_maps,     // who names the route map that is the name
  logs_of,      // of a port, of a security group, or of the project that is the name
};

struct RowKey {
  Table table{};
  Uuid id;
  std::uint32_t part = 0;
  std::string name;
  auto operator<=>(const RowKey&) const = default;
};

inline RowKey key_of(Table table, const Uuid& id = {}, std::uint32_t part = 0) {
  return {table, id, part, {}};
}
inline RowKey key_of(Table table, std::string name) {
  return {table, {}, 0, std::move(name)};
}
// Absent when `name` is not a name that model::name_of gives.
std::optional<RowKey> key_of_slice(const model::SliceName& name);

inline constexpr const char* stateless_word = "stateless";

// That who is called so, or by the address where `dns_name` is empty, has this address. In the key itself, so that a
// network's names are one look and not one at each of its ports.
RowKey name_at(const std::string& dns_name, const Ip& address);
std::string name_of(const RowKey& name_at);
Ip address_of(const RowKey& name_at);

// That a rule of the group names a remote, for this direction and IP version.
RowKey use_of(const model::SecurityGroupRule& rule);
model::Direction use_direction(const RowKey& use);
int use_version(const RowKey& use);

using RowValue = std::variant<model::SliceItem, NodeConfig, Plugged, std::uint32_t>;
using Bucket = std::map<RowKey, std::uint32_t>;  // member → how many rows put it there

// Members of a network's broadcast domain are spread over this many chunks by the hash of their identity, so that one
// more port rewrites one flow of a bounded size and not a list of thousands.
inline constexpr std::uint32_t chunk_count = 32;
std::uint32_t chunk_of(const PortId& port);
std::uint32_t chunk_of(const std::string& host);

// Forwarded ports that are others inside have a flow each, so many of them together.
inline constexpr std::uint32_t shifted_ports_chunk = 256;
bool are_shifted(const model::ForwardedPorts& forwarding);

class Rows {
 public:
  [[nodiscard]] const RowValue* find(const RowKey& key) const;
  [[nodiscard]] const Bucket& bucket(const RowKey& key) const;  // empty when nothing is in it
  [[nodiscard]] bool has(const RowKey& key) const;              // a row, or a bucket that is not empty

  // The row `name` of the slice as it is now; `item` null or without a row: it is gone.
  void set_slice_row(const model::SliceName& name, const model::SliceItem* item);
  // All facts; what did not change is not touched.
  void set_facts(const Facts& facts);

  // Keys of rows and buckets changed since the last call.
  [[nodiscard]] std::set<RowKey> take_touched();
  // Every key there is: what a renderer that knows nothing must be told.
  [[nodiscard]] std::set<RowKey> keys() const;

 private:
  void put(const RowKey& key, RowValue value);
  void erase(const RowKey& key);
  void count_in_buckets(const RowKey& key, const RowValue& value, bool in);
  void count(const RowKey& key, const model::Port& port, bool in);
  void count(const RowKey& key, const model::SecurityGroup& group, bool in);
  void count(const RowKey& key, const model::SecurityGroupRule& rule, bool in);
  void count(const RowKey& key, const model::AddressGroup& group, bool in);
  void count(const RowKey& key, const model::Member& member, bool in);
  void count(const RowKey& key, const model::QosRule& rule, bool in);
  void count(const RowKey& key, const model::Network& network, bool in);
  void count(const RowKey& key, const model::Subnet& subnet, bool in);
  void count(const RowKey& key, const model::Peer& peer, bool in);
  void count(const RowKey& key, const model::NamedPort& port, bool in);
  void count(const RowKey&, const model::Node&, bool) {}
  void count(const RowKey& key, const model::Log& log, bool in);
  void count(const RowKey&, const model::Tap&, bool) {}
  void count(const RowKey& key, const model::TapFlow& flow, bool in);
  void count(const RowKey& key, const model::TapMirror& mirror, bool in);
  void count(const RowKey& key, const model::Router& router, bool in);
  void count(const RowKey& key, const model::RouterInterface& interface, bool in);
  void count(const RowKey&, const model::SubnetPool&, bool) {}
  void count(const RowKey& key, const model::RouterGateway& gateway, bool in);
  void count(const RowKey& key, const model::GatewayHost& row, bool in);
  void count(const RowKey& key, const model::OutsideNetwork& network, bool in);
  void count(const RowKey& key, const model::OutsideSubnet& subnet, bool in);
  void count(const RowKey& key, const model::FloatingAddress& floating, bool in);
  void count(const RowKey&, const model::ProxiedAddress&, bool) {}
  void count(const RowKey& key, const model::MovedPort& moved, bool in);
  void count(const RowKey& key, const model::PortBlock& block, bool in);
  void count(const RowKey& key, const model::ForwardedPorts& forwarding, bool in);
  void count(const RowKey& key, const model::Candidate& candidate, bool in);
  void count(const RowKey& key, const model::Speaker&, bool in);
  void count(const RowKey&, const model::SpeakerPeer&, bool) {}
  void count(const RowKey& key, const model::SpeakerRoute& route, bool in);
  void join(const RowKey& bucket, const RowKey& member, bool in);

  std::map<RowKey, RowValue> rows_;
  std::map<RowKey, Bucket> buckets_;
  std::set<RowKey> touched_;
  Bucket empty_;
};

}  // namespace tarn::render
