#include "services/asking.h"

#include "services/folder.h"

namespace tarn::services {
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

}  // namespace

Result<Asking> asking(const rt::Descriptor& folder, const std::string& client) {
  const auto nobody = fail(ErrorCode::forbidden, "nobody is known by the address " + client);
  const Result<Ip> seen = address_of(client);
  const auto number = seen ? domain::number_behind(*seen) : std::nullopt;
  if (!number) return nobody;
  Result<InstanceFile::Spec> instance =
      InstanceFile::parse(content_of(open_file(folder, InstanceFile::file_name(*number)), InstanceFile::bytes_max));
  if (!instance) return nobody;
  const std::optional<Ip> own = own_address(*instance, *number, *seen);
  if (!own) return nobody;
  return Asking{*number, std::move(*instance), *own};
}

}  // namespace tarn::services
