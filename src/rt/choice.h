// The only source of chance: jitter, ids, and in the simulator every scheduling decision and fault.
// Owned by main or by the simulator and lent by reference; never asked from two threads.
#pragma once

#include <cstdint>
#include <span>

#include "rt/clock.h"

namespace tarn::rt {

class Choice {
 public:
  virtual ~Choice() = default;
  // A number from 0 to bound-1. `bound` is at least 1.
  virtual std::uint32_t below(std::uint32_t bound) = 0;

  // 64 chosen bits.
  std::uint64_t bits();
  // `mean` spread evenly over [mean/2, mean*3/2], so that many waiters do not wake together.
  Duration jitter(Duration mean);
};

// splitmix64: the same seed gives the same choices on every machine.
class Seeded final : public Choice {
 public:
  explicit Seeded(std::uint64_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t bound) override;

 private:
  std::uint64_t state_;
};

// A seed for a real process, from the kernel's entropy pool.
std::uint64_t entropy();

// Fills `bytes` from the same pool, for keys and salts: what nobody may guess, and no simulation needs to repeat.
void secret_bytes(std::span<std::uint8_t> bytes);

}  // namespace tarn::rt
