// A numbered UDP packet at a steady pace from one instance to another, with the moments of sending and arriving noted.
// One thread does it, before all others where the kernel lets it; nobody asks it anything until it has finished.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "rt/clock.h"

namespace tarn::bench {

struct ProbeEnd {
  std::string network_namespace;
  Ip address;
  std::uint16_t port = 7000;
};

struct Sample {
  rt::Instant sent;
  std::optional<rt::Instant> arrived;
};

// Whether a packet has arrived at its destination, or once the answer to it is back.
enum class Journey { there, and_back };

class Probe {
 public:
  virtual ~Probe() = default;  // stops
  // Errors: a namespace or an address that is not there.
  static Result<std::unique_ptr<Probe>> start(const ProbeEnd& from, const ProbeEnd& to,
                                              std::chrono::microseconds interval, Journey journey = Journey::there);
  // How many have arrived by now.
  [[nodiscard]] virtual std::size_t arrived() const = 0;
  // Stops sending, waits at most a second for what is on the way.
  virtual std::vector<Sample> finish() = 0;
};

// What became of the probes sent from `begin` to `end`.
struct Window {
  rt::Instant begin;
  rt::Instant end;
};
struct Passage {
  std::int64_t sent = 0;
  std::int64_t lost = 0;
  double longest_delay_ms = 0;  // from sending to arriving
  double p99_delay_ms = 0;
  double longest_gap_ms = 0;  // between two arrivals, and after the last one
};
Passage passage_of(const std::vector<Sample>& samples, const Window& window);

}  // namespace tarn::bench
