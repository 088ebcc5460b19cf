// One node as the renderer sees it, with short words to say what is in it, and packets to send through its flows.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "answer/identity.h"
#include "render/names.h"
#include "render/pipeline.h"
#include "render/punt.h"
#include "render/renderer.h"
#include "sim/pipeline.h"

namespace tarn::render::test {

using sim::Packet;
using wire::of::Field;

inline Uuid uuid(std::uint64_t kind, std::uint64_t number) {
  Uuid id;
  id.bytes[0] = static_cast<std::uint8_t>(kind);
  for (int i = 0; i < 4; ++i) id.bytes[static_cast<std::size_t>(15 - i)] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}
inline NetworkId network_id(std::uint64_t number) {
  return {uuid(1, number)};
}
inline SubnetId subnet_id(std::uint64_t number) {
  return {uuid(2, number)};
}
inline PortId port_id(std::uint64_t number) {
  return {uuid(3, number)};
}
inline SecurityGroupId group_id(std::uint64_t number) {
  return {uuid(4, number)};
}
inline AddressGroupId address_group_id(std::uint64_t number) {
  return {uuid(6, number)};
}
inline RouterId router_id(std::uint64_t number) {
  return {uuid(7, number)};
}
inline Ip ip(const std::string& text) {
  return Ip::parse(text).value();
}
inline Mac mac(std::uint64_t number) {
  return {{0xfa, 0x16, 0x3e, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
           static_cast<std::uint8_t>(number)}};
}
inline const Mac broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

inline constexpr std::uint32_t tunnel_ofport = 900;
inline constexpr std::uint32_t patch_ofport = 901;
inline constexpr std::uint32_t watch_ofport = 950;  // the first

inline model::Permission let(model::Direction direction, int ip_version, const std::string& protocol = {},
                             std::optional<std::uint32_t> first = {}, std::optional<std::uint32_t> last = {}) {
  model::Permission permission;
  permission.direction = direction;
  permission.ip_version = ip_version;
  permission.protocol = protocol;
  permission.first = first;
  permission.last = last;
  return permission;
}

// Group 0 lets everything through; ports are in it unless somebody says otherwise.
struct World {
  Rows rows;
  Facts facts;
  Renderer renderer{node_units()};
  model::Revision revision = 1;

  World() {
    facts.config = {"here", ip("192.0.2.1"), {{"physnet1", "br-ex"}}, "br-int", "netdev", {}, {}};
    facts.bridges = {"br-int", "br-ex"};
    facts.tunnel_port = tunnel_ofport;
    facts.patch_ports = {{"physnet1", patch_ofport}};
    group(0);
    std::uint64_t n = 0;
    for (const auto direction : {model::Direction::ingress, model::Direction::egress})
      for (const int ip_version : {4, 6}) rule(n++, 0, let(direction, ip_version));
  }

  void put(const model::SliceName& name, model::SliceRow row) {
    const model::SliceItem item{++revision, std::make_shared<const model::SliceRow>(std::move(row))};
    rows.set_slice_row(name, &item);
  }
  void remove(const model::SliceName& name) { rows.set_slice_row(name, nullptr); }

  // Adds (or changes, by `edit`) rows. Network n has VNI or VLAN 100 + n and the local number n.
  template <class Edit>
  void network(std::uint64_t n, model::NetworkType type, Edit edit) {
    model::Network row;
    row.id = network_id(n);
    row.type = type;
    row.segmentation_id = type == model::NetworkType::flat ? 0 : static_cast<std::uint32_t>(100 + n);
    row.physical_network = type == model::NetworkType::vxlan ? "" : "physnet1";
    row.mtu = 1450;
    edit(row);
    put("network/" + row.id.text(), row);
    facts.numbers[row.id] = static_cast<std::uint32_t>(n);
  }
  void network(std::uint64_t n, model::NetworkType type = model::NetworkType::vxlan) {
    network(n, type, [](model::Network&) {});
  }
  template <class Edit>
  void subnet(std::uint64_t n, std::uint64_t network, const std::string& cidr, Edit edit) {
    model::Subnet row;
    row.id = subnet_id(n);
    row.network = network_id(network);
    row.cidr = Prefix::parse(cidr).value();
    edit(row);
    put("subnet/" + row.id.text(), row);
  }
  void subnet(std::uint64_t n, std::uint64_t network, const std::string& cidr) {
    subnet(n, network, cidr, [](model::Subnet&) {});
  }
  // Group g has the number 500 + g, address group g 700 + g.
  void group(std::uint64_t g, bool stateful = true) {
    model::SecurityGroup row;
    row.id = group_id(g);
    row.stateful = stateful;
    row.number = static_cast<std::uint32_t>(500 + g);
    put("group/" + row.id.text(), row);
  }
  static model::SliceName rule_name(std::uint64_t r) { return "rule/" + uuid(5, r).text(); }
  void rule(std::uint64_t r, std::uint64_t group, const model::Permission& permission) {
    model::SecurityGroupRule row;
    row.id = {uuid(5, r)};
    row.group = group_id(group);
    row.permission = permission;
    put(rule_name(r), row);
  }
  void address_group(std::uint64_t g, const std::vector<std::string>& prefixes) {
    model::AddressGroup row;
    row.id = address_group_id(g);
    row.number = static_cast<std::uint32_t>(700 + g);
    for (const auto& prefix : prefixes) row.addresses.push_back(Prefix::parse(prefix).value());
    put("addresses/" + row.id.text(), row);
  }
  static model::SliceName member_name(std::uint64_t p) { return "member/" + port_id(p).text(); }
  void member(std::uint64_t p, const std::vector<std::uint64_t>& groups, const std::vector<std::string>& prefixes) {
    model::Member row{port_id(p), {}, {}};
    for (const std::uint64_t g : groups) row.groups.push_back(group_id(g));
    for (const auto& prefix : prefixes) row.addresses.push_back(Prefix::parse(prefix).value());
    put(member_name(p), row);
  }
  // Port p has the MAC mac(p), is plugged as tap-p with ofport p; `addresses` are of subnet 1 (IPv4) and 2 (IPv6).
  template <class Edit>
  void port(std::uint64_t p, std::uint64_t network, const std::vector<std::string>& addresses, Edit edit) {
    model::Port row;
    row.id = port_id(p);
    row.network = network_id(network);
    row.mac = mac(p);
    row.security_groups = {group_id(0)};
    for (const auto& address : addresses)
      row.fixed_ips.push_back({subnet_id(ip(address).is_v4() ? 1 : 2), ip(address)});
    edit(row);
    put("port/" + row.id.text(), row);
    facts.plugged[row.id] = {"tap-" + std::to_string(p), static_cast<std::uint32_t>(p), {}};
  }
  void port(std::uint64_t p, std::uint64_t network, const std::vector<std::string>& addresses) {
    port(p, network, addresses, [](model::Port&) {});
  }
  void peer(std::uint64_t p, std::uint64_t network, const std::vector<std::string>& addresses,
            const std::string& host) {
    model::Peer row{port_id(p), network_id(network), mac(p), {}, host};
    for (const auto& address : addresses) row.addresses.push_back(ip(address));
    put("peer/" + row.id.text(), row);
  }
  template <class Edit>
  void router(std::uint64_t r, Edit edit) {
    model::Router row;
    row.id = router_id(r);
    edit(row);
    put("router/" + row.id.text(), row);
  }
  void router(std::uint64_t r) {
    router(r, [](model::Router&) {});
  }
  static model::SliceName interface_name(std::uint64_t p) { return "interface/" + port_id(p).text(); }
  // By port p, with the MAC mac(p); addresses by the number of their subnet.
  void interface(std::uint64_t p, std::uint64_t router, std::uint64_t network,
                 const std::map<std::uint64_t, std::string>& addresses, bool up = true) {
    model::RouterInterface row{port_id(p), router_id(router), network_id(network), mac(p), {}, up};
    for (const auto& [subnet, address] : addresses) row.fixed_ips.push_back({subnet_id(subnet), ip(address)});
    put(interface_name(p), row);
  }
  void limit(std::uint64_t r, QosPolicyId policy, model::QosRuleType type, model::Direction direction,
             std::uint32_t rate, std::uint32_t burst = 0) {
    model::QosRule row;
    row.id = {uuid(8, r)};
    row.policy = policy;
    row.type = type;
    row.direction = direction;
    row.rate = rate;
    row.burst = burst;
    row.dscp = type == model::QosRuleType::dscp_marking ? rate : 0;
    put("limit/" + row.id.text(), row);
  }
  void node(const std::string& host, const std::string& tunnel_address) {
    put("node/" + host, model::Node{host, tunnel_address});
  }

  // The host that is watched is there, or not, as BFD says: to the switch at once, to the agent with the next facts.
  void see(const std::string& host, bool there) {
    const std::string port = watch_port_name(host);
    facts.watched[port] = there;
    facts.watch_ports.try_emplace(port, watch_ofport + static_cast<std::uint32_t>(facts.watch_ports.size()));
  }
  sim::LivePorts alive() const {
    sim::LivePorts ports;
    for (const auto& [port, there] : facts.watched)
      if (there) ports.insert(facts.watch_ports.at(port));
    return ports;
  }

  Patches render() {
    rows.set_facts(facts);
    return renderer.update(rows, rows.take_touched());
  }
  Tables tables() {
    render();
    return renderer.tables();
  }
  Tables from_scratch() const {
    Renderer fresh(node_units());
    fresh.update(rows, rows.keys());
    return fresh.tables();
  }
};

// What became of a packet: "3" port, "3 vlan 7" tagged, "tunnel 192.0.2.2 vni 101", "physical vlan 102", "agent", in
// order of sending.
struct Fate {
  std::vector<std::string> ways;
  sim::Walk walk;
};

inline std::string way_of(const sim::Emission& emission) {
  if (emission.port == wire::of::port_controller) return "agent";
  if (emission.port == tunnel_ofport)
    return "tunnel " + emission.packet.ip(Field::tunnel_dst).text() + " vni " +
           std::to_string(emission.packet.number(Field::tunnel_id));
  const auto tci = emission.packet.number(Field::vlan_tci);
  if (emission.port == patch_ofport)
    return tci == 0 ? "physical untagged" : "physical vlan " + std::to_string(tci & 0xfff);
  return std::to_string(emission.port) + (tci == 0 ? "" : " vlan " + std::to_string(tci & 0xfff));
}

inline Fate fate_of(sim::Walk walk) {
  EXPECT_THAT(walk.faults, testing::IsEmpty());
  Fate fate{{}, std::move(walk)};
  for (const auto& emission : fate.walk.emissions) fate.ways.push_back(way_of(emission));
  std::ranges::sort(fate.ways);
  return fate;
}

inline Fate send(const Tables& tables, std::uint32_t in_port, const Packet& packet) {
  return fate_of(sim::Pipeline(tables.flows).walk(in_port, packet));
}
// The connections that it opens are known from then on.
inline Fate send(const sim::Pipeline& pipeline, std::uint32_t in_port, const Packet& packet,
                 sim::Conntrack& conntrack) {
  Fate fate = fate_of(pipeline.walk(in_port, packet, conntrack));
  fate.walk.teach(conntrack);
  return fate;
}

// Those of what is limited, and of what a configuration or somebody asks for.
inline std::vector<domain::Meter::Key> meters_beside_questions(const Tables& tables) {
  std::vector<domain::Meter::Key> keys;
  for (const auto& [key, spec] : tables.meters)
    if (key != domain::Meter::of_early_questions && key < domain::Meter::first_of_questions) keys.push_back(key);
  return keys;
}

// The meters that the packet passed on its way, in order.
inline std::vector<wire::of::MeterSpec> meters_passed(const Tables& tables, const Fate& fate) {
  std::vector<wire::of::MeterSpec> passed;
  for (const auto& key : fate.walk.path) {
    const auto flow = tables.flows.find(key);  // or one that the switch learned
    if (flow == tables.flows.end()) continue;
    for (const auto& action : flow->second.actions) {
      const auto* meter = std::get_if<wire::of::Meter>(&action);
      const auto* agent = std::get_if<wire::of::Controller>(&action);
      const auto number = meter != nullptr ? meter->meter : agent != nullptr ? agent->meter : 0;
      if (number != 0) passed.push_back(tables.meters.at(number));
    }
  }
  return passed;
}

inline Packet ethernet(const Mac& from, const Mac& to, std::uint64_t type) {
  return Packet().set(Field::eth_src, from).set(Field::eth_dst, to).set(Field::eth_type, type);
}
inline Packet udp(const Mac& from, const Mac& to, const std::string& source, const std::string& destination,
                  std::uint64_t source_port = 1000, std::uint64_t destination_port = 2000) {
  const bool v4 = ip(source).is_v4();
  return ethernet(from, to, v4 ? 0x0800 : 0x86dd)
      .set(v4 ? Field::ipv4_src : Field::ipv6_src, ip(source))
      .set(v4 ? Field::ipv4_dst : Field::ipv6_dst, ip(destination))
      .set(Field::ip_proto, 17)
      .set(Field::ip_ttl, 64)
      .set(Field::udp_src, source_port)
      .set(Field::udp_dst, destination_port);
}
struct ArpSide {
  Mac mac;
  std::string ip;
};
inline Packet arp(std::uint64_t operation, const ArpSide& sender, const ArpSide& target, const Mac& to = broadcast) {
  return ethernet(sender.mac, to, 0x0806)
      .set(Field::arp_op, operation)
      .set(Field::arp_sha, sender.mac)
      .set(Field::arp_spa, ip(sender.ip))
      .set(Field::arp_tha, target.mac)
      .set(Field::arp_tpa, ip(target.ip));
}
inline Mac multicast_of(const Ip& group) {
  return {{0x33, 0x33, group.bytes[12], group.bytes[13], group.bytes[14], group.bytes[15]}};
}
inline Packet icmp6(const Mac& from, const std::string& source, const std::string& destination, std::uint64_t type) {
  const Ip to = ip(destination);
  return ethernet(from, to.is_multicast() ? multicast_of(to) : mac(0xeeeeee), 0x86dd)
      .set(Field::ipv6_src, ip(source))
      .set(Field::ipv6_dst, to)
      .set(Field::ip_proto, 58)
      .set(Field::ip_ttl, 255)
      .set(Field::icmpv6_type, type);
}
inline Packet solicitation(const Mac& from, const std::string& source, const std::string& target, const Mac& option) {
  return icmp6(from, source, "ff02::1:ff00:1", 135).set(Field::nd_target, ip(target)).set(Field::nd_sll, option);
}
inline Packet advertisement(const Mac& from, const std::string& source, const std::string& target, const Mac& option) {
  return icmp6(from, source, "ff02::1", 136).set(Field::nd_target, ip(target)).set(Field::nd_tll, option);
}

}  // namespace tarn::render::test
