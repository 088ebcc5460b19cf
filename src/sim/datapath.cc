#include "sim/datapath.h"

namespace tarn::sim {

void Datapath::become(const FlowTable& flows, const PortNumbers& ports, const LivePorts& alive) {
  std::map<wire::of::FlowKey, wire::of::FlowSpec> specs;
  for (const auto& [key, seen] : flows) specs.emplace(key, seen.spec);
  if (specs == flows_ && ports == ports_ && alive == alive_) return;
  flows_ = std::move(specs);
  ports_ = ports;
  alive_ = alive;
  pipeline_.reset();
  walked_.clear();
  ++version_;
}

const Pipeline& Datapath::pipeline() const {
  if (!pipeline_) pipeline_ = std::make_shared<const Pipeline>(flows_, alive_);
  return *pipeline_;
}

const std::vector<Emission>& Datapath::emissions(std::uint32_t in_port, const Packet& packet) const {
  const auto [walked, is_new] = walked_.try_emplace({in_port, packet});
  if (is_new) {
    Walk walk = pipeline().walk(in_port, packet, conntrack_);
    walked->second = {std::move(walk.emissions), std::move(walk.faults)};
  }
  return walked->second.emissions;
}

std::set<std::string> Datapath::faults() const {
  std::set<std::string> all;
  for (const auto& [sent, walked] : walked_) all.insert(walked.faults.begin(), walked.faults.end());
  return all;
}

std::vector<Emission> Datapath::send(std::uint32_t in_port, const Packet& packet) {
  Walk walk = pipeline().walk(in_port, packet, conntrack_);
  if (walk.teach(conntrack_)) {
    walked_.clear();
    ++version_;
  }
  if (!walk.learned.empty()) learn(walk.learned);
  return std::move(walk.emissions);
}

std::vector<Emission> Datapath::send_out(const std::vector<wire::of::Action>& actions, const Packet& packet) {
  return pipeline().send(actions, packet).emissions;
}

void Datapath::learn(const std::vector<Learned>& all) {
  if (pupil_) return pupil_(all);
  FlowTable flows;
  for (const auto& [key, spec] : flows_) flows[key].spec = spec;
  for (const Learned& learned : all) sim::learn(flows, learned);
  become(flows, PortNumbers(ports_), LivePorts(alive_));
}

std::optional<std::uint32_t> Datapath::number_of(const std::string& interface) const {
  const auto found = ports_.find(interface);
  return found == ports_.end() ? std::nullopt : std::optional(found->second);
}

std::string Datapath::name_of(std::uint32_t port) const {
  for (const auto& [name, number] : ports_) {
    if (number == port) return name;
  }
  return {};
}

}  // namespace tarn::sim
