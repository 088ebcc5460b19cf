// A thin owner of one SQLite connection and its prepared statements: numbers and texts in, rows out, SQLite's result
// codes as they are. Used by one thread at a time. Knows nothing of revisions or keys.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::store {

// SQLite's primary or extended code and its own sentence.
struct SqliteError {
  int code = SQLITE_OK;
  std::string message;
};
template <class T>
using SqliteResult = std::expected<T, SqliteError>;

class SqliteStatement {
 public:
  // Bind positions count from 1, columns from 0, as in SQLite.
  SqliteStatement& bind(int position, std::string_view text);
  SqliteStatement& bind(int position, std::uint64_t number);
  SqliteStatement& bind_null(int position);
  // True: a row is there to read. False: done, and the statement is ready to be bound again.
  SqliteResult<bool> step();
  // For statements without rows, or whose rows nobody wants.
  SqliteResult<void> run();
  void reset();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class SqliteConnection;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

class SqliteConnection {
 public:
  // Opens an existing file for reading and writing; never creates one. `file_layer`: of sqlite3_vfs_find(), or null for
  // SQLite's default.
  static SqliteResult<SqliteConnection> open(const std::string& path, const char* file_layer);

  SqliteResult<SqliteStatement> prepare(std::string_view sql);
  SqliteResult<void> run(const std::string& sql);
  SqliteResult<std::uint64_t> number(const std::string& sql);  // first column of the first row
  SqliteResult<std::string> text(const std::string& sql);

  // With false, closing leaves the file and its log as they are instead of merging them.
  void merge_log_on_close(bool merge);
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] SqliteError last_error(int code) const;

 private:
  struct Closer {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3, Closer> handle_;
};

}  // namespace tarn::store
