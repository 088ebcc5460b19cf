// When a step that failed is tried again: growing, jittered, bounded delays. The one place of retry.
// Values and one function: it keeps no count and sets no timer, and nobody else computes a delay.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "rt/choice.h"
#include "rt/clock.h"

namespace tarn::reconcile {

struct RetryPolicy {
  rt::Duration first = std::chrono::milliseconds(100);
  rt::Duration longest = std::chrono::seconds(30);
};

// The delay before attempt number `failures` + 1, for `failures` >= 1: doubles from `first` to `longest`, +-50 %.
inline rt::Duration retry_delay(const RetryPolicy& policy, std::uint32_t failures, rt::Choice& choice) {
  constexpr std::uint32_t doublings_max = 20;
  const std::uint32_t doublings = std::min(failures > 0 ? failures - 1 : 0, doublings_max);
  return choice.jitter(std::min(policy.first * (std::int64_t{1} << doublings), policy.longest));
}

}  // namespace tarn::reconcile
