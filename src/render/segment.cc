// Where a network's frames come from, and where they go to, outside of this node.
#include "render/render_units.h"

namespace tarn::render {

using model::NetworkType;

Segment segment_of(const model::Network& network) {
  return {network.type, network.physical_network, network.segmentation_id};
}

Segment segment_of(const model::OutsideNetwork& network) {
  return {network.type, network.physical_network, network.segmentation_id};
}

std::optional<std::uint32_t> uplink_of(View& view, const Segment& segment) {
  const auto* ofport = segment.type == NetworkType::vxlan
                           ? view.number(key_of(Table::tunnel_port))
                           : view.number(key_of(Table::patch_port, segment.physical_network));
  return ofport == nullptr ? std::nullopt : std::optional(*ofport);
}

void append_uplink(Actions& actions, const Segment& segment, std::uint32_t uplink) {
  if (segment.type == NetworkType::vlan) {
    actions.push_back(of::PushVlan{});
    actions.push_back(set(Field::vlan_tci, vlan_present | segment.id));
  }
  actions.push_back(of::Output{uplink});
}

Arrival arrival_of(const Segment& segment, std::uint32_t uplink, std::uint32_t network_number) {
  const bool tunnelled = segment.type == NetworkType::vxlan;
  Arrival arrival{{number(Field::in_port, uplink)}, {}};
  if (tunnelled) arrival.match.with(number(Field::tunnel_id, segment.id));
  const bool is_tagged = segment.type == NetworkType::vlan;
  arrival.match.with(is_tagged ? tagged(segment.id) : untagged());
  if (is_tagged) arrival.actions.push_back(of::PopVlan{});
  arrival.actions.push_back(set(Field::metadata, network_number));
  const Origin origin = tunnelled ? Origin::tunnel : Origin::physical;
  arrival.actions.push_back(set(reg::origin, static_cast<std::uint64_t>(origin)));
  return arrival;
}

void add_arrivals(FlowSink& flows, const Segment& segment, std::uint32_t uplink, std::uint32_t network_number) {
  Arrival arrival = arrival_of(segment, uplink, network_number);
  flows.add(Stage::classify, Priority::low, arrival.match, std::move(arrival.actions), Stage::l2);
}

void add_departures(FlowSink& flows, const Segment& segment, std::uint32_t uplink, std::uint32_t network_number) {
  Actions actions;
  append_uplink(actions, segment, uplink);
  flows.add(Stage::uplink, Priority::low, Match{in_network(network_number), from(Origin::local)}, std::move(actions));
  // Others may live on the physical segment of whom we know nothing.
  flows.add(Stage::l2, Priority::low, Match{in_network(network_number), from(Origin::local)}, {call(Stage::commit)},
            Stage::uplink);
}

}  // namespace tarn::render
