// One store file as the worker thread sees it: checked and opened, read whole, and committed to, group by group.
// Owned by SqliteStore. Blocks on the disk; knows no loop and no watcher.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/disk.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace tarn::store {

inline constexpr std::uint64_t sqlite_schema_version = 1;

class SqliteFile {
 public:
  // Opens the store at `path`, or creates it. A file that is damaged, foreign or of a newer schema is left as it is,
  // byte for byte. Errors, each one line with the path and what to do: conflict (another server uses it), corrupt,
  // unsupported (newer schema, or not ours), forbidden, unavailable (no room).
  // A lock beside it is held while it is open, so that two servers cannot share one.
  static Result<std::unique_ptr<SqliteFile>> open(Disk& disk, const std::string& path, std::size_t history_events_max);

  [[nodiscard]] Revision head() const { return head_; }

  struct History {
    Revision compacted = 0;
    std::deque<std::shared_ptr<const Event>> events;
  };
  Result<History> history();
  Result<State> load();

  struct Outcome {
    Store::Results results;
    std::vector<std::shared_ptr<const Event>> events;
  };
  // All of it in one transaction, synced once. A refusal of the medium takes the whole group back.
  Outcome commit(const std::vector<Commit>& group);

 private:
  // The statements of a commit, prepared once.
  struct Statements {
    SqliteStatement modified;  // of a key
    SqliteStatement put;
    SqliteStatement remove;
    SqliteStatement remember;  // an edit in the history
    SqliteStatement forget;    // history up to a revision
    SqliteStatement advance;   // the head
  };
  SqliteFile(std::string path, std::unique_ptr<Disk::Lock> lock, SqliteConnection connection, Statements statements,
             Revision head, std::size_t history_events_max)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        connection_(std::move(connection)),
        statements_(std::move(statements)),
        head_(head),
        history_events_max_(history_events_max) {}

  static SqliteResult<Statements> prepare(SqliteConnection& connection);
  SqliteResult<Outcome> try_commit(const std::vector<Commit>& group);
  SqliteResult<void> write(Revision revision, const std::map<std::string, std::optional<std::string>>& edits);
  SqliteResult<Revision> modified(const std::string& key);
  [[nodiscard]] Error unavailable(const SqliteError& error) const;

  std::string path_;
  std::unique_ptr<Disk::Lock> lock_;
  SqliteConnection connection_;
  Statements statements_;
  Revision head_ = 0;
  std::size_t history_events_max_;
};

// The steps of opening (sqlite_open.cc): the first writes nothing to a file that exists, and closing what it opened
// does not either, until the second has been asked.
Result<SqliteConnection> open_store_file(Disk& disk, const std::string& path);
Status allow_writing(SqliteConnection& connection, const std::string& path);

}  // namespace tarn::store
