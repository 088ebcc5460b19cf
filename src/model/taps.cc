#include "model/taps.h"

#include <charconv>
#include <ranges>

namespace tarn::model {
namespace {

constexpr std::uint32_t vlan_id_max = 4095;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > vlan_id_max) return std::nullopt;
  return number;
}

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

std::optional<Range> range_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = number_of(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number_of(text.substr(dash + 1));
  return first && last ? std::optional(Range{*first, *last}) : std::nullopt;
}

}  // namespace

bool is_vlan_filter(std::string_view text) {
  for (const auto part : text | std::views::split(','))
    if (!range_of(std::string_view(part))) return false;
  return !text.empty();
}

bool names_vlan(std::string_view filter, std::uint32_t vlan_id) {
  for (const auto part : filter | std::views::split(',')) {
    const auto range = range_of(std::string_view(part));
    if (range && range->first <= vlan_id && vlan_id <= range->last) return true;
  }
  return false;
}

}  // namespace tarn::model
