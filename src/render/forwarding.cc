// Port forwardings: ports of a floating IP that are instances' on several hosts. Whoever answers for the router's
// gateway answers for the floating IP too, and passes each port on to the host of its instance, which translates it.
#include <algorithm>

#include "render/outside.h"
#include "render/port_masks.h"

namespace tarn::render {

namespace {

const Transport* transport_of(const model::ForwardedPorts& forwarding) {
  const auto found = std::ranges::find(transports(), forwarding.protocol, &Transport::name);
  return found == transports().end() ? nullptr : &*found;
}

bool is_usable(const model::ForwardedPorts& forwarding) {
  return !forwarding.mac.is_multicast() && forwarding.address.is_v4();
}

// Not to the address that it has: a translation that changes nothing is never committed.
bool translates(const model::ForwardedPorts& forwarding) {
  return forwarding.internal_address != forwarding.address;
}

// visit(match) for each part of the external ports, of packets for them in the gateway's zone.
template <class Visit>
void each_part(const model::ForwardedPorts& forwarding, const Transport& transport, const Match& match, Visit&& visit) {
  for (const MaskedNumber& part : masks_of(static_cast<std::uint16_t>(forwarding.external_first),
                                           static_cast<std::uint16_t>(forwarding.external_last)))
    visit(match & destined_to(forwarding.address) & number(Field::ip_proto, transport.protocol) &
          FieldValue::number(transport.destination_port, part.value, part.mask));
}

of::Nat to_port(const model::ForwardedPorts& forwarding, std::uint32_t port) {
  const auto narrow = static_cast<std::uint16_t>(port);
  return {.side = of::Nat::Side::destination,
          .address = forwarding.internal_address,
          .port_first = narrow,
          .port_last = narrow};
}

// What a new connection is translated to, here: all ports to one, or each to itself.
void add_targets(FlowSink& flows, const LiveGateway& gateway, const model::ForwardedPorts& forwarding,
                 const Transport& transport) {
  of::Nat nat = to_port(forwarding, forwarding.internal_first);
  if (forwarding.internal_first != forwarding.internal_last) nat.port_first = nat.port_last = 0;
  each_part(forwarding, transport, new_at(gateway),
            [&](const Match& match) { flows.add(Stage::inward, Priority::middle, match, {begin_translation(nat)}); });
}

// What the ports answer is translated back, whatever becomes of the rest that the instance says.
void add_answers(FlowSink& flows, const LiveGateway& gateway, const model::ForwardedPorts& forwarding,
                 const Transport& transport) {
  if (!gateway.open4) return;
  constexpr auto below_floating = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::high) - 1);
  const Match said =
      at_gateway(gateway) & sent_from(forwarding.internal_address) & number(Field::ip_proto, transport.protocol);
  for (const MaskedNumber& part : masks_of(static_cast<std::uint16_t>(forwarding.internal_first),
                                           static_cast<std::uint16_t>(forwarding.internal_last)))
    flows.add(Stage::outward, below_floating, said & FieldValue::number(transport.source_port, part.value, part.mask),
              {translate(Stage::translation)});
}

bool is_here(View& view, const model::ForwardedPorts& forwarding) {
  const std::vector<std::string> hosts = hosts_for(view, forwarding.id.uuid, forwarding.host);
  return std::ranges::find(hosts, view.config()->host) != hosts.end();
}

void add_forwarding(FlowSink& flows, View& view, const LiveGateway& gateway, const model::ForwardedPorts& forwarding,
                    bool lands) {
  const Transport* transport = transport_of(forwarding);
  if (transport == nullptr || !translates(forwarding)) return;
  const std::vector<std::string> hosts = hosts_for(view, forwarding.id.uuid, forwarding.host);
  each_part(forwarding, *transport, at_gateway(gateway),
            [&](const Match& part) { add_landed(flows, view, gateway, part, hosts, lands); });
  if (!is_here(view, forwarding)) return;
  add_answers(flows, gateway, forwarding, *transport);
  if (!are_shifted(forwarding)) add_targets(flows, gateway, forwarding, *transport);
}

}  // namespace

Tables render_forwarding(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  std::vector<const model::ForwardedPorts*> forwardings;
  for (const auto& [key, count] : view.bucket(key_of(Table::forwardings_of, unit.id)))
    if (const model::ForwardedPorts* forwarding = view.forwarding(key.id)) forwardings.push_back(forwarding);
  if (config == nullptr || forwardings.empty()) return tables;
  const model::ForwardedPorts& any = *forwardings.front();  // of one floating IP all say the same of it
  const auto gateway = live_gateway(view, any.gateway);
  if (!gateway || !is_usable(any)) return tables;
  FlowSink flows(tables, unit);
  const LimitedAddress limited{unit.id, any.address, any.qos_policy};
  const GatewayDuty duty = duty_of(view, *gateway->row);
  for (const model::ForwardedPorts* forwarding : forwardings)
    add_forwarding(flows, view, *gateway, *forwarding, duty.lands);
  if (std::ranges::any_of(forwardings, [&](const auto* each) { return is_here(view, *each); }))
    // The floating IP's own MAC address is the answering host's.
    add_departure(flows, sent_limits(flows, tables, view, *gateway, limited), *gateway, any.address, std::nullopt);
  add_central_address(flows, tables, view, *gateway, duty, received_limits(flows, tables, view, *gateway, limited),
                      {unit.id, any.mac, {any.address}});
  return tables;
}

// The switch cannot add to a port, so each has a flow.
Tables render_shifted_ports(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  const model::ForwardedPorts* forwarding = view.forwarding(unit.id);
  if (config == nullptr || forwarding == nullptr || !is_here(view, *forwarding)) return tables;
  const auto gateway = live_gateway(view, forwarding->gateway);
  const Transport* transport = transport_of(*forwarding);
  if (!gateway || transport == nullptr || !is_usable(*forwarding) || !translates(*forwarding)) return tables;
  FlowSink flows(tables, unit);
  const std::uint32_t first = unit.part * shifted_ports_chunk;
  const std::uint32_t end = forwarding->external_last - forwarding->external_first + 1;
  for (std::uint32_t i = first; i < std::min(end, first + shifted_ports_chunk); ++i)
    flows.add(Stage::inward, Priority::middle,
              new_at(*gateway) & destined_to(forwarding->address) & number(Field::ip_proto, transport->protocol) &
                  number(transport->destination_port, forwarding->external_first + i),
              {begin_translation(to_port(*forwarding, forwarding->internal_first + i))});
  return tables;
}

}  // namespace tarn::render
