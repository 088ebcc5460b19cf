// Neighbour solicitations and advertisements of IPv6 neighbour discovery (RFC 4861 sections 4.3 and 4.4), and the whole
// frames in which somebody asks or tells of his own accord. The rest are bodies behind the ICMPv6 checksum only.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::nd {

constexpr std::uint8_t type_neighbour_solicitation = 135;
constexpr std::uint8_t type_neighbour_advertisement = 136;

struct NeighbourSolicitation {
  Ip target;
  std::optional<Mac> source_link;

  bool operator==(const NeighbourSolicitation&) const = default;
};

// Likewise (7.1.1).
std::optional<NeighbourSolicitation> decode_neighbour_solicitation(ByteView body);
Bytes encode(const NeighbourSolicitation& solicitation);

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

// To the group of `wanted`: who has it? Asked by the link-local address that `asker` makes.
Bytes build_solicitation(const Mac& asker, const Ip& wanted);
// To all nodes: the router's address `own` is at `mac`, whatever they knew (section 7.2.6).
Bytes build_announcement(const Mac& mac, const Ip& own);

}  // namespace tarn::wire::nd
