#include "sim/world.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace tarn::sim {

using namespace std::chrono_literals;

namespace {

constexpr rt::Duration sync_deadline = 45s;  // less than the audit would take to repair what was missed
constexpr rt::Duration calm = 3s;            // longer than any message may take once there are no faults

}  // namespace

World::World(std::uint64_t seed, std::size_t nodes)
    : choice_(seed),
      scheduler_(choice_),
      network_(scheduler_),
      lines_(scheduler_, network_),
      cloud_(scheduler_, lines_) {
  cloud_.start();
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string number = std::to_string(i + 1);
    nodes_.push_back(std::make_unique<Node>(scheduler_, network_, lines_, "host-" + number, "192.0.2." + number));
    ownership_.plant(*nodes_.back());
    nodes_.back()->start_agent();
  }
  CHECK(run_until([this] { return std::ranges::all_of(nodes_, [](const auto& each) { return each->in_sync(); }); }));
  for (const auto& each : nodes_) ownership_.plant_flows(*each);
}

PortId World::port(NetworkId network, std::size_t node, boost::json::object more) {
  const PortId id = cloud_.port(network, nodes_[node]->host(), std::move(more));
  networks_[id] = network;
  ++edits_;
  return id;
}

Attachment World::plug(PortId port, std::size_t node) {
  const Attachment attachment{node, "tap-" + std::to_string(taps_.size() + 1), port};
  const auto* row = cloud_.snapshot().find(port);
  nodes_[node]->plug(port, attachment.interface, row != nullptr ? (*row)->mac.text() : "00:00:00:00:00:01");
  attachments_.insert(attachment);
  taps_.emplace(attachment.interface, port);
  ++edits_;
  return attachment;
}

void World::unplug(const Attachment& attachment) {
  CHECK(attachments_.erase(attachment) == 1);
  nodes_[attachment.node]->unplug(attachment.interface);
  ++edits_;
}

void World::start_switch(std::size_t node, Node::Flows flows) {
  if (flows == Node::Flows::lost) continuity_.forget();
  nodes_[node]->start_switch(flows);
  ownership_.plant_flows(*nodes_[node]);
  ++edits_;
}

void World::restart_switch(std::size_t node, Node::Flows flows) {
  nodes_[node]->crash_switch();
  start_switch(node, flows);
}

// What the laws of traffic depend on; while it stays the same there is nothing new to see.
std::uint64_t World::version() const {
  ContentHash hash;
  hash.add(edits_).add(cloud_.snapshot().revision());
  for (const auto& node : nodes_) {
    hash.add(node->datapath().version()).add(node->database().last_commit()).add(node->writes_seen());
  }
  return hash.value();
}

void World::look() {
  const std::uint64_t now = version();
  if (now == looked_at_) return;
  looked_at_ = now;
  for (auto& what : continuity_.look(scene())) violated(std::move(what));
  for (auto& what : isolation(scene())) violated(std::move(what));
  for (auto& what : ownership_.look(scene())) violated(std::move(what));
  for (const auto& node : nodes_) {
    if (node->switch_runs() && node->vswitchd().counters().unknown > 0) {
      violated("vocabulary: " + node->host() + " was sent something outside our words");
    }
  }
}

void World::steps(std::size_t count) {
  for (std::size_t i = 0; i < count && violations_.empty(); ++i) {
    scheduler_.step();
    look();
  }
}

bool World::run_until(const std::function<bool()>& done, rt::Duration deadline) {
  scheduler_.run(deadline, [&] {
    look();
    return !violations_.empty() || done();
  });
  return violations_.empty() && done();
}

void World::start_everything() {
  network_.faults() = {};
  if (!cloud_.running()) cloud_.start();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->database_runs()) nodes_[i]->start_database();
    if (!nodes_[i]->switch_runs()) start_switch(i, Node::Flows::lost);
    if (nodes_[i]->switch_runs()) nodes_[i]->vswitchd().refuse({});
    if (!nodes_[i]->agent_runs()) nodes_[i]->start_agent();
  }
}

bool World::settle() {
  start_everything();
  const auto in_sync = [this] {
    return std::ranges::all_of(nodes_, [](const auto& each) {
      return each->in_sync() && each->brain().connected() && !each->waits_for_flows();
    });
  };
  const rt::Instant limit = scheduler_.now() + sync_deadline;
  while (violations_.empty()) {
    if (scheduler_.now() > limit || !run_until(in_sync, limit - scheduler_.now())) {
      if (violations_.empty()) violated("convergence: not in sync in time");
      return false;
    }
    const bool left = run_until([&] { return !in_sync(); }, calm);
    if (!left && violations_.empty()) break;
  }
  for (auto& what : at_rest(scene())) violated(std::move(what));
  return violations_.empty();
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
