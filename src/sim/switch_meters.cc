// Meters of the model switch: one by one, refused as the real one refuses. They go with the process, and a flow never
// stands without its meter.
#include <algorithm>

#include "sim/model_switch.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

// OFPET_METER_MOD_FAILED (OpenFlow 1.5 section 7.5.4.15).
constexpr std::uint16_t meter_mod_failed = 12;
const of::ErrorReply meter_exists{meter_mod_failed, 1, {}};
const of::ErrorReply unknown_meter{meter_mod_failed, 3, {}};

const of::Meter* meter_of(const of::FlowSpec& spec) {
  for (const of::Action& action : spec.actions) {
    if (const auto* meter = std::get_if<of::Meter>(&action)) return meter;
  }
  return nullptr;
}

}  // namespace

std::optional<of::ErrorReply> ModelSwitch::change(const of::PutMeter& meter) {
  if (meters_.contains(meter.id) != meter.is_there) return meter.is_there ? unknown_meter : meter_exists;
  meters_[meter.id] = meter.spec;
  return std::nullopt;
}

// Takes every flow along that uses it; one that is not there is gone already.
std::optional<of::ErrorReply> ModelSwitch::change(const of::DeleteMeter& meter) {
  if (meters_.erase(meter.id) == 0) return std::nullopt;
  std::vector<of::FlowKey> users;
  for (const auto& [key, seen] : flows_) {
    const of::Meter* used = meter_of(seen.spec);
    if (used != nullptr && used->meter == meter.id) users.push_back(key);
  }
  for (const of::FlowKey& key : users) {
    const auto flow = flows_.extract(key);
    if (!flow.empty()) unlearn(flows_, flow.mapped().spec.actions);
  }
  forward();
  return std::nullopt;
}

bool ModelSwitch::knows_meters_of(const of::FlowSpec& spec) const {
  return std::ranges::all_of(spec.actions, [this](const of::Action& action) {
    const auto* meter = std::get_if<of::Meter>(&action);
    const auto* controller = std::get_if<of::Controller>(&action);
    if (meter != nullptr) return meters_.contains(meter->meter);
    return controller == nullptr || controller->meter == 0 || meters_.contains(controller->meter);
  });
}

}  // namespace tarn::sim
