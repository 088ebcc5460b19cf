#include "store/sqlite_store.h"

#include "rt/thread_pool.h"

namespace tarn::store {
namespace {

Error too_many_calls() {
  return {ErrorCode::unavailable, "StoreBusy", "too many calls wait for the store"};
}

}  // namespace

SqliteStore::Medium SqliteStore::machine(const Bounds& bounds) {
  return {machine_disk(), std::make_unique<rt::ThreadPool>("store", 1, bounds.calls_waiting_max)};
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(rt::Loop& loop, const std::string& path, Bounds bounds,
                                                       Medium medium) {
  Result<std::unique_ptr<SqliteFile>> file = SqliteFile::open(medium.disk, path, bounds.history_events_max);
  if (!file) return fail(file.error());
  Result<SqliteFile::History> history = (*file)->history();
  if (!history) return fail(history.error());
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(loop, std::move(*file), std::move(*history), bounds, std::move(medium.worker)));
}

SqliteStore::SqliteStore(rt::Loop& loop, std::unique_ptr<SqliteFile> file, SqliteFile::History history, Bounds bounds,
                         std::unique_ptr<rt::Worker> worker)
    : loop_(loop),
      hub_(loop, bounds.history_events_max),
      open_(std::make_shared<bool>(true)),
      file_(std::move(file)),
      worker_(std::move(worker)) {
  hub_.seed(history.compacted, file_->head(), std::move(history.events));
}

SqliteStore::~SqliteStore() {
  *open_ = false;
}

void SqliteStore::load(std::function<void(Result<State>)> done) {
  const bool taken = worker_->run([this, open = open_, done] {
    loop_.post([open, done, state = file_->load()]() mutable {
      if (*open) done(std::move(state));
    });
  });
  if (taken) return;
  loop_.post([open = open_, done = std::move(done)] {
    if (*open) done(fail(too_many_calls()));
  });
}

void SqliteStore::commit(std::vector<Commit> group, std::function<void(Results)> done) {
  const std::size_t size = group.size();
  const bool taken = worker_->run([this, open = open_, group = std::move(group), done] {
    loop_.post([this, open, done, outcome = file_->commit(group)]() mutable {
      if (!*open) return;
      for (auto& event : outcome.events) hub_.append(std::move(event));
      done(std::move(outcome.results));
    });
  });
  if (taken) return;
  loop_.post([open = open_, size, done = std::move(done)] {
    if (*open) done(Results(size, fail(too_many_calls())));
  });
}

std::unique_ptr<Watch> SqliteStore::watch(Revision after, Watcher watcher) {
  return hub_.watch(after, std::move(watcher));
}

}  // namespace tarn::store
