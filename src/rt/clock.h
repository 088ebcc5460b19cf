// Time as a value. `Instant` counts from an arbitrary start and never goes back; `WallTime` is UTC for people.
// Nothing outside rt reads a system clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace tarn::rt {

using Duration = std::chrono::nanoseconds;

struct Instant {
  Duration since_start{};

  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant at, Duration later) { return {at.since_start + later}; }
  friend Duration operator-(Instant later, Instant earlier) { return later.since_start - earlier.since_start; }
};

struct WallTime {
  std::int64_t unix_ms = 0;  // milliseconds since 1970-01-01T00:00:00Z

  auto operator<=>(const WallTime&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

}  // namespace tarn::rt
