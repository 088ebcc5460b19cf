#include "rt/choice.h"

#include <sys/random.h>

#include <algorithm>

#include "base/check.h"

namespace tarn::rt {

std::uint64_t Choice::bits() {
  std::uint64_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 16 | below(1U << 16);
  return value;
}

Duration Choice::jitter(Duration mean) {
  constexpr std::uint32_t steps = 1U << 16;
  return mean / 2 + Duration(mean.count() / steps * below(steps));
}

std::uint32_t Seeded::below(std::uint32_t bound) {
  CHECK(bound > 0);
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  mixed ^= mixed >> 31;
  // Lemire's multiply-shift: no modulo bias worth naming at 64 bits.
  return static_cast<std::uint32_t>((mixed >> 32) * bound >> 32);
}

std::uint64_t entropy() {
  std::uint64_t seed = 0;
  CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return seed;
}

void secret_bytes(std::span<std::uint8_t> bytes) {
  constexpr std::size_t whole_max = 256;  // getrandom(2): up to this many bytes come all at once
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), whole_max);
    CHECK(getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
    bytes = bytes.subspan(count);
  }
}

}  // namespace tarn::rt
