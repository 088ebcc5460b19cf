// Meters as values: how much of what passes one is let through. One band each, which drops what is too much; the bytes
// belong to the codec (OpenFlow 1.5 sections 5.7 and 7.3.4.5).
#pragma once

#include <compare>
#include <cstdint>

namespace tarn::wire::of {

struct MeterSpec {
  enum class Unit : std::uint8_t { kilobits, packets };
  Unit unit = Unit::kilobits;
  std::uint32_t rate = 0;   // kbit/s or packets/s; not 0
  std::uint32_t burst = 0;  // kbit or packets that may come at once; not 0
  auto operator<=>(const MeterSpec&) const = default;
};

// What the switch tells of one meter.
struct MeterSeen {
  MeterSpec spec;
  bool opaque = false;  // more bands, other bands or other flags than ours
  auto operator<=>(const MeterSeen&) const = default;
};

// Meter numbers from here on are for others (OFPM_MAX): "all meters" has no word here.
inline constexpr std::uint32_t meter_max = 0xffff0000;

}  // namespace tarn::wire::of
