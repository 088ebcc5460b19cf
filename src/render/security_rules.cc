// Where security groups are asked, the same for every port: what sends, what receives, and what receives its copy of a
// packet for several. A packet is tracked once in the zone of its network, which serves both sides of a connection
// within one node. Then the connection is judged, not the packet: by the first packet of it, so that one set of flows
// lets a new connection, the established one and its answers through, and a rule that goes takes all three at once.
#include "render/render_units.h"

namespace tarn::render {

namespace {

// One place where a side is asked.
struct Place {
  Stage at;
  Stage verdict;
  Stage passed;    // for what is never asked
  bool of_sender;  // else of the receiver
  bool tracks;     // sends what is not tracked yet through connection tracking, and back here
};

constexpr Place sender{Stage::sender, Stage::sender_verdict, Stage::answers, true, true};
constexpr Place one_of_many{Stage::flood_policy, Stage::flood_verdict, Stage::flood_ports, false, false};
constexpr Place receiver{Stage::receiver, Stage::receiver_verdict, Stage::output, false, true};

constexpr std::uint64_t families[] = {ethertype_ipv4, ethertype_ipv6};

// What makes a network work at all: addresses, neighbours, routers, listeners. Neighbour and listener messages are
// beyond connection tracking anyway: Linux never tracks them.
std::vector<Match> never_asked(bool of_sender) {
  std::vector<Match> matches;
  if (of_sender) {
    matches.push_back(udp(ethertype_ipv4, dhcp4_client_port, dhcp4_server_port));
    matches.push_back(udp(ethertype_ipv6, dhcp6_client_port, dhcp6_server_port));
    matches.push_back(icmpv6(icmpv6_router_solicitation));
  } else {
    matches.push_back(udp(ethertype_ipv4, dhcp4_server_port, dhcp4_client_port));
    matches.push_back(udp(ethertype_ipv6, dhcp6_server_port, dhcp6_client_port));
    matches.push_back(icmpv6(icmpv6_router_advertisement));
  }
  for (const std::uint64_t type :
       {icmpv6_listener_query, icmpv6_listener_report, icmpv6_listener_done, icmpv6_neighbour_solicitation,
        icmpv6_neighbour_advertisement, icmpv6_listener_report2})
    matches.push_back(icmpv6(type));
  return matches;
}

Actions ask(Question question) {
  return {set(reg::judgement, static_cast<std::uint64_t>(question)), call(Stage::policy)};
}

// The one who opened the connection is asked for what it sends, the other one for what it gets, whoever of them this
// packet comes from.
Question question_at(const Place& place, bool reply) {
  return place.of_sender != reply ? Question::connection_out : Question::connection_in;
}

void add_place(FlowSink& flows, const Place& place) {
  flows.add(place.at, Priority::low, {number(Field::eth_type, ethertype_arp)}, {}, place.passed);
  for (const Match& match : never_asked(place.of_sender)) flows.add(place.at, Priority::top, match, {}, place.passed);
  for (const std::uint64_t family : families) {
    const Match of_family{number(Field::eth_type, family)};
    if (place.tracks) {
      flows.add(place.at, Priority::middle, of_family & FieldValue::number(Field::ct_state, 0, ct_tracked),
                {track(place.at)});
    }
    for (const bool reply : {false, true}) {
      const FieldValue state =
          FieldValue::number(Field::ct_state, ct_tracked | (reply ? ct_reply : 0), ct_tracked | ct_invalid | ct_reply);
      flows.add(place.at, Priority::middle, of_family & state, ask(question_at(place, reply)), place.verdict);
    }
  }
}

}  // namespace

FieldValue allowed() {
  return FieldValue::number(reg::judgement, judged_allowed, judged_allowed);
}

FieldValue refused() {
  return FieldValue::number(reg::judgement, 0, judged_allowed);
}

FieldValue opening() {
  return FieldValue::number(Field::ct_state, ct_tracked | ct_new, ct_tracked | ct_new | ct_invalid);
}

of::Ct remember() {
  of::Ct ct;
  ct.commit = true;
  ct.zone_field = Field::metadata;
  return ct;
}

void add_security_rules(FlowSink& flows) {
  for (const Place& place : {sender, one_of_many, receiver}) add_place(flows, place);
  flows.add(Stage::sender_verdict, Priority::low, {allowed()}, {}, Stage::answers);
  flows.add(Stage::flood_verdict, Priority::low, {allowed()}, {}, Stage::flood_ports);
  flows.add(Stage::receiver_verdict, Priority::low, {allowed()}, {}, Stage::output);

  // An unsecured port gets its copy unasked.
  Match unsecured;
  flows.add(Stage::flood_policy, Priority::high, with_policy(unsecured, Policy::unsecured), {}, Stage::flood_ports);

  // A copy for several opens no connection: nothing could answer to it as a whole.
  for (const Match& match : never_asked(false)) flows.add(Stage::flood_track, Priority::top, match, {}, Stage::flood);
  for (const std::uint64_t family : families) {
    const Match of_family{number(Field::eth_type, family)};
    flows.add(Stage::flood_track, Priority::low, of_family & FieldValue::number(Field::ct_state, 0, ct_tracked),
              {track(Stage::flood)});
    flows.add(Stage::receiver_verdict, Priority::middle, of_family & allowed() & opening(), {remember()},
              Stage::output);
    flows.add(Stage::commit, Priority::low, of_family & opening(), {remember()});
  }
}

void add_stateless_places(FlowSink& flows, Policy policy) {
  for (const Place& place : {sender, one_of_many, receiver}) {
    for (const std::uint64_t family : families) {
      Match match{number(Field::eth_type, family)};
      flows.add(place.at, Priority::high, with_policy(match, policy),
                ask(place.of_sender ? Question::packet_out : Question::packet_in), place.verdict);
    }
  }
}

}  // namespace tarn::render
