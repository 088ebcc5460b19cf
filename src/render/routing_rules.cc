// What all routers do, once per node that has any within reach: answers for themselves, and what goes no further. Who
// sent such a packet is told why by the agent, no more often than the meter lets it.
#include "render/punt.h"
#include "render/routers.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t answer_hops = 64;  // of what a router says itself
// RFC 1812 section 4.3.2.8 and RFC 4443 section 2.4 (f) demand a limit.
constexpr std::uint32_t errors_rate = 100;  // in a second
constexpr std::uint32_t errors_burst = 100;
constexpr std::uint16_t below_routes = 50;  // a prefix of no length has more

void append_next_hop_as_source(Actions& actions) {
  for (std::uint16_t word = 0; word < 4; ++word)
    actions.push_back(
        of::Move{reg::next_hop[word], Field::ipv6_src, 0, static_cast<std::uint16_t>(96 - 32 * word), 32});
}

// Back to who sent it, who may be on the port it came from.
void append_return(Actions& actions) {
  actions.push_back(of::Move{Field::eth_dst, reg::claim_mac_high, 16, 0, 32});
  actions.push_back(of::Move{Field::eth_dst, reg::claim_mac_low, 0, 0, 16});
  actions.push_back(move(Field::eth_src, Field::eth_dst));
  actions.push_back(of::Move{reg::claim_mac_high, Field::eth_src, 0, 16, 32});
  actions.push_back(of::Move{reg::claim_mac_low, Field::eth_src, 0, 0, 16});
  actions.push_back(set(Field::ip_ttl, answer_hops));
  actions.emplace_back(of::ClearInPort{});
  actions.push_back(set(reg::source, 0));
}

void add_echo(FlowSink& flows) {
  Actions actions{move(Field::ipv4_dst, reg::next_hop[0]), move(Field::ipv4_src, Field::ipv4_dst),
                  move(reg::next_hop[0], Field::ipv4_src), set(Field::icmp_type, icmp_echo_reply)};
  append_return(actions);
  flows.add(Stage::router_address, Priority::low,
            ipv4() & number(Field::ip_proto, protocol_icmp) & number(Field::icmp_type, icmp_echo_request),
            std::move(actions), Stage::l2);
  actions.clear();
  append_destination_as_next_hop(actions, Family::v6);
  actions.push_back(move(Field::ipv6_src, Field::ipv6_dst));
  append_next_hop_as_source(actions);
  actions.push_back(set(Field::icmpv6_type, icmpv6_echo_reply));
  append_return(actions);
  flows.add(Stage::router_address, Priority::low, icmpv6(icmpv6_echo_request), std::move(actions), Stage::l2);
}

void add_way_out(FlowSink& flows) {
  for (const Match& family : {ipv4(), ipv6()}) {
    for (const std::uint64_t spent : {0U, 1U})
      flows.add(Stage::router, Priority::middle, family & number(Field::ip_ttl, spent), {no_way(PuntReason::no_hops)});
    flows.add(Stage::route, below_routes, family, {no_way(PuntReason::no_route)});
    flows.add(Stage::neighbour, below_routes, family, {no_way(PuntReason::no_neighbour)});
    flows.add(Stage::router_address, below_routes, family & number(Field::ip_proto, protocol_udp),
              {no_way(PuntReason::no_listener)});
  }
  constexpr std::uint64_t too_big = std::uint64_t{1} << reg::way_too_big_bit;
  flows.add(Stage::neighbour, Priority::top, {FieldValue::number(reg::way, too_big, too_big)},
            {no_way(PuntReason::too_big)});
}

}  // namespace

of::Controller no_way(PuntReason reason) {
  return {0xffff, encode(Punt{reason, {}}), domain::Meter::of_routers};
}

Tables render_routing(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  if (config == nullptr) return tables;
  tables.meters.emplace(domain::Meter::of_routers,
                        of::MeterSpec{of::MeterSpec::Unit::packets, errors_rate, errors_burst});
  FlowSink flows(tables, unit);
  add_way_out(flows);
  // RFC 4291 section 2.5.6: never further than the link.
  const Prefix link_local = Prefix::parse("fe80::/10").value();
  for (const Field field : {Field::ipv6_src, Field::ipv6_dst})
    flows.drop(Stage::router, Priority::high, ipv6() & FieldValue::prefix(field, link_local));
  for (const Match& family : {ipv4(), ipv6()}) flows.add(Stage::router, Priority::low, family, {}, Stage::route);
  add_echo(flows);
  add_translation_rules(flows, tables);
  add_way_of_questions(flows);
  return tables;
}

}  // namespace tarn::render
