#include "sim/announcing.h"

#include "model/bgp_routes.h"

namespace tarn::sim {
namespace {

using domain::BgpItem;

// Who is told what, as words: each for itself, whoever said it.
using Words = std::set<std::string>;

Words shown(const model::Snapshot& cloud, const std::string& host) {
  Words words;
  for (const auto& [id, speaker] : cloud.table<model::BgpSpeaker>()) {
    if (!model::speaks_on(cloud, *speaker, host)) continue;
    const std::string of = " of " + id.text();
    words.insert("view" + of);
    for (const BgpPeerId& peer : speaker->peers)
      words.insert("peer " + (*cloud.find<model::BgpPeer>(peer.uuid))->address.text() + of);
    for (const auto& [destination, next_hop] : model::advertised_routes(cloud, *speaker))
      words.insert("route " + destination.text() + " by " + next_hop.text() + of);
  }
  return words;
}

Words configured(const Node& node) {
  Words words;
  for (const auto& [key, seen] : node.bgp().items) {
    const std::string of = " of " + key.speaker.text();
    if (key.kind == BgpItem::Kind::view) words.insert("view" + of);
    if (key.kind == BgpItem::Kind::peer) words.insert("peer " + key.name + of);
    if (key.kind == BgpItem::Kind::route) words.insert("route " + key.name + " by " + seen.spec.address->text() + of);
  }
  return words;
}

}  // namespace

std::vector<std::string> announcing(const Scene& scene) {
  std::vector<std::string> broken;
  for (const auto& node : scene.nodes) {
    if (!node->agent_runs()) continue;
    const Words wanted = shown(scene.cloud.snapshot(), node->host());
    const Words there = configured(*node);
    for (const std::string& each : wanted)
      if (!there.contains(each)) broken.push_back("announcing: not told at " + node->host() + ": " + each);
    for (const std::string& each : there)
      if (!wanted.contains(each)) broken.push_back("announcing: told at " + node->host() + " for nobody: " + each);
  }
  return broken;
}

}  // namespace tarn::sim
