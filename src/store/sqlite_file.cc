#include "store/sqlite_file.h"

#include "base/check.h"
#include "store/expectations.h"

namespace tarn::store {

Result<std::unique_ptr<SqliteFile>> SqliteFile::open(Disk& disk, const std::string& path,
                                                     std::size_t history_events_max) {
  CHECK(history_events_max > 0);
  Result<std::unique_ptr<Disk::Lock>> lock = disk.lock(path + ".lock");
  if (!lock) return fail(lock.error());
  Result<SqliteConnection> connection = open_store_file(disk, path);
  if (!connection) return fail(connection.error());
  SqliteResult<Statements> statements = prepare(*connection);
  if (!statements) return fail(ErrorCode::corrupt, path + ": " + statements.error().message);
  const SqliteResult<std::uint64_t> head = connection->number("SELECT revision FROM head");
  if (!head) return fail(ErrorCode::corrupt, path + ": " + head.error().message);
  if (const Status writable = allow_writing(*connection, path); !writable) return fail(writable.error());
  return std::unique_ptr<SqliteFile>(new SqliteFile(path, std::move(*lock), std::move(*connection),
                                                    std::move(*statements), *head, history_events_max));
}

SqliteResult<SqliteFile::Statements> SqliteFile::prepare(SqliteConnection& connection) {
  auto modified = connection.prepare("SELECT modified FROM entry WHERE key=?1");
  if (!modified) return std::unexpected(modified.error());
  auto put = connection.prepare(
      "INSERT INTO entry VALUES(?1,?2,?3) ON CONFLICT(key) DO UPDATE SET value=excluded.value, "
      "modified=excluded.modified");
  if (!put) return std::unexpected(put.error());
  auto remove = connection.prepare("DELETE FROM entry WHERE key=?1");
  if (!remove) return std::unexpected(remove.error());
  auto remember = connection.prepare("INSERT INTO history VALUES(?1,?2,?3)");
  if (!remember) return std::unexpected(remember.error());
  auto forget = connection.prepare("DELETE FROM history WHERE revision<=?1");
  if (!forget) return std::unexpected(forget.error());
  auto advance = connection.prepare("UPDATE head SET revision=?1, compacted=max(compacted,?2)");
  if (!advance) return std::unexpected(advance.error());
  return Statements{std::move(*modified), std::move(*put),    std::move(*remove),
                    std::move(*remember), std::move(*forget), std::move(*advance)};
}

Result<SqliteFile::History> SqliteFile::history() {
  const SqliteResult<std::uint64_t> compacted = connection_.number("SELECT compacted FROM head");
  if (!compacted) return fail(unavailable(compacted.error()));
  History history{*compacted, {}};
  auto rows = connection_.prepare("SELECT revision, key, value FROM history WHERE revision>?1 ORDER BY revision, key");
  if (!rows) return fail(unavailable(rows.error()));
  rows->bind(1, *compacted);
  Event event;
  const auto finish_event = [&] {
    if (event.revision != 0) history.events.push_back(std::make_shared<const Event>(std::move(event)));
    event = {};
  };
  SqliteResult<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    const Revision revision = rows->number(0);
    if (revision != event.revision) finish_event();
    event.revision = revision;
    event.edits[rows->text(1)] = rows->is_null(2) ? std::nullopt : std::optional(rows->text(2));
  }
  if (!row) return fail(unavailable(row.error()));
  finish_event();
  return history;
}

Result<State> SqliteFile::load() {
  auto rows = connection_.prepare("SELECT key, value, modified FROM entry ORDER BY key");
  if (!rows) return fail(unavailable(rows.error()));
  State state{head_, {}};
  SqliteResult<bool> row = rows->step();
  for (; row && *row; row = rows->step()) {
    state.entries.emplace_hint(state.entries.end(), rows->text(0), Entry{rows->text(1), rows->number(2)});
  }
  if (!row) return fail(unavailable(row.error()));
  return state;
}

SqliteFile::Outcome SqliteFile::commit(const std::vector<Commit>& group) {
  const Revision before = head_;
  SqliteResult<Outcome> outcome = try_commit(group);
  if (outcome) return std::move(*outcome);
  head_ = before;
  // After some failures SQLite has rolled back by itself (sqlite.org/lang_transaction.html, section 3).
  if (connection_.in_transaction()) static_cast<void>(connection_.run("ROLLBACK"));
  return {Store::Results(group.size(), fail(unavailable(outcome.error()))), {}};
}

SqliteResult<SqliteFile::Outcome> SqliteFile::try_commit(const std::vector<Commit>& group) {
  // A ROLLBACK that failed with the disk would leave the old transaction open: end it before any new one.
  if (connection_.in_transaction()) {
    if (const auto ended = connection_.run("ROLLBACK"); !ended) return std::unexpected(ended.error());
  }
  if (const auto begun = connection_.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
  Outcome outcome;
  std::optional<SqliteError> broken;
  const auto lookup = [&](const std::string& key) -> Result<Revision> {
    const SqliteResult<Revision> found = modified(key);
    if (found) return *found;
    broken = found.error();
    return fail(ErrorCode::unavailable, found.error().message);
  };
  for (const Commit& commit : group) {
    const Result<Judged> judged = judge(commit, head_, lookup);
    if (broken) return std::unexpected(*broken);
    if (!judged || judged->edits.empty()) {
      outcome.results.push_back(judged ? Result<Revision>(head_) : fail(judged.error()));
      continue;
    }
    const Revision revision = head_ + 1;
    if (const auto written = write(revision, judged->edits); !written) return std::unexpected(written.error());
    head_ = revision;
    outcome.results.emplace_back(revision);
    outcome.events.push_back(std::make_shared<const Event>(Event{revision, judged->edits}));
  }
  if (!outcome.events.empty()) {
    const Revision compacted = head_ > history_events_max_ ? head_ - history_events_max_ : 0;
    const auto advanced = statements_.advance.bind(1, head_).bind(2, compacted).run();
    if (!advanced) return std::unexpected(advanced.error());
    const auto forgotten = statements_.forget.bind(1, compacted).run();
    if (!forgotten) return std::unexpected(forgotten.error());
  }
  if (const auto durable = connection_.run("COMMIT"); !durable) return std::unexpected(durable.error());
  return outcome;
}

SqliteResult<void> SqliteFile::write(Revision revision,
                                     const std::map<std::string, std::optional<std::string>>& edits) {
  for (const auto& [key, value] : edits) {
    SqliteStatement& remember = statements_.remember.bind(1, revision).bind(2, key);
    const auto kept = value ? remember.bind(3, *value).run() : remember.bind_null(3).run();
    if (!kept) return kept;
    const auto done = value ? statements_.put.bind(1, key).bind(2, *value).bind(3, revision).run()
                            : statements_.remove.bind(1, key).run();
    if (!done) return done;
  }
  return {};
}

SqliteResult<Revision> SqliteFile::modified(const std::string& key) {
  const SqliteResult<bool> row = statements_.modified.bind(1, key).step();
  if (!row) return std::unexpected(row.error());
  const Revision revision = *row ? statements_.modified.number(0) : 0;
  statements_.modified.reset();
  return revision;
}

Error SqliteFile::unavailable(const SqliteError& error) const {
  const bool full = (error.code & 0xff) == SQLITE_FULL;
  return {ErrorCode::unavailable, full ? "StoreFull" : "StoreUnavailable",
          "the store " + path_ + " cannot be used: " + error.message};
}

}  // namespace tarn::store
