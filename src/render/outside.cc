// The networks that gateways are on: what comes from their segments, and who is there. The neighbours of a physical
// segment are nobody's rows: the switch learns them of their ARP, so that they are known, and change, while no agent is
// there.
#include "render/outside.h"
#include "base/hash.h"
#include "domain/flow.h"

namespace tarn::render {

namespace {

constexpr std::uint16_t above_nobody = 60;  // where no next hop is known is 50
constexpr std::uint16_t neighbour_idle_s = 3600;
constexpr std::uint32_t neighbours_max = 1024;  // of one network

// Who answers us, and whatever the next hops of ways out say of themselves. At its limit a learner learns nothing, not
// even anew what it knows; so the next hops have one of their own, whatever others fill the first with.
void add_learning(FlowSink& flows, const OutsideLink& link, const std::vector<Ip>& next_hops) {
  const Arrival arrival = arrival_of(link.segment, link.uplink, link.number);
  const auto add = [&](Priority priority, FieldValue field, of::Learn learn) {
    Actions actions = arrival.actions;
    actions.emplace_back(std::move(learn));
    flows.add(Stage::classify, priority, arrival.match & number(Field::eth_type, ethertype_arp) & field,
              std::move(actions), Stage::l2);
  };
  add(Priority::middle, number(Field::arp_op, arp_reply), learn_sender(link));
  of::Learn learn = learn_sender(link);
  learn.cookie = domain::cookie_of_learned(link.id.text() + " next hops");
  for (const Ip& next_hop : next_hops) add(Priority::high, FieldValue::ip(Field::arp_spa, next_hop), learn);
}

}  // namespace

of::Learn learn_sender(const OutsideLink& link) {
  of::Learn learn;
  learn.table = static_cast<std::uint8_t>(Stage::learned);
  learn.priority = static_cast<std::uint16_t>(Priority::low);
  learn.idle_timeout = neighbour_idle_s;
  learn.cookie = domain::cookie_of_learned(link.id.text());
  learn.limit = neighbours_max;
  learn.matches = {in_network(link.number), number(Field::eth_type, ethertype_ipv4)};
  learn.copied = {of::Move{Field::arp_spa, reg::next_hop[0], 0, 0, 32}};
  learn.loads = {of::Move{Field::arp_sha, Field::eth_dst, 0, 0, 48}};
  return learn;
}

std::optional<OutsideLink> outside_link(View& view, const NetworkId& id) {
  const model::OutsideNetwork* row = view.outside(id);
  const NodeConfig* config = view.config();
  if (row == nullptr || !row->admin_state_up || config == nullptr) return std::nullopt;
  const Segment segment = segment_of(*row);
  if (segment.type == model::NetworkType::vxlan) return std::nullopt;
  const auto uplink = uplink_of(view, segment);
  const auto own_number = usable_number(view, id);
  if (!uplink || !own_number) return std::nullopt;
  return OutsideLink{id, segment, *uplink, *own_number};
}

void add_outside_address(FlowSink& flows, Tables& tables, View& view, const NetworkId& network,
                         const OutsideAddress& own) {
  const auto found = outside_link(view, network);
  if (!found) return;
  const OutsideLink& link = *found;
  Actions reply{learn_sender(link), move(Field::eth_src, Field::eth_dst), set(Field::eth_src, own.mac)};
  append_reply_to_request(reply);
  reply.emplace_back(of::ClearInPort{});
  append_uplink(reply, link.segment, link.uplink);
  flows.add(
      Stage::l2, Priority::top,
      arp(arp_request) & in_network(link.number) & from(Origin::physical) & FieldValue::ip(Field::arp_tpa, own.address),
      std::move(reply));
  if (has_ports(view, link.id)) add_resolution(flows, link.number, own.mac, own.address);
  tables.announcements.emplace(own.id, answer::Announcement{link.number, own.mac, own.address, own.occasion});
}

Tables render_outside(View& view, const UnitId& unit) {
  Tables tables;
  const auto link = outside_link(view, NetworkId{unit.id});
  if (!link) return tables;
  FlowSink flows(tables, unit);
  // Else the network's own unit has them.
  if (!live_network(view, link->id)) add_departures(flows, link->segment, link->uplink, link->number);
  if (!has_ports(view, link->id)) add_arrivals(flows, link->segment, link->uplink, link->number);
  answer::NextHops hops{link->number, segment_mac(view.config()->host, link->id.uuid), {}};
  for (const auto& [key, count] : view.bucket(key_of(Table::outside_subnets_of, link->id.uuid))) {
    const model::OutsideSubnet* subnet = view.outside_subnet(key.id);
    if (subnet != nullptr && subnet->gateway && subnet->gateway->is_v4()) hops.addresses.push_back(*subnet->gateway);
  }
  add_learning(flows, *link, hops.addresses);
  add_handed_over(flows, view, *link);
  flows.add(Stage::neighbour, above_nobody, ipv4() & in_network(link->number),
            {set(Field::eth_dst, Mac{}), call(Stage::learned)}, Stage::resolved);
  tables.next_hops.emplace(link->id, std::move(hops));
  return tables;
}

}  // namespace tarn::render
