#include "domain/instance_file.h"

#include <boost/json.hpp>
#include <charconv>

#include "base/check.h"

namespace tarn::domain {
namespace {

namespace json = boost::json;

constexpr std::string_view suffix = ".json";
constexpr int number_bits = 28;
// fd74:6172:6e00::/96, of RFC 4193.
constexpr std::array<std::uint8_t, 12> prefix6{0xfd, 0x74, 0x61, 0x72, 0x6e};

bool read_text(const json::object& object, std::string_view key, std::string& text) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return false;
  text.assign(value->get_string());
  return true;
}

template <class Id>
bool read_id(const json::object& object, std::string_view key, Id& id) {
  std::string text;
  if (!read_text(object, key, text)) return false;
  const Result<Uuid> uuid = Uuid::parse(text);
  if (uuid) id = Id{*uuid};
  return uuid.has_value();
}

bool read_addresses(const json::object& object, std::vector<Ip>& addresses) {
  const json::value* list = object.if_contains("addresses");
  if (list == nullptr || !list->is_array()) return false;
  for (const json::value& each : list->get_array()) {
    if (!each.is_string()) return false;
    const Result<Ip> address = Ip::parse(std::string_view(each.get_string()));
    if (!address) return false;
    addresses.push_back(*address);
  }
  return true;
}

}  // namespace

std::string InstanceFile::Spec::text() const {
  json::array list;
  for (const Ip& address : addresses) list.emplace_back(address.text());
  return json::serialize(json::object{{"port_id", port.uuid.text()},
                                      {"network_id", network.uuid.text()},
                                      {"instance_id", instance_id},
                                      {"project_id", project_id},
                                      {"host_name", host_name},
                                      {"mac", mac.text()},
                                      {"addresses", std::move(list)}});
}

Result<InstanceFile::Spec> InstanceFile::parse(std::string_view content) {
  const auto wrong = fail(ErrorCode::invalid, "not an instance's file");
  boost::system::error_code error;
  const json::value value = content.size() > bytes_max ? json::value() : json::parse(content, error);
  if (error || !value.is_object()) return wrong;
  const json::object& object = value.get_object();
  Spec spec;
  std::string mac;
  const bool whole = read_id(object, "port_id", spec.port) && read_id(object, "network_id", spec.network) &&
                     read_text(object, "instance_id", spec.instance_id) &&
                     read_text(object, "project_id", spec.project_id) &&
                     read_text(object, "host_name", spec.host_name) && read_text(object, "mac", mac) &&
                     read_addresses(object, spec.addresses);
  const Result<Mac> parsed = Mac::parse(mac);
  if (!whole || !parsed) return wrong;
  spec.mac = *parsed;
  return spec;
}

InstanceFile::Seen InstanceFile::seen(std::string content) {
  Seen seen{std::move(content), std::nullopt};
  if (const auto spec = parse(seen.content); spec && spec->text() == seen.content) seen.port = spec->port;
  return seen;
}

std::string InstanceFile::file_name(Key key) {
  return std::to_string(key) + std::string(suffix);
}

std::optional<InstanceFile::Key> InstanceFile::key_of(std::string_view file_name) {
  if (!file_name.ends_with(suffix)) return std::nullopt;
  file_name.remove_suffix(suffix.size());
  Key key = 0;
  const auto [end, error] = std::from_chars(file_name.data(), file_name.data() + file_name.size(), key);
  const bool good = error == std::errc() && end == file_name.data() + file_name.size() && key < number_end;
  return good && std::to_string(key) == file_name ? std::optional(key) : std::nullopt;
}

Ip service_side4(InstanceFile::Key number, std::size_t index) {
  CHECK(number < InstanceFile::number_end && index < asking_addresses_max);
  return Ip::from_v4(static_cast<std::uint32_t>(1 + index) << number_bits | number);
}

Ip service_side6(InstanceFile::Key number) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy(prefix6.begin(), prefix6.end(), bytes.begin());
  for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return Ip::from_v6(bytes);
}

std::optional<InstanceFile::Key> number_behind(const Ip& service_side) {
  const std::size_t first = service_side.size() - 4;
  std::uint32_t last = 0;
  for (std::size_t i = first; i < service_side.size(); ++i) last = last << 8 | service_side.bytes[i];
  const InstanceFile::Key number = last % InstanceFile::number_end;
  if (!service_side.is_v4()) return service_side == service_side6(number) ? std::optional(number) : std::nullopt;
  const std::uint32_t place = last >> number_bits;
  return place >= 1 && place <= asking_addresses_max ? std::optional(number) : std::nullopt;
}

}  // namespace tarn::domain
