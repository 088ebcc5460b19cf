// The tables and registers of br-int, named once; docs/pipeline.md tells a packet's way through them. Numbers leave
// room for what comes next (trunks, security groups, load balancing, routing), so that nothing is ever renumbered under
// traffic. Constants only.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/openflow/flow.h"

namespace tarn::render {

enum class Stage : std::uint8_t {
  classify = 0,       // which network and which source does the packet come from
  source_mac = 10,    // does the sender use a MAC of its own
  source_claim = 11,  // which (MAC, IP) pairs does the packet claim for its sender; what no instance may send
  claim = 12,         // a subroutine: is the claimed pair one of the port's
  source_verdict = 13,
  answers = 30,  // what the switch or the agent answers itself
  arp_responder = 31,
  nd_owner = 32,   // sends a question to the one who can answer it
  arp_reply = 33,  // turns the request into the reply
  l2 = 60,         // where does this destination live
  flood = 65,      // one chunk of a broadcast domain
  output = 80,     // to one port of this node
  uplink = 85,     // to the network's physical segment
};
inline constexpr Stage stages[] = {Stage::classify,       Stage::source_mac, Stage::source_claim,  Stage::claim,
                                   Stage::source_verdict, Stage::answers,    Stage::arp_responder, Stage::nd_owner,
                                   Stage::arp_reply,      Stage::l2,         Stage::flood,         Stage::output,
                                   Stage::uplink};
std::string_view name_of(Stage stage);

// metadata holds the local network number, nothing else.
namespace reg {
using wire::of::Field;
inline constexpr Field origin = Field::reg0;  // one of Origin
inline constexpr Field source = Field::reg1;  // the sending port here (its ofport); 0 when not from a port here
inline constexpr Field target = Field::reg2;  // the receiving port here (its ofport)
inline constexpr Field chunk = Field::reg3;   // which chunk of the broadcast domain
inline constexpr Field claim = Field::reg4;   // bits 0-1 proven, 8-15 a ClaimKind, 16-17 how many must be proven
inline constexpr Field claim_mac_high = Field::reg6;  // bits 47-16 of the claimed MAC
inline constexpr Field claim_mac_low = Field::reg7;   // bits 15-0
inline constexpr Field claim_ip[] = {Field::reg8, Field::reg9, Field::reg10, Field::reg11};  // IPv4 in the first
}  // namespace reg

enum class Origin : std::uint8_t { local = 1, tunnel = 2, physical = 3 };
enum class ClaimKind : std::uint8_t { link = 1, ipv4 = 4, ipv6 = 6 };  // link: a MAC without an address

// Chunks of other nodes are numbered after the chunks of ports here.
inline constexpr std::uint32_t remote_chunk_base = 64;

// Local network numbers are also conntrack zones, which have 16 bits; 0 is the zone of everybody else.
inline constexpr std::uint32_t network_number_max = 0xffff;

}  // namespace tarn::render
