#include "sim/scene.h"

#include <algorithm>
#include <deque>

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr const char* tunnel_port = "tarn-vxlan";
constexpr int tunnel_hops_max = 4;

// The frame alone: what registers and metadata said stays in the switch that it leaves.

}  // namespace

const model::Port* port_of(const Scene& scene, const PortId& id) {
  const auto* found = scene.cloud.snapshot().find(id);
  return found == nullptr ? nullptr : found->row.get();
}

namespace {

// `through(node, port, packet)` says what leaves the node's switch.
template <class Through>
std::vector<Delivery> follow(const Scene& scene, const Attachment& from, const Packet& packet, Through&& through) {
  struct Arrival {
    std::size_t node;
    std::uint32_t port;
    Packet packet;
    int hops;
  };
  std::vector<Delivery> delivered;
  const auto first = scene.nodes[from.node]->datapath().number_of(from.interface);
  if (!first) return delivered;
  std::deque<Arrival> arrivals{{from.node, *first, packet, 0}};
  while (!arrivals.empty()) {
    const Arrival arrival = std::move(arrivals.front());
    arrivals.pop_front();
    const Node& node = *scene.nodes[arrival.node];
    for (const Emission& emission : through(arrival.node, arrival.port, arrival.packet)) {
      const std::string name = node.datapath().name_of(emission.port);
      if (name.empty()) continue;
      if (name != tunnel_port) {
        delivered.push_back({arrival.node, name, emission.packet});
        continue;
      }
      const std::string to = emission.packet.ip(Field::tunnel_dst).text();
      for (std::size_t other = 0; other < scene.nodes.size() && arrival.hops < tunnel_hops_max; ++other) {
        const auto entry = scene.nodes[other]->datapath().number_of(tunnel_port);
        if (scene.nodes[other]->tunnel_address() != to || !entry) continue;
        Packet inner = emission.packet.frame();
        inner.set(Field::tunnel_id, emission.packet.number(Field::tunnel_id));
        inner.set(Field::tunnel_src, Ip::parse(node.tunnel_address()).value());
        inner.set(Field::tunnel_dst, emission.packet.ip(Field::tunnel_dst));
        arrivals.push_back({other, *entry, std::move(inner), arrival.hops + 1});
      }
    }
  }
  return delivered;
}

}  // namespace

std::vector<Delivery> deliveries(const Scene& scene, const Attachment& from, const Packet& packet) {
  return follow(scene, from, packet,
                [&scene](std::size_t node, std::uint32_t port, const Packet& arrived) -> const auto& {
                  return scene.nodes[node]->datapath().emissions(port, arrived);
                });
}

std::vector<Delivery> send(const Scene& scene, const Attachment& from, const Packet& packet) {
  return follow(scene, from, packet, [&scene](std::size_t node, std::uint32_t port, const Packet& arrived) {
    return scene.nodes[node]->datapath().send(port, arrived);
  });
}

std::string text(const Scene& scene, const Attachment& at) {
  return at.interface + "@" + scene.nodes[at.node]->host();
}

bool is_told(const Cloud& cloud, const Node& node) {
  return node.wish() != nullptr && model::difference(*node.wish(), model::slice(cloud.snapshot(), node.host())).empty();
}

bool may_refuse(const Node& node) {
  return !node.switch_runs() || node.vswitchd().refuses_anything();
}

bool wired(const Scene& scene, const Attachment& at) {
  const model::Port* port = port_of(scene, at.port);
  if (port == nullptr || !port->admin_state_up) return false;
  if (model::bound_host(*port) != scene.nodes[at.node]->host()) return false;
  const auto* network = scene.cloud.snapshot().find(port->network);
  return network != nullptr && (*network)->admin_state_up;
}

bool allowed(const Scene& scene, const Attachment& from, const Attachment& to) {
  return wired(scene, from) && wired(scene, to) &&
         port_of(scene, from.port)->network == port_of(scene, to.port)->network;
}

}  // namespace tarn::sim
