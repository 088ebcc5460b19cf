// Tenants' traffic under a microscope: for each pair of instances, both ways, a probe each tick on one UDP flow, a new
// UDP flow each five ticks, and one long TCP transfer. One thread drives all of it with sockets it opened inside the
// instances' namespaces. Sends only between namespaces the test made.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace tarn::testing {

struct TrafficPair {
  std::string name;  // "vxlan across hosts"
  std::string from_namespace;
  std::string to_namespace;
  Ip from;
  Ip to;
  // As whom the other side addresses them, where it is not by their own addresses.
  std::optional<Ip> from_called = std::nullopt;
  std::optional<Ip> to_called = std::nullopt;
  // One direction only, where only one side can begin: `to` sends each packet back, and one has arrived when it is
  // back. New flows are a twentieth as many.
  bool answered = false;
};

// What became of one direction of one pair.
struct TrafficLoss {
  std::string name;  // "vxlan across hosts >"
  std::uint64_t probes_sent = 0;
  std::uint64_t probes_lost = 0;
  std::int64_t longest_gap_ms = 0;  // between two probes that arrived
  std::uint64_t flows_opened = 0;   // new UDP flows, one packet each
  std::uint64_t flows_lost = 0;
  std::uint64_t tcp_bytes = 0;    // received, in order
  std::uint64_t tcp_sent = 0;     // bytes
  std::string tcp_state;          // of who sends, at the end
  std::int64_t tcp_stall_ms = 0;  // longest time without a byte
  bool tcp_whole = false;         // everything sent was received, and the connection lived
};

class LiveCloud;

class Traffic {
 public:
  virtual ~Traffic() = default;  // stops

  // Opens all sockets and starts sending through the cloud's switches, which are given room for what waits (queues.h):
  // what is lost then is lost by rules. Errors: a namespace or an address that is not there.
  static Result<std::unique_ptr<Traffic>> start(const LiveCloud& cloud, std::vector<TrafficPair> pairs,
                                                std::chrono::milliseconds tick = std::chrono::milliseconds(1));

  // Stops sending, waits until what is on the way has arrived (at most a second), and counts.
  virtual std::vector<TrafficLoss> finish() = 0;
};

// Whatever `happens`, none of the pairs loses anything; and there was something to lose.
void nothing_is_lost(const LiveCloud& cloud, const std::vector<TrafficPair>& pairs,
                     const std::function<void()>& happens);

}  // namespace tarn::testing
