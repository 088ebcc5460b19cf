// The store of a single server: one SQLite file (WAL, synced at each commit), used by one worker thread.
// Owned by the server's wiring; lives on the loop. Waits for nothing: answers come back as jobs.
#pragma once

#include <memory>
#include <string>

#include "rt/worker.h"
#include "store/sqlite_file.h"
#include "store/watch_hub.h"

namespace tarn::store {

class SqliteStore final : public Store {
 public:
  struct Bounds {
    std::size_t history_events_max = 10'000;  // what a watcher can be behind and still resume, over restarts too
    std::size_t calls_waiting_max = 1'024;    // loads and groups not yet taken up by the worker; more are refused
  };
  // Where the file lives and who waits for it.
  struct Medium {
    Disk& disk;
    std::unique_ptr<rt::Worker> worker;  // runs one job at a time; may be destroyed with jobs not run
  };
  static Medium machine(const Bounds& bounds);

  // Opens or creates the file; blocks while it is checked. Errors: as SqliteFile::open.
  static Result<std::unique_ptr<SqliteStore>> open(rt::Loop& loop, const std::string& path, Bounds bounds,
                                                   Medium medium);
  static Result<std::unique_ptr<SqliteStore>> open(rt::Loop& loop, const std::string& path, Bounds bounds) {
    return open(loop, path, bounds, machine(bounds));
  }
  static Result<std::unique_ptr<SqliteStore>> open(rt::Loop& loop, const std::string& path) {
    return open(loop, path, Bounds());
  }
  // Finishes what the worker has begun (its answers are dropped) and closes the file.
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  void load(std::function<void(Result<State>)> done) override;
  void commit(std::vector<Commit> group, std::function<void(Results)> done) override;
  [[nodiscard]] std::unique_ptr<Watch> watch(Revision after, Watcher watcher) override;

 private:
  SqliteStore(rt::Loop& loop, std::unique_ptr<SqliteFile> file, SqliteFile::History history, Bounds bounds,
              std::unique_ptr<rt::Worker> worker);

  rt::Loop& loop_;
  WatchHub hub_;
  std::shared_ptr<bool> open_;
  std::unique_ptr<SqliteFile> file_;    // the worker's
  std::unique_ptr<rt::Worker> worker_;  // ends before the file closes
};

}  // namespace tarn::store
