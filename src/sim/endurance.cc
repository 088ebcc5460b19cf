#include "sim/endurance.h"

#include <fmt/format.h>

#include "sim/refusal.h"

namespace tarn::sim {
namespace {

using domain::Bridge;
using domain::Flow;
using domain::FlowExport;
using domain::InstanceFile;
using domain::Meter;
using domain::NameFile;
using domain::NetworkNumber;
using domain::OfportPin;
using domain::SwitchPort;
using domain::ZoneTimeouts;

class Look {
 public:
  explicit Look(const Node& node) : node_(node) {}

  std::vector<std::string> run() {
    const agent::Lanes& lanes = node_.brain().lanes();
    look(lanes.flows, [this, &lanes](const Flow::Key& key) {
      const auto* want = lanes.flows.wanted(key);
      return want != nullptr && node_.vswitchd().refuses({key, *want});
    });
    look(lanes.pins, [this](const std::string& interface) { return refuses_row(subject_of_pin(interface)); });
    look(lanes.exports, [](const FlowExport::Key&) { return false; });
    look(lanes.zones, [](const ZoneTimeouts::Key&) { return false; });
    look(lanes.instances, [](const InstanceFile::Key&) { return false; });
    look(lanes.names, [](const NameFile::Key&) { return false; });
    look(lanes.bgp, [](const domain::BgpItem::Key&) { return false; });
    next_rank();
    look(lanes.meters, [](const Meter::Key&) { return false; });
    next_rank();
    look(lanes.numbers, [this](const NetworkId& network) { return refuses_row(subject_of_number(network)); });
    next_rank();
    look(lanes.switch_ports, [this](const std::string& port) { return refuses_row(subject_of_port(port)); });
    next_rank();
    look(lanes.bridges, [](const std::string&) { return false; });
    look_at_tables();
    return std::move(broken_);
  }

 private:
  [[nodiscard]] bool refuses_row(const std::string& subject) const {
    return node_.ovsdb().refusal(subject).has_value();
  }
  void report(const std::string& what) { broken_.push_back("endurance: " + what + " at " + node_.host()); }

  template <class Lane, class Refuses>
  void look(const Lane& lane, const Refuses& refuses) {
    const auto difference = lane.difference();
    if (!difference) return report(fmt::format("no whole picture of each {}", lane.name()));
    const auto each = [&](const auto& step) {
      if (!refuses(step.key)) {
        report(fmt::format("a {} is not as it is wished, and nothing refuses it", lane.name()));
      } else if (lane.refusal(step.key) == nullptr) {
        report(fmt::format("a {} is refused, and the agent does not say so", lane.name()));
      }
    };
    for (const auto& step : difference->creates) each(step);
    for (const auto& step : difference->changes) each(step);
    // What cannot be removed holds back the removals of what it refers to (docs/architecture.md), and nothing else.
    if (holds_back_) return;
    for (const auto& step : difference->removes) each(step);
    removals_left_ = removals_left_ || !difference->removes.empty();
  }
  // From here on lanes are looked at that those before may refer to (agent/lanes.h).
  void next_rank() { holds_back_ = removals_left_; }

  // What the switch itself holds, whatever the agent believes of it.
  void look_at_tables() {
    const auto wanted = node_.brain().renderer().tables().flows;
    const FlowTable& flows = node_.vswitchd().flows();
    for (const auto& [key, spec] : wanted) {
      const auto there = flows.find(key);
      const bool stands = there != flows.end() && there->second.spec == spec;
      if (!stands && !node_.vswitchd().refuses({key, spec})) report("a flow is missing, and nothing refuses it");
    }
    for (const auto& [key, seen] : flows) {
      const bool ours = Flow::ownership(key, seen) == reconcile::Ownership::ours;
      if (ours && !wanted.contains(key)) report("a flow that nobody wishes for stands");
    }
  }

  const Node& node_;
  bool removals_left_ = false;
  bool holds_back_ = false;  // a lane of a higher rank has a removal left
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> stopped_by_refusals(const Scene& scene) {
  std::vector<std::string> broken;
  for (const auto& node : scene.nodes) {
    if (!is_told(scene.cloud, *node)) {
      broken.push_back("endurance: the wish of " + node->host() + " is not the cloud's");
      continue;
    }
    for (std::string& each : Look(*node).run()) broken.push_back(std::move(each));
  }
  return broken;
}

}  // namespace tarn::sim
