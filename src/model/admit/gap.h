// The lowest number of a range that an ordered index does not hold, in O(log² n) whatever is taken.
// Knows neither addresses nor segments; their rules say what the i-th key of their range is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/persistent_map.h"

namespace tarn::model::admission {

// `key_at(i)` is the key of the i-th number of the range, 0 ≤ i < count, growing with i in steps that leave no key of
// the index between neighbours. As long as the first i numbers are all taken, the i-th entry from the range's beginning
// is exactly key_at(i); the first place where that fails is the gap, and it is found by halving.
template <class K, class V, class KeyAt>
std::optional<std::uint64_t> first_gap(const PersistentMap<K, V>& index, std::uint64_t count, KeyAt&& key_at) {
  if (count == 0) return std::nullopt;
  const std::size_t base = index.rank(key_at(0));
  const auto taken = [&](std::uint64_t i) {
    const auto entry = index.at_rank(base + static_cast<std::size_t>(i));
    return entry != index.end() && (*entry).first == key_at(i);
  };
  std::uint64_t low = 0;                                                     // all before `low` are taken
  std::uint64_t high = std::min<std::uint64_t>(count, index.size() - base);  // `high` is free, or past the range
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (taken(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count ? std::optional(low) : std::nullopt;
}

}  // namespace tarn::model::admission
