#include "group_commits.h"

#include "base/hash.h"
#include "base/uuid.h"
#include "rt/machine_clock.h"
#include "store/sqlite_connection.h"

namespace tarn::bench {
namespace {

store::SqliteResult<void> write_all(store::SqliteConnection& connection, const GroupCommits& wanted) {
  auto put = connection.prepare("INSERT INTO entry VALUES(?1,?2,?3)");
  if (!put) return std::unexpected(put.error());
  const std::string value(wanted.value_bytes, 'v');
  std::uint64_t number = 0;
  for (std::size_t group = 0; group < wanted.groups; ++group) {
    if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return begun;
    for (std::size_t row = 0; row < wanted.rows_in_group; ++row) {
      const std::uint64_t high = ContentHash().add(++number).value();  // in no order, as the ids of ports
      const std::string key = "port/" + Uuid::random(high, number).text();
      if (auto written = put->bind(1, key).bind(2, value).bind(3, number).run(); !written) return written;
    }
    if (auto durable = connection.run("COMMIT"); !durable) return durable;
  }
  return {};
}

}  // namespace

Result<double> commit_groups(const GroupCommits& wanted) {
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(wanted.file.string() + tail);
  std::filesystem::path made = wanted.file;
  if (FILE* fresh = std::fopen(made.c_str(), "w")) std::fclose(fresh);  // a connection never creates its file
  auto connection = store::SqliteConnection::open(made.string(), nullptr);
  if (!connection) return fail(ErrorCode::unavailable, connection.error().message);
  const auto ready = connection->run(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "CREATE TABLE entry(key TEXT PRIMARY KEY, value TEXT NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;");
  if (!ready) return fail(ErrorCode::unavailable, ready.error().message);
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  if (const auto done = write_all(*connection, wanted); !done)
    return fail(ErrorCode::unavailable, done.error().message);
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  return static_cast<double>(wanted.groups * wanted.rows_in_group) / seconds;
}

}  // namespace tarn::bench
