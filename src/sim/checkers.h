// The laws, looked at from outside after every step of a world: what traffic meets, whose objects were touched, and
// what must hold at rest. They read the models only, never the agent's own opinion, except for the plan at rest.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/cloud.h"
#include "sim/node.h"

namespace tarn::sim {

// A workload's interface: where the hypervisor plugged it, and for which port.
struct Attachment {
  std::size_t node = 0;
  std::string interface;
  PortId port;
  auto operator<=>(const Attachment&) const = default;
};

// What the checkers look at.
struct Scene {
  const Cloud& cloud;
  const std::vector<std::unique_ptr<Node>>& nodes;
  const std::set<Attachment>& attachments;
  const std::map<PortId, NetworkId>& networks;  // of every port there ever was
  const std::map<std::string, PortId>& taps;    // every workload interface there ever was; names are used once
};

// Where a packet sent into an interface comes out: through this node's datapath, or over the tunnel through another's.
struct Delivery {
  std::size_t node = 0;
  std::string interface;
  auto operator<=>(const Delivery&) const = default;
};
std::vector<Delivery> deliveries(const Scene& scene, const Attachment& from, const Packet& packet);

// The wish of the cloud: both ports exist, are up, and are plugged where they are bound, in one network.
bool allowed(const Scene& scene, const Attachment& from, const Attachment& to);
// A datagram of the first port to the second, as both are now; absent while one has no IPv4 address.
std::optional<Packet> datagram(const Scene& scene, const PortId& from, const PortId& to);

// Once a datagram came through between hosts at rest, it comes through at every instant until it is no longer allowed.
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
    bool broadcast = false;  // to everybody in the network, the second of the pair among them
    auto operator<=>(const Probe&) const = default;
  };
  std::map<Probe, Packet> established_;
  std::set<std::size_t> distrusted_;
};

// Nothing reaches another network, whatever it claims; a forged source reaches nobody.
std::vector<std::string> isolation(const Scene& scene);

// Foreign flows and rows are as their owners left them.
class Ownership {
 public:
  // Plants a foreign bridge, port and flows on the node, to be left alone from now on.
  void plant(Node& node);
  // Flows are gone with a switch that restarted without them; plants them again.
  void plant_flows(Node& node);
  // Another flow of somebody else's, one of a few by `salt`.
  void plant_more(Node& node, std::uint32_t salt);
  std::vector<std::string> look(const Scene& scene) const;

 private:
  static Row without_our_columns(const std::string& table, Row row);
  std::map<std::string, FlowTable> flows_;                                   // by host
  std::map<std::string, std::map<std::pair<std::string, Uuid>, Row>> rows_;  // by host
};

// At rest: what is allowed comes through once, what is not does not, every wired port is ACTIVE, the plan is empty, and
// of our flows the switch holds those that are wished for and no others.
std::vector<std::string> at_rest(const Scene& scene);

}  // namespace tarn::sim
