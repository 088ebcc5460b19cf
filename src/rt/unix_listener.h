// The file side of a listening unix socket: taking a path over safely, and giving it back.
// Owned by a server on a loop; accepts nothing by itself.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace tarn::rt {

class UnixListener {
 public:
  // Binds and listens at `path` with mode 0600, replacing a socket file that nobody serves. Two processes that try at
  // the same time are kept apart by a lock on the directory. Errors as of LineServer::listen.
  static Result<UnixListener> open(std::string path);

  UnixListener(UnixListener&& other) noexcept;
  UnixListener& operator=(UnixListener&&) = delete;
  // Removes the file if it is still the one that was made here, and closes the descriptor if it was not released.
  ~UnixListener();

  [[nodiscard]] const std::string& path() const { return path_; }
  // Hands the listening descriptor over; the file stays ours.
  [[nodiscard]] int release();

 private:
  UnixListener(std::string path, int descriptor);

  std::string path_;  // empty after a move
  int descriptor_;    // -1 after release
  dev_t device_{};
  ino_t inode_{};
};

}  // namespace tarn::rt
