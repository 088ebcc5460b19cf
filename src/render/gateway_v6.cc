// The ways out of a gateway by IPv6, where nothing is translated: outside knows instances by their own addresses, if
// these and its own are of one address scope. What
// leaves does so by this host's wire or another's; what comes enters the router on whichever host may answer for its
// address, which has the router's networks within reach for that.
#include <algorithm>

#include "render/outside.h"
#include "render/punt.h"

namespace tarn::render {

namespace {

void add_departure(FlowSink& flows, View& view, const LiveGateway& gateway) {
  const Match leaving = ipv6() & in_network(gateway.number);
  if (gateway.passing)
    add_hand_over_v6(flows, view, gateway);
  else
    add_way_out(flows, Priority::middle, leaving, *gateway.open6, leave(gateway, std::nullopt));
  add_no_way_out(flows, leaving);
}

Actions come_in(const LiveGateway& gateway, const Ip& own, std::uint32_t scope) {
  Actions actions{call(Stage::commit), of::CtClear{}, set(reg::source, 0)};
  append_enter(actions, gateway, own, scope);
  return actions;
}

}  // namespace

void add_way_out(FlowSink& flows, Priority priority, const Match& match, std::uint32_t scope, Actions actions) {
  flows.add(Stage::outward, priority, match & number(reg::scope, scope), std::move(actions));
}

void add_no_way_out(FlowSink& flows, const Match& match) {
  constexpr auto above_translation = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::low) + 1);
  flows.add(Stage::outward, above_translation, match, {no_way(PuntReason::no_route)});
}

void add_way_in(FlowSink& flows, const LiveGateway& gateway, const Ip& own, std::uint32_t scope) {
  flows.add(Stage::l2, Priority::middle,
            of_family(own) & in_network(gateway.network_number) & FieldValue::mac(Field::eth_dst, gateway.row->mac),
            come_in(gateway, own, scope));
}

void add_way_in_for(FlowSink& flows, const LiveGateway& gateway, const Mac& mac, const Ip& address) {
  flows.add(Stage::l2, Priority::middle,
            ipv6() & in_network(gateway.network_number) & FieldValue::mac(Field::eth_dst, mac) & destined_to(address),
            come_in(gateway, *gateway.v6, *gateway.open6));
}

std::vector<Ip> next_hops_v6(View& view, const LiveGateway& gateway) {
  std::vector<Ip> next_hops;
  const model::Router* router = view.router(gateway.row->router);
  if (router == nullptr) return next_hops;
  const auto add = [&](const Ip& address) {
    if (!address.is_v4() && std::ranges::find(next_hops, address) == next_hops.end()) next_hops.push_back(address);
  };
  for (const model::FixedIp& fixed : gateway.row->fixed_ips) {
    const model::OutsideSubnet* subnet = view.outside_subnet(fixed.subnet.uuid);
    if (subnet == nullptr) continue;
    if (subnet->gateway) add(*subnet->gateway);
    for (const model::HostRoute& route : router->routes)
      if (subnet->cidr.contains(route.nexthop)) add(route.nexthop);
  }
  return next_hops;
}

void add_open_ways(FlowSink& flows, View& view, const LiveGateway& gateway, const GatewayDuty& duty) {
  add_departure(flows, view, gateway);
  const Ip own_addresses[] = {*gateway.v6, Ip::link_local(gateway.row->mac)};
  for (const Ip& own : own_addresses)
    flows.add(Stage::router, Priority::top, in_router(ipv6() & destined_to(own), gateway.row->router), {},
              Stage::router_address);
  if (!duty.lands) return;
  if (!gateway.row->proxied_only) add_way_in(flows, gateway, *gateway.v6, *gateway.open6);
  for (const Ip& own : own_addresses) add_next_hop(flows, gateway.network_number, gateway.row->mac, own);
  if (gateway.uplink) add_handed_over_v6(flows, view, gateway);
}

}  // namespace tarn::render
