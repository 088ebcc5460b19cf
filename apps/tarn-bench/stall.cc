#include "stall.h"

#include "benchmarks.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration patience = 60s;
constexpr std::chrono::microseconds probe_interval{200};
constexpr rt::Duration settle = 50ms;  // after an action: the switch checks its datapath flows against the new tables
constexpr rt::Duration between = 50ms;
constexpr rt::Duration warm_up = 500ms;
constexpr rt::Duration never = std::chrono::hours(24);

reconcile::Whole<FlowTable> whole(FlowTable table) {
  reconcile::Collector<FlowTable> collector;
  collector.so_far() = std::move(table);
  return std::move(collector).finish();
}

reconcile::LaneOptions lane_options(std::size_t bundle_steps_max) {
  reconcile::LaneOptions options;
  options.batch_steps_max = bundle_steps_max;
  options.grants = true;
  return options;
}

Status too_slow() {
  return fail(ErrorCode::unavailable, "the switch did not answer in time");
}

}  // namespace

Status SwitchUnderProbe::start(const FlowTable& base) {
  Result<std::unique_ptr<SwitchLab>> lab = SwitchLab::raise();
  if (!lab) return std::unexpected(lab.error());
  lab_ = std::move(*lab);
  Result<std::unique_ptr<host::OpenflowDriver>> driver = connect({});
  if (!driver) return std::unexpected(driver.error());
  driver_ = std::move(*driver);
  std::vector<reconcile::Step<domain::Flow>> steps;
  for (const auto& [key, spec] : base) steps.emplace_back(reconcile::Create<domain::Flow>{key, spec});
  if (Status done = apply(std::move(steps)); !done) return done;
  Result<std::unique_ptr<Probe>> probe =
      Probe::start({lab_->instance_namespace(1), identity_of(1).address},
                   {lab_->instance_namespace(2), identity_of(2).address}, probe_interval);
  if (!probe) return std::unexpected(probe.error());
  probe_ = std::move(*probe);
  pass(warm_up);
  return {};
}

Result<std::unique_ptr<host::OpenflowDriver>> SwitchUnderProbe::connect(wire::of::SessionBounds bounds) {
  auto driver = std::make_unique<host::OpenflowDriver>(loop_, dialer_, choice_, lab_->management_socket(), bounds);
  const bool connected = loop_.run_until([&] { return driver->connected(); }, patience);
  if (!connected) return fail(ErrorCode::unavailable, driver->status());
  return driver;
}

Status SwitchUnderProbe::apply(std::vector<reconcile::Step<domain::Flow>> steps) {
  std::optional<host::OpenflowDriver::Outcomes> answer;
  driver_->apply(std::move(steps), reconcile::Writes::allow, [&](auto outcomes) { answer = std::move(outcomes); });
  if (!loop_.run_until([&] { return answer.has_value(); }, patience)) return too_slow();
  for (const reconcile::Outcome& outcome : *answer) {
    if (const auto* refused = std::get_if<reconcile::Refused>(&outcome)) return fail(refused->why);
  }
  return {};
}

Status SwitchUnderProbe::list(host::OpenflowDriver& driver) {
  std::optional<Status> listed;
  driver.list([&](const auto& answer) { listed = answer ? Status() : fail(answer.error()); });
  if (!loop_.run_until([&] { return listed.has_value(); }, patience)) return too_slow();
  return *listed;
}

Status SwitchUnderProbe::try_once(const std::function<Status()>& action, Series& series) {
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

void SwitchUnderProbe::pass(rt::Duration duration) {
  static_cast<void>(loop_.run_until([] { return false; }, duration));
}

SwitchUnderProbe::Reconciler::Reconciler(SwitchUnderProbe& ovs, std::size_t bundle_steps_max)
    : ovs_(ovs),
      lane_(*ovs.driver_, ovs.loop_, ovs.choice_, lane_options(bundle_steps_max)),
      machine_(ovs.loop_, {{&lane_}}, never) {}

Status SwitchUnderProbe::Reconciler::reach(const FlowTable& wish) {
  lane_.want(whole(wish));
  const bool rests = ovs_.loop_.run_until([&] { return machine_.at_rest(); }, patience);
  return rests ? Status() : too_slow();
}

Sheet sheet_of(std::string key, std::string title, std::vector<Column> labels, const Rows& rows,
               const std::vector<Sample>& samples) {
  const std::vector<Column> measured{{"wall_ms", "takes ms"},
                                     {"longest_delay_ms", "longest delay ms"},
                                     {"longest_gap_ms", "longest gap ms"},
                                     {"probes_sent", "probes"},
                                     {"probes_lost", "lost"},
                                     {"control_longest_delay_ms", "control: delay ms"},
                                     {"control_longest_gap_ms", "gap ms"},
                                     {"control_probes_lost", "lost"}};
  labels.insert(labels.end(), measured.begin(), measured.end());
  Sheet sheet{std::move(key), std::move(title), std::move(labels), {}};
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

}  // namespace tarn::bench
