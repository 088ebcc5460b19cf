// What all gateways and floating IPs of a node have in common, once per node that has routers within reach.
#include <algorithm>
#include <iterator>

#include "render/outside.h"
#include "render/punt.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t protocol_sctp = 132;
constexpr Transport all_transports[] = {{"tcp", protocol_tcp, Field::tcp_dst, Field::tcp_src},
                                        {"udp", protocol_udp, Field::udp_dst, Field::udp_src},
                                        {"sctp", protocol_sctp, Field::sctp_dst, Field::sctp_src}};

constexpr auto above_high = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::high) + 1);

// Of packets between nodes on their way in or out: as the destination a MAC address that tells for which gateway they
// land, or by which network they leave. The source's lower 32 bits are the next hop of one that leaves.
constexpr std::uint16_t next_hop_bits = 32;
Mac landing_mac(const LiveGateway& gateway) {
  return segment_mac("landing", gateway.row->id.uuid);
}
Mac leaving_mac(const NetworkId& network) {
  return segment_mac("leaving", network.uuid);
}

// As if an instance of this node sent what is handed over to it. An answer finds who did by its address. One that is
// for an address of another host that has no wire either goes back into the tunnel.
Actions as_sent_here(const Mac& own, std::uint32_t network_number, Actions next_hop) {
  Actions actions{set(Field::metadata, network_number), set(reg::origin, static_cast<std::uint64_t>(Origin::local))};
  std::ranges::move(next_hop, std::back_inserter(actions));
  actions.insert(actions.end(), {set(Field::eth_src, own), of::ClearInPort{}});
  return actions;
}

// What an IPv6 packet has as its source that is handed over: no more of its next hop has room there than which one it
// is of those that routes name. None: it is the destination itself.
Mac next_hop_mac(const LiveGateway& gateway, const std::optional<Ip>& next_hop) {
  return next_hop ? segment_mac(next_hop->text(), gateway.row->id.uuid) : Mac{{0x02}};
}
Mac leaving_mac(const LiveGateway& gateway) {
  return segment_mac("leaving", gateway.row->id.uuid);
}

// To whoever lets it out, once it says where it goes on.
Actions passed_by(const LiveGateway& gateway, Actions told) {
  told.insert(told.end(), gateway.passing->begin(), gateway.passing->end());
  return told;
}

}  // namespace

std::optional<Actions> send_to(View& view, const std::string& host, const Mac& mac) {
  auto sent = into_tunnel(view, host);
  if (sent) sent->insert(sent->begin(), set(Field::eth_dst, mac));
  return sent;
}

void add_passed(FlowSink& flows, View& view, const Passed& passed, Actions actions, std::optional<Stage> next) {
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  if (tunnel == nullptr) return;
  flows.add(Stage::classify, passed.priority,
            passed.match & number(Field::in_port, *tunnel) & number(Field::tunnel_id, passing_vni) & untagged() &
                FieldValue::mac(Field::eth_dst, passed.mac),
            std::move(actions), next);
}

void tell_next_hop(Actions& actions) {
  actions.insert(actions.end(),
                 {set(Field::eth_src, Mac{{0x02}}), of::Move{reg::next_hop[0], Field::eth_src, 0, 0, next_hop_bits}});
}

of::Move told_next_hop() {
  return {Field::eth_src, reg::next_hop[0], 0, 0, next_hop_bits};
}

std::span<const Transport> transports() {
  return all_transports;
}

Match at_gateway(const LiveGateway& gateway) {
  return ipv4() & in_network(gateway.number);
}

Match with_state(Match match, std::uint64_t bits, std::uint64_t mask) {
  return match & FieldValue::number(Field::ct_state, bits | ct_tracked, mask | ct_tracked);
}

Match new_at(const LiveGateway& gateway) {
  return with_state(at_gateway(gateway), ct_new, ct_new);
}

Match untunnelled(Match match) {
  constexpr std::uint64_t local_and_physical = 1;  // have this bit of the origin
  return match & FieldValue::number(reg::origin, local_and_physical, local_and_physical);
}

std::optional<Actions> into_tunnel(View& view, const std::string& host) {
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  const auto address = tunnel_address_of(view, host);
  if (tunnel == nullptr || !address) return std::nullopt;
  return Actions{set(Field::tunnel_id, passing_vni), set(Field::tunnel_dst, *address), of::Output{*tunnel}};
}

Actions leave(const LiveGateway& gateway, const std::optional<Mac>& mac) {
  if (gateway.passing) {
    Actions told;
    tell_next_hop(told);
    told.push_back(set(Field::eth_dst, leaving_mac(gateway.row->network)));
    return passed_by(gateway, std::move(told));
  }
  Actions actions{of::CtClear{}, set(Field::metadata, gateway.network_number)};
  if (mac) actions.push_back(set(Field::eth_src, *mac));
  actions.emplace_back(call(Stage::neighbour));
  return actions;
}

Actions land(Actions limits, const LiveGateway& gateway, of::Action next) {
  limits.insert(limits.end(),
                {call(Stage::commit), of::CtClear{}, set(Field::metadata, gateway.number), set(reg::source, 0)});
  limits.push_back(std::move(next));
  return limits;
}

Match arriving(const LiveGateway& gateway, const Mac& mac, const Ip& address) {
  return ipv4() & in_network(gateway.network_number) & FieldValue::mac(Field::eth_dst, mac) & destined_to(address);
}

void add_departure(FlowSink& flows, Actions limits, const LiveGateway& gateway, const Ip& address,
                   const std::optional<Mac>& mac) {
  std::ranges::move(leave(gateway, mac), std::back_inserter(limits));
  flows.add(Stage::translated, Priority::low, with_state(at_gateway(gateway), ct_snat, ct_snat) & sent_from(address),
            std::move(limits));
}

std::optional<Actions> pass_to(View& view, const LiveGateway& gateway, const std::string& host) {
  return send_to(view, host, landing_mac(gateway));
}

void add_arrival_by_tunnel(FlowSink& flows, View& view, const LiveGateway& gateway) {
  add_passed(flows, view, {landing_mac(gateway), ipv4()},
             {set(Field::metadata, gateway.number), set(reg::origin, static_cast<std::uint64_t>(Origin::tunnel))},
             Stage::landing);
}

std::vector<std::string> hosts_for(View& view, const Uuid& of, const std::string& bound) {
  if (!bound.empty()) return {bound};
  std::vector<std::string> hosts;
  for (const auto& [key, count] : view.bucket(key_of(Table::candidates_for, of))) hosts.push_back(key.name);
  return hosts;
}

void add_landed(FlowSink& flows, View& view, const LiveGateway& gateway, const Match& match,
                const std::vector<std::string>& hosts, bool lands) {
  const bool here = std::ranges::find(hosts, view.config()->host) != hosts.end();
  if (here) flows.add(Stage::landing, Priority::high, match, {translate(Stage::inward)});
  if (!lands) return;
  Actions passes;
  for (const std::string& host : hosts)
    if (auto pass = host == view.config()->host ? std::nullopt : pass_to(view, gateway, host))
      std::ranges::move(*pass, std::back_inserter(passes));
  if (passes.empty()) return;
  if (here) passes.emplace_back(translate(Stage::inward));
  flows.add(Stage::landing, here ? Priority::top : Priority::high, untunnelled(match), std::move(passes));
}

void add_handed_over(FlowSink& flows, View& view, const OutsideLink& link) {
  const NodeConfig* config = view.config();
  if (config == nullptr) return;
  add_passed(flows, view, {leaving_mac(link.id), ipv4()},
             as_sent_here(segment_mac(config->host, link.id.uuid), link.number, {told_next_hop()}), Stage::neighbour);
}

void add_handed_over(FlowSink& flows, View& view, const LiveGateway& gateway, Actions limits) {
  limits.insert(limits.begin(), set(Field::metadata, gateway.number));
  std::ranges::move(as_sent_here(gateway.mac, gateway.network_number, {told_next_hop()}), std::back_inserter(limits));
  add_passed(flows, view, {leaving_mac(gateway.row->network), ipv4() & sent_from(*gateway.v4), Priority::middle},
             std::move(limits), Stage::neighbour);
}

void add_hand_over_v6(FlowSink& flows, View& view, const LiveGateway& gateway) {
  const auto add = [&](Priority priority, const Match& match, const std::optional<Ip>& next_hop) {
    add_way_out(flows, priority, match, *gateway.open6,
                passed_by(gateway, {set(Field::eth_src, next_hop_mac(gateway, next_hop)),
                                    set(Field::eth_dst, leaving_mac(gateway))}));
  };
  const Match leaving = ipv6() & in_network(gateway.number);
  add(Priority::middle, leaving, std::nullopt);
  for (const Ip& next_hop : next_hops_v6(view, gateway)) add(Priority::high, next_hop_is(leaving, next_hop), next_hop);
}

void add_handed_over_v6(FlowSink& flows, View& view, const LiveGateway& gateway) {
  const auto add = [&](const std::optional<Ip>& next_hop) {
    Actions told;
    if (next_hop)
      append_address(told, reg::next_hop, *next_hop);
    else
      append_destination_as_next_hop(told, Family::v6);
    add_passed(flows, view,
               {leaving_mac(gateway), ipv6() & FieldValue::mac(Field::eth_src, next_hop_mac(gateway, next_hop))},
               as_sent_here(gateway.mac, gateway.network_number, std::move(told)), Stage::neighbour);
  };
  add(std::nullopt);
  for (const Ip& next_hop : next_hops_v6(view, gateway)) add(next_hop);
}

void add_central_address(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway,
                         const GatewayDuty& duty, const Actions& limits, const OutsideAddress& own) {
  if (!duty.lands) return;
  for (const Ip& address : own.addresses) {
    flows.add(Stage::l2, Priority::high, arriving(gateway, own.mac, address),
              land(limits, gateway, call(Stage::landing)));
    add_next_hop(flows, gateway.network_number, own.mac, address);
  }
  if (duty.answers)
    add_outside_address(flows, tables, view, gateway.row->network, {own.id, own.mac, own.addresses, duty.hidden});
}

of::Ct translate(Stage stage) {
  of::Ct ct = track(stage);
  ct.nat = of::Nat{};
  return ct;
}

of::Ct begin_translation(const of::Nat& nat) {
  of::Ct ct = track(Stage::translated);
  ct.commit = true;
  ct.nat = nat;
  return ct;
}

void add_translation_rules(FlowSink& flows, Tables& tables) {
  // For each host that may know the connection: what has no ports (echo replies, ICMP errors) cannot be told apart.
  constexpr std::uint32_t landings_rate = 1000;  // in a second
  tables.meters.emplace(domain::Meter::of_landings,
                        of::MeterSpec{of::MeterSpec::Unit::packets, landings_rate, landings_rate});
  const auto state = [](std::uint64_t bits) {
    return ipv4() & FieldValue::number(Field::ct_state, bits | ct_tracked, bits | ct_tracked);
  };
  constexpr std::uint64_t too_big = std::uint64_t{1} << reg::way_too_big_bit;
  for (const Match& family : {ipv4(), ipv6()})
    flows.add(Stage::outward, Priority::top, family & FieldValue::number(reg::way, too_big, too_big),
              {no_way(PuntReason::too_big)});
  flows.add(Stage::outward, Priority::low, ipv4(), {translate(Stage::translation)});
  for (const Stage stage : {Stage::translation, Stage::inward}) flows.drop(stage, Priority::top, state(ct_invalid));
  flows.add(Stage::translation, Priority::high, state(ct_snat), {}, Stage::translated);
  flows.add(Stage::inward, Priority::high, state(ct_dnat), {}, Stage::translated);
  // Of another host for an instance that left this one (moved.cc): what is not known here is nobody's connection here.
  const FieldValue from_another = from(Origin::tunnel);
  flows.drop(Stage::translation, Priority::top, with_state(ipv4(), ct_new, ct_new | ct_snat) & from_another);
  flows.add(Stage::translation, above_high, state(ct_snat) & from_another,
            {set(reg::origin, static_cast<std::uint64_t>(Origin::local))}, Stage::translated);
  for (const Match& family : {ipv4(), ipv6()})
    flows.add(Stage::resolved, Priority::low, family & FieldValue::mac(Field::eth_dst, Mac{}),
              {no_way(PuntReason::unresolved)});
}

}  // namespace tarn::render
