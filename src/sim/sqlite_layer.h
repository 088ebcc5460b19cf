// SQLite's file layer (sqlite.org/vfs.html) over a SimDisk. Belongs to sim_disk.cc. Without shared memory, so WAL works
// in the exclusive locking mode only, which is the one the store uses. Calls of a process that has died fail.
#pragma once

#include <sqlite3.h>

#include "sim/sim_disk.h"

namespace tarn::sim {

struct SimDisk::Layer {
  explicit Layer(SimDisk& disk);
  ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Handle;  // an open file, in memory that SQLite gives
  static Handle& handle(sqlite3_file* file);
  static bool dead(const Handle& handle);

  static int open(sqlite3_vfs* layer, const char* name, sqlite3_file* file, int flags, int* out_flags);
  static int remove(sqlite3_vfs* layer, const char* name, int sync_folder);
  static int access(sqlite3_vfs* layer, const char* name, int flags, int* result);
  static int close(sqlite3_file* file);
  static int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset);
  static int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset);
  static int truncate(sqlite3_file* file, sqlite3_int64 size);
  static int sync(sqlite3_file* file, int flags);
  static int size(sqlite3_file* file, sqlite3_int64* size);

  SimDisk& disk_;
  std::string name_;
  sqlite3_io_methods methods_{};
  sqlite3_vfs layer_{};
};

}  // namespace tarn::sim
