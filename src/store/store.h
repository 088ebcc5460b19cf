// The Store port: an ordered key space with one revision counter, atomic commits that may carry expectations, and
// watches. Knows bytes, not resources. Memory, SQLite and (later) etcd stand behind the same conformance suite.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rt/loop.h"

namespace tarn::store {

using Revision = std::uint64_t;  // 0: nothing was ever committed

struct Expectation {  // holds when `key` was last written at `modified`; 0: the key does not exist
  std::string key;
  Revision modified = 0;
};

struct Commit {
  std::vector<Expectation> expectations;
  std::optional<Revision> expected_head;                    // the whole store is at exactly this revision
  std::map<std::string, std::optional<std::string>> edits;  // value, or nullopt to remove
};

struct Entry {
  std::string value;
  Revision modified = 0;
};

struct State {
  Revision revision = 0;
  std::map<std::string, Entry> entries;
};

// Everything one commit did. Removals carry nullopt.
struct Event {
  Revision revision = 0;
  std::map<std::string, std::optional<std::string>> edits;
};

class Watch {
 public:
  virtual ~Watch() = default;  // ends the watch; no callback afterwards
};

// All callbacks run on the loop the store was made with, never inside a call.
class Store {
 public:
  virtual ~Store() = default;

  // The whole content at the newest revision.
  virtual void load(std::function<void(Result<State>)> done) = 0;

  // Commits each, in order, each atomic on its own, durable together (one fsync) before any is answered.
  // The answer to each: its revision, or ErrorCode::stale when an expectation failed (nothing of that commit happened),
  // or ErrorCode::unavailable when the medium refused (disk full, closed): nothing of the whole group happened, and
  // the store can be used again once the cause is gone.
  // An empty commit (no edits) answers the current revision and makes no event.
  using Results = std::vector<Result<Revision>>;
  virtual void commit(std::vector<Commit> group, std::function<void(Results)> done) = 0;

  // Every event after revision `after`, in order, once each; then live ones as they commit. `bookmark` runs after the
  // backlog was delivered and, later, whenever the store says that nothing older is pending (progress of a quiet
  // watch). Errors: ErrorCode::stale through `lost` when history before `after` was compacted: load again.
  struct Watcher {
    std::function<void(const Event&)> on_event;
    std::function<void(Revision)> on_bookmark;
    std::function<void(Error)> on_lost;
  };
  [[nodiscard]] virtual std::unique_ptr<Watch> watch(Revision after, Watcher watcher) = 0;
};

}  // namespace tarn::store
