// The machine's own clocks, for real processes. The only reader of system time in the tree; everything else asks the
// Clock of its Loop, so that a simulated world can hold or jump the time.
#pragma once

#include "rt/clock.h"

namespace tarn::rt {

class MachineClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall() const override;
};

}  // namespace tarn::rt
