#include "store/ledger.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::store {
namespace {

// Where the first commit that did not happen stands.
Store::Results::const_iterator first_failure(const Store::Results& results) {
  return std::ranges::find_if(results, [](const auto& result) { return !result.has_value(); });
}

}  // namespace

void Ledger::open(rt::Loop& loop, Store& store, rt::Choice& choice, model::Limits limits, Bounds bounds,
                  std::function<void(Result<std::unique_ptr<Ledger>>)> done) {
  store.load(
      [&loop, &store, &choice, limits = std::move(limits), bounds, done = std::move(done)](const Result<State>& state) {
        if (!state) return done(fail(state.error()));
        Result<model::Snapshot> snapshot = read_snapshot(*state);
        if (!snapshot) return done(fail(snapshot.error()));
        done(std::unique_ptr<Ledger>(new Ledger(loop, store, choice, limits, bounds,
                                                std::make_shared<const model::Snapshot>(std::move(*snapshot)))));
      });
}

Ledger::Ledger(rt::Loop& loop, Store& store, rt::Choice& choice, model::Limits limits, Bounds bounds,
               SnapshotPointer loaded)
    : loop_(loop),
      store_(store),
      choice_(choice),
      limits_(std::move(limits)),
      bounds_(bounds),
      committed_(loaded),
      published_(std::move(loaded)),
      open_(std::make_shared<bool>(true)) {}

Ledger::~Ledger() {
  *open_ = false;
}

SnapshotPointer Ledger::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return published_;
}

void Ledger::write(std::vector<model::Request> requests, model::Caller caller, Done done) {
  take(ClientBatch{std::move(requests), std::move(caller)}, std::move(done));
}

void Ledger::write(model::AgentReport report, Done done) {
  take(std::move(report), std::move(done));
}

void Ledger::write(PortReport report, Done done) {
  take(std::move(report), std::move(done));
}

void Ledger::take(Work work, Done done) {
  if (waiting_.size() >= bounds_.writes_waiting_max) {
    loop_.post([done = std::move(done)]() mutable {
      done(fail(ErrorCode::unavailable, "Busy", "too many writes are waiting; try again"));
    });
    return;
  }
  waiting_.push_back({std::move(work), std::move(done)});
  wake();
}

// The group starts in a turn of its own, so that what arrived in this one shares it.
void Ledger::wake() {
  if (busy_ || posted_ || waiting_.empty()) return;
  posted_ = true;
  loop_.post([this, open = open_] {
    if (!*open) return;
    posted_ = false;
    start_group();
  });
}

Result<model::Change> Ledger::judge(const model::Snapshot& before, const Work& work) {
  const std::int64_t now_ms = loop_.clock().wall().unix_ms;
  if (const ClientBatch* batch = std::get_if<ClientBatch>(&work)) {
    return model::admit(before, {batch->requests, batch->caller, now_ms, choice_.bits()}, limits_);
  }
  if (const model::AgentReport* report = std::get_if<model::AgentReport>(&work)) {
    return model::admit_agent(before, *report);
  }
  const PortReport& report = std::get<PortReport>(work);
  return model::admit_port_status(before, report.host, report.ports, now_ms);
}

void Ledger::start_group() {
  CHECK(!busy_);
  busy_ = true;
  std::vector<Admitted> group;
  std::vector<Commit> commits;
  SnapshotPointer tip = committed_;
  while (!waiting_.empty() && group.size() < bounds_.group_writes_max) {
    Admitted admitted{std::move(waiting_.front()), std::nullopt, nullptr};
    waiting_.pop_front();
    const Result<model::Change> change = judge(*tip, admitted.write.work);
    Commit commit{{}, tip->revision(), {}};
    if (!change) {
      admitted.refusal = change.error();
    } else if (!change->empty()) {
      commit.edits = edits_of(*change);
      tip = std::make_shared<const model::Snapshot>(tip->with(*change, tip->revision() + 1));
    }
    admitted.after = tip;
    group.push_back(std::move(admitted));
    commits.push_back(std::move(commit));
  }
  const bool nothing_to_store = std::ranges::all_of(commits, [](const Commit& commit) { return commit.edits.empty(); });
  if (nothing_to_store) {
    return finish_group(std::move(group), Store::Results(commits.size(), committed_->revision()));
  }
  store_.commit(
      std::move(commits),
      [this, open = open_, group = std::make_shared<std::vector<Admitted>>(std::move(group))](Store::Results results) {
        if (!*open) return;
        const auto failed = first_failure(results);
        const bool refused = failed != results.end() && failed->error().code != ErrorCode::stale;
        note_health(refused ? std::optional(failed->error()) : std::nullopt);
        finish_group(std::move(*group), std::move(results));
      });
}

void Ledger::note_health(const std::optional<Error>& trouble) {
  if (healthy_ == !trouble) return;
  healthy_ = !trouble;
  if (health_observer_) health_observer_(trouble);
}

Error Ledger::told_to_writers(const Error& trouble) {
  return {trouble.code, trouble.reason, "the store takes no writes now: nothing was changed, try again later"};
}

void Ledger::finish_group(std::vector<Admitted> group, Store::Results results) {
  CHECK(results.size() == group.size());
  // Every commit names the head it stands on, so what follows a failed one has failed too.
  const auto failed = first_failure(results);
  const auto good = static_cast<std::size_t>(failed - results.begin());
  const std::optional<Error> why = failed == results.end() ? std::nullopt : std::optional(failed->error());
  std::vector<Admitted> rest(std::make_move_iterator(group.begin() + static_cast<std::ptrdiff_t>(good)),
                             std::make_move_iterator(group.end()));
  group.resize(good);
  if (!group.empty()) {
    CHECK(*results[good - 1] == group.back().after->revision());
    publish(group.back().after);
  }
  const std::shared_ptr<bool> open = open_;
  for (Admitted& admitted : group) {
    if (admitted.refusal) {
      admitted.write.done(fail(*admitted.refusal));
    } else {
      admitted.write.done(admitted.after);
    }
    if (!*open) return;
  }
  if (why && why->code == ErrorCode::stale) return reload(std::move(rest));
  for (Admitted& admitted : rest) {
    admitted.write.done(fail(told_to_writers(*why)));
    if (!*open) return;
  }
  busy_ = false;
  wake();
}

// Another writer moved the store: what it wrote is read, and the overtaken writes are judged again on top of it.
void Ledger::reload(std::vector<Admitted> overtaken) {
  store_.load([this, open = open_,
               kept = std::make_shared<std::vector<Admitted>>(std::move(overtaken))](const Result<State>& state) {
    if (!*open) return;
    Result<model::Snapshot> snapshot = state ? read_snapshot(*state) : fail(state.error());
    std::optional<Error> why;
    if (snapshot) {
      publish(std::make_shared<const model::Snapshot>(std::move(*snapshot)));
    } else {
      note_health(snapshot.error());
      why = told_to_writers(Error{ErrorCode::unavailable, "StoreUnavailable", {}});
    }
    for (auto admitted = kept->rbegin(); admitted != kept->rend(); ++admitted) {
      Write write = std::move(admitted->write);
      if (!why && ++write.attempts < bounds_.attempts_max) {
        waiting_.push_front(std::move(write));
        continue;
      }
      write.done(
          fail(why.value_or(Error{ErrorCode::unavailable, "Overtaken", "other writers were faster; try again"})));
      if (!*open) return;
    }
    busy_ = false;
    wake();
  });
}

void Ledger::publish(SnapshotPointer after) {
  const SnapshotPointer before = std::exchange(committed_, std::move(after));
  if (before->revision() == committed_->revision()) return;
  {
    const std::scoped_lock lock(mutex_);
    published_ = committed_;
  }
  if (observer_) observer_(before, committed_);
}

}  // namespace tarn::store
