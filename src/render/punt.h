// What switch and agent say to each other with a packet. The mark on one that the switch hands over: why, and for which
// port. It rides in the flow's userdata,
// so the agent looks nothing up and guesses nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/uuid.h"
#include "wire/openflow/flow.h"

namespace tarn::render {

// The first three are questions of the port. The others are records of what its security groups let through, and of
// what not: what it gets (in), what it sends (out).
enum class PuntReason : std::uint8_t {
  dhcp4 = 1,
  dhcp6 = 2,
  router_solicitation = 3,
  accepted_in = 4,
  accepted_out = 5,
  dropped_in = 6,
  dropped_out = 7,
};

constexpr bool is_question(PuntReason reason) {
  return reason <= PuntReason::router_solicitation;
}

struct Punt {
  PuntReason reason{};
  PortId port;
  bool operator==(const Punt&) const = default;
};

Bytes encode(const Punt& punt);                      // 17 bytes: reason, then the port's UUID
std::optional<Punt> decode_punt(ByteView userdata);  // absent: not a mark of ours

// What brings a packet of the agent's own to a port here, by the number that its last step knows it by
// (answer::PortAnswers::target): through its limits, with its tag, heard by whoever listens to the port.
std::vector<wire::of::Action> delivery_to(std::uint32_t target);

}  // namespace tarn::render
