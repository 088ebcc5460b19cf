// More than a limit lets through, and how much of it came. What may come is bounded by the limit's burst and the time
// that passed, whatever the machine's speed.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "live/steps.h"
#include "rt/machine_clock.h"

namespace tarn::testing {

constexpr std::size_t flood_payload_bytes = 1000;
constexpr double flood_frame_kbit = 8 * (flood_payload_bytes + 42) / 1000.0;  // Ethernet, IPv4 and UDP headers
constexpr std::size_t flood_frames = 400;

struct Passed {
  std::size_t frames = 0;
  double elapsed_s = 0;
};

// `say(words)` sends a datagram of so many bytes; `hearer` is a Nic or Letters that may get it. `count` of them go no
// faster than queues take them; then one more, again and again, until it comes: by then the others have.
template <class Say, class Hearer>
Passed flood(const Say& say, Hearer& hearer, std::size_t count = flood_frames, std::size_t per_ms = 1) {
  const rt::MachineClock clock;
  const auto padded = [](std::string words) {
    words.resize(flood_payload_bytes, '.');
    return words;
  };
  const std::size_t before = hearer.count("flood");
  const auto start = clock.now().since_start;
  const std::string end = "the end of " + std::to_string(start.count());
  for (std::size_t sent = 0; sent < count; ++sent) {
    say(padded("flood"));
    if (sent % per_ms == 0) hearer.hears("never said", std::chrono::milliseconds(2));  // takes in what has come
  }
  EXPECT_TRUE(await([&] {
    say(padded(end));
    return static_cast<bool>(hearer.hears(end, std::chrono::milliseconds(20)));
  }));
  const std::chrono::duration<double> elapsed = clock.now().since_start - start;
  return {hearer.count("flood") - before, elapsed.count()};
}

// As `rate` in a second and `burst` at once say, of frames that count `each`.
inline void expect_limited(const Passed& passed, double rate, double burst, double each) {
  EXPECT_LT(passed.frames, flood_frames);
  EXPECT_LE(static_cast<double>(passed.frames) * each, 1.1 * (burst + rate * passed.elapsed_s));
  EXPECT_GE(static_cast<double>(passed.frames) * each, 0.8 * burst);
}

}  // namespace tarn::testing
