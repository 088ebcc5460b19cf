// As many small UDP packets as the way from one instance to another carries: so many are under way at any time as fit
// the queues, and each that arrives lets another go. So nothing is lost on the way, and the switch's processor is spent
// on packets that count. One flow, or several in turn.
#pragma once

#include <cstdint>
#include <memory>

#include "path_side.h"

namespace tarn::bench {

// A connection each, from `first` on to one port at the other end.
struct FloodPorts {
  std::uint16_t first = 0;
  std::uint16_t count = 1;
  std::uint16_t to = 9;  // discard
};

class PacketFlood {
 public:
  virtual ~PacketFlood() = default;  // stops
  // Frames of 60 octets; each flow has a source port of its own, and they must be new on
  // this way: ovs-vswitchd 3.1 aborts where one meets a connection with NAT, as all of OVN's are, that has expired.
  // Back: `from` opens each connection with a packet, and what counts are answers to whom `to` saw then.
  // Errors: an end that is not there; a connection that did not get through.
  static Result<std::unique_ptr<PacketFlood>> start(const PathEnd& from, const PathEnd& to, FloodPorts ports,
                                                    Travel travel);
  // Packets that have arrived by now.
  [[nodiscard]] virtual std::int64_t arrived() const = 0;
};

}  // namespace tarn::bench
