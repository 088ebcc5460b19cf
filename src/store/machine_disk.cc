#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "rt/descriptor.h"
#include "store/disk.h"

namespace tarn::store {
namespace {

constexpr mode_t private_mode = 0600;  // the store holds every tenant's secrets

Error system_error(const std::string& path, const std::string& what, int number) {
  ErrorCode code = ErrorCode::unavailable;
  if (number == EACCES || number == EPERM) code = ErrorCode::forbidden;
  if (number == ENOENT || number == ENOTDIR || number == EISDIR) code = ErrorCode::not_found;
  return {code, {}, "cannot " + what + " " + path + ": " + std::generic_category().message(number)};
}

Status sync_path(const std::string& path, int flags) {
  const rt::Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file.ok()) return fail(system_error(path, "open", errno));
  if (::fsync(file.get()) != 0) return fail(system_error(path, "sync", errno));
  return {};
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// An own file beside the store, because closing any descriptor of the store itself would drop SQLite's POSIX locks on
// it (fcntl(2)).
class FileLock final : public Disk::Lock {
 public:
  explicit FileLock(rt::Descriptor file) : file_(std::move(file)) {}

 private:
  rt::Descriptor file_;
};

class MachineDisk final : public Disk {
 public:
  Result<std::unique_ptr<Lock>> lock(const std::string& path) override {
    rt::Descriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, private_mode));
    if (!file.ok()) return fail(system_error(path, "create the lock", errno));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return std::make_unique<FileLock>(std::move(file));
    if (errno != EWOULDBLOCK) return fail(system_error(path, "lock", errno));
    return fail(ErrorCode::conflict, "StoreInUse",
                "another tarn-server holds " + path + "; stop it, or choose another --state-dir");
  }

  Result<Found> look(const std::string& path) override {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      if (errno == ENOENT) return Found::nothing;
      return fail(system_error(path, "open", errno));
    }
    if (!S_ISREG(status.st_mode)) return Found::other;
    return status.st_size == 0 ? Found::empty : Found::file;
  }

  Status create(const std::string& path) override {
    for (const char* tail : {"", "-wal", "-shm", "-journal"}) ::unlink((path + tail).c_str());
    const rt::Descriptor file(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, private_mode));
    if (!file.ok()) return fail(system_error(path, "create", errno));
    return {};
  }

  Status publish(const std::string& from, const std::string& to) override {
    if (const Status synced = sync_path(from, O_RDWR); !synced) return synced;
    if (::rename(from.c_str(), to.c_str()) != 0) return fail(system_error(to, "create", errno));
    return sync_path(folder_of(to), O_RDONLY | O_DIRECTORY);
  }

  [[nodiscard]] const char* file_layer() const override { return nullptr; }
};

}  // namespace

Disk& machine_disk() {
  static MachineDisk disk;
  return disk;
}

}  // namespace tarn::store
