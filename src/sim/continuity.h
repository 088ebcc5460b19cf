// The law of continuity: what came through comes through. Owned by the world, which asks after every step; reads the
// models only, never the agent's own opinion.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/traffic.h"

namespace tarn::sim {

// What came through, or was answered, between hosts at rest does so at every instant until it is no longer allowed.
class Continuity {
 public:
  std::vector<std::string> look(const Scene& scene);
  // A switch itself lost its flows: what was established through it is no longer promised.
  void forget(std::size_t node) {
    std::erase_if(established_, [node](const auto& each) {
      return each.first.pair.first.node == node || each.first.pair.second.node == node;
    });
  }
  // It may lose them at any moment from now on: nothing through it is promised until trust().
  void distrust(std::size_t node) {
    forget(node);
    distrusted_.insert(node);
  }
  void trust() { distrusted_.clear(); }

 private:
  using Pair = std::pair<Attachment, Attachment>;
  [[nodiscard]] bool is_settled(const Scene& scene, std::size_t index) const;
  struct Probe {
    Pair pair;
    Traffic kind{};
    auto operator<=>(const Probe&) const = default;
  };
  std::map<Probe, Packet> established_;
  std::set<std::size_t> distrusted_;
};

}  // namespace tarn::sim
