// NDP proxies: IPv6 addresses of instances that are asked for outside as if they were there. Each is answered for by
// the host of its instance, by the MAC address that this speaks with there, or by whoever answers for the gateway; and
// is the only way in of a router with such proxies.
#include "render/outside.h"

namespace tarn::render {

Tables render_proxied(View& view, const UnitId& unit) {
  Tables tables;
  const model::ProxiedAddress* row = view.proxied(unit.id);
  if (row == nullptr) return tables;
  const auto gateway = live_gateway(view, row->gateway);
  if (!gateway || !gateway->open6) return tables;
  FlowSink flows(tables, unit);
  const GatewayDuty duty = duty_of(view, *gateway->row);
  if (duty.lands) add_way_in_for(flows, *gateway, gateway->row->mac, row->address);
  if (row->central) {
    if (duty.lands) add_next_hop(flows, gateway->network_number, gateway->row->mac, row->address);
    if (duty.answers)
      add_outside_address(flows, tables, view, gateway->row->network,
                          {unit.id, gateway->row->mac, {row->address}, duty.hidden});
    return tables;
  }
  const model::Port* port = view.port(row->port);
  if (port == nullptr || !port->admin_state_up) return tables;
  add_way_in_for(flows, *gateway, gateway->mac, row->address);
  add_next_hop(flows, gateway->network_number, gateway->mac, row->address);
  add_outside_address(flows, tables, view, gateway->row->network, {unit.id, gateway->mac, {row->address}});
  return tables;
}

}  // namespace tarn::render
