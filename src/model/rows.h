// The resources as typed values: what a network, subnet, port and agent are. One `describe` beside each row names its
// fields once; storage, the feed and the API all read that list, so no second copy of it exists. Kinds of their own
// areas stand in rows/.
// Rows hold no rules (admit.h) and no API spelling (api/dialect).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/address_plan.h"
#include "model/rows/bgp.h"
#include "model/rows/qos.h"
#include "model/rows/router.h"
#include "model/rows/security.h"
#include "model/rows/segment.h"
#include "model/rows/services.h"
#include "model/rows/sharing.h"
#include "model/rows/standard.h"
#include "model/rows/tap.h"

namespace tarn::model {

struct Network {
  static constexpr Kind kind = Kind::network;
  static constexpr std::string_view word = "network";
  static constexpr std::string_view called = "Network";

  NetworkId id;
  Standard standard;
  bool admin_state_up = true;
  bool external = false;              // router:external
  bool is_default = false;            // where topologies of projects get out
  bool port_security_enabled = true;  // default for its ports
  std::uint32_t mtu = 0;              // octets, of the instances' interfaces
  NetworkType type = NetworkType::vxlan;
  std::string physical_network;       // for vlan and flat; empty for vxlan
  std::uint32_t segmentation_id = 0;  // VNI or VLAN id; 0 for flat
  std::string dns_domain;
  std::vector<std::string> availability_zone_hints;
  std::optional<QosPolicyId> qos_policy;  // of its ports that name none
  bool operator==(const Network&) const = default;
};

struct AddressRange {
  Ip first;
  Ip last;  // inclusive
  bool operator==(const AddressRange&) const = default;
};

// RFC 4861/8415 combinations as the Networking API names them.
enum class Ipv6Mode : std::uint8_t { none, slaac, dhcpv6_stateful, dhcpv6_stateless };

struct Subnet {
  static constexpr Kind kind = Kind::subnet;
  static constexpr std::string_view word = "subnet";
  static constexpr std::string_view called = "Subnet";

  SubnetId id;
  Standard standard;
  NetworkId network;
  Prefix cidr;
  std::optional<Ip> gateway;
  bool enable_dhcp = true;
  std::vector<AddressRange> pools;  // sorted, disjoint, inside cidr
  std::vector<Ip> dns_servers;      // in the order given
  std::vector<HostRoute> host_routes;
  Ipv6Mode ra_mode = Ipv6Mode::none;
  Ipv6Mode address_mode = Ipv6Mode::none;
  std::vector<std::string> service_types;
  std::optional<SubnetPoolId> subnetpool;  // whose addresses it took
  std::optional<SegmentId> segment;        // of the network, where the subnet alone is
  bool dns_publish_fixed_ip = false;
  bool operator==(const Subnet&) const = default;
};

struct FixedIp {
  SubnetId subnet;
  Ip address;
  auto operator<=>(const FixedIp&) const = default;
};

struct AddressPair {
  Prefix address;          // a single address is a /32 or /128
  std::optional<Mac> mac;  // absent: the port's own
  bool operator==(const AddressPair&) const = default;
};

struct DhcpOption {
  std::string name;  // as dnsmasq spells it, or a number
  std::string value;
  int ip_version = 4;
  bool operator==(const DhcpOption&) const = default;
};

enum class VifType : std::uint8_t { unbound, ovs, binding_failed };
enum class PortStatus : std::uint8_t { down, active, build, error };

// A host to which a port is about to move; its vif_type is as the port's.
struct PortBinding {
  std::string host;
  std::string vnic_type = "normal";
  std::string profile = "{}";  // a JSON object, kept as text
  VifType vif_type = VifType::unbound;
  bool operator==(const PortBinding&) const = default;
};

// What somebody beside us says of the port's data plane.
enum class DataPlaneStatus : std::uint8_t { unknown, active, down };
enum class NumaPolicy : std::uint8_t { none, required, preferred, legacy };

struct Port {
  static constexpr Kind kind = Kind::port;
  static constexpr std::string_view word = "port";
  static constexpr std::string_view called = "Port";

  PortId id;
  Standard standard;
  NetworkId network;
  Mac mac;
  std::vector<FixedIp> fixed_ips;
  std::vector<AddressPair> allowed_address_pairs;
  std::vector<DhcpOption> extra_dhcp_opts;
  std::string device_id;
  std::string device_owner;
  bool admin_state_up = true;
  bool port_security_enabled = true;
  std::string dns_name;
  std::string binding_host;  // binding:host_id; empty is unbound
  std::string vnic_type = "normal";
  std::string binding_profile = "{}";  // a JSON object, kept as text
  VifType vif_type = VifType::unbound;
  PortStatus status = PortStatus::down;
  std::vector<PortBinding> other_bindings;  // by host, none of them binding_host
  // Where it was bound before, the last first, none of them binding_host: what gateways translated there is still
  // translated there (moves.h).
  std::vector<std::string> left_hosts;
  std::vector<SecurityGroupId> security_groups;  // sorted, each once
  std::optional<QosPolicyId> qos_policy;
  std::string dns_domain;
  std::string device_profile;
  DataPlaneStatus data_plane_status = DataPlaneStatus::unknown;
  NumaPolicy numa_affinity_policy = NumaPolicy::none;
  bool propagate_uplink_status = true;
  // Of a port below a trunk: the trunk's parent, on whose interface its frames have this VLAN id (1 to 4094). It is
  // bound where the parent is.
  std::optional<PortId> carrier;
  std::uint32_t carrier_vlan_id = 0;
  bool operator==(const Port&) const = default;
};

// A node's agent: what it said of itself when it last connected. Whether it is alive now is not stored.
struct Agent {
  static constexpr Kind kind = Kind::agent;
  static constexpr std::string_view word = "agent";
  static constexpr std::string_view called = "Agent";

  AgentId id;  // a function of host and binary
  std::string host;
  std::string binary = "tarn-agent";
  std::string version;
  bool admin_state_up = true;
  std::string description;
  std::string availability_zone = "nova";
  std::string tunnel_address;                          // text of an Ip; empty: no tunnels here
  std::map<std::string, std::string> bridge_mappings;  // physical network → bridge
  bool speaks_bgp = false;                             // there is a BGP daemon that it may tell what to announce
  std::int64_t created_at_ms = 0;
  std::int64_t started_at_ms = 0;
  bool operator==(const Agent&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const Network*) {
  visit("id", &Network::id);
  visit("standard", &Network::standard);
  visit("admin_state_up", &Network::admin_state_up);
  visit("external", &Network::external);
  visit("is_default", &Network::is_default);
  visit("port_security_enabled", &Network::port_security_enabled);
  visit("mtu", &Network::mtu);
  visit("type", &Network::type);
  visit("physical_network", &Network::physical_network);
  visit("segmentation_id", &Network::segmentation_id);
  visit("dns_domain", &Network::dns_domain);
  visit("availability_zone_hints", &Network::availability_zone_hints);
  visit("qos_policy", &Network::qos_policy);
}
template <class Visit>
void describe(Visit&& visit, const AddressRange*) {
  visit("first", &AddressRange::first);
  visit("last", &AddressRange::last);
}
template <class Visit>
void describe(Visit&& visit, const Subnet*) {
  visit("id", &Subnet::id);
  visit("standard", &Subnet::standard);
  visit("network", &Subnet::network);
  visit("cidr", &Subnet::cidr);
  visit("gateway", &Subnet::gateway);
  visit("enable_dhcp", &Subnet::enable_dhcp);
  visit("pools", &Subnet::pools);
  visit("dns_servers", &Subnet::dns_servers);
  visit("host_routes", &Subnet::host_routes);
  visit("ra_mode", &Subnet::ra_mode);
  visit("address_mode", &Subnet::address_mode);
  visit("service_types", &Subnet::service_types);
  visit("subnetpool", &Subnet::subnetpool);
  visit("segment", &Subnet::segment);
  visit("dns_publish_fixed_ip", &Subnet::dns_publish_fixed_ip);
}
template <class Visit>
void describe(Visit&& visit, const FixedIp*) {
  visit("subnet", &FixedIp::subnet);
  visit("address", &FixedIp::address);
}
template <class Visit>
void describe(Visit&& visit, const AddressPair*) {
  visit("address", &AddressPair::address);
  visit("mac", &AddressPair::mac);
}
template <class Visit>
void describe(Visit&& visit, const DhcpOption*) {
  visit("name", &DhcpOption::name);
  visit("value", &DhcpOption::value);
  visit("ip_version", &DhcpOption::ip_version);
}
template <class Visit>
void describe(Visit&& visit, const PortBinding*) {
  visit("host", &PortBinding::host);
  visit("vnic_type", &PortBinding::vnic_type);
  visit("profile", &PortBinding::profile);
  visit("vif_type", &PortBinding::vif_type);
}
template <class Visit>
void describe(Visit&& visit, const Port*) {
  visit("id", &Port::id);
  visit("standard", &Port::standard);
  visit("network", &Port::network);
  visit("mac", &Port::mac);
  visit("fixed_ips", &Port::fixed_ips);
  visit("allowed_address_pairs", &Port::allowed_address_pairs);
  visit("extra_dhcp_opts", &Port::extra_dhcp_opts);
  visit("device_id", &Port::device_id);
  visit("device_owner", &Port::device_owner);
  visit("admin_state_up", &Port::admin_state_up);
  visit("port_security_enabled", &Port::port_security_enabled);
  visit("dns_name", &Port::dns_name);
  visit("binding_host", &Port::binding_host);
  visit("vnic_type", &Port::vnic_type);
  visit("binding_profile", &Port::binding_profile);
  visit("vif_type", &Port::vif_type);
  visit("status", &Port::status);
  visit("other_bindings", &Port::other_bindings);
  visit("left_hosts", &Port::left_hosts);
  visit("security_groups", &Port::security_groups);
  visit("qos_policy", &Port::qos_policy);
  visit("dns_domain", &Port::dns_domain);
  visit("device_profile", &Port::device_profile);
  visit("data_plane_status", &Port::data_plane_status);
  visit("numa_affinity_policy", &Port::numa_affinity_policy);
  visit("propagate_uplink_status", &Port::propagate_uplink_status);
  visit("carrier", &Port::carrier);
  visit("carrier_vlan_id", &Port::carrier_vlan_id);
}
template <class Visit>
void describe(Visit&& visit, const Agent*) {
  visit("id", &Agent::id);
  visit("host", &Agent::host);
  visit("binary", &Agent::binary);
  visit("version", &Agent::version);
  visit("admin_state_up", &Agent::admin_state_up);
  visit("description", &Agent::description);
  visit("availability_zone", &Agent::availability_zone);
  visit("tunnel_address", &Agent::tunnel_address);
  visit("bridge_mappings", &Agent::bridge_mappings);
  visit("speaks_bgp", &Agent::speaks_bgp);
  visit("created_at_ms", &Agent::created_at_ms);
  visit("started_at_ms", &Agent::started_at_ms);
}

// What a row stands on: calls visit(id) for each row that must be there while it is. Ports are not asked for their
// network, nor for their subnets: the snapshot has finer indexes of those.
template <class Visit>
void refer(Visit&& visit, const Network& network) {
  if (network.qos_policy) visit(network.qos_policy->uuid);
}
template <class Visit>
void refer(Visit&& visit, const Subnet& subnet) {
  visit(subnet.network.uuid);
  if (subnet.subnetpool) visit(subnet.subnetpool->uuid);
  if (subnet.segment) visit(subnet.segment->uuid);
}
// Of devices only routers are rows: a port is one's interface, or has an address of its gateway.
template <class Visit>
void refer(Visit&& visit, const Port& port) {
  for (const SecurityGroupId& group : port.security_groups) visit(group.uuid);
  if (port.qos_policy) visit(port.qos_policy->uuid);
  if (port.device_owner.starts_with("network:"))
    if (const Result<Uuid> device = Uuid::parse(port.device_id)) visit(*device);
}
template <class Visit>
void refer(Visit&& visit, const SubnetPool& pool) {
  if (pool.address_scope) visit(pool.address_scope->uuid);
}

// The one list of what rows there are, in the order of Kind: everything that is done for each kind is made from it.
template <class... R>
struct RowTypes {
  using Variant = std::variant<R...>;
  using Pointer = std::variant<const R*...>;
  template <template <class> class Of>
  using Each = std::tuple<Of<R>...>;
  // visit(std::type_identity<R>()) for each, or for the one of `kind`.
  template <class Visit>
  static void each(Visit&& visit) {
    (visit(std::type_identity<R>()), ...);
  }
  template <class Visit>
  static void at(Kind kind, Visit&& visit) {
    (void)((R::kind == kind && (visit(std::type_identity<R>()), true)) || ...);
  }
};
using Rows = RowTypes<Network, Subnet, Port, Agent, AddressScope, SubnetPool, AddressGroup, RbacPolicy, Quota,
                      SecurityGroup, SecurityGroupRule, DefaultSecurityGroupRule, DefaultStatefulness, QosPolicy,
                      QosRule, ServiceProfile, Flavor, MeteringLabel, MeteringRule, Log, Router, FloatingIp,
                      PortForwarding, ConntrackHelper, NdpProxy, LocalIp, LocalIpAssociation, Topology, Segment,
                      SegmentRange, Trunk, TapService, TapFlow, TapMirror, PortBlock, BgpPeer, BgpSpeaker>;

// A row of any kind: what std::visit and std::get take. What making, copying and comparing one of so many kinds comes
// to is compiled once, in rows.cc, and not wherever a row is passed on.
class Row : public Rows::Variant {
 public:
  Row();
  template <class R>
    requires requires { R::kind; } && (!std::is_same_v<R, Row>)
  Row(R row) : Row() {
    take(R::kind, &row);
  }
  Row(const Row& other);
  Row(Row&& other) noexcept;
  Row& operator=(const Row& other);
  Row& operator=(Row&& other) noexcept;
  ~Row();
  bool operator==(const Row& other) const;

 private:
  void take(Kind kind, void* row);  // moves from a row of that kind
};

Kind kind_of(const Row& row);
Uuid id_of(const Row& row);
std::string_view name_of(Kind kind);  // its `word`
std::string_view called(Kind kind);   // as errors call it
std::optional<Kind> kind_named(std::string_view word);

}  // namespace tarn::model
