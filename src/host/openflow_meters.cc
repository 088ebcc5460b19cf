// Meters over the driver's connection: listed whole, changed one by one, each alone refused.
#include <utility>

#include "base/check.h"
#include "host/openflow_driver.h"

namespace tarn::host {

namespace {

namespace of = wire::of;
using domain::Meter;

of::MeterChange change_of(const reconcile::Step<Meter>& step) {
  struct ToChange {
    of::MeterChange operator()(const reconcile::Create<Meter>& s) const { return of::PutMeter{s.key, s.want, false}; }
    of::MeterChange operator()(const reconcile::Change<Meter>& s) const { return of::PutMeter{s.key, s.want, true}; }
    of::MeterChange operator()(const reconcile::Remove<Meter>& s) const { return of::DeleteMeter{s.key}; }
  };
  return std::visit(ToChange{}, step);
}

}  // namespace

void OpenflowDriver::Meters::on_hint(std::function<void(reconcile::Hint<Meter>)> maybe_changed) {
  hint_ = std::move(maybe_changed);
}

void OpenflowDriver::Meters::connected() {
  if (hint_) hint_({});
}

void OpenflowDriver::Meters::lost(const Error& why, bool was_connected) {
  if (auto listing = std::exchange(listing_, std::nullopt)) (*listing)(fail(why));
  if (auto batch = std::exchange(batch_, std::nullopt)) batch->done(Outcomes(batch->steps, reconcile::Unknown{}));
  if (was_connected && hint_) hint_({});
}

void OpenflowDriver::Meters::list(reconcile::Completion<Listed> done) {
  CHECK(!listing_);
  const Result<of::Token> asked =
      driver_.session_ ? driver_.session_->list_meters() : Result<of::Token>(fail(driver_.away()));
  if (!asked) {
    driver_.loop_.post([done = std::move(done), why = driver_.away()]() mutable { done(fail(std::move(why))); });
    return;
  }
  listing_ = std::move(done);
  driver_.send_output();
}

void OpenflowDriver::Meters::listed(of::MeterListingDone listing) {
  auto done = std::exchange(listing_, std::nullopt);
  if (!done) return;
  if (!listing.meters) return (*done)(fail(std::move(listing.meters.error())));
  reconcile::Collector<reconcile::Actual<Meter>> collector;
  for (const auto& [id, seen] : *listing.meters) collector.so_far().insert_or_assign(id, seen);
  (*done)(std::move(collector).finish());
}

void OpenflowDriver::Meters::apply(std::vector<reconcile::Step<Meter>> batch, reconcile::Writes writes,
                                   reconcile::Completion<Outcomes> done) {
  CHECK(!batch_);
  const bool forbidden = writes == reconcile::Writes::forbid;
  Error why = forbidden ? Error{ErrorCode::forbidden, {}, "writing is forbidden in this run"} : driver_.away();
  if (!forbidden && driver_.connected()) {
    std::vector<of::MeterChange> changes;
    for (const auto& step : batch) changes.push_back(change_of(step));
    const Result<of::Token> token = driver_.session_->change_meters(changes);
    if (token) {
      driver_.counters_.writes_attempted += changes.size();
      batch_ = Batch{batch.size(), std::move(done)};
      return driver_.send_output();
    }
    why = token.error();
  }
  Outcomes outcomes(batch.size(), reconcile::Refused{why});
  driver_.loop_.post([done = std::move(done), outcomes = std::move(outcomes)]() mutable { done(std::move(outcomes)); });
}

void OpenflowDriver::Meters::applied(of::MetersDone done) {
  auto batch = std::exchange(batch_, std::nullopt);
  if (!batch) return;
  Outcomes outcomes;
  for (of::StepOutcome& step : done.steps) {
    const bool applied = step.verdict == of::StepVerdict::applied;
    ++(applied ? driver_.counters_.writes_applied : driver_.counters_.writes_refused);
    if (applied) {
      outcomes.emplace_back(reconcile::Applied{});
    } else {
      outcomes.emplace_back(reconcile::Refused{std::move(step.why)});
    }
  }
  batch->done(std::move(outcomes));
}

}  // namespace tarn::host
