// What switch and agent say to each other with a packet. The mark on one that the switch hands over: why, and for which
// port. It rides in the flow's userdata,
// so the agent looks nothing up and guesses nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/uuid.h"
#include "wire/openflow/flow.h"
#include "wire/openflow/message.h"

namespace tarn::render {

// The first three are questions of the port. The last ones are of routers: a question, already half an answer
// (answer::completed_advertisement), and why a packet went no further. The others are records of what security groups
// let through, and of what not: what the port gets (in), what it sends (out).
enum class PuntReason : std::uint8_t {
  dhcp4 = 1,
  dhcp6 = 2,
  router_solicitation = 3,
  accepted_in = 4,
  accepted_out = 5,
  dropped_in = 6,
  dropped_out = 7,
  router_resolution = 8,
  no_hops = 9,  // left
  no_route = 10,
  no_neighbour = 11,  // the next hop is nobody
  no_listener = 12,   // at an address of the router
  too_big = 13,       // for the next network
  unresolved = 14,    // the next hop is on a physical segment, and not known yet
};

constexpr bool is_of_instance(PuntReason reason) {
  return reason <= PuntReason::router_solicitation;
}
constexpr bool is_question(PuntReason reason) {
  return is_of_instance(reason) || reason >= PuntReason::router_resolution;
}

struct Punt {
  PuntReason reason{};
  PortId port;  // zero: the one in the packet's register `source`; of an instance's question: none is wired yet
  bool operator==(const Punt&) const = default;
};

Bytes encode(const Punt& punt);                      // 17 bytes: reason, then the port's UUID
std::optional<Punt> decode_punt(ByteView userdata);  // absent: not a mark of ours

// The number of the port here that sent it; 0: none did.
std::uint32_t sender_of(const wire::of::PacketIn& packet);

// What the registers of a packet say that a router has handed over.
struct Routed {
  std::uint32_t sender = 0;  // as sender_of()
  std::optional<Ip> own;     // the router's address where the packet came in, of the packet's family
  std::uint32_t mtu = 0;     // of the network that it is too big for
  std::uint64_t router = 0;  // the one that it is in, as registers call it
  std::uint32_t network_number = 0;
  std::uint32_t scope = 0;  // the address scope that it comes from
};
Routed routed(const wire::of::PacketIn& packet, Family family);

// Who a packet was for that the switch does not know on a physical segment.
struct Unresolved {
  std::uint32_t network_number = 0;
  Ip next_hop;
};
Unresolved unresolved(const wire::of::PacketIn& packet, Family family);

// What brings a packet of the agent's own to the physical segment of a network.
std::vector<wire::of::Action> departure_of(std::uint32_t network_number);

// What brings a packet of the agent's own to a port here, by the number that its last step knows it by
// (answer::PortAnswers::target): through its limits, with its tag, heard by whoever listens to the port.
std::vector<wire::of::Action> delivery_to(std::uint32_t target);

// What brings the packet on its way by which a router answers one that came from outside.
std::vector<wire::of::Action> dispatch_answer(const Routed& to);

}  // namespace tarn::render
