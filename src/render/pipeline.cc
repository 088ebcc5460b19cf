#include "render/pipeline.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace tarn::render {

namespace {

using wire::of::Field;

constexpr StageRow stage_rows[] = {
    {Stage::classify, "classify", "which network, and from where: a port here, the tunnel, a physical segment"},
    {Stage::sender_rate, "sender_rate", "how much a limited port may send"},
    {Stage::sender_packets, "sender_packets", "how many packets it may send"},
    {Stage::sender_mark, "sender_mark", "its DSCP mark"},
    {Stage::source_mac, "source_mac", "does the sender use a MAC of its own"},
    {Stage::source_claim, "source_claim",
     "which (MAC, IP) pairs does the packet claim for its sender; what an instance may never send"},
    {.stage = Stage::claim, .name = "claim", .purpose = "is the claimed pair one of the port's", .subroutine = true},
    {Stage::source_verdict, "source_verdict", "were all claims proven"},
    {Stage::sender, "sender", "connection tracking; asks the sender's security groups"},
    {Stage::sender_verdict, "sender_verdict", "did a rule let it through"},
    {.stage = Stage::policy, .name = "policy", .purpose = "asks each group of a policy", .subroutine = true},
    {.stage = Stage::permission,
     .name = "permission",
     .purpose = "does a rule of this group let it through",
     .subroutine = true},
    {Stage::answers, "answers",
     "questions for the agent (DHCPv4, DHCPv6, router solicitations); ARP and ND to their tables", Stage::l2},
    {Stage::arp_responder, "arp_responder", "who has this IPv4 address", Stage::l2},
    {Stage::nd_owner, "nd_owner", "who has this IPv6 address: the question goes to it alone", Stage::l2},
    {Stage::arp_reply, "arp_reply", "turns the request into the reply, back to the sender"},
    {Stage::nd_reply, "nd_reply",
     "completes the advertisement of a router's address, or has the agent do it; back to the sender"},
    {Stage::services, "services", "a question for a service of this node: who asks, as the service is told", Stage::l2},
    {Stage::known, "known",
     "asked by the host that a port went to: is the packet an answer of a connection that is known"},
    {Stage::reopened, "reopened", "such an answer, turned into what it answers: may the port open the connection"},
    {Stage::restored, "restored", "did a rule let it; the packet is the answer again, and goes to the port"},
    {.stage = Stage::known_by,
     .name = "known_by",
     .purpose = "which host, that the instance left, translates what it says: written by the switch, of answers",
     .subroutine = true},
    {Stage::back, "back", "to leave by the first of several gateways: does it answer what came in by another"},
    {Stage::landing, "landing",
     "from outside, for an address of a gateway: which host translates it, this one or another"},
    {Stage::inward, "inward", "from outside, translated as its connection says; which floating IP a new one is for"},
    {Stage::router, "router", "for a router: for itself, for somebody behind it, or not to be passed on"},
    {Stage::router_address, "router_address", "for an address of the router: answers echo requests"},
    {Stage::route, "route", "the longest prefix of the router that holds the destination"},
    {Stage::way, "way", "of several ways of equal cost, the one of the packet's slot"},
    {Stage::neighbour, "neighbour", "which MAC the next hop has"},
    {.stage = Stage::learned,
     .name = "learned",
     .purpose = "what ARP on a physical segment said of its neighbours: written by the switch",
     .subroutine = true},
    {Stage::resolved, "resolved", "is the next hop outside known by now, or is it to be asked for", Stage::l2},
    {Stage::outward, "outward", "to the outside: translated as its connection says"},
    {Stage::translation, "translation", "which address, and which ports, a new connection gets outside"},
    {Stage::translated, "translated", "was it translated: to the outside, or into the router"},
    {Stage::l2, "l2", "where does this destination live"},
    {Stage::flood_track, "flood_track", "connection tracking of what is for several", Stage::flood},
    {Stage::flood, "flood", "a broadcast domain: the ports here by their policies, the other nodes by chunks"},
    {Stage::flood_policy, "flood_policy", "asks the security groups of one policy"},
    {Stage::flood_verdict, "flood_verdict", "did a rule let it through"},
    {Stage::flood_ports, "flood_ports", "the ports here with this policy, by chunks"},
    {Stage::flood_chunk, "flood_chunk", "one chunk: the copies leave"},
    {.stage = Stage::outside_packets,
     .name = "outside_packets",
     .purpose = "no more packets than an address outside may send, and get",
     .subroutine = true},
    {.stage = Stage::held,
     .name = "held",
     .purpose = "who took it last, an address or a MAC address that several may take: written by the switch",
     .subroutine = true},
    {Stage::holder, "holder",
     "of an address, or a MAC address, that several may take: is who took it last a port here"},
    {Stage::receiver, "receiver", "connection tracking; asks the receiver's security groups"},
    {Stage::receiver_verdict, "receiver_verdict", "did a rule let it through; remembers the connection it opens"},
    {.stage = Stage::commit,
     .name = "commit",
     .purpose = "remembers the connection that an allowed packet opens, where no receiver here is asked",
     .subroutine = true},
    {Stage::output, "output", "to one port of this node, no more than it may get"},
    {Stage::output_packets, "output_packets", "no more packets than it may get"},
    {Stage::hand_over, "hand_over",
     "to leave by the wire of another host: of those that may let it out, by the one that is there"},
    {Stage::uplink, "uplink", "to the network's physical segment"},
};
static_assert(std::ranges::is_sorted(stage_rows, {}, &StageRow::stage));

constexpr RegisterRow register_rows[] = {
    {Field::metadata,
     "the number on this node of the network, or of the gateway that the packet passes; also the zone of its "
     "connections"},
    {reg::origin, "origin: 1 a port here, 2 the tunnel, 3 a physical segment"},
    {reg::source, "the sending port here, else 0: bits 0–15 its interface's ofport, 16–27 the VLAN it has there or 0"},
    {reg::target,
     "the receiving port here (likewise). Of a routed packet: bit 31, it has been sent to every host that it may be "
     "for"},
    {reg::chunk,
     "the chunk of the broadcast domain: 0–31 ports here, 64–95 other nodes; the slot of a routed packet, by which "
     "gateway it leaves if it is no answer, and of one that is handed over: bits 0–15, by which port the host is "
     "watched "
     "that lets it out, 0xffff is none"},
    {reg::claim,
     "claims: bits 0–1 proven so far, 8–15 kind (1 link, 4 IPv4, 6 IPv6), 16–17 how many must be proven. Of a routed "
     "packet, as the next three: the address of the interface it came to"},
    {reg::group, "the number of the security group that is asked"},
    {reg::claim_mac_high, "the claimed MAC: upper 32 bits; a spare where a router answers"},
    {reg::claim_mac_low, "its lower 16 bits"},
    {reg::claim_ip[0],
     "the claimed IPv4 address, or the first word of an IPv6 one; the next hop of a routed packet; a spare of replies"},
    {reg::claim_ip[1], "its second word"},
    {reg::claim_ip[2], "its third word"},
    {reg::claim_ip[3], "its fourth word"},
    {reg::policy_high,
     "the policy, upper half: the sender's until l2, the receiver's from there; 0 is unsecured. The router that a "
     "packet is in"},
    {reg::policy_low, "its lower half"},
    {reg::judgement,
     "bits 0–7 what is asked (1 the connection inwards, 2 outwards, 3 the packet inwards, 4 outwards), bit 8 a rule "
     "lets it through. Of a routed packet: the address scope it comes from, 0 is none"},
    {reg::way, "of a routed packet: bits 0–15 the MTU of a smaller next network, bit 16 it is too big for it"},
};

}  // namespace

std::span<const StageRow> stages() {
  return stage_rows;
}

std::string_view name_of(Stage stage) {
  const auto found = std::ranges::find(stage_rows, stage, &StageRow::stage);
  CHECK(found != std::end(stage_rows));
  return found->name;
}

std::span<const RegisterRow> registers() {
  return register_rows;
}

}  // namespace tarn::render
