#include "metadata/asking.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "rt/system_error.h"

namespace tarn::metadata {
namespace {

using domain::InstanceFile;

// An interface's name may stand behind a link-local address.
Result<Ip> address_of(const std::string& client) {
  return Ip::parse(client.substr(0, client.find('%')));
}

std::optional<Ip> own_address(const InstanceFile::Spec& instance, InstanceFile::Key number, const Ip& seen) {
  if (!seen.is_v4()) return Ip::link_local(instance.mac);
  std::size_t index = 0;
  for (const Ip& address : instance.addresses) {
    if (!address.is_v4() || index == domain::asking_addresses_max) continue;
    if (domain::service_side4(number, index++) == seen) return address;
  }
  return std::nullopt;
}

// Empty where there is none.
std::string content_of(const rt::Descriptor& folder, const std::string& name) {
  const rt::Descriptor file(::openat(folder.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  std::string content(InstanceFile::bytes_max + 1, '\0');
  std::size_t size = 0;
  while (file.ok() && size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

}  // namespace

Result<rt::Descriptor> open_folder(const std::string& path) {
  std::error_code ignored;  // what it means shows at once
  std::filesystem::create_directories(path, ignored);
  rt::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok()) return fail(rt::system_error("open", path));
  return folder;
}

Result<Asking> asking(const rt::Descriptor& folder, const std::string& client) {
  const auto nobody = fail(ErrorCode::forbidden, "nobody is known by the address " + client);
  const Result<Ip> seen = address_of(client);
  const auto number = seen ? domain::number_behind(*seen) : std::nullopt;
  if (!number) return nobody;
  Result<InstanceFile::Spec> instance = InstanceFile::parse(content_of(folder, InstanceFile::file_name(*number)));
  if (!instance) return nobody;
  const std::optional<Ip> own = own_address(*instance, *number, *seen);
  if (!own) return nobody;
  return Asking{*number, std::move(*instance), *own};
}

}  // namespace tarn::metadata
