// What the units of gateways, floating IPs and the networks outside have in common: the way to a segment, the addresses
// that this node has there, the two halves of a translation. For the units only.
#pragma once

#include <span>
#include <string_view>

#include "render/routers.h"

namespace tarn::render {

// A network outside, where this node has a way to its physical segment.
struct OutsideLink {
  NetworkId id;
  Segment segment;
  std::uint32_t uplink = 0;
  std::uint32_t number = 0;
};
std::optional<OutsideLink> outside_link(View& view, const NetworkId& id);

// Of an ARP packet that came from the segment: whose address it says it has is known from now on.
of::Learn learn_sender(const OutsideLink& link);

// Addresses that this node answers for outside, by one MAC address.
struct OutsideAddress {
  Uuid id;  // of the floating IP, or the gateway's port
  Mac mac;
  std::vector<Ip> addresses;
  std::vector<std::string> hidden = {};  // as of an answer::Announcement
};
// Answers for them, and has them announced, where this node has a way to the network.
void add_outside_address(FlowSink& flows, Tables& tables, View& view, const NetworkId& network,
                         const OutsideAddress& own);
// What other nodes hand over to this one, to leave by the network.
void add_handed_over(FlowSink& flows, View& view, const OutsideLink& link);
// Of that, what was translated to the gateway's own address, which passes its limits first.
void add_handed_over(FlowSink& flows, View& view, const LiveGateway& gateway, Actions limits);

// The VNI of packets between nodes on their way in or out, and of those for who has a virtual address: of no network.
// As the destination they have a MAC address that tells what they are.
inline constexpr std::uint64_t passing_vni = 0;
// To the host, with that destination or, into the tunnel, with its MAC addresses as they are; absent where there is no
// way to it.
std::optional<Actions> into_tunnel(View& view, const std::string& host);
std::optional<Actions> send_to(View& view, const std::string& host, const Mac& mac);
// What was sent so.
struct Passed {
  Mac mac;
  Match match;  // what of it is meant
  Priority priority = Priority::low;
};
void add_passed(FlowSink& flows, View& view, const Passed& passed, Actions actions,
                std::optional<Stage> next = std::nullopt);
// The next hop of an IPv4 packet travels so in the MAC address of its source, and comes from there.
void tell_next_hop(Actions& actions);
of::Move told_next_hop();

// Protocols whose ports can be told apart.
struct Transport {
  std::string_view name;  // as the API has it
  std::uint64_t protocol;
  Field destination_port;
  Field source_port;
};
std::span<const Transport> transports();

// What leaves untranslated, of what is matched at the gateway's number: of the address scope, and of no other.
void add_way_out(FlowSink& flows, Priority priority, const Match& match, std::uint32_t scope, Actions actions);
// The rest: of another scope, and so told to whoever sent it.
void add_no_way_out(FlowSink& flows, const Match& match);
// By it outside knows instances by their own addresses, of the family of the router's own, and of that scope.
void add_way_in(FlowSink& flows, const LiveGateway& gateway, const Ip& own, std::uint32_t scope);
// The same for one address alone, IPv6, that comes to the MAC address.
void add_way_in_for(FlowSink& flows, const LiveGateway& gateway, const Mac& mac, const Ip& address);
// By IPv6 nothing is translated: what the gateway's router does there with what leaves, and what comes.
void add_open_ways(FlowSink& flows, View& view, const LiveGateway& gateway, const GatewayDuty& duty);
// The next hops outside, IPv6, that the routes of the gateway's router name.
std::vector<Ip> next_hops_v6(View& view, const LiveGateway& gateway);

// Into the router, as if sent here; by `own` it says of itself that it is there.
void append_enter(Actions& actions, const LiveGateway& gateway, const Ip& own,
                  std::uint32_t scope = scope_of_translated);
Match at_gateway(const LiveGateway& gateway);                           // in its zone, IPv4
Match with_state(Match match, std::uint64_t bits, std::uint64_t mask);  // of ct_state; tracked
Match new_at(const LiveGateway& gateway);
Match untunnelled(Match match);                                            // from here, or from a physical segment
Actions leave(const LiveGateway& gateway, const std::optional<Mac>& mac);  // to the outside, sent by that MAC address
// From a network, past the limits of what comes, into the gateway's zone, and on by `next`.
Actions land(Actions limits, const LiveGateway& gateway, of::Action next);
// What comes to one of our MAC addresses outside, for the address that is told with it.
Match arriving(const LiveGateway& gateway, const Mac& mac, const Ip& address);
// A floating IP, or a gateway's own address, and how fast it may be.
struct LimitedAddress {
  Uuid id;  // of the floating IP, or the gateway's port
  Ip address;
  std::optional<QosPolicyId> qos_policy;
};
// What each packet passes first that is sent by the address, and that comes for it; nothing where it is not limited.
Actions sent_limits(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway, const LimitedAddress& of);
Actions received_limits(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway,
                        const LimitedAddress& of);
// What was translated to the address passes its limits and goes out, sent by that MAC address, or by this node's own.
void add_departure(FlowSink& flows, Actions limits, const LiveGateway& gateway, const Ip& address,
                   const std::optional<Mac>& mac);
// Addresses that whoever answers for the gateway answers for too: what comes for them is to land here.
void add_central_address(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway,
                         const GatewayDuty& duty, const Actions& limits, const OutsideAddress& own);
// What is handed over: to the first of those that may let it out that the switch sees there. What was translated to the
// gateway's own address passes these limits first where this node does it itself.
void add_hand_over(FlowSink& flows, View& view, const LiveGateway& gateway, Actions own_limits);
// IPv6 packets that leave, at the gateway's number: each is handed over so.
void add_hand_over_v6(FlowSink& flows, View& view, const LiveGateway& gateway);
// What other nodes hand over so, to leave here.
void add_handed_over_v6(FlowSink& flows, View& view, const LiveGateway& gateway);
// The hosts that an instance may be on that a floating IP leads to, or forwarded ports: the one that it is bound to;
// where its port is bound nowhere, those with a port that may take its address. Sorted.
std::vector<std::string> hosts_for(View& view, const Uuid& of, const std::string& bound);
// To the host that translates it, as it is; absent where there is no way to that.
std::optional<Actions> pass_to(View& view, const LiveGateway& gateway, const std::string& host);
void add_arrival_by_tunnel(FlowSink& flows, View& view, const LiveGateway& gateway);
// What lands for an address and is an instance's on one of those hosts: translated here, and passed to the others by
// whoever `lands` it, unless it was passed already. Nothing where neither can be.
void add_landed(FlowSink& flows, View& view, const LiveGateway& gateway, const Match& match,
                const std::vector<std::string>& hosts, bool lands);

// Translated as the connection says, in the gateway's zone; then in `stage`.
of::Ct translate(Stage stage);
// A new connection gets `nat`, then goes on in Stage::translated. What could not be translated is not let out there.
of::Ct begin_translation(const of::Nat& nat);

}  // namespace tarn::render
