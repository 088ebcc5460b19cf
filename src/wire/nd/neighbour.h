// Neighbour advertisements of IPv6 neighbour discovery (RFC 4861 section 4.4). Bodies behind the ICMPv6 checksum only:
// the frame around them is wire/packet's.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::nd {

constexpr std::uint8_t type_neighbour_advertisement = 136;

struct NeighbourAdvertisement {
  bool router = false;
  bool solicited = false;
  bool overrides = false;
  Ip target;
  std::optional<Mac> target_link;

  bool operator==(const NeighbourAdvertisement&) const = default;
};

// Unknown options are passed over; nothing when an option ends behind the message or the target is a group (7.1.2).
std::optional<NeighbourAdvertisement> decode_neighbour_advertisement(ByteView body);
Bytes encode(const NeighbourAdvertisement& advertisement);

}  // namespace tarn::wire::nd
