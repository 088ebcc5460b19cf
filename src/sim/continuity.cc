#include "sim/continuity.h"

namespace tarn::sim {

// Nothing that the node is still to hear or to do can change what it does with a packet: a wish that was withdrawn and
// came back may still be on its way as two changes.
bool Continuity::is_settled(const Scene& scene, std::size_t index) const {
  const Node& node = *scene.nodes[index];
  return !distrusted_.contains(index) && node.in_sync() && is_told(scene.cloud, node);
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
      const model::Port& sender = *port_of(scene, from.port);
      const model::Port& receiver = *port_of(scene, to.port);
      const bool both_settled = settled.contains(from.node) && settled.contains(to.node);
      for (const Traffic kind : all_traffic) {
        const Probe probe{{from, to}, kind};
        auto packet = packet_of(kind, sender, receiver);
        const auto before = established_.find(probe);
        const bool promised = packet && before != established_.end() && before->second == *packet;
        if (!packet || (!promised && !both_settled)) continue;
        const bool came = times(kind, deliveries(scene, from, *packet), from, to, receiver) > 0;
        if (!came && promised) {
          broken.push_back("continuity: " + text(scene, from) + " no longer reaches " + text(scene, to) + " by " +
                           std::string(words(kind)));
        }
        if (came) now.emplace(probe, std::move(*packet));
      }
    }
  }
  established_ = std::move(now);
  return broken;
}

}  // namespace tarn::sim
