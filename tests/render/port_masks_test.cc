// Ranges as masks: every port of the range exactly once, no other, and no shorter list does it.
#include "render/port_masks.h"

#include <gtest/gtest.h>

#include <random>

namespace tarn::render {
namespace {

// The classic bound-splitting of a range into prefixes, by recursion over the tree of all prefixes: an independent
// count of the fewest prefixes.
std::size_t fewest(std::uint32_t first, std::uint32_t last, std::uint32_t base = 0, std::uint32_t length = 0x10000) {
  if (last < base || first >= base + length) return 0;
  if (first <= base && base + length - 1 <= last) return 1;
  return fewest(first, last, base, length / 2) + fewest(first, last, base + length / 2, length / 2);
}

void is_exact(std::uint16_t first, std::uint16_t last) {
  const auto masks = masks_of(first, last);
  std::uint32_t covered = 0;
  std::uint32_t next = first;
  for (const auto& [value, mask] : masks) {
    EXPECT_EQ(value & ~mask & 0xffff, 0);
    EXPECT_EQ(value, next);
    const std::uint32_t length = 0x10000U - mask;
    EXPECT_EQ(length & (length - 1), 0U);
    covered += length;
    next = value + length;
  }
  EXPECT_EQ(covered, std::uint32_t{last} - first + 1);
  EXPECT_EQ(masks.size(), fewest(first, last)) << first << " to " << last;
}

TEST(PortMasks, cover_a_range_exactly_and_no_fewer_could) {
  is_exact(0, 0xffff);
  is_exact(1, 0xfffe);
  is_exact(0, 0);
  is_exact(0xffff, 0xffff);
  is_exact(1024, 65535);
  std::mt19937 draw(1);
  for (int i = 0; i < 2000; ++i) {
    const auto one = static_cast<std::uint16_t>(draw());
    const auto other = static_cast<std::uint16_t>(draw());
    is_exact(std::min(one, other), std::max(one, other));
  }
  EXPECT_EQ(masks_of(1, 0xfffe).size(), 30U);
}

}  // namespace
}  // namespace tarn::render
