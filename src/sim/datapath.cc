#include "sim/datapath.h"

namespace tarn::sim {

void Datapath::become(const FlowTable& flows, const PortNumbers& ports) {
  std::map<wire::of::FlowKey, wire::of::FlowSpec> specs;
  for (const auto& [key, seen] : flows) specs.emplace(key, seen.spec);
  if (specs == flows_ && ports == ports_) return;
  flows_ = std::move(specs);
  ports_ = ports;
  pipeline_.reset();
  walked_.clear();
  ++version_;
}

const Pipeline& Datapath::pipeline() const {
  if (!pipeline_) pipeline_ = std::make_shared<const Pipeline>(flows_);
  return *pipeline_;
}

const std::vector<Emission>& Datapath::emissions(std::uint32_t in_port, const Packet& packet) const {
  const auto [walked, is_new] = walked_.try_emplace({in_port, packet});
  if (is_new) walked->second = pipeline().walk(in_port, packet, conntrack_).emissions;
  return walked->second;
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

void Datapath::learn(const std::vector<Learned>& all) {
  if (pupil_) return pupil_(all);
  FlowTable flows;
  for (const auto& [key, spec] : flows_) flows[key].spec = spec;
  for (const Learned& learned : all) sim::learn(flows, learned);
  become(flows, PortNumbers(ports_));
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
