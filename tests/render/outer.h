// A node with a way out: a router between network 1 and network 9, which is outside, with short words for the packets
// that go by it. Remembers connections and learns, as the switch does; owned by one test.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>

#include "world.h"

namespace tarn::render::test {

inline constexpr std::uint64_t inside = 51;  // the router's interface on network 1
// Its port on network 9, which is outside. Of the three hosts below, this one is the first for it.
inline constexpr std::uint64_t gateway = 63;
inline constexpr std::uint64_t stranger = 0xabcdef;
inline constexpr std::uint64_t upstream = 0xaaaaaa;
inline constexpr std::uint64_t named = 77;  // the floating IP's own MAC
inline const std::string own = "203.0.113.10";
inline const std::string floating_ip = "203.0.113.20";
inline const std::string far = "198.51.100.7";

// Port 1 (10.0.1.1) and, with a floating IP, port 2 (10.0.1.2) are here. This node has the ports from 2048 to 4095 of
// the gateway, the east those from 4096.
class Outer {
 public:
  explicit Outer(bool answers = true, bool translates = true) {
    world.network(1);
    world.subnet(1, 1, "10.0.1.0/24");
    world.port(1, 1, {"10.0.1.1"});
    world.port(2, 1, {"10.0.1.2"});
    world.interface(inside, 1, 1, {{1, "10.0.1.254"}});
    world.router(1, [&](model::Router& router) {
      router.gateways = {{network_id(9), port_id(gateway), translates, std::nullopt}};
    });
    world.node("east", "192.0.2.2");
    world.put("outside/" + network_id(9).text(),
              model::OutsideNetwork{network_id(9), true, 1500, model::NetworkType::vlan, "physnet1", 109});
    scope_outside(0);
    put(way_out(translates));
    const std::string host = answers ? "here" : "east";
    world.put("gateway_host/" + port_id(gateway).text() + "/" + host, model::GatewayHost{port_id(gateway), host});
    block(1, "here", 2048);
    if (answers) block(2, "east", 4096);
    put(floating());
    world.facts.numbers[network_id(9)] = 9;
    world.facts.numbers[NetworkId{port_id(gateway).uuid}] = 61;
    settle();
  }

  // The address scopes of IPv4 outside, and inside on network 1; 0 is none.
  void scope_outside(std::uint64_t scope) {
    world.put("outside_subnet/" + subnet_id(9).text(),
              model::OutsideSubnet{subnet_id(9), network_id(9), Prefix::parse("203.0.113.0/24").value(),
                                   ip("203.0.113.1"), scope_of(scope)});
  }
  void scope_inside(std::uint64_t scope, std::uint64_t subnet = 1, const std::string& cidr = "10.0.1.0/24") {
    const SubnetPoolId pool{uuid(8, 100 + subnet)};
    model::SubnetPool row;
    row.id = pool;
    row.address_scope = scope_of(scope);
    world.put("pool/" + pool.uuid.text(), row);
    world.subnet(subnet, 1, cidr, [&](model::Subnet& held) { held.subnetpool = pool; });
  }
  static std::optional<AddressScopeId> scope_of(std::uint64_t scope) {
    return scope == 0 ? std::nullopt : std::optional(AddressScopeId{uuid(9, scope)});
  }

  void block(std::uint64_t id, const std::string& host, std::uint32_t first) {
    world.put("block/" + uuid(9, id).text(), model::PortBlock{{uuid(9, id)}, port_id(gateway), host, first, 2048});
  }
  // Of port 2, and the gateway, as they are at first.
  static model::FloatingAddress floating() {
    return {{uuid(8, 1)},   port_id(gateway), mac(named),   ip(floating_ip),
            ip("10.0.1.2"), port_id(2),       std::nullopt, "here"};
  }
  static model::RouterGateway way_out(bool translates = true) {
    return {port_id(gateway), router_id(1), network_id(9), mac(gateway), {{subnet_id(9), ip(own)}}, translates, true};
  }
  void put(const model::FloatingAddress& row) { world.put("floating/" + row.id.text(), row); }
  void put(const model::RouterGateway& row) { world.put("gateway/" + row.id.text(), row); }
  // The rows as they are now, in the switch; what it learned and remembers stays.
  void settle() {
    for (const auto& [key, spec] : world.tables().flows) flows_.insert_or_assign(key, spec);
    std::erase_if(flows_, [this](const auto& flow) {
      return !world.renderer.tables().flows.contains(flow.first) && !learned_.contains(flow.first);
    });
  }
  // Whose connection tracking it is makes no difference.
  Fate send(std::uint32_t in_port, const Packet& packet) {
    const sim::Pipeline pipeline(flows_, world.alive());
    Fate fate = test::send(pipeline, in_port, packet, conntrack_);
    EXPECT_EQ(test::send(pipeline, in_port, packet, kernels_).ways, fate.ways) << "by the kernel's tracking";
    for (const sim::Learned& learned : fate.walk.learned) {
      flows_.insert_or_assign(learned.key, learned.spec);
      learned_.insert(learned.key);
    }
    return fate;
  }
  void hear_of(const std::string& address, const Mac& mac_there) {
    send(patch_ofport, tagged(arp(2, {mac_there, address}, {segment(), "0.0.0.0"}, segment())));
  }
  // By which this node speaks outside where no floating IP does.
  Mac segment() { return world.tables().next_hops.at(network_id(9)).mac; }
  static Packet tagged(Packet packet) { return packet.set(Field::vlan_tci, 0x1000 | 109); }

  World world;

 private:
  std::map<wire::of::FlowKey, wire::of::FlowSpec> flows_;
  std::set<wire::of::FlowKey> learned_;
  sim::Conntrack conntrack_{sim::Tracker::userspace}, kernels_{sim::Tracker::kernel};
};

inline const Packet& left(const Fate& fate) {
  static const Packet nothing;
  return fate.walk.emissions.empty() ? nothing : fate.walk.emissions.back().packet;
}

inline Packet out(std::uint64_t port, const std::string& to = far, std::uint64_t source_port = 1000) {
  return udp(mac(port), mac(inside), "10.0.1." + std::to_string(port), to, source_port, 53);
}
inline Packet from_outside(const Mac& to, const std::string& address, std::uint64_t source_port, std::uint64_t port) {
  return Outer::tagged(udp(mac(upstream), to, far, address, source_port, port));
}

}  // namespace tarn::render::test
