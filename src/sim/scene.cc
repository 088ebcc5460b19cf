#include "sim/scene.h"

#include <algorithm>
#include <deque>

#include "render/punt.h"

namespace tarn::sim {

namespace {

constexpr const char* tunnel_port = "tarn-vxlan";
constexpr int tunnel_hops_max = 4;
constexpr std::uint64_t vlan_present = 0x1000;
constexpr std::uint64_t vlan_id_mask = 0xfff;

}  // namespace

std::string TapVlan::text() const {
  return vlan_id == 0 ? tap : tap + "." + std::to_string(vlan_id);
}

TapVlan tap_vlan_of(const std::string& interface) {
  const std::size_t dot = interface.find('.');
  if (dot == std::string::npos) return {interface, 0};
  return {interface.substr(0, dot), static_cast<std::uint32_t>(std::stoul(interface.substr(dot + 1)))};
}

const model::Port* port_of(const Scene& scene, const PortId& id) {
  const auto* found = scene.cloud.snapshot().find(id);
  return found == nullptr ? nullptr : found->row.get();
}

namespace {

struct Arrival {
  std::size_t node;
  std::uint32_t port;
  Packet packet;
  int hops;
};

// What comes out of a node's tunnel port arrives where it is for.
void pass_tunnel(const Scene& scene, const Arrival& from, const Packet& sent, std::deque<Arrival>& arrivals) {
  const Node& node = *scene.nodes[from.node];
  const std::string to = sent.ip(Field::tunnel_dst).text();
  for (std::size_t other = 0; other < scene.nodes.size() && from.hops < tunnel_hops_max; ++other) {
    const auto entry = scene.nodes[other]->datapath().number_of(tunnel_port);
    if (scene.nodes[other]->tunnel_address() != to || !entry) continue;
    if (!scene.wires.connects(node.tunnel_address(), to)) continue;
    Packet inner = sent.frame();
    inner.set(Field::tunnel_id, sent.number(Field::tunnel_id));
    inner.set(Field::tunnel_src, Ip::parse(node.tunnel_address()).value());
    inner.set(Field::tunnel_dst, sent.ip(Field::tunnel_dst));
    arrivals.push_back({other, *entry, std::move(inner), from.hops + 1});
  }
}

// The segment's switches send a frame where its owner was heard, or everywhere.
void pass_segment(const Scene& scene, const Arrival& from, const Packet& sent, std::deque<Arrival>& arrivals) {
  const std::string& own = scene.nodes[from.node]->tunnel_address();
  const std::string* place = scene.wires.place(sent.number(Field::vlan_tci), sent.mac(Field::eth_dst));
  if (!scene.wires.reaches_segment(own) || from.hops >= tunnel_hops_max) return;
  for (std::size_t other = 0; other < scene.nodes.size(); ++other) {
    const std::string& there = scene.nodes[other]->tunnel_address();
    const auto entry = scene.nodes[other]->datapath().number_of(segment_port());
    if (other == from.node || !entry || !scene.wires.reaches_segment(there)) continue;
    if (place == nullptr || *place == there) arrivals.push_back({other, *entry, sent.frame(), from.hops + 1});
  }
}

// `through(node, port, packet)` says what leaves the node's switch.
template <class Through>
std::vector<Delivery> follow(const Scene& scene, Arrival first, Through&& through) {
  std::vector<Delivery> delivered;
  std::deque<Arrival> arrivals{std::move(first)};
  while (!arrivals.empty()) {
    const Arrival arrival = std::move(arrivals.front());
    arrivals.pop_front();
    const Node& node = *scene.nodes[arrival.node];
    for (const Emission& emission : through(arrival.node, arrival.port, arrival.packet)) {
      const std::string name = node.datapath().name_of(emission.port);
      if (name.empty()) continue;
      if (name == tunnel_port) {
        pass_tunnel(scene, arrival, emission.packet, arrivals);
        continue;
      }
      if (name == segment_port()) pass_segment(scene, arrival, emission.packet, arrivals);
      const std::uint64_t tci = emission.packet.number(Field::vlan_tci);
      const TapVlan place{name, static_cast<std::uint32_t>(tci & vlan_id_mask)};
      delivered.push_back({arrival.node, place.text(), emission.packet});
      delivered.back().packet.set(Field::vlan_tci, 0);
    }
  }
  return delivered;
}

std::optional<Arrival> arrival_of(const Scene& scene, const Attachment& from, const Packet& packet) {
  const TapVlan source = tap_vlan_of(from.interface);
  const auto port = scene.nodes[from.node]->datapath().number_of(source.tap);
  if (!port) return std::nullopt;
  Arrival first{from.node, *port, packet, 0};
  if (source.vlan_id != 0) first.packet.set(Field::vlan_tci, vlan_present | source.vlan_id);
  return first;
}

std::optional<Arrival> arrival_from_outside(const Scene& scene, std::size_t node, std::uint64_t tci,
                                            const Packet& packet) {
  const auto port = scene.nodes[node]->datapath().number_of(segment_port());
  if (!port || !scene.wires.reaches_segment(scene.nodes[node]->tunnel_address())) return std::nullopt;
  Arrival first{node, *port, packet, 0};
  first.packet.set(Field::vlan_tci, tci);
  return first;
}

auto asked_of(const Scene& scene) {
  return [&scene](std::size_t node, std::uint32_t port, const Packet& arrived) -> const auto& {
    return scene.nodes[node]->datapath().emissions(port, arrived);
  };
}

// As much of a frame as the agent reads of a packet for somebody whom the switch does not know.
Bytes link_header(const Packet& packet) {
  ByteWriter header;
  header.put(packet.mac(Field::eth_dst).bytes).put(packet.mac(Field::eth_src).bytes);
  header.u16(static_cast<std::uint16_t>(packet.number(Field::eth_type)));
  return std::move(header).finish();
}

// Of what the agent of a node is handed, whom the switch does not know outside.
void tell_agent(Node& node, const Emission& emission) {
  if (emission.port != wire::of::port_controller || !node.switch_runs()) return;
  const auto punt = render::decode_punt(emission.userdata);
  if (!punt || punt->reason != render::PuntReason::unresolved) return;
  wire::of::PacketIn packet;
  packet.metadata = emission.packet.description();
  packet.userdata = emission.userdata;
  packet.packet = link_header(emission.packet);
  node.vswitchd().packet_in(packet);
}

auto sent_in(const Scene& scene) {
  return [&scene](std::size_t node, std::uint32_t port, const Packet& arrived) {
    std::vector<Emission> out = scene.nodes[node]->datapath().send(port, arrived);
    for (const Emission& emission : out) tell_agent(*scene.nodes[node], emission);
    return out;
  };
}

std::vector<Delivery> all_of(const Scene& scene, const Attachment& from, const Packet& packet) {
  auto first = arrival_of(scene, from, packet);
  return first ? follow(scene, std::move(*first), asked_of(scene)) : std::vector<Delivery>();
}

bool is_copy(const Scene& scene, const Attachment& from, const Delivery& out) {
  const auto tap = scene.taps.find(out.interface);
  return tap != scene.taps.end() && scene.listeners.contains(tap->second) &&
         scene.networks.at(tap->second) != scene.networks.at(from.port);
}

}  // namespace

std::vector<Delivery> deliveries(const Scene& scene, const Attachment& from, const Packet& packet) {
  std::vector<Delivery> out = all_of(scene, from, packet);
  if (!scene.listeners.empty()) std::erase_if(out, [&](const Delivery& each) { return is_copy(scene, from, each); });
  return out;
}

std::vector<Delivery> copies(const Scene& scene, const Attachment& from, const Packet& packet) {
  std::vector<Delivery> out = all_of(scene, from, packet);
  std::erase_if(out, [&](const Delivery& each) { return !is_copy(scene, from, each); });
  return out;
}

std::vector<Delivery> send(const Scene& scene, const Attachment& from, const Packet& packet) {
  auto first = arrival_of(scene, from, packet);
  return first ? follow(scene, std::move(*first), sent_in(scene)) : std::vector<Delivery>();
}

bool is_outside(const Delivery& delivery) {
  return tap_vlan_of(delivery.interface).tap == segment_port();
}

std::vector<Delivery> deliveries_from_outside(const Scene& scene, std::size_t node, std::uint64_t tci,
                                              const Packet& packet) {
  auto first = arrival_from_outside(scene, node, tci, packet);
  return first ? follow(scene, std::move(*first), asked_of(scene)) : std::vector<Delivery>();
}

std::vector<Delivery> send_from_outside(const Scene& scene, std::size_t node, std::uint64_t tci, const Packet& packet) {
  auto first = arrival_from_outside(scene, node, tci, packet);
  return first ? follow(scene, std::move(*first), sent_in(scene)) : std::vector<Delivery>();
}

std::string text(const Scene& scene, const Attachment& at) {
  return at.interface + "@" + scene.nodes[at.node]->host();
}

bool is_told(const Cloud& cloud, const Node& node) {
  return node.wish() != nullptr && model::difference(*node.wish(), model::slice(cloud.snapshot(), node.host())).empty();
}

bool is_settled(const Cloud& cloud, const Node& node) {
  const bool follows = !node.waits_for_flows() && node.switch_runs() && node.vswitchd().has_looked();
  return node.in_sync() && follows && is_told(cloud, node);
}

bool may_refuse(const Node& node) {
  return !node.switch_runs() || node.vswitchd().refuses_anything();
}

bool is_place_of(const Scene& scene, const Attachment& at, const model::Port& port) {
  const TapVlan place = tap_vlan_of(at.interface);
  if (!port.carrier) return place.vlan_id == 0;
  return place.vlan_id == port.carrier_vlan_id && scene.taps.at(place.tap) == *port.carrier;
}

bool wired(const Scene& scene, const Attachment& at) {
  const model::Port* port = port_of(scene, at.port);
  if (port == nullptr || !port->admin_state_up || !is_place_of(scene, at, *port)) return false;
  if (model::bound_host(*port) != scene.nodes[at.node]->host()) return false;
  const auto* network = scene.cloud.snapshot().find(port->network);
  return network != nullptr && (*network)->admin_state_up;
}

bool allowed(const Scene& scene, const Attachment& from, const Attachment& to) {
  return wired(scene, from) && wired(scene, to) &&
         port_of(scene, from.port)->network == port_of(scene, to.port)->network;
}

}  // namespace tarn::sim
