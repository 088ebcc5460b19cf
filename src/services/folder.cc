#include "services/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "rt/system_error.h"

namespace tarn::services {

Result<rt::Descriptor> open_folder(const std::string& path) {
  std::error_code ignored;  // what it means shows at once
  std::filesystem::create_directories(path, ignored);
  rt::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) return fail(rt::system_error("open", path));
  return folder;
}

rt::Descriptor open_file(const rt::Descriptor& folder, const std::string& name) {
  return rt::Descriptor(::openat(folder.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
}

bool is_still(const rt::Descriptor& folder, const std::string& name, const rt::Descriptor& file) {
  struct stat named{};
  struct stat held{};
  if (::fstatat(folder.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (::fstat(file.get(), &held) != 0) return false;
  return named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

std::string content_of(const rt::Descriptor& file, std::size_t bytes_max) {
  struct stat held{};
  if (!file.ok() || ::fstat(file.get(), &held) != 0 || held.st_size < 0) return {};
  std::string content(std::min(static_cast<std::size_t>(held.st_size), bytes_max + 1), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

}  // namespace tarn::services
