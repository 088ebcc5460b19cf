// What opening a store asks of a file system, beside what SQLite asks of it through a file layer of its own. The real
// one is the machine's; the simulator brings one that tears and loses what was not synced.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace tarn::store {

class Disk {
 public:
  // Held while it lives.
  class Lock {
   public:
    virtual ~Lock() = default;
  };
  enum class Found : std::uint8_t { nothing, empty, file, other };

  virtual ~Disk() = default;
  // Errors, each one line with the path: conflict (another process holds it), forbidden, not_found, unavailable.
  virtual Result<std::unique_ptr<Lock>> lock(const std::string& path) = 0;
  virtual Result<Found> look(const std::string& path) = 0;
  // An empty file for the owner's eyes alone. A file of that name goes, with what SQLite kept beside it.
  virtual Status create(const std::string& path) = 0;
  // Gives a complete file its name. Once it returns, file and name outlive a loss of power.
  virtual Status publish(const std::string& from, const std::string& to) = 0;
  // Of sqlite3_vfs_find(); null: SQLite's default.
  [[nodiscard]] virtual const char* file_layer() const = 0;
};

// The disk of the machine.
Disk& machine_disk();

}  // namespace tarn::store
