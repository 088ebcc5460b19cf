// The units of a node, one function each, with the parts they are made of and the questions they share. Pure: rows in,
// wishes out. Inside of the module; others use unit.h.
#pragma once

#include "render/flows.h"
#include "render/punt.h"
#include "render/unit.h"

namespace tarn::render {

Tables render_node(View& view, const UnitId& unit);
Tables render_numbers(View& view, const UnitId& unit);
Tables render_network(View& view, const UnitId& unit);
Tables render_member(View& view, const UnitId& unit);
Tables render_remote(View& view, const UnitId& unit);
Tables render_rules(View& view, const UnitId& unit);
Tables render_policy(View& view, const UnitId& unit);
Tables render_policy_flood(View& view, const UnitId& unit);
Tables render_local_flood(View& view, const UnitId& unit);
Tables render_remote_flood(View& view, const UnitId& unit);
Tables render_port(View& view, const UnitId& unit);
Tables render_peer(View& view, const UnitId& unit);
Tables render_virtual_address(View& view, const UnitId& unit);
Tables render_virtual_mac(View& view, const UnitId& unit);
Tables render_tap(View& view, const UnitId& unit);
Tables render_routing(View& view, const UnitId& unit);
Tables render_router(View& view, const UnitId& unit);
Tables render_interface(View& view, const UnitId& unit);
Tables render_outside(View& view, const UnitId& unit);
Tables render_gateway(View& view, const UnitId& unit);
Tables render_proxied(View& view, const UnitId& unit);
Tables render_moved(View& view, const UnitId& unit);
Tables render_floating(View& view, const UnitId& unit);
Tables render_forwarding(View& view, const UnitId& unit);
Tables render_shifted_ports(View& view, const UnitId& unit);
Tables render_watch(View& view, const UnitId& unit);
Tables render_names(View& view, const UnitId& unit);
Tables render_bgp_map(View& view, const UnitId& unit);
Tables render_speaker(View& view, const UnitId& unit);
Tables render_speaker_peer(View& view, const UnitId& unit);
Tables render_routes_to(View& view, const UnitId& unit);

// A network whose flows may exist: in the slice, administratively up, with a usable number.
struct LiveNetwork {
  const model::Network* row = nullptr;
  std::uint32_t number = 0;
};
std::optional<LiveNetwork> live_network(View& view, const NetworkId& id);

// Where a port's packets come from and go to: an interface, and the VLAN that they have there. Below a trunk the
// interface is the parent's; else it is the port's own, and they have none.
struct Attachment {
  std::uint32_t ofport = 0;
  std::uint32_t vlan_id = 0;  // 0: untagged
  bool shared = false;        // the interface is several ports': what one of them sends may be another's
  std::optional<domain::Meter::Key> meters = std::nullopt;  // the first of its four; absent: it cannot be limited (yet)
  // What registers call the port by: the same for nobody else on this node.
  [[nodiscard]] std::uint32_t number() const { return vlan_id << 16 | ofport; }
};
// Of a port bound here whose flows may exist: up, and its interface plugged.
std::optional<Attachment> live_attachment(View& view, const model::Port& port);
// Sends the packet to the attachment's interface by `ofport`, with its tag, and leaves it as it was: a copy for
// somebody else may follow.
void append_output(Actions& actions, const Attachment& at, std::uint32_t ofport);
// Of the interface that carries the port; null while none is plugged.
const Plugged* plugged_for(View& view, const model::Port& port);

// A copy of a packet for somebody who listens: it leaves by `ofport`.
struct Copy {
  std::uint32_t ofport = 0;
  Actions before;  // what makes the packet the copy
  Actions after;   // what makes it the packet again
};
// What ports or tunnels get copies of a port's traffic: of what it sends, of what it gets.
struct Copies {
  std::vector<Copy> sent;
  std::vector<Copy> received;
};
Copies copies_of(View& view, const model::Port& port);
// `in_port` is where the packet came from: the switch sends nothing back there unless told to by that word.
void append_copies(Actions& actions, const std::vector<Copy>& copies, std::uint32_t in_port);

// What is recorded of the packets that a port's security groups are asked about.
void add_records(FlowSink& flows, Tables& tables, View& view, const model::Port& port, const Attachment& at);
// What is recorded of a packet for all ports here of a network and a policy: it asks each of the chunks of them; and of
// those ports of one of these chunks.
void add_broadcast_records(FlowSink& flows, View& view, const Match& of_policy,
                           const std::vector<std::uint32_t>& chunks);
void add_chunk_records(FlowSink& flows, View& view, const Match& of_policy, std::uint32_t chunk,
                       const std::vector<const model::Port*>& ports);
// By which no more is recorded than the node's configuration says; of the node's unit.
void add_records_meter(Tables& tables, View& view, const NodeConfig& config);

// A packet for the port, after what its unit does with it: to its security groups, or as its last step.
void add_receipt(FlowSink& flows, Stage stage, Priority priority, const Match& match, const model::Port& port,
                 const Attachment& at);

// Parts of units, in files of their own.
void add_source_rules(FlowSink& flows);  // of every secured port, once per node
void add_source_claims(FlowSink& flows, const model::Port& port, const Attachment& at);
void add_security_rules(FlowSink& flows);  // where security groups are asked, once per node
// How a connection is opened anew that another host knew, once per node with ports that moved.
void add_moved_rules(FlowSink& flows, Tables& tables, View& view);
// The verdict of the groups, of a packet that opens a connection; and how the connection is remembered.
FieldValue allowed();
FieldValue refused();
FieldValue opening();
of::Ct remember();
void add_stateless_places(FlowSink& flows, Policy policy);    // the same places, for a policy of stateless groups
void add_translation_rules(FlowSink& flows, Tables& tables);  // of all gateways, once per node
// Turns an ARP request for an address of ours, whose MAC address is the source by now, into the reply.
void append_reply_to_request(Actions& actions);
void add_resolution_rules(FlowSink& flows);  // what all questions for a neighbour have in common, once per node
void add_resolution(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address);
// Of their addresses, once per node.
void add_router_advertisement(FlowSink& flows, Tables& tables, const NodeConfig& config);
// Who has the address, for routers on the network; none when there is none.
void add_neighbour(FlowSink& flows, View& view, const LiveNetwork& network, const Mac& mac, const Ip& address);
// Hands a packet that goes no further to the agent, who tells its sender why.
of::Controller no_way(PuntReason reason);
// The way to the services of this node and back: their interface, what all questions for them have in common, who has
// their address, and one port's.
void add_service_port(Tables& tables, View& view, const NodeConfig& config, const std::string& unit);
void add_service_rules(FlowSink& flows, View& view);
void add_service_resolution(FlowSink& flows, View& view, const LiveNetwork& network);
void add_service_way(FlowSink& flows, Tables& tables, View& view, const LiveNetwork& network, const model::Port& port,
                     const Attachment& at);
// Answers for an address of a router, by the switch, to who asks on this node.
void add_router_resolution(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address);
// Turns a neighbour solicitation for an address of ours, IPv6, into what Stage::nd_reply completes.
void append_advertisement(Actions& actions, const Mac& mac);
// Whether ports of the network are here, so that it is a broadcast domain and not only on the way of routed packets.
bool has_ports(View& view, const NetworkId& network);
// Of the switch, to a port below a trunk, and to one of whose traffic somebody gets copies.
void add_own_reply(FlowSink& flows, const Attachment& at, const std::vector<Copy>& copies);
// What the port's workload is told; reads the subnets of its addresses.
answer::PortAnswers answers_for(View& view, const model::Network& network, const model::Port& port);
void add_punts(FlowSink& flows, const answer::PortAnswers& answers, const model::Port& port, const Attachment& at);
// How many of them, and those of whoever asks before the port is wired, once per node.
void add_question_meters(Tables& tables);
void add_early_punts(FlowSink& flows, View& view, const NodeConfig& config);

// What a QoS policy says, as seen from who has it; absent: no limit, no mark.
struct QosLimits {
  std::optional<of::MeterSpec> sends_rate, sends_packets, gets_rate, gets_packets;
  std::optional<std::uint32_t> mark;  // DSCP, six bits
  [[nodiscard]] bool limits_what_it_gets() const { return gets_rate || gets_packets; }
};
QosLimits limits_of(View& view, const std::optional<QosPolicyId>& policy);
QosLimits limits_of(View& view, const model::Port& port);
// Which of the four meters of whatever is limited.
enum class MeterUse : std::uint8_t { sends_rate, sends_packets, gets_rate, gets_packets };
// Those of what has no ofport of its own, by the number that is recorded for it; absent until that is read back.
std::optional<domain::Meter::Key> numbered_meters(View& view, const Uuid& limited);
// Makes the one of those that begin with `meters`, and answers with the action that uses it; none where there is no
// limit, or no meter for it.
Actions metered(Tables& tables, std::optional<domain::Meter::Key> meters, MeterUse use,
                const std::optional<of::MeterSpec>& limit);
// What the port sends passes its limits before it goes on to `next`; answers with where it begins.
Stage add_sender_limits(FlowSink& flows, Tables& tables, const QosLimits& limits, const Attachment& at, Stage next);
// The last step to the port.
void add_output(FlowSink& flows, Tables& tables, const QosLimits& limits, const Attachment& at,
                const std::vector<Copy>& copies);

// The recorded number that flows may use: absent until it is read back, and for a network whose recorded number also
// stands at a network with a lower id (a damaged record must never join two networks).
std::optional<std::uint32_t> usable_number(View& view, const NetworkId& network);
// As whose the number is recorded by which the meters are found of what has no ofport of its own: not as that of
// `limited`, which may have a number already.
NetworkId metered_id(const Uuid& limited);

// How the frames of a network leave the node and come to it.
struct Segment {
  model::NetworkType type{};
  std::string physical_network;  // of vlan and flat ones
  std::uint32_t id = 0;          // VNI, or VLAN id
};
Segment segment_of(const model::Network& network);
Segment segment_of(const model::OutsideNetwork& network);
// The tunnel port (vxlan) or the patch port (vlan, flat) that leads to the segment's other nodes.
std::optional<std::uint32_t> uplink_of(View& view, const Segment& segment);
// To the physical segment, with its tag.
void append_uplink(Actions& actions, const Segment& segment, std::uint32_t uplink);
// What comes from the segment, and how it becomes a packet of the network.
struct Arrival {
  Match match;
  Actions actions;
};
Arrival arrival_of(const Segment& segment, std::uint32_t uplink, std::uint32_t network_number);
void add_arrivals(FlowSink& flows, const Segment& segment, std::uint32_t uplink, std::uint32_t network_number);
// Only what a port of this node sent goes out: a frame that came from the segment has been there already.
void add_departures(FlowSink& flows, const Segment& segment, std::uint32_t uplink, std::uint32_t network_number);

// Absent: no address, not IPv4 (OpenFlow sets tun_dst for IPv4 underlays; IPv6 ones are not supported yet).
std::optional<Ip> tunnel_address_of(View& view, const std::string& host);

}  // namespace tarn::render
