// The tables and registers of br-int, named once; docs/pipeline.md tells a packet's way through them. Numbers leave
// room for what comes next (trunks, security groups, load balancing, routing), so that nothing is ever renumbered under
// traffic. Constants only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "wire/openflow/flow.h"

namespace tarn::render {

// What each is for stands in stages().
enum class Stage : std::uint8_t {
  classify = 0,
  sender_rate = 5,
  sender_packets = 6,
  sender_mark = 7,
  source_mac = 10,
  source_claim = 11,
  claim = 12,
  source_verdict = 13,
  sender = 20,
  sender_verdict = 21,
  policy = 25,
  permission = 26,
  answers = 30,
  arp_responder = 31,
  nd_owner = 32,
  arp_reply = 33,
  nd_reply = 34,
  services = 35,
  known = 36,
  reopened = 37,
  restored = 38,
  known_by = 39,
  back = 47,
  landing = 48,
  inward = 49,
  router = 50,
  router_address = 51,
  route = 52,
  way = 53,
  neighbour = 54,
  learned = 55,
  resolved = 56,
  outward = 57,
  translation = 58,
  translated = 59,
  l2 = 60,
  flood_track = 61,
  flood = 62,
  flood_policy = 63,
  flood_verdict = 64,
  flood_ports = 65,
  flood_chunk = 66,
  outside_packets = 67,
  held = 68,
  holder = 69,
  receiver = 70,
  receiver_verdict = 71,
  commit = 75,
  output = 80,
  output_packets = 81,
  hand_over = 82,
  uplink = 85,
};

// One row for each stage, in the order of their numbers: docs/pipeline.md shows them.
struct StageRow {
  Stage stage;
  std::string_view name;
  std::string_view purpose;
  std::optional<Stage> missed = {};  // where a packet goes on that matches nothing; else it is dropped
  bool subroutine = false;           // comes back to the flow that called it
};
std::span<const StageRow> stages();
std::string_view name_of(Stage stage);

// metadata holds the local number of a network, or of the gateway that a packet passes; it is also the zone of its
// connections.
namespace reg {
using wire::of::Field;
inline constexpr Field origin = Field::reg0;  // one of Origin
inline constexpr Field source = Field::reg1;  // the sending port here (its Attachment's number); 0 when from elsewhere
inline constexpr Field target = Field::reg2;  // the receiving port here (likewise), or `landed` before there is one
inline constexpr std::uint64_t landed = 0x80000000;  // has been sent to every host that it may be for
inline constexpr Field chunk = Field::reg3;          // which chunk of the broadcast domain
inline constexpr Field claim = Field::reg4;          // bits 0-1 proven, 8-15 a ClaimKind, 16-17 how many must be proven
inline constexpr Field group = Field::reg5;          // the number of the security group that is asked
inline constexpr Field claim_mac_high = Field::reg6;  // bits 47-16 of the claimed MAC
inline constexpr Field claim_mac_low = Field::reg7;   // bits 15-0
inline constexpr Field claim_ip[] = {Field::reg8, Field::reg9, Field::reg10, Field::reg11};  // IPv4 in the first
// Of the interface that a routed packet came to, of the packet's family: what the router says it is.
inline constexpr Field router_address[] = {Field::reg4, Field::reg5, Field::reg6, Field::reg7};
inline constexpr Field slot = Field::reg3;       // of the ways of equal cost that a routed packet may take
inline constexpr Field first_way = Field::reg3;  // the number of the gateway by which it leaves if it is no answer
inline constexpr Field lets_out = Field::reg3;  // bits 0-15: the watch port of the host that a packet is handed over to
inline constexpr std::uint32_t lets_out_port = 0xffff;
inline constexpr Field next_hop[] = {Field::reg8, Field::reg9, Field::reg10, Field::reg11};  // of a routed packet
inline constexpr Field policy_high = Field::reg12;  // of the sender until l2, of the receiver from there (policy.h)
inline constexpr Field policy_low = Field::reg13;
inline constexpr Field router_high = Field::reg12;  // while a packet is in a router, between two stays in l2
inline constexpr Field router_low = Field::reg13;
inline constexpr Field way = Field::reg15;  // bits 0-15 the MTU of the next network, 16 set when the packet is too big
inline constexpr std::uint32_t way_mtu = 0xffff;
inline constexpr std::uint16_t way_too_big_bit = 16;
inline constexpr Field scope = Field::reg14;      // the address scope that a routed packet comes from; 0: none
inline constexpr Field judgement = Field::reg14;  // bits 0-7 a Question, bit 8 set when a rule lets the packet through
}  // namespace reg

struct RegisterRow {
  wire::of::Field field;
  std::string_view holds;
};
std::span<const RegisterRow> registers();

enum class Origin : std::uint8_t { local = 1, tunnel = 2, physical = 3 };
enum class ClaimKind : std::uint8_t { link = 1, ipv4 = 4, ipv6 = 6 };  // link: a MAC without an address

// What a group's rules are asked about: a connection, by the first packet of it, whichever way this packet goes; or the
// packet alone. As the port sees it that has the group.
enum class Question : std::uint8_t { connection_in = 1, connection_out = 2, packet_in = 3, packet_out = 4 };
inline constexpr std::uint64_t question_mask = 0xff;
inline constexpr std::uint64_t judged_allowed = 0x100;

// Chunks of other nodes are numbered after the chunks of ports here.
inline constexpr std::uint32_t remote_chunk_base = 64;

// Local network numbers are also conntrack zones, which have 16 bits; 0 is the zone of everybody else.
inline constexpr std::uint32_t network_number_max = 0xffff;

}  // namespace tarn::render
