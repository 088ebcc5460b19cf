// Addresses as names: RFC 1035 section 3.5 (in-addr.arpa), RFC 3596 section 2.5 (ip6.arpa).
#include <charconv>
#include <string_view>

#include "names/message.h"

namespace tarn::names {
namespace {

constexpr std::string_view suffix4 = ".in-addr.arpa.";
constexpr std::string_view suffix6 = ".ip6.arpa.";
constexpr std::size_t nibbles = 32;

// Its labels, the last first: those of an address in its own order.
std::vector<std::string_view> labels_of(std::string_view text) {
  std::vector<std::string_view> labels;
  while (true) {
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos) break;
    labels.push_back(text.substr(dot + 1));
    text = text.substr(0, dot);
  }
  labels.push_back(text);
  return labels;
}

std::optional<Ip> address4(const std::vector<std::string_view>& labels) {
  if (labels.size() != 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const std::string_view label : labels) {
    std::uint8_t octet = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), octet);
    const bool plain = error == std::errc() && end == label.data() + label.size() && std::to_string(octet) == label;
    if (!plain) return std::nullopt;
    value = value << 8 | octet;
  }
  return Ip::from_v4(value);
}

std::optional<Ip> address6(const std::vector<std::string_view>& labels) {
  if (labels.size() != nibbles) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < nibbles; ++i) {
    std::uint8_t nibble = 0;
    const std::string_view label = labels[i];
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), nibble, 16);
    if (label.size() != 1 || error != std::errc() || end != label.data() + 1) return std::nullopt;
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] << 4 | nibble);
  }
  return Ip::from_v6(bytes);
}

}  // namespace

std::optional<Ip> address_of(const std::string& name) {
  const std::string_view text = name;
  if (text.ends_with(suffix4)) return address4(labels_of(text.substr(0, text.size() - suffix4.size())));
  if (text.ends_with(suffix6)) return address6(labels_of(text.substr(0, text.size() - suffix6.size())));
  return std::nullopt;
}

}  // namespace tarn::names
