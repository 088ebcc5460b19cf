// What the units of routers and of the outside have in common: what registers call a router, how addresses get there,
// by which MAC addresses a node speaks for a router. For the units only.
#pragma once

#include "render/render_units.h"

namespace tarn::render {

std::uint64_t number_of(const RouterId& router);
Match in_router(Match match, const RouterId& router);
Match of_family(const Ip& address);
FieldValue destined_to(const Prefix& prefix);
FieldValue destined_to(const Ip& address);
FieldValue sent_from(const Ip& address);
void append_address(Actions& actions, const Field (&registers)[4], const Ip& address);
// Of those packets whose next hop is the address.
Match next_hop_is(Match match, const Ip& address);
// The next hop of the packet is its destination.
void append_destination_as_next_hop(Actions& actions, Family family);
// Who has the address on a network, for packets that are routed there.
void add_next_hop(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address);

// What a packet is told that enters a router: by `own` it may be answered there, unless that is zero.
struct Entry {
  RouterId router;
  Ip own;
  std::uint32_t scope = 0;  // the address scope that it comes from
};
void append_entry(Actions& actions, const Entry& entry);

// The physical segment must not see one address on many of its ports: of the node there, by the id of what speaks.
Mac segment_mac(const std::string& host, const Uuid& speaker);

inline constexpr std::uint32_t ethernet_header_bytes = 14;
// What registers call an address scope: hardly another's number; 0 is none.
std::uint32_t number_of(const std::optional<AddressScopeId>& scope);
// Of packets that come translated from outside: from no scope, and welcome in each.
inline constexpr std::uint32_t scope_of_translated = 2;

// A gateway by which this node may send: by its own wire, or by another host's.
struct LiveGateway {
  const model::RouterGateway* row = nullptr;
  std::uint32_t number = 0;  // of the gateway, which is the zone where it translates
  const model::OutsideNetwork* network = nullptr;
  std::uint32_t network_number = 0;
  std::optional<std::uint32_t> uplink;  // this node's own wire, whether its packets leave by it or not
  // Where another host lets out what leaves here: what finds it, and sends it a packet that says where it goes on.
  std::optional<Actions> passing;
  std::optional<Ip> v4, v6;  // the router's addresses there
  Mac mac;                   // of this node on the segment
  // The address scope outside, of a family of which packets pass untranslated: those that come are of it, and those
  // that leave have to be. Absent: all are translated.
  std::optional<std::uint32_t> open4, open6;
};
std::optional<LiveGateway> live_gateway(View& view, const PortId& id);
// Finds who lets out what leaves by the gateway, in the flows of add_hand_over. Absent where this node does it itself,
// by its own wire; empty where nobody can.
std::optional<Actions> choice_of(View& view, const LiveGateway& gateway);
// Whether all that leaves by the gateway from this host, or another one, is passed to a host that answers for it.
bool is_passed(View& view, const model::RouterGateway& gateway, const std::string& host);
// Whether what is translated to the gateway's own address is, from every host: one rate of all of it is one host's.
bool is_gathered(View& view, const model::RouterGateway& gateway);
// The gateway as what is translated to its own address leaves by it.
LiveGateway for_own_address(View& view, LiveGateway gateway);

// A way out of a router: which prefixes it leads to.
struct WayOut {
  std::optional<LiveGateway> gateway;  // absent: closed
  std::vector<Prefix> links;
  std::vector<Ip> default_next_hops;  // one of each family at most
};
std::vector<WayOut> ways_out(View& view, const model::Router& router);
std::optional<Ip> default_of(const WayOut& way, Family family);
// By which what has no longer prefix leaves: the first that is open and would lead on. Where none is open, the first
// that would, which leads nowhere; null where none does.
const WayOut* leading_way(const std::vector<WayOut>& ways, Family family);
// Whether answers may have to leave by another way than the first, IPv4: then what leaves by that asks there before.
bool has_ways_back(const std::vector<WayOut>& ways);
// What they do in Stage::back, and what all such routers do there, once per node.
void add_way_of_questions(FlowSink& flows);
void add_ways_back(FlowSink& flows, const std::vector<WayOut>& ways);

// What this node has to do with a gateway's address.
struct GatewayDuty {
  bool lands = false;    // takes what comes for it
  bool answers = false;  // is where it comes to
  // The first of these hosts that this node's switch sees there lets out what leaves. One that nobody has seen yet is
  // waited for by those who answer, and not by those who hand over: it would lose what another one lets out.
  std::vector<std::string> before;
  // Who does while it sees none of them: this node itself, if it can; else the first that nobody has seen yet, or the
  // first of all. Empty: nobody may.
  std::string otherwise;
  std::vector<std::string> hidden;  // those who may as well and are not in sight, in order of their names
};
GatewayDuty duty_of(View& view, const model::RouterGateway& gateway);
// The first part of it, which does not depend on who else is there.
bool lands_here(View& view, const PortId& gateway);

}  // namespace tarn::render
