// What connects networks: routers, floating IPs and what stands on them, local IPs.
// Rows only, as in model/rows.h; their rules are in model/admit. A router's interfaces and the addresses of its
// gateways are ports whose device it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/qos.h"
#include "model/rows/services.h"
#include "model/rows/standard.h"

namespace tarn {
using RouterId = Id<struct RouterTag>;
using FloatingIpId = Id<struct FloatingIpTag>;
using PortForwardingId = Id<struct PortForwardingTag>;
using ConntrackHelperId = Id<struct ConntrackHelperTag>;
using NdpProxyId = Id<struct NdpProxyTag>;
using LocalIpId = Id<struct LocalIpTag>;
using LocalIpAssociationId = Id<struct LocalIpAssociationTag>;
using TopologyId = Id<struct TopologyTag>;
using PortBlockId = Id<struct PortBlockTag>;
}  // namespace tarn

namespace tarn::model {

struct HostRoute {
  Prefix destination;
  Ip nexthop;
  bool operator==(const HostRoute&) const = default;
};

// One way out: the port has the router's addresses there.
struct Gateway {
  NetworkId network;
  PortId port;
  bool enable_snat = true;
  std::optional<QosPolicyId> qos_policy;
  bool operator==(const Gateway&) const = default;
};

struct Router {
  static constexpr Kind kind = Kind::router;
  static constexpr std::string_view word = "router";
  static constexpr std::string_view called = "Router";

  RouterId id;
  Standard standard;
  bool admin_state_up = true;
  std::vector<Gateway> gateways;  // the first is the one that clients of one gateway see
  std::vector<HostRoute> routes;  // in the order given
  bool distributed = true;
  bool ha = true;
  bool enable_ndp_proxy = false;
  std::vector<std::string> availability_zone_hints;
  std::vector<std::string> chosen_hosts;  // to answer for its gateways before all others, the first before the second
  std::vector<std::string> barred_hosts;  // not to answer for them; sorted
  std::optional<FlavorId> flavor;
  bool operator==(const Router&) const = default;
};

struct FloatingIp {
  static constexpr Kind kind = Kind::floatingip;
  static constexpr std::string_view word = "floatingip";
  static constexpr std::string_view called = "FloatingIP";

  FloatingIpId id;
  Standard standard;
  NetworkId network;  // external
  PortId own_port;    // holds the address on that network
  Ip address;
  std::optional<PortId> port;  // of the instance; with fixed_address and router, or none of the three
  std::optional<Ip> fixed_address;
  std::optional<RouterId> router;
  std::optional<QosPolicyId> qos_policy;
  std::string dns_name;
  std::string dns_domain;
  bool operator==(const FloatingIp&) const = default;
};

struct PortForwarding {
  static constexpr Kind kind = Kind::port_forwarding;
  static constexpr std::string_view word = "port_forwarding";
  static constexpr std::string_view called = "PortForwarding";

  PortForwardingId id;
  Standard standard;
  FloatingIpId floatingip;
  PortId internal_port;
  Ip internal_address;
  std::string protocol;
  std::uint32_t external_first = 0;
  std::uint32_t external_last = 0;
  std::uint32_t internal_first = 0;
  std::uint32_t internal_last = 0;
  bool operator==(const PortForwarding&) const = default;
};

struct ConntrackHelper {
  static constexpr Kind kind = Kind::conntrack_helper;
  static constexpr std::string_view word = "conntrack_helper";
  static constexpr std::string_view called = "ConntrackHelper";

  ConntrackHelperId id;
  Standard standard;
  RouterId router;
  std::string protocol;
  std::uint32_t port = 0;
  std::string application;  // whose packets the kernel looks into: "tftp"
  bool operator==(const ConntrackHelper&) const = default;
};

struct NdpProxy {
  static constexpr Kind kind = Kind::ndp_proxy;
  static constexpr std::string_view word = "ndp_proxy";
  static constexpr std::string_view called = "NDPProxy";

  NdpProxyId id;
  Standard standard;
  RouterId router;
  PortId port;
  Ip address;
  bool operator==(const NdpProxy&) const = default;
};

enum class LocalIpMode : std::uint8_t { translate, passthrough };

struct LocalIp {
  static constexpr Kind kind = Kind::local_ip;
  static constexpr std::string_view word = "local_ip";
  static constexpr std::string_view called = "LocalIP";

  LocalIpId id;
  Standard standard;
  NetworkId network;
  PortId local_port;
  Ip address;
  LocalIpMode mode = LocalIpMode::translate;
  bool operator==(const LocalIp&) const = default;
};

struct LocalIpAssociation {
  static constexpr Kind kind = Kind::local_ip_association;
  static constexpr std::string_view word = "local_ip_association";
  static constexpr std::string_view called = "LocalIPAssociation";

  LocalIpAssociationId id;
  Standard standard;
  LocalIpId local_ip;
  PortId fixed_port;
  Ip fixed_address;
  bool operator==(const LocalIpAssociation&) const = default;
};

// The network and router that a project gets when it asks for no more than to be connected.
struct Topology {
  static constexpr Kind kind = Kind::topology;
  static constexpr std::string_view word = "auto_allocated_topology";
  static constexpr std::string_view called = "AutoAllocatedTopology";

  TopologyId id;  // a function of the project
  Standard standard;
  NetworkId network;
  RouterId router;
  bool operator==(const Topology&) const = default;
};

// Which source ports a host takes when it translates to the address of a gateway: of no other host, as long as the row
// is there. Made and removed with what needs it (admit/port_blocks.h); the API does not show it.
struct PortBlock {
  static constexpr Kind kind = Kind::port_block;
  static constexpr std::string_view word = "port_block";
  static constexpr std::string_view called = "PortBlock";

  PortBlockId id;  // a function of gateway and host
  PortId gateway;
  std::string host;
  std::uint32_t first = 0;  // a multiple of `size`
  std::uint32_t size = 0;   // a power of two
  bool operator==(const PortBlock&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const HostRoute*) {
  visit("destination", &HostRoute::destination);
  visit("nexthop", &HostRoute::nexthop);
}
template <class Visit>
void describe(Visit&& visit, const Gateway*) {
  visit("network", &Gateway::network);
  visit("port", &Gateway::port);
  visit("enable_snat", &Gateway::enable_snat);
  visit("qos_policy", &Gateway::qos_policy);
}
template <class Visit>
void describe(Visit&& visit, const Router*) {
  visit("id", &Router::id);
  visit("standard", &Router::standard);
  visit("admin_state_up", &Router::admin_state_up);
  visit("gateways", &Router::gateways);
  visit("routes", &Router::routes);
  visit("distributed", &Router::distributed);
  visit("ha", &Router::ha);
  visit("enable_ndp_proxy", &Router::enable_ndp_proxy);
  visit("availability_zone_hints", &Router::availability_zone_hints);
  visit("chosen_hosts", &Router::chosen_hosts);
  visit("barred_hosts", &Router::barred_hosts);
  visit("flavor", &Router::flavor);
}
template <class Visit>
void describe(Visit&& visit, const FloatingIp*) {
  visit("id", &FloatingIp::id);
  visit("standard", &FloatingIp::standard);
  visit("network", &FloatingIp::network);
  visit("own_port", &FloatingIp::own_port);
  visit("address", &FloatingIp::address);
  visit("port", &FloatingIp::port);
  visit("fixed_address", &FloatingIp::fixed_address);
  visit("router", &FloatingIp::router);
  visit("qos_policy", &FloatingIp::qos_policy);
  visit("dns_name", &FloatingIp::dns_name);
  visit("dns_domain", &FloatingIp::dns_domain);
}
template <class Visit>
void describe(Visit&& visit, const PortForwarding*) {
  visit("id", &PortForwarding::id);
  visit("standard", &PortForwarding::standard);
  visit("floatingip", &PortForwarding::floatingip);
  visit("internal_port", &PortForwarding::internal_port);
  visit("internal_address", &PortForwarding::internal_address);
  visit("protocol", &PortForwarding::protocol);
  visit("external_first", &PortForwarding::external_first);
  visit("external_last", &PortForwarding::external_last);
  visit("internal_first", &PortForwarding::internal_first);
  visit("internal_last", &PortForwarding::internal_last);
}
template <class Visit>
void describe(Visit&& visit, const ConntrackHelper*) {
  visit("id", &ConntrackHelper::id);
  visit("standard", &ConntrackHelper::standard);
  visit("router", &ConntrackHelper::router);
  visit("protocol", &ConntrackHelper::protocol);
  visit("port", &ConntrackHelper::port);
  visit("application", &ConntrackHelper::application);
}
template <class Visit>
void describe(Visit&& visit, const NdpProxy*) {
  visit("id", &NdpProxy::id);
  visit("standard", &NdpProxy::standard);
  visit("router", &NdpProxy::router);
  visit("port", &NdpProxy::port);
  visit("address", &NdpProxy::address);
}
template <class Visit>
void describe(Visit&& visit, const LocalIp*) {
  visit("id", &LocalIp::id);
  visit("standard", &LocalIp::standard);
  visit("network", &LocalIp::network);
  visit("local_port", &LocalIp::local_port);
  visit("address", &LocalIp::address);
  visit("mode", &LocalIp::mode);
}
template <class Visit>
void describe(Visit&& visit, const LocalIpAssociation*) {
  visit("id", &LocalIpAssociation::id);
  visit("standard", &LocalIpAssociation::standard);
  visit("local_ip", &LocalIpAssociation::local_ip);
  visit("fixed_port", &LocalIpAssociation::fixed_port);
  visit("fixed_address", &LocalIpAssociation::fixed_address);
}
template <class Visit>
void describe(Visit&& visit, const Topology*) {
  visit("id", &Topology::id);
  visit("standard", &Topology::standard);
  visit("network", &Topology::network);
  visit("router", &Topology::router);
}
template <class Visit>
void describe(Visit&& visit, const PortBlock*) {
  visit("id", &PortBlock::id);
  visit("gateway", &PortBlock::gateway);
  visit("host", &PortBlock::host);
  visit("first", &PortBlock::first);
  visit("size", &PortBlock::size);
}

template <class Visit>
void refer(Visit&& visit, const Router& router) {
  for (const Gateway& gateway : router.gateways) {
    visit(gateway.network.uuid);
    visit(gateway.port.uuid);
    if (gateway.qos_policy) visit(gateway.qos_policy->uuid);
  }
  if (router.flavor) visit(router.flavor->uuid);
}
template <class Visit>
void refer(Visit&& visit, const FloatingIp& floating) {
  visit(floating.network.uuid);
  visit(floating.own_port.uuid);
  if (floating.port) visit(floating.port->uuid);
  if (floating.router) visit(floating.router->uuid);
  if (floating.qos_policy) visit(floating.qos_policy->uuid);
}
template <class Visit>
void refer(Visit&& visit, const PortForwarding& forwarding) {
  visit(forwarding.floatingip.uuid);
  visit(forwarding.internal_port.uuid);
}
template <class Visit>
void refer(Visit&& visit, const ConntrackHelper& conntrack_helper) {
  visit(conntrack_helper.router.uuid);
}
template <class Visit>
void refer(Visit&& visit, const NdpProxy& proxy) {
  visit(proxy.router.uuid);
  visit(proxy.port.uuid);
}
template <class Visit>
void refer(Visit&& visit, const LocalIp& local) {
  visit(local.network.uuid);
  visit(local.local_port.uuid);
}
template <class Visit>
void refer(Visit&& visit, const LocalIpAssociation& association) {
  visit(association.local_ip.uuid);
  visit(association.fixed_port.uuid);
}
template <class Visit>
void refer(Visit&& visit, const Topology& topology) {
  visit(topology.network.uuid);
  visit(topology.router.uuid);
}

template <class Visit>
void refer(Visit&& visit, const PortBlock& block) {
  visit(block.gateway.uuid);
}

}  // namespace tarn::model
