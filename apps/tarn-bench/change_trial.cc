#include "change_trial.h"

#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

constexpr int changes_per_round = 10;

std::vector<Cell> flows_row(const Contender& contender) {
  const ChangeFigures& figures = contender.figures;
  const auto more = static_cast<double>(figures.flows_of_many - figures.flows_of_few);
  return {contender.side->name(), figures.flows_of_few, figures.flows_of_many, more / (many_things - few_things)};
}

std::vector<Cell> change_row(const Contender& contender, const Contender& ours) {
  const std::vector<TimedChange>& added = contender.figures.added;
  const std::vector<TimedChange>& removed = contender.figures.removed;
  const std::vector<double> last_flow = figures_of(added, &TimedChange::last_flow_ms);
  const double our_median = spread_of(figures_of(ours.figures.added, &TimedChange::last_flow_ms)).median;
  return {contender.side->name(),
          spread_of(figures_of(added, &TimedChange::answered_ms)),
          spread_of(last_flow),
          quantile_of(last_flow, 0.99),
          spread_of(last_flow).median / our_median,
          spread_of(figures_of(added, &TimedChange::reported_ms)),
          spread_of(figures_of(added, &TimedChange::flows)),
          spread_of(figures_of(removed, &TimedChange::last_flow_ms)),
          spread_of(figures_of(removed, &TimedChange::flows))};
}

}  // namespace

std::vector<double> figures_of(const std::vector<TimedChange>& changes, double TimedChange::* figure) {
  std::vector<double> values;
  for (const TimedChange& change : changes) values.push_back(change.*figure);
  return values;
}

Status settle(const BenchCloud& cloud, FlowWatch& watch) {
  if (Status changed = watch.await_change(); !changed) return changed;
  if (auto rests = cloud.ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
  return {};
}

Status gather(Contender& contender, const ChangeWords& words) {
  const auto grow = [&](int count, std::int64_t& flows) -> Status {
    tell(contender.side->name() + ": " + std::to_string(count) + " " + words.thing + "s");
    if (Status done = contender.side->grow_to(count); !done) return done;
    const Result<std::int64_t> counted = flow_count(contender.side->switch_socket());
    if (!counted) return std::unexpected(counted.error());
    flows = *counted;
    return {};
  };
  if (Status done = grow(few_things, contender.figures.flows_of_few); !done) return done;
  if (Status done = grow(many_things, contender.figures.flows_of_many); !done) return done;
  Result<std::unique_ptr<FlowWatch>> watch = FlowWatch::start(contender.side->switch_socket());
  if (!watch) return std::unexpected(watch.error());
  contender.watch = std::move(*watch);
  return {};
}

Result<TimedChange> time_change(Contender& contender, const std::function<Status()>& ask, std::int64_t flows_least) {
  FlowWatch& watch = *contender.watch;
  if (auto before = watch.take_changes(); !before) return std::unexpected(before.error());
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  if (Status done = ask(); !done) return std::unexpected(done.error());
  const rt::Instant answered = clock.now();
  rt::Instant reported, last;
  std::int64_t flows = 0;
  while (flows < flows_least) {
    if (Status done = contender.side->settle(watch); !done) return std::unexpected(done.error());
    reported = clock.now();
    const Result<FlowChanges> changes = watch.take_changes();
    if (!changes) return std::unexpected(changes.error());
    if (!changes->last)
      return fail(ErrorCode::unavailable,
                  contender.side->name() + ": only " + std::to_string(flows) + " flows changed");
    last = *changes->last;
    flows += changes->all();
  }
  return TimedChange{ms(answered - begin), ms(last - begin), ms(reported - begin), static_cast<double>(flows)};
}

Status try_changes(Contender& contender, int round) {
  for (int i = 0; i < changes_per_round; ++i) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const int number = round * changes_per_round + i;
    const Result<TimedChange> added = time_change(contender, [&] { return contender.side->add(number); });
    if (!added) return std::unexpected(added.error());
    const Result<TimedChange> removed = time_change(contender, [&] { return contender.side->remove(); });
    if (!removed) return std::unexpected(removed.error());
    contender.figures.added.push_back(*added);
    contender.figures.removed.push_back(*removed);
  }
  return {};
}

std::vector<Sheet> change_sheets(const std::vector<const Contender*>& contenders, const ChangeWords& words) {
  const std::string things = words.thing + "s";
  Sheet flows{words.thing + "_flows",
              "Flows of a host with few and with many " + things,
              {{"side", "side"},
               {"flows_of_few", std::to_string(few_things) + " " + things},
               {"flows_of_many", std::to_string(many_things) + " " + things},
               {"flows_per_" + words.thing, "flows per " + words.thing}},
              {}};
  const std::size_t count = contenders.front()->figures.added.size();
  Sheet changes{words.key + "s",
                words.change + ", until its last flow is in; median (least to most) of " + std::to_string(count),
                {{"side", "side"},
                 {"answered_ms", "asked to answered ms"},
                 {"added_ms", "to last flow ms"},
                 {"added_p99_ms", "p99 ms"},
                 {"times", "times ours"},
                 {"reported_ms", "to reported ms"},
                 {"flows_added", "flows changed"},
                 {"removed_ms", "removed: to last flow ms"},
                 {"flows_removed", "flows changed"}},
                {}};
  for (const Contender* contender : contenders) {
    flows.rows.push_back(flows_row(*contender));
    changes.rows.push_back(change_row(*contender, *contenders.front()));
  }
  return {std::move(flows), std::move(changes)};
}

}  // namespace tarn::bench
