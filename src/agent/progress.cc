#include "agent/progress.h"

#include <algorithm>

namespace tarn::agent {
namespace {

bool settled(const Lanes& lanes, const render::Renderer& renderer, const render::Rows& rows, const PortId& id) {
  const render::RowValue* row = rows.find(render::key_of(render::Table::port, id.uuid));
  const auto* item = row == nullptr ? nullptr : std::get_if<model::SliceItem>(row);
  const auto* port = item == nullptr ? nullptr : std::get_if<model::Port>(item->row.get());
  if (port == nullptr) return false;
  for (const render::UnitId& unit : render::units_behind(*port)) {
    const render::Renderer::Shard* shard = renderer.shard(unit);
    if (shard == nullptr) continue;
    for (const auto& [key, spec] : shard->wishes.flows) {
      if (!lanes.flows.settled(key)) return false;
    }
  }
  return true;
}

// The oldest revision among the rows whose flows the switch refuses.
std::optional<model::Revision> lowest_failing(const Lanes& lanes, const render::Renderer& renderer) {
  std::optional<model::Revision> lowest;
  if (lanes.flows.failing_count() == 0) return lowest;
  for (const auto& [unit, shard] : renderer.shards()) {
    const bool fails = std::any_of(shard.wishes.flows.begin(), shard.wishes.flows.end(),
                                   [&](const auto& flow) { return lanes.flows.refusal(flow.first) != nullptr; });
    if (fails) lowest = std::min(lowest.value_or(shard.version), shard.version);
  }
  return lowest;
}

}  // namespace

void Progress::wish_changed(const render::Patches& patches) {
  for (const auto& [port, wired] : patches.wired) {
    waiting_.erase(port);
    if (!wired) {
      ports_.erase(port);
      continue;
    }
    if (*wired == render::Wired::yes) waiting_.insert(port);
    ports_[port] = model::PortStatus::down;
  }
}

std::optional<feed::Report> Progress::report(const Lanes& lanes, const render::Renderer& renderer,
                                             const render::Rows& rows, model::Revision revision) {
  std::erase_if(waiting_, [&](const PortId& port) {
    if (!settled(lanes, renderer, rows, port)) return false;
    ports_[port] = model::PortStatus::active;
    return true;
  });
  if (!lanes.flows.whole()) return std::nullopt;
  feed::Report report;
  report.failing = lowest_failing(lanes, renderer);
  const bool caught_up = lanes.flows.due_count() == lanes.flows.failing_count();
  report.applied = caught_up ? revision : (last_ ? last_->applied : 0);
  report.ports = ports_;
  if (last_ == report) return std::nullopt;
  last_ = report;
  return report;
}

}  // namespace tarn::agent
