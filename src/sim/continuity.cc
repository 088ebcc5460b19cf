#include "sim/continuity.h"

#include <algorithm>

#include "sim/traffic.h"

namespace tarn::sim {
namespace {

const Mac broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

}  // namespace

// Nothing that the node is still to hear or to do can change what it does with a packet: a wish that was withdrawn and
// came back may still be on its way as two changes.
bool Continuity::is_settled(const Scene& scene, std::size_t index) const {
  const Node& node = *scene.nodes[index];
  if (distrusted_.contains(index) || !node.in_sync() || !node.wish()) return false;
  return model::difference(node.wish()->slice, model::slice(scene.cloud.snapshot(), node.host())).empty();
}

std::vector<std::string> Continuity::look(const Scene& scene) {
  std::vector<std::string> broken;
  std::set<std::size_t> settled;
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    if (is_settled(scene, i)) settled.insert(i);
  }
  std::map<Probe, Packet> now;
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      if (from == to || !allowed(scene, from, to)) continue;
      const auto packet = datagram(scene, from.port, to.port);
      if (!packet) continue;
      for (const bool is_broadcast : {false, true}) {
        Packet sent = *packet;
        if (is_broadcast) sent.set(Field::eth_dst, broadcast);
        const Probe probe{{from, to}, is_broadcast};
        const auto before = established_.find(probe);
        const bool promised = before != established_.end() && before->second == sent;
        if (!promised && !(settled.contains(from.node) && settled.contains(to.node))) continue;
        const auto out = deliveries(scene, from, sent);
        const bool arrives = std::ranges::find(out, Delivery{to.node, to.interface}) != out.end();
        if (!arrives && promised) {
          broken.push_back("continuity: " + text(scene, from) + " no longer reaches " + text(scene, to) +
                           (is_broadcast ? " by broadcast" : ""));
        }
        if (arrives) now.emplace(probe, std::move(sent));
      }
    }
  }
  established_ = std::move(now);
  return broken;
}

}  // namespace tarn::sim
