// The packets that no flow can answer: DHCPv4, DHCPv6 and router solicitations, and what a router says of packets that
// go no further, answered from values alone. The caller
// hands in a frame that the switch has punted from a port, and sends what comes back to that same port. Keeps no state:
// a lease is the port's fixed address, so nothing is allocated, remembered or given back.
#pragma once

#include <optional>

#include "answer/values.h"
#include "base/bytes.h"

namespace tarn::answer {

// The frame to send back, or nothing: for anything malformed, from another MAC than the port's, meant for another
// server, relayed, or that its protocol leaves unanswered.
std::optional<Bytes> answer(const PortAnswers& port, ByteView frame);
// Of a solicitation that the switch has turned as far as it can: addresses and type are the advertisement's, flags and
// option are not. Nothing for anything else. The answer of a router: the option is the frame's own source.
std::optional<Bytes> completed_advertisement(ByteView frame);
// Why a packet goes no further than to a router.
enum class NoWay : std::uint8_t { no_hops, no_route, no_neighbour, no_listener, too_big };
struct RouterError {
  NoWay why{};
  Mac to;                 // who sent the packet
  Ip own;                 // what the router says it is, of the packet's family
  std::uint32_t mtu = 0;  // of the next network, where the packet is too big for it
};
// The ICMP error for the sender (RFC 792, RFC 1191, RFC 4443). Nothing where none may be sent: of errors, of groups,
// from or to what is no single host's address (RFC 1812 section 4.3.2.7, RFC 4443 section 2.4); of pieces.
std::optional<Bytes> router_error(const RouterError& error, ByteView frame);
// The unasked router advertisement for all nodes of the port's link, likewise; nothing where there is none to make.
std::optional<Bytes> unsolicited_advertisement(const PortAnswers& port);

}  // namespace tarn::answer
