// How long the switch's one forwarding thread is kept from packets: by one bundle of N flows, by many bundles in a row
// as the agent's lane sends them, and by a listing of all flows. Each beside a control interval of the same length in
// which nothing was asked of the switch.
#include <algorithm>
#include <functional>
#include <memory>

#include "agent/lanes.h"
#include "benchmarks.h"
#include "host/openflow_driver.h"
#include "probe.h"
#include "reconcile/lane.h"
#include "reconcile/machine.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "sample_flows.h"
#include "switch_lab.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
using domain::Flow;

constexpr std::size_t bundle_sizes[] = {16, 64, 256, 1'024, 4'096, 16'384};
constexpr std::size_t lane_bounds[] = {64, 256, 1'024, 4'096};
constexpr std::uint32_t listed_ports[] = {100, 500, 2'000};
constexpr std::uint32_t ports_of_a_full_node = 2'000;  // about 20,000 flows
constexpr rt::Duration patience = 60s;
constexpr std::chrono::microseconds probe_interval{200};
constexpr rt::Duration settle = 50ms;  // after an action: the switch checks its datapath flows against the new tables
constexpr rt::Duration between = 50ms;
constexpr rt::Duration warm_up = 500ms;
constexpr rt::Duration never = std::chrono::hours(24);

enum class Doing : std::uint8_t { add, change, remove };
constexpr Doing doings[] = {Doing::add, Doing::change, Doing::remove};
const char* name_of(Doing doing) {
  return doing == Doing::add ? "add" : doing == Doing::change ? "change" : "remove";
}

double ms(rt::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

reconcile::Whole<FlowTable> whole(FlowTable table) {
  reconcile::Collector<FlowTable> collector;
  collector.so_far() = std::move(table);
  return std::move(collector).finish();
}

// The flow with something more to do: a change in place of the same key.
Flow::Spec changed(Flow::Spec spec) {
  spec.actions.insert(spec.actions.begin(),
                      wire::of::SetField{wire::of::FieldValue::number(wire::of::Field::reg15, 1)});
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

// One action with the time it took, and as long a time without any.
struct Trial {
  double wall_ms = 0;
  Window action;
  Window control;
};

// A row of a sheet: the same action in every round.
struct Series {
  std::vector<Cell> labels;
  std::vector<Trial> trials;
};

class SwitchUnderProbe {
 public:
  Status start() {
    Result<std::unique_ptr<SwitchLab>> lab = SwitchLab::raise();
    if (!lab) return std::unexpected(lab.error());
    lab_ = std::move(*lab);
    driver_.emplace(loop_, dialer_, choice_, lab_->management_socket());
    if (!loop_.run_until([&] { return driver_->connected(); }, patience)) {
      return fail(ErrorCode::unavailable, driver_->status());
    }
    if (Status done = apply(steps_of(base_, base_.size(), Doing::add)); !done) return done;
    Result<std::unique_ptr<Probe>> probe =
        Probe::start({lab_->instance_namespace(1), identity_of(1).address},
                     {lab_->instance_namespace(2), identity_of(2).address}, probe_interval);
    if (!probe) return std::unexpected(probe.error());
    probe_ = std::move(*probe);
    pass(warm_up);
    return {};
  }

  Status apply(std::vector<reconcile::Step<Flow>> steps) {
    std::optional<host::OpenflowDriver::Outcomes> answer;
    driver_->apply(std::move(steps), reconcile::Writes::allow, [&](auto outcomes) { answer = std::move(outcomes); });
    if (!loop_.run_until([&] { return answer.has_value(); }, patience)) return too_slow();
    for (const reconcile::Outcome& outcome : *answer) {
      if (const auto* refused = std::get_if<reconcile::Refused>(&outcome)) return fail(refused->why);
    }
    return {};
  }

  Status list() {
    bool listed = false;
    driver_->list([&](const auto&) { listed = true; });
    return loop_.run_until([&] { return listed; }, patience) ? Status() : too_slow();
  }

  // As the agent does it: a lane with a bound and its machine, which knows the switch already.
  class Reconciler {
   public:
    Reconciler(SwitchUnderProbe& ovs, std::size_t bundle_steps_max)
        : ovs_(ovs),
          lane_(*ovs.driver_, ovs.loop_, ovs.choice_, options(bundle_steps_max)),
          machine_(ovs.loop_, {&lane_}, never) {}
    ~Reconciler() { ovs_.driver_->on_hint({}); }
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    // From the wish to rest.
    Status reach(const FlowTable& wish) {
      lane_.want(whole(wish));
      const bool rests = ovs_.loop_.run_until([&] { return machine_.at_rest(); }, patience);
      return rests ? Status() : too_slow();
    }

   private:
    static reconcile::LaneOptions options(std::size_t bundle_steps_max) {
      reconcile::LaneOptions options;
      options.batch_steps_max = bundle_steps_max;
      options.grants = true;
      return options;
    }

    SwitchUnderProbe& ovs_;
    reconcile::Lane<Flow> lane_;
    reconcile::Machine machine_;
  };

  // Runs `action` under the probe, then lets as much time pass without one.
  Status try_once(const std::function<Status()>& action, Series& series) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    pass(between);
    Trial trial;
    const rt::Instant begin = now();
    if (Status done = action(); !done) return done;
    trial.wall_ms = ms(now() - begin);
    pass(settle);
    trial.action = {begin, now()};
    pass(between);
    trial.control.begin = now();
    pass(trial.action.end - begin);
    trial.control.end = now();
    series.trials.push_back(trial);
    return {};
  }

  std::vector<Sample> finish() { return probe_->finish(); }
  [[nodiscard]] const FlowTable& base() const { return base_; }
  [[nodiscard]] const FlowTable& crowd() const { return crowd_; }

 private:
  [[nodiscard]] rt::Instant now() const { return loop_.clock().now(); }
  void pass(rt::Duration duration) {
    static_cast<void>(loop_.run_until([] { return false; }, duration));
  }
  static Status too_slow() { return fail(ErrorCode::unavailable, "the switch did not answer in time"); }

  SampleFlows flows_ = sample_flows(ports_of_a_full_node);
  const FlowTable& base_ = flows_.base;
  const FlowTable& crowd_ = flows_.crowd;
  std::unique_ptr<SwitchLab> lab_;
  rt::AsioLoop loop_;
  rt::AsioDialer dialer_{loop_};
  rt::Seeded choice_{1};
  std::optional<host::OpenflowDriver> driver_;
  std::unique_ptr<Probe> probe_;
};

using Rows = std::vector<Series>;

Status try_bundles(SwitchUnderProbe& ovs, int rounds, Rows& rows) {
  for (const std::size_t size : bundle_sizes) {
    tell(std::to_string(size) + " flows in one bundle");
    Series series[std::size(doings)];
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < std::size(doings); ++i) {
        const auto steps = steps_of(ovs.crowd(), size, doings[i]);
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

FlowTable all_of(const SwitchUnderProbe& ovs) {
  FlowTable all = ovs.base();
  all.insert(ovs.crowd().begin(), ovs.crowd().end());
  return all;
}

Status try_rows_of_bundles(SwitchUnderProbe& ovs, int rounds, Rows& rows) {
  const FlowTable all = all_of(ovs);
  for (const std::size_t bound : lane_bounds) {
    tell(std::to_string(all.size()) + " flows in bundles of " + std::to_string(bound));
    const auto flows = static_cast<std::int64_t>(all.size() - ovs.base().size());
    Series up{{static_cast<std::int64_t>(bound), flows, "add"}, {}};
    Series down{{static_cast<std::int64_t>(bound), flows, "remove"}, {}};
    SwitchUnderProbe::Reconciler reconciler(ovs, bound);
    if (Status done = reconciler.reach(ovs.base()); !done) return done;
    for (int round = 0; round < rounds; ++round) {
      if (Status done = ovs.try_once([&] { return reconciler.reach(all); }, up); !done) return done;
      if (Status done = ovs.try_once([&] { return reconciler.reach(ovs.base()); }, down); !done) return done;
    }
    rows.push_back(std::move(up));
    rows.push_back(std::move(down));
  }
  return {};
}

Status try_listings(SwitchUnderProbe& ovs, int rounds, Rows& rows) {
  SwitchUnderProbe::Reconciler reconciler(ovs, agent::LaneSettings().bundle_steps_max);
  for (const std::uint32_t ports : listed_ports) {
    const std::size_t flows = ovs.crowd().size() * ports / ports_of_a_full_node;
    tell("listing " + std::to_string(flows) + " flows");
    FlowTable some = ovs.base();
    for (const auto& [key, spec] : ovs.crowd()) {
      if (some.size() >= flows) break;
      some.emplace(key, spec);
    }
    if (Status done = reconciler.reach(some); !done) return done;
    Series series{{static_cast<std::int64_t>(some.size())}, {}};
    for (int round = 0; round < rounds; ++round) {
      if (Status done = ovs.try_once([&] { return ovs.list(); }, series); !done) return done;
    }
    rows.push_back(std::move(series));
  }
  return {};
}

Sheet sheet_of(std::string key, std::string title, std::vector<Column> columns, const Rows& rows,
               const std::vector<Sample>& samples) {
  const std::vector<Column> measured{{"wall_ms", "takes ms"},
                                     {"longest_delay_ms", "longest delay ms"},
                                     {"longest_gap_ms", "longest gap ms"},
                                     {"probes_sent", "probes"},
                                     {"probes_lost", "lost"},
                                     {"control_longest_delay_ms", "control: delay ms"},
                                     {"control_longest_gap_ms", "gap ms"},
                                     {"control_probes_lost", "lost"}};
  columns.insert(columns.end(), measured.begin(), measured.end());
  Sheet sheet{std::move(key), std::move(title), std::move(columns), {}};
  for (const Series& series : rows) {
    std::vector<double> wall, delay, gap, control_delay, control_gap;
    std::int64_t sent = 0, lost = 0, control_lost = 0;
    for (const Trial& trial : series.trials) {
      const Passage during = passage_of(samples, trial.action);
      const Passage control = passage_of(samples, trial.control);
      wall.push_back(trial.wall_ms);
      delay.push_back(during.longest_delay_ms);
      gap.push_back(during.longest_gap_ms);
      control_delay.push_back(control.longest_delay_ms);
      control_gap.push_back(control.longest_gap_ms);
      sent += during.sent;
      lost += during.lost;
      control_lost += control.lost;
    }
    std::vector<Cell> cells = series.labels;
    for (Cell cell : std::initializer_list<Cell>{spread_of(wall), spread_of(delay), spread_of(gap), sent, lost,
                                                 spread_of(control_delay), spread_of(control_gap), control_lost}) {
      cells.push_back(std::move(cell));
    }
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

}  // namespace

Result<Report> measure_bundles(const Settings& settings) {
  SwitchUnderProbe ovs;
  if (Status done = ovs.start(); !done) return std::unexpected(done.error());
  Rows bundles, rows, listings;
  if (Status done = try_bundles(ovs, settings.rounds, bundles); !done) return std::unexpected(done.error());
  if (Status done = try_rows_of_bundles(ovs, settings.rounds, rows); !done) return std::unexpected(done.error());
  if (Status done = try_listings(ovs, settings.rounds, listings); !done) return std::unexpected(done.error());
  const std::vector<Sample> samples = ovs.finish();
  const std::string rounds = "; median (least to most) of " + std::to_string(settings.rounds);
  Report report;
  report.sheets.push_back(
      sheet_of("bundles", "One bundle" + rounds, {{"flows", "flows"}, {"change", "change"}}, bundles, samples));
  report.sheets.push_back(sheet_of("rows_of_bundles", "A node's flows in bundles, one right after the other" + rounds,
                                   {{"bundle_steps_max", "bound"}, {"flows", "flows"}, {"change", "change"}}, rows,
                                   samples));
  report.sheets.push_back(
      sheet_of("listings", "One listing of all flows" + rounds, {{"flows", "flows"}}, listings, samples));
  return report;
}

}  // namespace tarn::bench
