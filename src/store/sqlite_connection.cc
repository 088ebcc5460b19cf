#include "store/sqlite_connection.h"

#include "base/check.h"

namespace tarn::store {

SqliteStatement& SqliteStatement::bind(int position, std::string_view text) {
  // An empty view may hold a null pointer, which SQLite would bind as NULL.
  const char* bytes = text.empty() ? "" : text.data();
  CHECK(sqlite3_bind_text64(statement_.get(), position, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) ==
        SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind(int position, std::uint64_t number) {
  CHECK(sqlite3_bind_int64(statement_.get(), position, static_cast<sqlite3_int64>(number)) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::bind_null(int position) {
  CHECK(sqlite3_bind_null(statement_.get(), position) == SQLITE_OK);
  return *this;
}

SqliteResult<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  SqliteError error{sqlite3_extended_errcode(sqlite3_db_handle(statement_.get())),
                    sqlite3_errmsg(sqlite3_db_handle(statement_.get()))};
  reset();
  return std::unexpected(std::move(error));
}

SqliteResult<void> SqliteStatement::run() {
  const SqliteResult<bool> stepped = step();
  if (!stepped) return std::unexpected(stepped.error());
  reset();
  return {};
}

void SqliteStatement::reset() {
  // The code repeats what step() has already told.
  static_cast<void>(sqlite3_reset(statement_.get()));
  sqlite3_clear_bindings(statement_.get());
}

std::string SqliteStatement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(bytes), std::size_t(size));
}

std::uint64_t SqliteStatement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

SqliteResult<SqliteConnection> SqliteConnection::open(const std::string& path, const char* file_layer) {
  sqlite3* handle = nullptr;
  // One thread at a time uses the connection, so SQLite's own mutexes are not needed.
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, file_layer);
  CHECK(handle != nullptr);
  SqliteConnection connection(handle);
  if (code != SQLITE_OK) return std::unexpected(connection.last_error(code));
  sqlite3_extended_result_codes(handle, 1);
  return connection;
}

SqliteResult<SqliteStatement> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(last_error(code));
  return SqliteStatement(statement);
}

SqliteResult<void> SqliteConnection::run(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(last_error(code));
  return {};
}

SqliteResult<std::uint64_t> SqliteConnection::number(const std::string& sql) {
  SqliteResult<SqliteStatement> statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  const SqliteResult<bool> row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->number(0) : 0;
}

SqliteResult<std::string> SqliteConnection::text(const std::string& sql) {
  SqliteResult<SqliteStatement> statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  const SqliteResult<bool> row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->text(0) : std::string();
}

void SqliteConnection::merge_log_on_close(bool merge) {
  CHECK(sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, merge ? 0 : 1, nullptr) == SQLITE_OK);
}

SqliteError SqliteConnection::last_error(int code) const {
  return {code, sqlite3_errmsg(handle_.get())};
}

}  // namespace tarn::store
