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
      tip_(loaded),
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
  if (waiting_.size() + admitted_.writes.size() >= bounds_.writes_waiting_max) {
    loop_.post([done = std::move(done)]() mutable {
      done(fail(ErrorCode::unavailable, "Busy", "too many writes are waiting; try again"));
    });
    return;
  }
  waiting_.push_back({std::move(work), std::move(done)});
  wake();
}

// Writes are admitted in a turn of their own, so that what arrived in this one shares their group.
void Ledger::wake() {
  if (posted_ || under_way_ == UnderWay::reload || (waiting_.empty() && admitted_.writes.empty())) return;
  posted_ = true;
  loop_.post([this, open = open_] {
    if (!*open) return;
    posted_ = false;
    if (under_way_ != UnderWay::reload) admit_waiting();
    if (under_way_ == UnderWay::nothing) commit_admitted();
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

bool Ledger::Group::nothing_to_store() const {
  return std::ranges::all_of(commits, [](const Commit& commit) { return commit.edits.empty(); });
}

void Ledger::admit_waiting() {
  while (!waiting_.empty() && admitted_.writes.size() < bounds_.group_writes_max) {
    Admitted admitted{std::move(waiting_.front()), std::nullopt, nullptr};
    waiting_.pop_front();
    const Result<model::Change> change = judge(*tip_, admitted.write.work);
    Commit commit{{}, tip_->revision(), {}};
    if (!change) {
      admitted.refusal = change.error();
    } else if (!change->empty()) {
      commit.edits = edits_of(*change);
      tip_ = std::make_shared<const model::Snapshot>(tip_->with(*change, tip_->revision() + 1));
    }
    admitted.after = tip_;
    admitted_.writes.push_back(std::move(admitted));
    admitted_.commits.push_back(std::move(commit));
  }
}

void Ledger::commit_admitted() {
  CHECK(under_way_ == UnderWay::nothing);
  if (admitted_.writes.empty()) return;
  Group group = std::exchange(admitted_, {});
  // The next group will be about as large.
  admitted_.writes.reserve(group.writes.size());
  admitted_.commits.reserve(group.commits.size());
  if (group.nothing_to_store()) {
    const Store::Results results(group.writes.size(), committed_->revision());
    return finish_group(std::move(group), results);
  }
  under_way_ = UnderWay::commit;
  std::vector<Commit> commits = std::move(group.commits);
  store_.commit(std::move(commits),
                [this, open = open_, group = std::make_shared<Group>(std::move(group))](const Store::Results& results) {
                  if (!*open) return;
                  under_way_ = UnderWay::nothing;
                  const auto failed = first_failure(results);
                  const bool refused = failed != results.end() && failed->error().code != ErrorCode::stale;
                  note_health(refused ? std::optional(failed->error()) : std::nullopt);
                  finish_group(std::move(*group), results);
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

void Ledger::finish_group(Group group, const Store::Results& results) {
  CHECK(results.size() == group.writes.size());
  // Every commit names the head it stands on, so what follows a failed one has failed too.
  const auto failed = first_failure(results);
  const auto good = failed - results.begin();
  const std::optional<Error> why = failed == results.end() ? std::nullopt : std::optional(failed->error());
  std::vector<Admitted>& durable = group.writes;
  std::vector<Admitted> rest(std::make_move_iterator(durable.begin() + good), std::make_move_iterator(durable.end()));
  durable.resize(static_cast<std::size_t>(good));
  if (!durable.empty()) {
    CHECK(*results[durable.size() - 1] == durable.back().after->revision());
    publish(durable.back().after);
  }
  if (why) forget_admitted();
  if (why && why->code == ErrorCode::stale) reload(std::exchange(rest, {}));
  if (!admitted_.nothing_to_store()) commit_admitted();  // before the answers: the store need not wait for them
  const std::shared_ptr<bool> open = open_;
  for (Admitted& admitted : durable) {
    if (admitted.refusal) {
      admitted.write.done(fail(*admitted.refusal));
    } else {
      admitted.write.done(admitted.after);
    }
    if (!*open) return;
  }
  for (Admitted& admitted : rest) {
    admitted.write.done(fail(told_to_writers(*why)));
    if (!*open) return;
  }
  wake();
}

// What was admitted on top of commits that did not happen is judged again.
void Ledger::forget_admitted() {
  for (auto admitted = admitted_.writes.rbegin(); admitted != admitted_.writes.rend(); ++admitted) {
    waiting_.push_front(std::move(admitted->write));
  }
  admitted_ = {};
  tip_ = committed_;
}

// Another writer moved the store: what it wrote is read, and the overtaken writes are judged again on top of it.
void Ledger::reload(std::vector<Admitted> overtaken) {
  CHECK(under_way_ == UnderWay::nothing);
  under_way_ = UnderWay::reload;
  store_.load([this, open = open_,
               kept = std::make_shared<std::vector<Admitted>>(std::move(overtaken))](const Result<State>& state) {
    if (!*open) return;
    under_way_ = UnderWay::nothing;
    Result<model::Snapshot> snapshot = state ? read_snapshot(*state) : fail(state.error());
    std::optional<Error> why;
    if (snapshot) {
      publish(std::make_shared<const model::Snapshot>(std::move(*snapshot)));
      tip_ = committed_;
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
