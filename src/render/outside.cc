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
constexpr std::uint32_t neighbours_max = 1024;  // of one network and family
constexpr auto above_top = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::top) + 1);

of::Learn learn(const OutsideLink& link, std::uint64_t ethertype) {
  of::Learn learn;
  learn.table = static_cast<std::uint8_t>(Stage::learned);
  learn.priority = static_cast<std::uint16_t>(Priority::low);
  learn.idle_timeout = neighbour_idle_s;
  learn.cookie = domain::cookie_of_learned(link.id.text() + (ethertype == ethertype_ipv4 ? "" : " v6"));
  learn.limit = neighbours_max;
  learn.matches = {in_network(link.number), number(Field::eth_type, ethertype)};
  return learn;
}

// That the IPv6 address in one field is at the MAC address in another.
of::Learn learn_v6(const OutsideLink& link, Field address, Field mac) {
  of::Learn learned = learn(link, ethertype_ipv6);
  for (std::uint16_t word = 0; word < 4; ++word)
    learned.copied.push_back(of::Move{address, reg::next_hop[word], static_cast<std::uint16_t>(96 - 32 * word), 0, 32});
  learned.loads = {of::Move{mac, Field::eth_dst, 0, 0, 48}};
  return learned;
}

// What its neighbours on the segment say to this node, or to all.
class Hearing {
 public:
  Hearing(FlowSink& flows, const OutsideLink& link)
      : flows_(flows), link_(link), arrival_(arrival_of(link.segment, link.uplink, link.number)) {}

  void learn(std::uint16_t priority, const Match& match, const of::Learn& learn) {
    Actions actions = arrival_.actions;
    actions.emplace_back(learn);
    flows_.add(Stage::classify, priority, match & arrival_.match, std::move(actions), Stage::l2);
  }
  void learn(Priority priority, const Match& match, const of::Learn& learn) {
    this->learn(static_cast<std::uint16_t>(priority), match, learn);
  }
  // The same of next hops. At its limit a learner learns nothing, not even anew what it knows; so the next hops have
  // one of their own, whatever others fill the first with.
  void learn_next_hop(const Match& match, of::Learn learn) {
    learn.cookie = domain::cookie_of_learned(link_.id.text() + " next hops");
    this->learn(Priority::high, match, learn);
  }
  void pass(const Match& match) {
    flows_.add(Stage::classify, above_top, match & arrival_.match, arrival_.actions, Stage::l2);
  }

 private:
  FlowSink& flows_;
  const OutsideLink& link_;
  Arrival arrival_;
};

// Who answers us, and whatever the next hops of ways out say of themselves.
void add_learning(FlowSink& flows, const OutsideLink& link, const std::vector<Ip>& next_hops) {
  Hearing hearing(flows, link);
  const Match said = Match{number(Field::eth_type, ethertype_arp)};
  hearing.learn(Priority::middle, said & number(Field::arp_op, arp_reply), learn_sender(link));
  for (const Ip& next_hop : next_hops)
    if (next_hop.is_v4()) hearing.learn_next_hop(said & FieldValue::ip(Field::arp_spa, next_hop), learn_sender(link));
}

void add_learning_v6(FlowSink& flows, const OutsideLink& link, const std::vector<Ip>& next_hops) {
  Hearing hearing(flows, link);
  const Match said = neighbour_discovery(icmpv6_neighbour_advertisement);
  const of::Learn of_target = learn_v6(link, Field::nd_target, Field::nd_tll);
  hearing.learn(Priority::middle, said, of_target);
  hearing.pass(said & FieldValue::mac(Field::nd_tll, Mac{}));  // does not say where
  for (const Ip& next_hop : next_hops)
    if (!next_hop.is_v4()) hearing.learn_next_hop(said & FieldValue::ip(Field::nd_target, next_hop), of_target);
}

// Whom this node does not know there is asked for.
void add_asking(FlowSink& flows, const OutsideLink& link, const Match& family) {
  flows.add(Stage::neighbour, above_nobody, family & in_network(link.number),
            {set(Field::eth_dst, Mac{}), call(Stage::learned)}, Stage::resolved);
}

// Answers a question from the segment for an address of this node there.
void answer_v4(FlowSink& flows, const OutsideLink& link, const Mac& mac, const Ip& address) {
  Actions reply{learn_sender(link), move(Field::eth_src, Field::eth_dst), set(Field::eth_src, mac)};
  append_reply_to_request(reply);
  reply.emplace_back(of::ClearInPort{});
  append_uplink(reply, link.segment, link.uplink);
  const Match asked =
      arp(arp_request) & in_network(link.number) & from(Origin::physical) & FieldValue::ip(Field::arp_tpa, address);
  flows.add(Stage::l2, Priority::top, asked, std::move(reply));
  // Whoever has the address from now on announces it by such a question: an answer would turn the segment's switches
  // back to this node, for good where that does not know yet and nobody says it again.
  flows.add(Stage::l2, above_top, asked & FieldValue::ip(Field::arp_spa, address), {});
}

void answer_v6(FlowSink& flows, const OutsideLink& link, const Mac& mac, const Ip& address) {
  const Match asked = neighbour_discovery(icmpv6_neighbour_solicitation) & in_network(link.number) &
                      from(Origin::physical) & FieldValue::ip(Field::nd_target, address);
  const auto answer = [&](std::uint16_t priority, const Match& match, Actions actions, const Actions& to) {
    append_advertisement(actions, mac);
    actions.insert(actions.end(), to.begin(), to.end());
    actions.push_back(set(reg::origin, static_cast<std::uint64_t>(Origin::local)));
    actions.emplace_back(call(Stage::nd_reply));
    flows.add(Stage::l2, priority, match, std::move(actions));
  };
  const auto top = static_cast<std::uint16_t>(Priority::top);
  answer(top, asked, {learn_v6(link, Field::ipv6_src, Field::nd_sll)}, {});
  answer(above_top, asked & FieldValue::mac(Field::nd_sll, Mac{}), {}, {});  // does not say where it is
  // Who wants the address for himself has none yet: all hear that it is taken (RFC 4861 section 7.2.4).
  constexpr Mac all_nodes_mac{{0x33, 0x33, 0, 0, 0, 1}};
  answer(above_top + 1, asked & FieldValue::ip(Field::ipv6_src, Ip::from_v6({})), {},
         {set(Field::ipv6_dst, all_nodes()), set(Field::eth_dst, all_nodes_mac)});
}

}  // namespace

of::Learn learn_sender(const OutsideLink& link) {
  of::Learn learned = learn(link, ethertype_ipv4);
  learned.copied = {of::Move{Field::arp_spa, reg::next_hop[0], 0, 0, 32}};
  learned.loads = {of::Move{Field::arp_sha, Field::eth_dst, 0, 0, 48}};
  return learned;
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
  const auto link = outside_link(view, network);
  if (!link) return;
  for (const Ip& address : own.addresses) {
    address.is_v4() ? answer_v4(flows, *link, own.mac, address) : answer_v6(flows, *link, own.mac, address);
    if (has_ports(view, link->id)) add_router_resolution(flows, link->number, own.mac, address);
  }
  tables.announcements.emplace(own.id, answer::Announcement{link->number, own.mac, own.addresses, own.hidden});
}

Tables render_outside(View& view, const UnitId& unit) {
  Tables tables;
  const auto link = outside_link(view, NetworkId{unit.id});
  if (!link) return tables;
  FlowSink flows(tables, unit);
  // Else the network's own unit has them.
  if (!live_network(view, link->id)) add_departures(flows, link->segment, link->uplink, link->number);
  if (!has_ports(view, link->id)) add_arrivals(flows, link->segment, link->uplink, link->number);
  bool has_v6 = false;
  answer::NextHops hops{link->number, segment_mac(view.config()->host, link->id.uuid), {}};
  for (const auto& [key, count] : view.bucket(key_of(Table::outside_subnets_of, link->id.uuid))) {
    const model::OutsideSubnet* subnet = view.outside_subnet(key.id);
    if (subnet == nullptr) continue;
    has_v6 = has_v6 || !subnet->cidr.address.is_v4();
    if (subnet->gateway) hops.addresses.push_back(*subnet->gateway);
  }
  add_learning(flows, *link, hops.addresses);
  add_handed_over(flows, view, *link);
  add_asking(flows, *link, ipv4());
  if (has_v6) {
    add_learning_v6(flows, *link, hops.addresses);
    add_asking(flows, *link, ipv6());
    answer_v6(flows, *link, hops.mac, Ip::link_local(hops.mac));  // by which this node asks
  }
  tables.next_hops.emplace(link->id, std::move(hops));
  return tables;
}

}  // namespace tarn::render
