#include "sim/datapath.h"

namespace tarn::sim {

void Datapath::become(const FlowTable& flows, const PortNumbers& ports) {
  std::map<wire::of::FlowKey, wire::of::FlowSpec> specs;
  for (const auto& [key, seen] : flows) specs.emplace(key, seen.spec);
  if (specs == flows_ && ports == ports_) return;
  flows_ = std::move(specs);
  ports_ = ports;
  pipeline_.reset();
  ++version_;
}

Walk Datapath::walk(std::uint32_t in_port, Packet packet) const {
  if (!pipeline_) pipeline_ = std::make_shared<const Pipeline>(flows_);
  return pipeline_->walk(in_port, std::move(packet));
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
