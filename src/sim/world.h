// A whole cloud in one process: server, lines, machines and time, every choice of which comes from one seed, with the
// laws checked after every step. Scenarios and explorers drive it; a violation stops the run and is kept as words.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rt/choice.h"
#include "sim/answering.h"
#include "sim/cloud.h"
#include "sim/continuity.h"
#include "sim/feed_laws.h"
#include "sim/first_words.h"
#include "sim/node.h"
#include "sim/ownership.h"
#include "sim/revocation.h"
#include "sim/scene.h"
#include "sim/withdrawal.h"

namespace tarn::sim {

class World {
 public:
  explicit World(std::uint64_t seed, std::size_t nodes = 1);
  // Every choice comes from `choice`, which outlives the world.
  World(rt::Choice& choice, std::size_t nodes);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  rt::Choice& choice() { return choice_; }
  Scheduler& scheduler() { return scheduler_; }
  Network& network() { return network_; }
  FeedNetwork& lines() { return lines_; }
  Wires& wires() { return wires_; }
  Cloud& cloud() { return cloud_; }
  Node& node(std::size_t index = 0) { return *nodes_[index]; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] Scene scene() const {
    return {cloud_, nodes_, attachments_, networks_, macs_, taps_, listeners_, met_, doors_, open_, wires_, outdoors_};
  }
  [[nodiscard]] const std::set<Attachment>& attachments() const { return attachments_; }

  PortId port(NetworkId network, std::size_t node, boost::json::object more = {});
  // Another machine joins.
  void add_node();
  Attachment plug(PortId port, std::size_t node);
  void unplug(const Attachment& attachment);
  // The instance says to all of its network that it has the address.
  void take(const Attachment& attachment, const Ip& address);
  // From now on copies of others' traffic may come to the port.
  void listens(PortId port) { listeners_.insert(port); }
  // The workload of `parent` has an interface for `port` in a VLAN of its own, wherever it is plugged from now on,
  // whether or not the port is ever below its trunk; answers which VLAN. The same pair has the same VLAN again.
  std::uint32_t carry(PortId port, PortId parent);
  // With what belongs to it: foreign flows are somebody else's to restore.
  void restart_switch(std::size_t node, Node::Flows flows);
  void start_switch(std::size_t node, Node::Flows flows);
  void offer_segment(std::size_t node, bool offered);
  void lose_power(std::size_t node);
  void boot(std::size_t node);
  // Somebody else adds flows of his own.
  void write_foreign(std::size_t node, std::uint32_t salt);
  // The agent is killed and comes back with writing forbidden: if it was in sync it must have nothing to write. Then it
  // is killed again, and a usual one follows.
  void check_adoption(std::size_t node);

  // Each checks the laws after every step and ends at the first violation.
  void steps(std::size_t count);
  bool run_until(const std::function<bool()>& done, rt::Duration deadline = std::chrono::seconds(120));
  // Everybody is in sync, and no request is unanswered.
  [[nodiscard]] bool at_rest() const;
  // Heals; until what is not refused is in place, then without refusals until everybody is in sync, and then the laws
  // of rest. False: a violation.
  bool settle();
  // Nothing is written for so long. Requires a settled world.
  bool stays_silent(rt::Duration duration = std::chrono::seconds(150));

  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  void violated(std::string what) { violations_.push_back(std::move(what)); }
  // Equal for equal seeds and scenarios.
  [[nodiscard]] std::uint64_t trace() const;

 private:
  World(std::unique_ptr<rt::Choice> own, std::size_t nodes);
  // No faults any more but refusals, everything running.
  void heal();
  bool endures_refusals();
  void plant_again(Node& node);
  void attach(const Attachment& attachment);
  void look();
  void look_at_agents();
  void notice_open_ports();
  void notice_routers();
  void greet_outside();
  void look_at_bounds();
  [[nodiscard]] std::uint64_t version() const;
  void violated_all(std::vector<std::string> what);

  std::unique_ptr<rt::Choice> own_choice_;
  rt::Choice& choice_;
  Scheduler scheduler_;
  Network network_;
  FeedNetwork lines_;
  Wires wires_;
  Cloud cloud_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::set<Attachment> attachments_;
  std::map<PortId, NetworkId> networks_;
  std::map<PortId, Mac> macs_;
  std::map<std::string, PortId> taps_;
  std::set<PortId> listeners_;
  std::map<NetworkId, std::set<NetworkId>> met_;
  std::map<NetworkId, std::set<Mac>> doors_;
  Outdoors outdoors_;
  std::set<PortId> open_;  // without port security, or so lately that a switch may not know
  std::map<std::pair<PortId, PortId>, std::uint32_t> carried_;  // a port and its parent; the VLAN id
  std::uint32_t next_vlan_id_ = 100;
  FeedLaws feed_laws_;
  std::map<const Node*, std::pair<std::uint64_t, std::uint64_t>> agents_seen_;  // renderings and jobs at the last look
  std::set<const Node*> unplanted_;                                             // without the foreign flows yet
  Continuity continuity_;
  Withdrawal withdrawal_;
  Revocation revocation_;
  Ownership ownership_;
  Answering answering_;
  FirstWords first_words_;
  std::uint64_t looked_at_ = ~std::uint64_t{0};
  std::uint64_t edits_ = 0;
  std::uint16_t greetings_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace tarn::sim
