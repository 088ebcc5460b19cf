// The mark on a packet that the switch hands to the agent: why, and from which port. It rides in the flow's userdata,
// so the agent looks nothing up and guesses nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/uuid.h"

namespace tarn::render {

enum class PuntReason : std::uint8_t { dhcp4 = 1, dhcp6 = 2, router_solicitation = 3 };

struct Punt {
  PuntReason reason{};
  PortId port;
  bool operator==(const Punt&) const = default;
};

Bytes encode(const Punt& punt);                      // 17 bytes: reason, then the port's UUID
std::optional<Punt> decode_punt(ByteView userdata);  // absent: not a mark of ours

}  // namespace tarn::render
