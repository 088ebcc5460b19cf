// A port bound here, and a port bound elsewhere.
#include "render/render_units.h"

namespace tarn::render {

namespace {

void add_classification(FlowSink& flows, const model::Port& port, const LiveNetwork& network, const Attachment& at,
                        const std::vector<Copy>& copies, Stage limited) {
  const bool secured = port.port_security_enabled;
  Actions actions;
  if (at.vlan_id != 0) actions.emplace_back(of::PopVlan{});
  append_copies(actions, copies, at.ofport);
  actions.push_back(set(Field::metadata, network.number));
  actions.push_back(set(reg::origin, static_cast<std::uint64_t>(Origin::local)));
  actions.push_back(set(reg::source, at.number()));
  if (secured) append_policy(actions, policy_of(port));
  flows.add(Stage::classify, Priority::low,
            {number(Field::in_port, at.ofport), at.vlan_id == 0 ? untagged() : tagged(at.vlan_id)}, std::move(actions),
            limited);
  if (secured) add_source_claims(flows, port, at);
}

// Whoever asks for its own address is announcing it or looking for a rival. An answer with its own MAC would tell it
// that the address is taken, and nobody else would hear of it; the whole network hears the question instead.
void add_silence_for_owner(FlowSink& flows, const Ip& address, const Attachment& at) {
  if (address.is_v4()) {
    flows.add(Stage::arp_responder, Priority::middle,
              arp(arp_request) & number(reg::source, at.number()) & FieldValue::ip(Field::arp_tpa, address), {},
              Stage::l2);
  } else {
    flows.add(Stage::nd_owner, Priority::middle,
              neighbour_discovery(icmpv6_neighbour_solicitation) & number(reg::source, at.number()) &
                  FieldValue::ip(Field::nd_target, address),
              {}, Stage::l2);
  }
}

Wired wired_state(View& view, const model::Port& port) {
  const model::Network* network = view.network(port.network);
  if (network == nullptr) return Wired::no_network;
  if (!port.admin_state_up || !network->admin_state_up) return Wired::admin_down;
  if (port.mac.is_multicast()) return Wired::group_mac;
  if (plugged_for(view, port) == nullptr) return Wired::unplugged;
  if (!usable_number(view, port.network)) return Wired::no_number;
  const NodeConfig* config = view.config();
  const bool alone = network->type == model::NetworkType::vxlan && (config == nullptr || !config->tunnel_address);
  if (!alone && !uplink_of(view, segment_of(*network))) return Wired::no_uplink;
  return Wired::yes;
}

}  // namespace

const Plugged* plugged_for(View& view, const model::Port& port) {
  return view.plugged(port.carrier.value_or(port.id));
}

std::optional<Attachment> live_attachment(View& view, const model::Port& port) {
  if (!port.admin_state_up || port.mac.is_multicast()) return std::nullopt;
  const Plugged* plugged = plugged_for(view, port);
  if (plugged == nullptr) return std::nullopt;
  const bool shared = port.carrier || !view.bucket(key_of(Table::carried_by, port.id.uuid)).empty();
  if (!port.carrier) return Attachment{plugged->ofport, 0, shared, domain::Meter::of_port(plugged->ofport)};
  return Attachment{plugged->ofport, port.carrier_vlan_id, shared, numbered_meters(view, port.id.uuid)};
}

void append_output(Actions& actions, const Attachment& at, std::uint32_t ofport) {
  if (at.vlan_id == 0) {
    actions.emplace_back(of::Output{ofport});
    return;
  }
  actions.emplace_back(of::PushVlan{});
  actions.push_back(set(Field::vlan_tci, vlan_present | at.vlan_id));
  actions.emplace_back(of::Output{ofport});
  actions.emplace_back(of::PopVlan{});
}

void add_receipt(FlowSink& flows, Stage stage, Priority priority, const Match& match, const model::Port& port,
                 const Attachment& at) {
  const bool secured = port.port_security_enabled;
  Actions actions{set(reg::target, at.number())};
  if (secured) {
    append_policy(actions, policy_of(port));
  } else {
    actions.push_back(call(Stage::commit));
  }
  flows.add(stage, priority, match, std::move(actions), secured ? Stage::receiver : Stage::output);
}

std::optional<Ip> tunnel_address_of(View& view, const std::string& host) {
  const model::Node* node = view.node(host);
  if (node == nullptr || node->tunnel_address.empty()) return std::nullopt;
  const auto address = Ip::parse(node->tunnel_address);
  return address && address->is_v4() ? std::optional(*address) : std::nullopt;
}

Tables render_port(View& view, const UnitId& unit) {
  Tables tables;
  const model::Port* port = view.port(PortId{unit.id});
  if (port == nullptr) return tables;
  tables.wired.emplace(port->id, wired_state(view, *port));
  if (const Plugged* plugged = port->carrier ? nullptr : view.plugged(port->id))
    tables.ofport_pins.emplace(plugged->interface, domain::OfportPin::Spec{plugged->ofport});
  const auto network = live_network(view, port->network);
  const auto at = live_attachment(view, *port);
  if (!network || !at) return tables;

  FlowSink flows(tables, unit);
  const QosLimits limits = limits_of(view, *port);
  const Stage unlimited = port->port_security_enabled ? Stage::source_mac : Stage::answers;
  const Copies copies = copies_of(view, *port);
  add_classification(flows, *port, *network, *at, copies.sent,
                     add_sender_limits(flows, tables, limits, *at, unlimited));
  answer::PortAnswers answers = answers_for(view, *network->row, *port);
  answers.target = at->number();
  add_punts(flows, answers, *port, *at);
  tables.answers.emplace(port->id, std::move(answers));
  for (const auto& fixed : port->fixed_ips) {
    add_resolution(flows, network->number, port->mac, fixed.address);
    add_neighbour(flows, view, *network, port->mac, fixed.address);
    add_silence_for_owner(flows, fixed.address, *at);
  }
  add_service_way(flows, tables, view, *network, *port, *at);
  add_own_reply(flows, *at, copies.received);
  add_receipt(flows, Stage::l2, Priority::high,
              {in_network(network->number), FieldValue::mac(Field::eth_dst, port->mac)}, *port, *at);
  add_output(flows, tables, limits, *at, copies.received);
  add_records(flows, tables, view, *port, *at);
  return tables;
}

Tables render_peer(View& view, const UnitId& unit) {
  Tables tables;
  const model::Peer* peer = view.peer(PortId{unit.id});
  if (peer == nullptr || peer->mac.is_multicast()) return tables;
  const auto network = live_network(view, peer->network);
  if (!network) return tables;
  FlowSink flows(tables, unit);
  const bool is_asked_for = has_ports(view, network->row->id);
  for (const Ip& address : peer->addresses) {
    if (is_asked_for) add_resolution(flows, network->number, peer->mac, address);
    add_neighbour(flows, view, *network, peer->mac, address);
  }
  // On a provider network the physical segment finds the peer by its MAC, as it finds everybody.
  if (network->row->type != model::NetworkType::vxlan) return tables;
  const auto tunnel = uplink_of(view, segment_of(*network->row));
  const auto address = tunnel_address_of(view, peer->host);
  if (!tunnel || !address) return tables;
  // From ports of this node only: nothing goes from a tunnel into a tunnel.
  flows.add(Stage::l2, Priority::high,
            {in_network(network->number), from(Origin::local), FieldValue::mac(Field::eth_dst, peer->mac)},
            {call(Stage::commit), set(Field::tunnel_id, network->row->segmentation_id),
             set(Field::tunnel_dst, *address), of::Output{*tunnel}});
  return tables;
}

}  // namespace tarn::render
