// A range of numbers as the fewest values with masks that cover it exactly: how a flow matches a range of ports. Pure;
// knows no port.
#pragma once

#include <cstdint>
#include <vector>

namespace tarn::render {

struct MaskedNumber {
  std::uint16_t value = 0;  // no bit outside of the mask
  std::uint16_t mask = 0;   // ones, then zeros
  bool operator==(const MaskedNumber&) const = default;
};

// first <= last; at most 30, in ascending order, disjoint.
std::vector<MaskedNumber> masks_of(std::uint16_t first, std::uint16_t last);

}  // namespace tarn::render
