#include "render/port_masks.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace tarn::render {

std::vector<MaskedNumber> masks_of(std::uint16_t first, std::uint16_t last) {
  CHECK(first <= last);
  std::vector<MaskedNumber> masks;
  std::uint32_t next = first;
  while (next <= last) {
    // The largest block that begins here: aligned, and no longer than what is left.
    const int aligned = next == 0 ? 16 : std::countr_zero(next);
    const int fitting = static_cast<int>(std::bit_width(std::uint32_t{last} - next + 1)) - 1;
    const std::uint32_t length = 1U << std::min(aligned, fitting);
    masks.push_back({static_cast<std::uint16_t>(next), static_cast<std::uint16_t>(0x10000 - length)});
    next += length;
  }
  return masks;
}

}  // namespace tarn::render
