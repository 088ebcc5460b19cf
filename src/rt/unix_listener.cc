#include "rt/unix_listener.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "rt/descriptor.h"

namespace tarn::rt {
namespace {

constexpr int backlog = 64;
constexpr mode_t only_owner = S_IRUSR | S_IWUSR;

std::unexpected<Error> failed(const std::string& path, int error) {
  return fail(ErrorCode::unavailable, "listening at " + path + ": " + std::generic_category().message(error));
}

struct Address {
  explicit Address(const std::string& path) {
    socket.sun_family = AF_UNIX;
    path.copy(socket.sun_path, sizeof socket.sun_path - 1);
  }
  [[nodiscard]] const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&socket); }
  sockaddr_un socket{};
};

// Removes the socket file at `address` if no process listens there.
Status clear_stale(const std::string& path, const Address& address) {
  struct stat file{};
  if (lstat(path.c_str(), &file) != 0) return failed(path, errno);
  if (!S_ISSOCK(file.st_mode)) return fail(ErrorCode::conflict, path + " exists and is not a socket");
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (probe.get() < 0) return failed(path, errno);
  if (connect(probe.get(), address.generic(), sizeof address.socket) == 0 || errno == EAGAIN) {
    return fail(ErrorCode::conflict, "another process already serves " + path);
  }
  if (errno != ECONNREFUSED) return failed(path, errno);
  if (unlink(path.c_str()) != 0) return failed(path, errno);
  return {};
}

Status bind_at(int descriptor, const std::string& path) {
  const Address address(path);
  if (bind(descriptor, address.generic(), sizeof address.socket) == 0) return {};
  if (errno != EADDRINUSE) return failed(path, errno);
  if (auto cleared = clear_stale(path, address); !cleared) return cleared;
  if (bind(descriptor, address.generic(), sizeof address.socket) != 0) return failed(path, errno);
  return {};
}

}  // namespace

Result<UnixListener> UnixListener::open(std::string path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(ErrorCode::invalid, "\"" + path + "\" is no path of a unix socket: too long or empty");
  }
  std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (directory.empty()) directory = ".";
  // Between seeing that a socket is stale and replacing it, nobody else may do the same. Closing unlocks.
  const Descriptor lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.get() < 0 || flock(lock.get(), LOCK_EX) != 0) return failed(path, errno);

  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listener.get() < 0) return failed(path, errno);
  // Linux gives the file the mode of the socket it is bound to, so it is never open to others, not even for a moment.
  if (fchmod(listener.get(), only_owner) != 0) return failed(path, errno);
  if (auto bound = bind_at(listener.get(), path); !bound) return fail(bound.error());
  if (::listen(listener.get(), backlog) != 0) return failed(path, errno);
  return UnixListener(std::move(path), listener.release());
}

UnixListener::UnixListener(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {
  struct stat file{};
  if (lstat(path_.c_str(), &file) != 0) return;
  device_ = file.st_dev;
  inode_ = file.st_ino;
}

UnixListener::UnixListener(UnixListener&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      device_(other.device_),
      inode_(other.inode_) {}

UnixListener::~UnixListener() {
  struct stat file{};
  if (!path_.empty() && lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_) {
    unlink(path_.c_str());
  }
  if (descriptor_ >= 0) close(descriptor_);
}

int UnixListener::release() {
  CHECK(descriptor_ >= 0);
  return std::exchange(descriptor_, -1);
}

}  // namespace tarn::rt
