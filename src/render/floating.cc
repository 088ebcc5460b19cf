// Floating IPs: address for address, on the host of the instance. There they are answered for too; a central one is
// answered for by whoever answers for the router's gateway, which passes what comes to that host and remembers nothing.
#include <algorithm>

#include "render/outside.h"

namespace tarn::render {

namespace {

struct LiveFloating {
  const model::FloatingAddress* row = nullptr;
  LiveGateway gateway;
  LimitedAddress limited;
};

void add_translation(FlowSink& flows, Tables& tables, View& view, const LiveFloating& floating) {
  const auto& [row, gateway, limited] = floating;
  flows.add(Stage::translation, Priority::high, new_at(gateway) & sent_from(row->fixed_address),
            {begin_translation({.side = of::Nat::Side::source, .address = row->address})});
  if (gateway.open4)  // what the others send is not
    flows.add(Stage::outward, Priority::high, at_gateway(gateway) & sent_from(row->fixed_address),
              {translate(Stage::translation)});
  // The floating IP's own MAC address is the answering host's.
  add_departure(flows, sent_limits(flows, tables, view, gateway, limited), gateway, row->address,
                row->central ? std::nullopt : std::optional(row->mac));
  flows.add(Stage::inward, Priority::low, new_at(gateway) & destined_to(row->address),
            {begin_translation({.side = of::Nat::Side::destination, .address = row->fixed_address})});
}

// What comes by the gateway: central addresses, and others where a route outside leads to the gateway for them.
void add_landing(FlowSink& flows, View& view, const LiveFloating& floating, const std::vector<std::string>& hosts,
                 const Actions& limits) {
  const auto& [row, gateway, limited] = floating;
  const bool lands = lands_here(view, gateway.row->id);
  add_landed(flows, view, gateway, at_gateway(gateway) & destined_to(row->address), hosts, lands);
  if (!lands) return;
  for (const Mac& mac : {gateway.row->mac, gateway.mac})
    flows.add(Stage::l2, Priority::high, arriving(gateway, mac, row->address),
              land(limits, gateway, call(Stage::landing)));
}

}  // namespace

Tables render_floating(View& view, const UnitId& unit) {
  Tables tables;
  const model::FloatingAddress* row = view.floating(unit.id);
  const NodeConfig* config = view.config();
  if (row == nullptr || config == nullptr || row->mac.is_multicast() || !row->address.is_v4()) return tables;
  if (row->address == row->fixed_address) return tables;  // as in gateway.cc
  const std::vector<std::string> hosts = hosts_for(view, unit.id, row->host);
  const bool here = std::ranges::find(hosts, config->host) != hosts.end();
  // One that is bound nowhere only holds the address: whoever may take it has a port of his own.
  const bool is_bound_here = row->host == config->host;
  const model::Port* port = is_bound_here ? view.port(row->port) : nullptr;
  if (is_bound_here && (port == nullptr || !port->admin_state_up)) return tables;
  const auto gateway = live_gateway(view, row->gateway);
  if (!gateway) return tables;
  FlowSink flows(tables, unit);
  const LiveFloating floating{row, *gateway, {unit.id, row->address, row->qos_policy}};
  const Actions limits = received_limits(flows, tables, view, *gateway, floating.limited);
  if (here) add_translation(flows, tables, view, floating);
  add_landing(flows, view, floating, hosts, limits);
  if (row->central) {
    add_central_address(flows, tables, view, *gateway, duty_of(view, *gateway->row), limits,
                        {unit.id, row->mac, {row->address}});
  } else if (here) {
    flows.add(Stage::l2, Priority::high, arriving(*gateway, row->mac, row->address),
              land(limits, *gateway, translate(Stage::inward)));
    add_next_hop(flows, gateway->network_number, row->mac, row->address);
    add_outside_address(flows, tables, view, gateway->row->network, {unit.id, row->mac, {row->address}});
  }
  return tables;
}

}  // namespace tarn::render
