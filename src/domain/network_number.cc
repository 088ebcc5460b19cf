#include "domain/network_number.h"

#include <charconv>

#include "base/hash.h"

namespace tarn::domain {

std::uint64_t NetworkNumber::group(const Key& key, const Spec&) {
  return ContentHash().add(key.uuid.bytes).value();
}
std::uint64_t NetworkNumber::group(const Key& key, const Seen&) {
  return ContentHash().add(key.uuid.bytes).value();
}

std::string NetworkNumber::written_key(const Key& network) {
  return std::string(prefix) + network.text();
}

std::optional<NetworkId> NetworkNumber::network_of(std::string_view external_id) {
  if (!external_id.starts_with(prefix)) return std::nullopt;
  const auto uuid = Uuid::parse(external_id.substr(prefix.size()));
  // Only the spelling we write ourselves: two spellings of one network would be two keys for one thing.
  if (!uuid || written_key({*uuid}) != external_id) return std::nullopt;
  return NetworkId{*uuid};
}

std::optional<std::uint32_t> NetworkNumber::number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace tarn::domain
