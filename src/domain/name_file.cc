#include "domain/name_file.h"

#include <boost/json.hpp>

#include "base/hash.h"

namespace tarn::domain {
namespace {

namespace json = boost::json;

constexpr std::string_view suffix = ".json";

bool read_names(const json::object& object, std::vector<NameFile::Name>& names) {
  const json::value* list = object.if_contains("names");
  if (list == nullptr || !list->is_array()) return false;
  for (const json::value& each : list->get_array()) {
    const json::array* pair = each.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) return false;
    const Result<Ip> address = Ip::parse(std::string_view((*pair)[1].get_string()));
    if (!address) return false;
    names.push_back({std::string((*pair)[0].get_string()), *address});
  }
  return true;
}

std::uint64_t group_of(const NetworkId& network) {
  return ContentHash().add(network.uuid.bytes).value();
}

}  // namespace

std::uint64_t NameFile::group(const Key& key, const Spec&) {
  return group_of(key);
}

std::uint64_t NameFile::group(const Key& key, const Seen&) {
  return group_of(key);
}

std::string NameFile::Spec::text() const {
  json::array pairs;
  for (const Name& each : names) pairs.push_back(json::array{each.name, each.address.text()});
  return json::serialize(json::object{{"domain", domain}, {"names", std::move(pairs)}});
}

Result<NameFile::Spec> NameFile::parse(std::string_view content) {
  const auto wrong = fail(ErrorCode::invalid, "not a network's names");
  boost::system::error_code error;
  const json::value value = content.size() > bytes_max ? json::value() : json::parse(content, error);
  if (error || !value.is_object()) return wrong;
  const json::object& object = value.get_object();
  const json::value* domain = object.if_contains("domain");
  if (domain == nullptr || !domain->is_string()) return wrong;
  Spec spec{.domain = std::string(domain->get_string()), .names = {}};
  if (!read_names(object, spec.names)) return wrong;
  return spec;
}

std::string NameFile::file_name(const Key& key) {
  return key.text() + std::string(suffix);
}

std::optional<NameFile::Key> NameFile::key_of(std::string_view file_name) {
  if (!file_name.ends_with(suffix)) return std::nullopt;
  const Result<Uuid> id = Uuid::parse(file_name.substr(0, file_name.size() - suffix.size()));
  return id && NameFile::file_name(Key{*id}) == file_name ? std::optional(Key{*id}) : std::nullopt;
}

}  // namespace tarn::domain
