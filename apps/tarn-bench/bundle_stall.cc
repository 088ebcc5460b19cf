// How long the switch's one forwarding thread is kept from packets by one bundle of N flows, and by many bundles in a
// row as the agent's lane sends them.
#include "benchmarks.h"
#include "stall.h"

namespace tarn::bench {
namespace {

using domain::Flow;

constexpr std::size_t bundle_sizes[] = {16, 64, 256, 1'024, 4'096, 16'384};
constexpr std::size_t lane_bounds[] = {64, 256, 1'024, 4'096};
constexpr std::uint32_t ports_of_a_full_node = 2'000;  // about 20,000 flows

enum class Doing : std::uint8_t { add, change, remove };
constexpr Doing doings[] = {Doing::add, Doing::change, Doing::remove};
const char* name_of(Doing doing) {
  return doing == Doing::add ? "add" : doing == Doing::change ? "change" : "remove";
}

// The flow with something more to do: a change in place of the same key.
Flow::Spec changed(Flow::Spec spec) {
  std::vector<wire::of::Action> actions = spec.actions;
  actions.insert(actions.begin(), wire::of::SetField{wire::of::FieldValue::number(wire::of::Field::reg15, 1)});
  spec.actions = std::move(actions);
  return spec;
}

std::vector<reconcile::Step<Flow>> steps_of(const FlowTable& table, std::size_t count, Doing doing) {
  std::vector<reconcile::Step<Flow>> steps;
  for (const auto& [key, spec] : table) {
    if (steps.size() == count) break;
    const Flow::Seen seen{.spec = spec};
    const Flow::Seen seen_changed{.spec = changed(spec)};
    if (doing == Doing::add) steps.emplace_back(reconcile::Create<Flow>{key, spec});
    if (doing == Doing::change)
      steps.emplace_back(reconcile::Change<Flow>{key, changed(spec), seen, reconcile::Drift::adjust});
    if (doing == Doing::remove) steps.emplace_back(reconcile::Remove<Flow>{key, seen_changed});
  }
  return steps;
}

Status try_bundles(SwitchUnderProbe& ovs, const SampleFlows& flows, int rounds, Rows& rows) {
  for (const std::size_t size : bundle_sizes) {
    tell(std::to_string(size) + " flows in one bundle");
    Series series[std::size(doings)];
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < std::size(doings); ++i) {
        const auto steps = steps_of(flows.crowd, size, doings[i]);
        if (Status done = ovs.try_once([&] { return ovs.apply(steps); }, series[i]); !done) return done;
      }
    }
    for (std::size_t i = 0; i < std::size(doings); ++i) {
      series[i].labels = {static_cast<std::int64_t>(size), name_of(doings[i])};
      rows.push_back(std::move(series[i]));
    }
  }
  return {};
}

Status try_rows_of_bundles(SwitchUnderProbe& ovs, const SampleFlows& sample, int rounds, Rows& rows) {
  const FlowTable all = all_of(sample);
  for (const std::size_t bound : lane_bounds) {
    tell(std::to_string(all.size()) + " flows in bundles of " + std::to_string(bound));
    const auto flows = static_cast<std::int64_t>(sample.crowd.size());
    Series up{{static_cast<std::int64_t>(bound), flows, "add"}, {}};
    Series down{{static_cast<std::int64_t>(bound), flows, "remove"}, {}};
    SwitchUnderProbe::Reconciler reconciler(ovs, bound);
    if (Status done = reconciler.reach(sample.base); !done) return done;
    for (int round = 0; round < rounds; ++round) {
      if (Status done = ovs.try_once([&] { return reconciler.reach(all); }, up); !done) return done;
      if (Status done = ovs.try_once([&] { return reconciler.reach(sample.base); }, down); !done) return done;
    }
    rows.push_back(std::move(up));
    rows.push_back(std::move(down));
  }
  return {};
}

}  // namespace

Result<Report> measure_bundles(const Settings& settings) {
  const SampleFlows flows = sample_flows(ports_of_a_full_node);
  SwitchUnderProbe ovs;
  if (Status done = ovs.start(flows.base); !done) return std::unexpected(done.error());
  Rows bundles, rows;
  if (Status done = try_bundles(ovs, flows, settings.rounds, bundles); !done) return std::unexpected(done.error());
  if (Status done = try_rows_of_bundles(ovs, flows, settings.rounds, rows); !done) return std::unexpected(done.error());
  const std::vector<Sample> samples = ovs.finish();
  const std::string rounds = "; median (least to most) of " + std::to_string(settings.rounds);
  Report report;
  report.sheets.push_back(
      sheet_of("bundles", "One bundle" + rounds, {{"flows", "flows"}, {"change", "change"}}, bundles, samples));
  report.sheets.push_back(sheet_of("rows_of_bundles", "A node's flows in bundles, one right after the other" + rounds,
                                   {{"bundle_steps_max", "bound"}, {"flows", "flows"}, {"change", "change"}}, rows,
                                   samples));
  return report;
}

}  // namespace tarn::bench
