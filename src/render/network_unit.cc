// A network on this node: where its packets come from, and the way of what is not for one known port.
#include "answer/identity.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

using model::NetworkType;

constexpr Mac group_bit{{0x01, 0x00, 0x00, 0x00, 0x00, 0x00}};

void add_flood(FlowSink& flows, View& view, const LiveNetwork& network) {
  Actions actions;
  const Uuid& id = network.row->id.uuid;
  bool secured = false;
  for (const auto& [chunks, count] : view.bucket(key_of(Table::policies_of, id))) {
    const Policy policy = policy_named(chunks.name);
    secured = secured || policy != Policy::unsecured;
    append_policy(actions, policy);
    actions.push_back(call(Stage::flood_policy));
  }
  const bool provider = network.row->type != NetworkType::vxlan;
  if (!provider) {
    for (const auto& [chunk, count] : view.bucket(key_of(Table::host_chunks, id))) {
      actions.push_back(set(reg::chunk, remote_chunk_base + chunk.part));
      actions.push_back(call(Stage::flood_chunk));
    }
  }
  flows.add(Stage::l2, Priority::middle,
            {in_network(network.number), FieldValue::mac(Field::eth_dst, group_bit, group_bit)}, {},
            secured ? Stage::flood_track : Stage::flood);
  flows.add(Stage::flood, Priority::low, {in_network(network.number)}, std::move(actions),
            provider ? std::optional(Stage::uplink) : std::nullopt);
}

}  // namespace

std::optional<LiveNetwork> live_network(View& view, const NetworkId& id) {
  const model::Network* row = view.network(id);
  if (row == nullptr || !row->admin_state_up) return std::nullopt;
  const auto network_number = usable_number(view, id);
  if (!network_number) return std::nullopt;
  return LiveNetwork{row, *network_number};
}

bool has_ports(View& view, const NetworkId& network) {
  return !view.bucket(key_of(Table::policies_of, network.uuid)).empty();
}

Tables render_network(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  if (!network) return tables;
  FlowSink flows(tables, unit);
  const Segment segment = segment_of(*network->row);
  const auto uplink = uplink_of(view, segment);
  if (uplink && segment.type != NetworkType::vxlan) add_departures(flows, segment, *uplink, network->number);
  // A network that is only on the way of routed packets has nobody here to hear anything.
  if (!has_ports(view, network->row->id)) return tables;
  if (uplink) add_arrivals(flows, segment, *uplink, network->number);
  add_flood(flows, view, *network);
  add_resolution(flows, network->number, answer::service_mac(network->row->id), answer::service_address());
  add_service_resolution(flows, view, *network);
  return tables;
}

Tables render_policy_flood(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  if (!network) return tables;
  Actions actions;
  std::vector<std::uint32_t> chunks;
  for (const auto& [chunk, count] : view.bucket({Table::port_chunks, unit.id, 0, unit.name})) {
    chunks.push_back(chunk.part);
    actions.push_back(set(reg::chunk, chunk.part));
    actions.push_back(call(Stage::flood_chunk));
  }
  Match match{in_network(network->number)};
  const Policy policy = policy_named(unit.name);
  with_policy(match, policy);
  FlowSink flows(tables, unit);
  flows.add(Stage::flood_ports, Priority::low, match, std::move(actions));
  if (policy != Policy::unsecured) add_broadcast_records(flows, view, match, chunks);
  return tables;
}

Tables render_local_flood(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  if (!network) return tables;
  Actions actions;
  std::vector<const model::Port*> ports;
  for (const auto& [key, count] : view.bucket({Table::ports_of, unit.id, unit.part, unit.name})) {
    const model::Port* port = view.port(PortId{key.id});
    if (port == nullptr) continue;
    const auto at = live_attachment(view, *port);
    if (!at) continue;
    ports.push_back(port);
    const bool has_last_step =
        at->shared || limits_of(view, *port).limits_what_it_gets() || !copies_of(view, *port).received.empty();
    if (has_last_step) {
      actions.push_back(set(reg::target, at->number()));
      actions.push_back(call(Stage::output));
    } else {
      // The switch itself never sends a packet back to the port it came from (OpenFlow 1.5 section 5.9).
      actions.push_back(of::Output{at->ofport});
    }
  }
  if (actions.empty()) return tables;
  Match match{in_network(network->number)};
  const Policy policy = policy_named(unit.name);
  with_policy(match, policy);
  FlowSink flows(tables, unit);
  flows.add(Stage::flood_chunk, Priority::low, match & number(reg::chunk, unit.part), std::move(actions));
  if (policy != Policy::unsecured) add_chunk_records(flows, view, match, unit.part, ports);
  return tables;
}

Tables render_remote_flood(View& view, const UnitId& unit) {
  Tables tables;
  const auto network = live_network(view, NetworkId{unit.id});
  if (!network || network->row->type != NetworkType::vxlan || !has_ports(view, network->row->id)) return tables;
  const auto tunnel = uplink_of(view, segment_of(*network->row));
  if (!tunnel) return tables;
  Actions actions{set(Field::tunnel_id, network->row->segmentation_id)};
  const std::size_t empty_size = actions.size();
  for (const auto& [node, count] : view.bucket(key_of(Table::hosts_of, unit.id, unit.part))) {
    const auto address = tunnel_address_of(view, node.name);
    if (!address) continue;
    actions.push_back(set(Field::tunnel_dst, *address));
    actions.push_back(of::Output{*tunnel});
  }
  if (actions.size() == empty_size) return tables;
  // From ports of this node only: what came through a tunnel has reached every node already.
  const Match match{in_network(network->number), from(Origin::local),
                    number(reg::chunk, remote_chunk_base + unit.part)};
  FlowSink(tables, unit).add(Stage::flood_chunk, Priority::low, match, std::move(actions));
  return tables;
}

}  // namespace tarn::render
