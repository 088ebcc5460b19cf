#include "sim/world.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "sim/endurance.h"
#include "sim/exits.h"
#include "sim/isolation.h"
#include "sim/isolation_outside.h"
#include "sim/meetings.h"
#include "sim/rest.h"
#include "sim/ways.h"

namespace tarn::sim {

using namespace std::chrono_literals;

namespace {

constexpr rt::Duration sync_deadline = 45s;      // less than the audit would take to repair what was missed
constexpr rt::Duration calm = 3s;                // longer than any message may take once there are no faults
constexpr std::uint16_t greeting_port = 20'000;  // the first
constexpr rt::Duration introduction = 50ms;      // more than question and answer on the segment take
constexpr rt::Duration adoption_deadline = 40s;
constexpr rt::Duration adoption_calm = 5s;
// Far above what a cloud of a few ports needs: what grows without end passes them.
constexpr std::size_t steps_max = 200'000;
constexpr std::size_t ready_jobs_max = 1'000;
constexpr std::size_t timers_max = 200;
constexpr std::size_t waiting_bytes_max = 4U << 20;

bool plans_removals(const Node& node) {
  bool any = false;
  node.brain().lanes().for_each([&](const auto& lane) { any = any || lane.removals_left(); });
  return any;
}

}  // namespace

World::World(std::uint64_t seed, std::size_t nodes) : World(std::make_unique<rt::Seeded>(seed), nodes) {}

World::World(std::unique_ptr<rt::Choice> own, std::size_t nodes) : World(*own, nodes) {
  own_choice_ = std::move(own);
}

World::World(rt::Choice& choice, std::size_t nodes)
    : choice_(choice),
      scheduler_(choice_),
      network_(scheduler_),
      lines_(scheduler_, network_),
      wires_(scheduler_),
      cloud_(scheduler_, lines_),
      feed_laws_(lines_, cloud_) {
  cloud_.start();
  for (std::size_t i = 0; i < nodes; ++i) add_node();
  CHECK(run_until([this] { return at_rest() && unplanted_.empty(); }));
}

void World::add_node() {
  const std::string number = std::to_string(nodes_.size() + 1);
  nodes_.push_back(std::make_unique<Node>(scheduler_, network_, lines_, wires_, "host-" + number, "192.0.2." + number));
  Node& node = *nodes_.back();
  ownership_.plant(node);
  unplanted_.insert(&node);
  node.start_agent();
  ++edits_;
}

PortId World::port(NetworkId network, std::size_t node, boost::json::object more) {
  Mac mac{{0xfa, 0x16, 0x3e, 0, 0, 0}};
  mac.bytes[4] = static_cast<std::uint8_t>(macs_.size() >> 8);
  mac.bytes[5] = static_cast<std::uint8_t>(macs_.size());
  more["mac"] = mac.text();
  const PortId id = cloud_.port(network, nodes_[node]->host(), std::move(more));
  macs_[id] = mac;
  networks_[id] = network;
  ++edits_;
  return id;
}

Attachment World::plug(PortId port, std::size_t node) {
  const Attachment attachment{node, "tap-" + std::to_string(taps_.size() + 1), port};
  nodes_[node]->plug(port, attachment.interface, macs_.at(port).text());
  attach(attachment);
  return attachment;
}

void World::attach(const Attachment& attachment) {
  attachments_.insert(attachment);
  taps_.emplace(attachment.interface, attachment.port);
  for (const auto& [carried, vlan_id] : carried_) {
    const auto& [port, parent] = carried;
    if (parent == attachment.port && tap_vlan_of(attachment.interface).vlan_id == 0)
      attach({attachment.node, TapVlan{attachment.interface, vlan_id}.text(), port});
  }
  ++edits_;
}

std::uint32_t World::carry(PortId port, PortId parent) {
  const auto [carried, is_new] = carried_.try_emplace({port, parent}, next_vlan_id_);
  if (!is_new) return carried->second;
  ++next_vlan_id_;
  const std::set<Attachment> there = attachments_;
  for (const Attachment& at : there) {
    if (at.port == parent && tap_vlan_of(at.interface).vlan_id == 0) attach(at);
  }
  return carried->second;
}

void World::unplug(const Attachment& attachment) {
  CHECK(attachments_.erase(attachment) == 1);
  std::erase_if(attachments_, [&](const Attachment& at) {
    return at.node == attachment.node && tap_vlan_of(at.interface).tap == attachment.interface;
  });
  nodes_[attachment.node]->unplug(attachment.interface);
  ++edits_;
}

void World::start_switch(std::size_t node, Node::Flows flows) {
  const bool empty = flows == Node::Flows::announced && !nodes_[node]->waits_for_flows();
  if (flows == Node::Flows::lost || empty) {
    continuity_.forget(node);
    answering_.forget(node);
  }
  // A switch that crashes again before its flows were put back: the agent's word that they are may still be on its way,
  // and nothing in the database tells one start of the switch from the next (docs/operations.md).
  if (nodes_[node]->waits_for_flows() && flows != Node::Flows::announced) continuity_.distrust(node);
  continuity_.forget_neighbours(node);
  nodes_[node]->start_switch(flows);
  plant_again(*nodes_[node]);
  ++edits_;
}

void World::take(const Attachment& attachment, const Ip& address) {
  continuity_.took(scene(), attachment, address);
  ++edits_;
}

// Flows of others are theirs to bring back.
void World::plant_again(Node& node) {
  if (!unplanted_.contains(&node)) ownership_.plant_flows(node);
}

void World::offer_segment(std::size_t node, bool offered) {
  nodes_[node]->offer_segment(offered);
  ++edits_;
}

void World::lose_power(std::size_t node) {
  continuity_.forget(node);
  answering_.forget(node);
  nodes_[node]->lose_power();
  ++edits_;
}

void World::boot(std::size_t node) {
  nodes_[node]->boot();
  plant_again(*nodes_[node]);
  ++edits_;
}

void World::write_foreign(std::size_t node, std::uint32_t salt) {
  if (nodes_[node]->switch_runs() && !unplanted_.contains(nodes_[node].get())) {
    ownership_.plant_more(*nodes_[node], salt);
  }
  ++edits_;
}

void World::restart_switch(std::size_t node, Node::Flows flows) {
  nodes_[node]->crash_switch();
  start_switch(node, flows);
}

// What the laws of traffic depend on; while it stays the same there is nothing new to see.
std::uint64_t World::version() const {
  ContentHash hash;
  hash.add(edits_).add(cloud_.snapshot().revision()).add(wires_.version());
  for (const auto& node : nodes_) {
    hash.add(node->datapath().version()).add(node->database().last_commit()).add(node->writes_seen());
  }
  return hash.value();
}

void World::violated_all(std::vector<std::string> what) {
  for (auto& each : what) violated(std::move(each));
}

void World::look() {
  look_at_agents();
  violated_all(cloud_.take_violations());
  violated_all(feed_laws_.take_violations());
  violated_all(withdrawal_.look(scene(), network_, scheduler_.now()));
  violated_all(revocation_.look(scene(), network_, scheduler_.now()));
  violated_all(answering_.look(scene(), network_, scheduler_.now()));
  first_words_.look(scene(), scheduler_.now());
  const std::uint64_t now = version();
  if (now == looked_at_) return;
  looked_at_ = now;
  notice_open_ports();
  notice_routers();
  violated_all(continuity_.look(scene()));
  violated_all(isolation(scene()));
  violated_all(isolation_outside(scene()));
  violated_all(blocks_apart(cloud_.snapshot()));
  violated_all(crossings_at_rest(scene()));
  violated_all(ownership_.look(scene()));
  for (const auto& node : nodes_) {
    if (node->switch_runs() && node->vswitchd().counters().unknown > 0) {
      violated("vocabulary: " + node->host() + " was sent something outside our words");
    }
  }
  look_at_bounds();
}

// What has lost its port security is let go on as long as its switch is not told otherwise.
void World::notice_open_ports() {
  const bool all_told =
      std::ranges::all_of(nodes_, [this](const auto& node) { return node->in_sync() && is_told(cloud_, *node); });
  for (const auto& [id, port] : cloud_.snapshot().ports()) {
    if (!port->port_security_enabled) {
      open_.insert(port->id);
    } else if (all_told) {
      open_.erase(port->id);
    }
  }
}

void World::notice_routers() {
  const model::Snapshot& cloud = cloud_.snapshot();
  for (const auto& [id, router] : cloud.table<model::Router>()) {
    std::set<NetworkId> networks;
    for (const PortId& interface : cloud.interfaces_of(router->id)) {
      const model::Port& port = **cloud.find(interface);
      networks.insert(port.network);
      doors_[port.network].insert(port.mac);
    }
    for (const NetworkId& network : networks) met_[network].insert(networks.begin(), networks.end());
  }
  notice(outdoors_, cloud);
}

// A remembered wish removes nothing; law 6 after each rendering, and the slice it was made from.
void World::look_at_agents() {
  for (const auto& node : nodes_) {
    if (unplanted_.contains(node.get()) && node->in_sync()) {
      unplanted_.erase(node.get());
      ownership_.plant_flows(*node);
    }
    if (!node->agent_runs()) continue;
    if (node->brain().from_journal() && plans_removals(*node)) {
      violated("journal: the agent of " + node->host() + " would remove what it only does not remember");
    }
    auto& seen = agents_seen_[node.get()];
    const std::uint64_t renderings = node->brain().renderer().updates();
    const std::uint64_t revision = node->wish() != nullptr ? node->brain().revision() : 0;
    if (renderings == seen.first && revision == seen.second) continue;
    seen = {renderings, revision};
    if (!node->brain().wishes_as_from_scratch()) {
      violated("rendering: the wish of " + node->host() + " is not the one from scratch");
    }
    violated_all(wish_is_whole(cloud_, *node));
  }
}

void World::look_at_bounds() {
  const auto check = [this](const char* what, std::size_t have, std::size_t bound) {
    if (have > bound) violated(std::string("bounds: ") + what + " reached " + std::to_string(have));
  };
  check("jobs waiting in a loop", scheduler_.ready_most(), ready_jobs_max);
  check("timers", scheduler_.timers_most(), timers_max);
  check("bytes waiting in a connection", network_.waiting_most(), waiting_bytes_max);
}

void World::steps(std::size_t count) {
  for (std::size_t i = 0; i < count && violations_.empty(); ++i) {
    scheduler_.step();
    look();
  }
}

bool World::run_until(const std::function<bool()>& done, rt::Duration deadline) {
  std::size_t steps_made = 0;
  scheduler_.run(deadline, [&] {
    look();
    if (++steps_made > steps_max) violated("bounds: no end after " + std::to_string(steps_max) + " steps");
    return !violations_.empty() || done();
  });
  return violations_.empty() && done();
}

void World::heal() {
  network_.faults() = {};
  network_.forget_slowness();
  wires_.heal();
  cloud_.disk().set_full(false);
  if (!cloud_.running()) cloud_.start();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    Node& node = *nodes_[i];
    if (!node.powered()) boot(i);
    if (!node.database_runs()) node.start_database();
    if (!node.switch_runs()) start_switch(i, Node::Flows::lost);
    if (!node.agent_runs()) node.start_agent();
  }
  ++edits_;
}

bool World::at_rest() const {
  return cloud_.serving() && cloud_.unanswered() == 0 && wires_.quiet() &&
         std::ranges::all_of(nodes_, [](const auto& each) {
           return each->in_sync() && each->brain().connected() && !each->waits_for_flows();
         });
}

bool World::endures_refusals() {
  const bool any = std::ranges::any_of(
      nodes_, [](const auto& node) { return node->vswitchd().refuses_anything() || node->ovsdb().refuses_anything(); });
  if (!any) return true;
  const auto others_are_well = [this] { return scheduler_.is_idle() && stopped_by_refusals(scene()).empty(); };
  if (!run_until(others_are_well, sync_deadline) && violations_.empty()) violated_all(stopped_by_refusals(scene()));
  for (const auto& node : nodes_) {
    node->vswitchd().refuse(nullptr);
    node->ovsdb().refuse(nullptr);
  }
  return violations_.empty();
}

bool World::settle() {
  heal();
  if (!endures_refusals()) return false;
  const rt::Instant limit = scheduler_.now() + sync_deadline;
  while (violations_.empty()) {
    if (scheduler_.now() > limit || !run_until([this] { return at_rest(); }, limit - scheduler_.now())) {
      if (violations_.empty()) violated("convergence: not in sync in time");
      return false;
    }
    const bool left = run_until([this] { return !at_rest(); }, calm);
    if (!left && violations_.empty()) break;
  }
  greet_outside();
  continuity_.trust();
  violated_all(sim::at_rest(scene()));
  violated_all(continuity_.at_rest(scene()));
  violated_all(meetings_at_rest(scene()));
  violated_all(first_words_.at_rest(scene()));
  for (const auto& node : nodes_) {
    for (const std::string& fault : node->datapath().faults()) violated("walk: at " + node->host() + ": " + fault);
  }
  return violations_.empty();
}

// A packet for somebody whom the switch does not know is lost, and has him asked for.
void World::greet_outside() {
  if (outdoors_.addresses.empty()) return;
  const auto port = static_cast<std::uint16_t>(greeting_port + greetings_++);
  greet(scene(), port);
  call_each_other(scene(), port);
  run_until([] { return false; }, introduction);
}

void World::check_adoption(std::size_t index) {
  Node& node = *nodes_[index];
  if (network_.faults().cut > 0 || network_.is_slow()) return;
  // What has happened a moment ago is still on its way to it.
  run_until([this] { return scheduler_.is_idle(); });
  if (!node.in_sync() || node.waits_for_flows() || !is_told(cloud_, node)) return;
  const model::Slice before = model::slice(cloud_.snapshot(), node.host());
  const std::string journal = node.disk();
  node.crash_agent();
  // What was wished last did not reach the disk: wish and world do not agree.
  if (node.disk() != journal) return node.start_agent();
  node.start_agent(reconcile::Writes::forbid);
  model::Revision revision = cloud_.snapshot().revision();
  // Other hosts come in sight and are lost, which changes what it wishes.
  const std::uint64_t sight = wires_.version();
  bool moved = false;
  const auto wish_moved = [&] {
    if (wires_.version() != sight) moved = true;
    if (const model::Revision now = cloud_.snapshot().revision(); now != revision) {
      revision = now;
      moved = moved || !model::difference(before, model::slice(cloud_.snapshot(), node.host())).empty();
    }
    return moved;
  };
  const bool adopted =
      run_until([&] { return node.in_sync() || wish_moved() || !cloud_.serving(); }, adoption_deadline);
  run_until(wish_moved, adoption_calm);
  const Node::Attempts attempts = node.attempts();
  const bool silent = attempts.made + attempts.forbidden == 0;
  // Without a server it lives on its journal, and is never wholly in sync.
  if (violations_.empty() && !wish_moved() && !((adopted || !cloud_.serving()) && silent)) {
    violated("adoption: the agent of " + node.host() + " attempted writes after a restart at rest");
  }
  node.crash_agent();
  node.start_agent();
}

bool World::stays_silent(rt::Duration duration) {
  struct Written {
    std::uint64_t reports = 0;
    std::uint64_t revision = 0;
    std::uint64_t writes = 0;
    bool operator==(const Written&) const = default;
  };
  const auto written = [this] {
    Written now{cloud_.reports(), cloud_.snapshot().revision(), 0};
    for (const auto& node : nodes_) now.writes += node->writes_seen();
    return now;
  };
  const Written before = written();
  run_until([] { return false; }, duration);
  const Written after = written();
  if (violations_.empty() && after != before) {
    violated("silence: at rest came " + std::to_string(after.writes - before.writes) + " writes, " +
             std::to_string(after.reports - before.reports) + " reports, " +
             std::to_string(after.revision - before.revision) + " commits");
  }
  return violations_.empty();
}

std::uint64_t World::trace() const {
  return ContentHash()
      .add(network_.trace())
      .add(lines_.trace())
      .add(scheduler_.steps())
      .add(static_cast<std::uint64_t>(scheduler_.now().since_start.count()))
      .value();
}

}  // namespace tarn::sim
