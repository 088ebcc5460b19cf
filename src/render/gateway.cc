// The ways out: a gateway translates, on the host of the instance, to its own address with ports that no other host
// takes, so that whoever answers for the address outside sends back what comes by a look at its port, and keeps
// nothing; a floating IP translates address for address. What all gateways of a node have in common is in
// translation.cc.
#include <algorithm>

#include "render/outside.h"

namespace tarn::render {

namespace {

Match echo_request() {
  return ipv4() & number(Field::ip_proto, protocol_icmp) & number(Field::icmp_type, icmp_echo_request);
}

FieldValue in_block(Field port, const model::PortBlock& block) {
  return FieldValue::number(port, block.first, 0x10000 - block.size);
}

struct Blocks {
  std::optional<model::PortBlock> own;
  std::vector<model::PortBlock> others;
};
Blocks blocks_of(View& view, const PortId& gateway) {
  Blocks blocks;
  const NodeConfig* config = view.config();
  for (const auto& [key, count] : view.bucket(key_of(Table::blocks_of, gateway.uuid))) {
    const model::PortBlock* block = view.block(key.id);
    if (block == nullptr || config == nullptr) continue;
    if (block->host == config->host)
      blocks.own = *block;
    else
      blocks.others.push_back(*block);
  }
  return blocks;
}

LimitedAddress own_address(const LiveGateway& gateway) {
  return {gateway.row->id.uuid, *gateway.v4, gateway.row->qos_policy};
}

void add_translation(FlowSink& flows, Actions limits, const LiveGateway& gateway, const Blocks& blocks) {
  add_departure(flows, std::move(limits), gateway, *gateway.v4, std::nullopt);
  // Whoever it is for is here: if it may be for others, their hosts have got it too.
  Actions enter{of::CtClear{}, set(reg::target, reg::landed)};
  append_enter(enter, gateway, *gateway.v4);
  // Of what has another destination now the kernel says that it has another source, too (ovs_ct_nat()), and sometimes
  // it has. So what leaves by an address is told from it by its way.
  constexpr auto above_low = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::low) + 1);
  flows.add(Stage::translated, Priority::low, with_state(at_gateway(gateway), ct_dnat, ct_dnat | ct_snat), enter);
  flows.add(Stage::translated, above_low, with_state(at_gateway(gateway), ct_dnat, ct_dnat | ct_reply),
            std::move(enter));
  if (!gateway.row->enable_snat || !blocks.own) return;
  // Who has the address already would be translated to itself, which a later packet of the connection aborts
  // ovs-vswitchd for (docs/routing.md). Nobody inside has it, but who may send what he likes can say so.
  flows.drop(Stage::translation, Priority::top,
             with_state(at_gateway(gateway), ct_new, ct_new | ct_snat) & sent_from(*gateway.v4));
  of::Nat nat{.side = of::Nat::Side::source, .address = *gateway.v4};
  flows.add(Stage::translation, Priority::low, new_at(gateway), {begin_translation(nat)});
  nat.port_first = static_cast<std::uint16_t>(blocks.own->first);
  nat.port_last = static_cast<std::uint16_t>(blocks.own->first + blocks.own->size - 1);
  for (const Transport& transport : transports())
    flows.add(Stage::translation, Priority::middle, new_at(gateway) & number(Field::ip_proto, transport.protocol),
              {begin_translation(nat)});
}

// What comes for the address. By its port it is one host's; what has none is for each that knows the connection.
void add_landing(FlowSink& flows, View& view, const LiveGateway& gateway, const Blocks& blocks, bool lands) {
  const auto by_port = [&](const model::PortBlock& block, const Match& match, const Actions& actions) {
    for (const Transport& transport : transports())
      flows.add(Stage::landing, Priority::middle,
                match & number(Field::ip_proto, transport.protocol) & in_block(transport.destination_port, block),
                actions);
  };
  const Match here = at_gateway(gateway) & destined_to(*gateway.v4);
  Actions to_all{of::Meter{domain::Meter::of_landings}};
  for (const model::PortBlock& block : blocks.others) {
    const auto pass = lands ? pass_to(view, gateway, block.host) : std::nullopt;
    if (!pass) continue;
    by_port(block, untunnelled(here), *pass);
    to_all.insert(to_all.end(), pass->begin(), pass->end());
  }
  if (blocks.own) {
    by_port(*blocks.own, here, {translate(Stage::inward)});
    flows.add(Stage::landing, Priority::low, here, {translate(Stage::inward)});
    to_all.emplace_back(translate(Stage::inward));
  }
  if (!lands) return;
  constexpr auto below_blocks = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::middle) - 1);
  for (const Transport& transport : transports())  // a port that nobody has is nobody's
    flows.add(Stage::landing, below_blocks, untunnelled(here) & number(Field::ip_proto, transport.protocol), {});
  if (to_all.size() > 1) flows.add(Stage::landing, below_blocks - 1, untunnelled(here), std::move(to_all));
}

void add_own_address(FlowSink& flows, const Actions& limits, const LiveGateway& gateway) {
  const Match here = arriving(gateway, gateway.row->mac, *gateway.v4);
  flows.add(Stage::l2, Priority::high, here, land(limits, gateway, call(Stage::landing)));
  Actions echo = limits;
  echo.insert(echo.end(), {call(Stage::commit), of::CtClear{}, set(reg::source, 0)});
  append_enter(echo, gateway, *gateway.v4);
  flows.add(Stage::l2, Priority::top,
            here & number(Field::ip_proto, protocol_icmp) & number(Field::icmp_type, icmp_echo_request),
            std::move(echo));
  if (gateway.open4) add_way_in(flows, gateway, *gateway.v4, *gateway.open4);
  add_next_hop(flows, gateway.network_number, gateway.row->mac, *gateway.v4);
}

// A translated port is given anew once its connection is forgotten, which for one that has ended the userspace datapath
// does after 30 or 45 s. A server may know it longer, and takes nothing new from there until then: Linux for 60 s (its
// TCP_TIMEWAIT_LEN). The kernel's tracking remembers it for 120 s.
void add_memory(Tables& tables, View& view, const LiveGateway& gateway, const UnitId& unit) {
  constexpr std::int64_t ended_s = 65;
  const NodeConfig* config = view.config();
  if (config == nullptr || !config->has_userspace_datapath()) return;
  tables.zones.emplace(gateway.number,
                       domain::ZoneTimeouts::Spec{{{"tcp_close", ended_s}, {"tcp_time_wait", ended_s}}, text(unit)});
}

// What leaves as it is. Where nothing but floating IPs is translated, the rest goes nowhere, but for what the router
// says of connections that are.
void add_untranslated(FlowSink& flows, const LiveGateway& gateway) {
  if (!gateway.open4) return;
  const Actions leaving = leave(gateway, std::nullopt);
  add_way_out(flows, Priority::middle, at_gateway(gateway), *gateway.open4, leaving);
  if (gateway.row->enable_snat) return;
  add_way_out(flows, Priority::middle, at_gateway(gateway), scope_of_translated, leaving);
  add_no_way_out(flows, at_gateway(gateway));
}

void add_translating(FlowSink& flows, Tables& tables, View& view, const LiveGateway& gateway, const GatewayDuty& duty) {
  const Blocks blocks = blocks_of(view, gateway.row->id);
  const LimitedAddress limited = own_address(gateway);
  const Actions out_limits = sent_limits(flows, tables, view, gateway, limited);
  const LiveGateway way = for_own_address(view, gateway);
  add_untranslated(flows, gateway);
  add_translation(flows, way.passing ? Actions() : out_limits, way, blocks);
  if (way.passing) add_hand_over(flows, view, way, out_limits);
  if (duty.lands && gateway.uplink && !out_limits.empty()) add_handed_over(flows, view, gateway, out_limits);
  add_landing(flows, view, gateway, blocks, duty.lands);
  const Actions limits = received_limits(flows, tables, view, gateway, limited);
  // Who answers to the link address that something came from need not ask who has the address: our own routers do.
  flows.add(Stage::l2, Priority::high, arriving(gateway, gateway.mac, *gateway.v4),
            land(limits, gateway, call(Stage::landing)));
  add_arrival_by_tunnel(flows, view, gateway);
  // Of the rest much is for whoever translated to the address: an instance with a floating IP answers one without.
  flows.add(Stage::router, Priority::top, in_router(echo_request() & destined_to(*gateway.v4), gateway.row->router), {},
            Stage::router_address);
  if (duty.lands) add_own_address(flows, limits, gateway);
}

// Those that outside may ask for.
std::vector<Ip> addresses_of(const LiveGateway& gateway) {
  std::vector<Ip> addresses;
  if (gateway.v4) addresses.push_back(*gateway.v4);
  if (gateway.v6) addresses.insert(addresses.end(), {*gateway.v6, Ip::link_local(gateway.row->mac)});
  return addresses;
}

}  // namespace

void append_enter(Actions& actions, const LiveGateway& gateway, const Ip& own, std::uint32_t scope) {
  append_entry(actions, {gateway.row->router, own, scope});
  actions.push_back(set(reg::origin, static_cast<std::uint64_t>(Origin::local)));
  actions.emplace_back(call(Stage::router));
}

Tables render_gateway(View& view, const UnitId& unit) {
  Tables tables;
  const auto gateway = live_gateway(view, PortId{unit.id});
  if (!gateway) return tables;
  FlowSink flows(tables, unit);
  const GatewayDuty duty = duty_of(view, *gateway->row);
  if (gateway->v4) {
    add_translating(flows, tables, view, *gateway, duty);
    if (gateway->row->enable_snat) add_memory(tables, view, *gateway, unit);
  } else if (gateway->passing) {
    add_hand_over(flows, view, *gateway, {});
  }
  if (gateway->v6) add_open_ways(flows, view, *gateway, duty);
  if (duty.answers)
    add_outside_address(flows, tables, view, gateway->row->network,
                        {gateway->row->id.uuid, gateway->row->mac, addresses_of(*gateway), duty.hidden});
  return tables;
}

}  // namespace tarn::render
