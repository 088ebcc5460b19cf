// A whole cloud in one process: server, lines, machines and time, every choice of which comes from one seed, with the
// laws checked after every step. Scenarios and explorers drive it; a violation stops the run and is kept as words.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rt/choice.h"
#include "sim/checkers.h"
#include "sim/cloud.h"
#include "sim/node.h"

namespace tarn::sim {

class World {
 public:
  explicit World(std::uint64_t seed, std::size_t nodes = 1);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  rt::Choice& choice() { return choice_; }
  Scheduler& scheduler() { return scheduler_; }
  Network& network() { return network_; }
  FeedNetwork& lines() { return lines_; }
  Cloud& cloud() { return cloud_; }
  Node& node(std::size_t index = 0) { return *nodes_[index]; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] Scene scene() const { return {cloud_, nodes_, attachments_, networks_, taps_}; }
  [[nodiscard]] const std::set<Attachment>& attachments() const { return attachments_; }

  PortId port(NetworkId network, std::size_t node, boost::json::object more = {});
  Attachment plug(PortId port, std::size_t node);
  void unplug(const Attachment& attachment);
  // With what belongs to it: foreign flows are somebody else's to restore.
  void restart_switch(std::size_t node, Node::Flows flows);
  void start_switch(std::size_t node, Node::Flows flows);

  // Each checks the laws after every step and ends at the first violation.
  void steps(std::size_t count);
  bool run_until(const std::function<bool()>& done, rt::Duration deadline = std::chrono::seconds(120));
  // No faults any more, everything running: until everybody is in sync, and then the laws of rest. False: a violation.
  bool settle();
  // Nothing is written for so long. Requires a settled world.
  bool stays_silent(rt::Duration duration = std::chrono::seconds(150));

  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  void violated(std::string what) { violations_.push_back(std::move(what)); }
  // Equal for equal seeds and scenarios.
  [[nodiscard]] std::uint64_t trace() const;

 private:
  void look();
  [[nodiscard]] std::uint64_t version() const;
  void start_everything();

  rt::Seeded choice_;
  Scheduler scheduler_;
  Network network_;
  FeedNetwork lines_;
  Cloud cloud_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<Attachment> attachments_;
  std::map<PortId, NetworkId> networks_;
  std::map<std::string, PortId> taps_;
  Continuity continuity_;
  Ownership ownership_;
  std::uint64_t looked_at_ = ~std::uint64_t{0};
  std::uint64_t edits_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace tarn::sim
