// How a store file comes to be open: locked, created under another name and renamed, or checked before anything is
// written to it.
#include "store/sqlite_file.h"

namespace tarn::store {
namespace {

constexpr std::uint64_t application_id = 0x5441524e;  // "TARN": PRAGMA application_id, file offset 68
constexpr std::uint64_t journal_bytes_kept_max = 64U << 20;
// Ids are random, so each group touches pages all over the file: a longer log writes a page back once for many groups,
// and a cache larger than SQLite's 2 MiB reads it once.
constexpr std::uint64_t log_pages_before_merge = 4096;  // 16 MiB
constexpr std::uint64_t cache_kibibytes = 8192;

constexpr const char* schema_sql = R"(
  CREATE TABLE schema(version INTEGER NOT NULL);
  CREATE TABLE head(id INTEGER PRIMARY KEY CHECK(id = 1), revision INTEGER NOT NULL, compacted INTEGER NOT NULL);
  CREATE TABLE entry(key TEXT PRIMARY KEY, value TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE history(revision INTEGER NOT NULL, key TEXT NOT NULL, value TEXT,
                       PRIMARY KEY(revision, key)) WITHOUT ROWID;
  INSERT INTO head VALUES(1, 0, 0);
)";

Error create_error(const std::string& path, const SqliteError& error) {
  return {ErrorCode::unavailable, {}, "cannot create the store " + path + ": " + error.message};
}

// The new store becomes visible only complete: an empty or half-made file under its name can only be damage.
Status create_store_file(Disk& disk, const std::string& path) {
  const std::string fresh = path + ".new";
  if (const Status created = disk.create(fresh); !created) return created;
  {
    SqliteResult<SqliteConnection> made = SqliteConnection::open(fresh, disk.file_layer());
    if (!made) return fail(create_error(path, made.error()));
    const std::string sql = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA application_id=" + std::to_string(application_id) +
                            "; PRAGMA journal_mode=WAL; BEGIN;" + schema_sql + "INSERT INTO schema VALUES(" +
                            std::to_string(sqlite_schema_version) + "); COMMIT;";
    const SqliteResult<void> ran = made->run(sql);
    if (!ran) return fail(create_error(path, ran.error()));
  }
  return disk.publish(fresh, path);
}

Error damaged(const std::string& path, const std::string& how) {
  return {ErrorCode::corrupt, "StoreDamaged",
          "the store " + path + " is damaged (" + how + "); restore it from a backup, or move it away to start empty"};
}

Error judge_failure(const std::string& path, const SqliteError& error) {
  switch (error.code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return damaged(path, error.message);
    case SQLITE_BUSY:
      return {ErrorCode::conflict, "StoreInUse", "the store " + path + " is in use by another program; stop it first"};
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return {ErrorCode::forbidden, "StoreForbidden",
              "cannot open the store " + path + " for writing: " + error.message + "; check its owner and mode"};
    default:
      return {ErrorCode::unavailable, "StoreUnavailable", "cannot read the store " + path + ": " + error.message};
  }
}

// Nothing here writes: not to the file, not to its log.
Status check(SqliteConnection& connection, const std::string& path) {
  const auto wrong = [&path](const SqliteError& error) { return fail(judge_failure(path, error)); };
  const SqliteResult<std::uint64_t> owner = connection.number("PRAGMA application_id");
  if (!owner) return wrong(owner.error());
  if (*owner != application_id) {
    return fail(ErrorCode::unsupported, "StoreForeign",
                path + " is not a store of Tarn; move it away or choose another --state-dir");
  }
  const SqliteResult<std::uint64_t> version = connection.number("SELECT version FROM schema");
  if (!version) return fail(damaged(path, version.error().message));
  if (*version > sqlite_schema_version) {
    return fail(ErrorCode::unsupported, "StoreNewer",
                "the store " + path + " has schema version " + std::to_string(*version) + ", this build knows up to " +
                    std::to_string(sqlite_schema_version) +
                    "; start the newer tarn-server, or restore an older backup");
  }
  if (*version == 0) return fail(damaged(path, "it names no schema version"));
  const SqliteResult<std::string> verdict = connection.text("PRAGMA quick_check(1)");
  if (!verdict) return wrong(verdict.error());
  // "*** in database main ***" stands on a line of its own before the finding.
  if (*verdict != "ok") return fail(damaged(path, verdict->substr(verdict->rfind('\n') + 1)));
  const SqliteResult<std::uint64_t> ahead =
      connection.number("SELECT count(*) FROM entry WHERE modified > (SELECT revision FROM head)");
  if (!ahead) return wrong(ahead.error());
  if (*ahead != 0) return fail(damaged(path, "rows are newer than its head revision"));
  return {};
}

}  // namespace

Result<SqliteConnection> open_store_file(Disk& disk, const std::string& path) {
  const Result<Disk::Found> found = disk.look(path);
  if (!found) return fail(found.error());
  switch (*found) {
    case Disk::Found::nothing:
      if (const Status made = create_store_file(disk, path); !made) return fail(made.error());
      break;
    case Disk::Found::other:
      return fail(ErrorCode::unsupported, "StoreForeign", path + " is not a regular file; choose another --state-dir");
    case Disk::Found::empty:
      return fail(damaged(path, "it is empty"));
    case Disk::Found::file:
      break;
  }
  SqliteResult<SqliteConnection> connection = SqliteConnection::open(path, disk.file_layer());
  if (!connection) return fail(judge_failure(path, connection.error()));
  connection->merge_log_on_close(false);
  // The exclusive mode keeps the log's index in memory instead of a shared file, and keeps the lock.
  if (const auto ran = connection->run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF;"); !ran) {
    return fail(judge_failure(path, ran.error()));
  }
  if (const Status checked = check(*connection, path); !checked) return fail(checked.error());
  return std::move(*connection);
}

Status allow_writing(SqliteConnection& connection, const std::string& path) {
  connection.merge_log_on_close(true);
  const auto set = connection.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=" +
                                  std::to_string(journal_bytes_kept_max) +
                                  "; PRAGMA wal_autocheckpoint=" + std::to_string(log_pages_before_merge) +
                                  "; PRAGMA cache_size=-" + std::to_string(cache_kibibytes) + ";");
  if (!set) return fail(judge_failure(path, set.error()));
  return {};
}

}  // namespace tarn::store
