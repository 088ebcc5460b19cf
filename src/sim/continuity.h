// The law of continuity: what came through comes through. Owned by the world, which asks after every step; reads the
// models only, never the agent's own opinion.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/continuity_outside.h"
#include "sim/taking.h"

namespace tarn::sim {

// What came through, or was answered, between hosts at rest does so at every instant until it is no longer allowed.
class Continuity {
 public:
  using Pair = std::pair<Attachment, Attachment>;

  std::vector<std::string> look(const Scene& scene);
  // Of a cloud at rest, what is asked of ways outside only.
  std::vector<std::string> at_rest(const Scene& scene) { return outside_.at_rest(scene); }
  // A switch itself lost its flows: what was established through it is no longer promised.
  void forget(std::size_t node) {
    const auto is_of = [node](const Pair& pair) { return pair.first.node == node || pair.second.node == node; };
    std::erase_if(established_, [&](const auto& each) { return is_of(each.first.pair); });
    std::erase_if(opened_, [&](const auto& each) { return is_of(each.first); });
    std::erase_if(answered_, [&](const auto& each) { return each.first.first.node == node; });
    outside_.forget(node);
    taking_.forget(node);
  }
  // It begins anew with the flows that it had; its neighbours outside are to be asked for again.
  void forget_neighbours(std::size_t node) {
    outside_.forget(node);
    taking_.forget_neighbours(node);
  }
  void took(const Scene& scene, const Attachment& at, const Ip& address) { taking_.took(scene, at, address); }
  // It may lose them at any moment from now on: nothing through it is promised until trust().
  void distrust(std::size_t node) {
    forget(node);
    distrusted_.insert(node);
  }
  void trust() { distrusted_.clear(); }

 private:
  [[nodiscard]] bool is_settled(const Scene& scene, std::size_t index) const;
  struct Probe {
    Pair pair;
    Traffic kind{};
    auto operator<=>(const Probe&) const = default;
  };
  // A packet that came, and what else both ports' flows were made of when nothing was on its way to change them.
  struct Seen {
    Packet packet;
    std::string terms;
    bool operator==(const Seen&) const = default;
  };
  void look_at_answers(const Scene& scene, const Pair& pair, bool both_settled, std::map<Probe, Seen>& now,
                       std::vector<std::string>& broken);
  void look_at_routers(const Scene& scene, const std::set<std::size_t>& settled, std::vector<std::string>& broken);
  std::map<Probe, Seen> established_;
  std::map<std::pair<Attachment, PortId>, Packet> answered_;  // by the router's interface
  std::map<Pair, Packet> opened_;                             // the datagram that was sent in earnest
  std::set<std::size_t> distrusted_;
  ContinuityOutside outside_;
  Taking taking_;
};

}  // namespace tarn::sim
