#include "identity/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "identity/secret.h"

namespace tarn::identity {
namespace {

std::unexpected<Error> failed(const std::string& what, const std::string& path) {
  return fail(ErrorCode::unavailable, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return ::fsync(file) == 0;
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return fail(ErrorCode::not_found, "there is no " + path);
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return failed("read", path);
  return text.str();
}

Status write_secret_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // of a process that died here; its mode could be anything
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return failed("write", fresh);
  const bool written = write_all(file, text);
  if (::close(file) != 0 || !written) return failed("write", fresh);
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed("write", path);
  return {};
}

Result<std::string> kept_secret(const std::string& path, std::size_t bytes) {
  Result<std::string> known = read_secret_file(path);
  if (known && !known->empty()) return known;
  if (!known && known.error().code != ErrorCode::not_found) return known;
  std::string fresh = random_text(bytes);
  if (Status written = write_secret_file(path, fresh); !written) return fail(written.error());
  return fresh;
}

}  // namespace tarn::identity
