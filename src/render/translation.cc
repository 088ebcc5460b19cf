// What all gateways and floating IPs of a node have in common, once per node that has routers within reach.
#include <algorithm>
#include <iterator>

#include "render/outside.h"
#include "render/punt.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t protocol_sctp = 132;
constexpr Transport all_transports[] = {{"tcp", protocol_tcp, Field::tcp_dst},
                                        {"udp", protocol_udp, Field::udp_dst},
                                        {"sctp", protocol_sctp, Field::sctp_dst}};

// Of packets between nodes that are for an address of a gateway: the VNI of no network, and a MAC address that tells
// which gateway it is.
constexpr std::uint64_t landing_vni = 0;
Mac landing_mac(const LiveGateway& gateway) {
  return segment_mac("landing", gateway.row->id.uuid);
}

}  // namespace

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

Actions leave(const LiveGateway& gateway, const std::optional<Mac>& mac) {
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
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  const auto address = tunnel_address_of(view, host);
  if (tunnel == nullptr || !address) return std::nullopt;
  return Actions{set(Field::eth_dst, landing_mac(gateway)), set(Field::tunnel_id, landing_vni),
                 set(Field::tunnel_dst, *address), of::Output{*tunnel}};
}

void add_arrival_by_tunnel(FlowSink& flows, View& view, const LiveGateway& gateway) {
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  if (tunnel == nullptr) return;
  flows.add(Stage::classify, Priority::low,
            {number(Field::in_port, *tunnel), number(Field::tunnel_id, landing_vni), untagged(),
             FieldValue::mac(Field::eth_dst, landing_mac(gateway))},
            {set(Field::metadata, gateway.number), set(reg::origin, static_cast<std::uint64_t>(Origin::tunnel))},
            Stage::landing);
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
  flows.add(Stage::outward, Priority::top, ipv4() & FieldValue::number(reg::way, too_big, too_big),
            {no_way(PuntReason::too_big)});
  flows.add(Stage::outward, Priority::low, ipv4(), {translate(Stage::translation)});
  for (const Stage stage : {Stage::translation, Stage::inward}) flows.drop(stage, Priority::top, state(ct_invalid));
  flows.add(Stage::translation, Priority::high, state(ct_snat), {}, Stage::translated);
  flows.add(Stage::inward, Priority::high, state(ct_dnat), {}, Stage::translated);
  flows.add(Stage::resolved, Priority::low, ipv4() & FieldValue::mac(Field::eth_dst, Mac{}),
            {no_way(PuntReason::unresolved)});
}

}  // namespace tarn::render
