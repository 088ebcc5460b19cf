// Routers: what all of them do, the routes of each, and the places of each on its networks. A packet is routed on the
// host of its sender. It leaves its sender's network as if it left the node, so that its connection is remembered
// there, and enters the receiver's as if it had been sent in it, so that each network tracks in a zone of its own what
// its instances say and hear.
#include <algorithm>

#include "base/hash.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t answer_hops = 64;                                        // of what a router says itself
constexpr std::uint16_t route_base = static_cast<std::uint16_t>(Priority::low);  // and the length of the prefix

std::uint64_t number_of(const RouterId& router) {
  return ContentHash().add("router").add(router.uuid.bytes).value();
}

Match in_router(Match match, const RouterId& router) {
  return match & number(reg::router_high, number_of(router) >> 32) &
         number(reg::router_low, number_of(router) & 0xffffffff);
}

Match of_family(const Ip& address) {
  return address.is_v4() ? ipv4() : ipv6();
}

FieldValue destined_to(const Prefix& prefix) {
  return FieldValue::prefix(prefix.address.is_v4() ? Field::ipv4_dst : Field::ipv6_dst, prefix);
}

void append_next_hop(Actions& actions, const Ip& address) {
  for (std::size_t word = 0; word < address.size() / 4; ++word)
    actions.push_back(set(reg::next_hop[word], word_of(address.bytes, word)));
}

// All of an IPv6 address from or to the registers of the next hop.
void append_words(Actions& actions, Field address, bool to_registers) {
  for (std::uint16_t word = 0; word < 4; ++word) {
    const auto bit = static_cast<std::uint16_t>(96 - 32 * word);
    if (to_registers)
      actions.push_back(of::Move{address, reg::next_hop[word], bit, 0, 32});
    else
      actions.push_back(of::Move{reg::next_hop[word], address, 0, bit, 32});
  }
}

// Back to who sent it, who may be on the port it came from.
void append_return(Actions& actions) {
  actions.push_back(of::Move{Field::eth_dst, reg::claim_mac_high, 16, 0, 32});
  actions.push_back(of::Move{Field::eth_dst, reg::claim_mac_low, 0, 0, 16});
  actions.push_back(move(Field::eth_src, Field::eth_dst));
  actions.push_back(of::Move{reg::claim_mac_high, Field::eth_src, 0, 16, 32});
  actions.push_back(of::Move{reg::claim_mac_low, Field::eth_src, 0, 0, 16});
  actions.push_back(set(Field::ip_ttl, answer_hops));
  actions.emplace_back(of::ClearInPort{});
  actions.push_back(set(reg::source, 0));
}

void add_echo(FlowSink& flows) {
  Actions actions{move(Field::ipv4_dst, reg::next_hop[0]), move(Field::ipv4_src, Field::ipv4_dst),
                  move(reg::next_hop[0], Field::ipv4_src), set(Field::icmp_type, icmp_echo_reply)};
  append_return(actions);
  flows.add(Stage::router_address, Priority::low,
            ipv4() & number(Field::ip_proto, protocol_icmp) & number(Field::icmp_type, icmp_echo_request),
            std::move(actions), Stage::l2);
  actions.clear();
  append_words(actions, Field::ipv6_dst, true);
  actions.push_back(move(Field::ipv6_src, Field::ipv6_dst));
  append_words(actions, Field::ipv6_src, false);
  actions.push_back(set(Field::icmpv6_type, icmpv6_echo_reply));
  append_return(actions);
  flows.add(Stage::router_address, Priority::low, icmpv6(icmpv6_echo_request), std::move(actions), Stage::l2);
}

struct Way {
  const model::RouterInterface* interface = nullptr;
  std::optional<LiveNetwork> network;  // absent: the way is closed
  std::optional<Ip> next_hop;          // absent: the destination itself
};

// Where the way is closed the packet goes nowhere: another, shorter prefix may lead where it must not go.
void add_route(FlowSink& flows, const RouterId& router, const Prefix& destination, const Way& way) {
  const Match match = in_router(of_family(destination.address) & destined_to(destination), router);
  const auto priority = static_cast<std::uint16_t>(route_base + destination.length);
  if (!way.network) {
    flows.add(Stage::route, priority, match, {});
    return;
  }
  Actions actions{set(Field::metadata, way.network->number), set(Field::eth_src, way.interface->mac), of::DecTtl{}};
  if (way.next_hop) append_next_hop(actions, *way.next_hop);
  flows.add(Stage::route, priority, match, std::move(actions), Stage::neighbour);
}

// The first way to each prefix: what is on a link of the router before what a route says.
std::map<Prefix, Way> ways_of(View& view, const model::Router& router) {
  std::map<Prefix, Way> ways;
  std::vector<std::pair<Prefix, Way>> links;
  for (const auto& [key, count] : view.bucket(key_of(Table::interfaces_of, router.id.uuid))) {
    const model::RouterInterface* interface = view.interface(key.id);
    if (interface == nullptr) continue;
    const auto network = live_network(view, interface->network);
    for (const model::FixedIp& fixed : interface->fixed_ips) {
      const model::Subnet* subnet = view.subnet(fixed.subnet);
      if (subnet != nullptr) links.push_back({subnet->cidr, {interface, network, std::nullopt}});
    }
  }
  ways.insert(links.begin(), links.end());
  for (const model::HostRoute& route : router.routes) {
    const auto link = std::ranges::find_if(links, [&](const auto& each) { return each.first.contains(route.nexthop); });
    if (link == links.end()) continue;
    Way way = link->second;
    way.next_hop = route.nexthop;
    ways.emplace(route.destination, way);
  }
  return ways;
}

// The physical segment must not see one address on many of its ports: of the node, not of the router.
Mac segment_mac(const std::string& host, const PortId& interface) {
  const std::uint64_t hash = ContentHash().add("router-mac").add(interface.uuid.bytes).add(host).value();
  Mac mac{{0x0a}};  // locally administered, unicast (IEEE 802-2014 section 8.4)
  for (std::size_t i = 1; i < mac.bytes.size(); ++i) mac.bytes[i] = static_cast<std::uint8_t>(hash >> (8 * (i - 1)));
  return mac;
}

void add_segment(FlowSink& flows, View& view, const model::RouterInterface& interface, const LiveNetwork& network) {
  const NodeConfig* config = view.config();
  const auto uplink = uplink_of(view, *network.row);
  if (config == nullptr || !uplink) return;
  Actions actions{set(Field::eth_src, segment_mac(config->host, interface.id))};
  append_uplink(actions, *network.row, *uplink);
  flows.add(Stage::uplink, Priority::middle,
            {in_network(network.number), from(Origin::local), FieldValue::mac(Field::eth_src, interface.mac)},
            std::move(actions));
}

}  // namespace

void add_routing_rules(FlowSink& flows) {
  for (const Match& family : {ipv4(), ipv6()})
    for (const std::uint64_t spent : {0U, 1U})
      flows.drop(Stage::router, Priority::middle, family & number(Field::ip_ttl, spent));
  // RFC 4291 section 2.5.6: never further than the link.
  const Prefix link_local = Prefix::parse("fe80::/10").value();
  for (const Field field : {Field::ipv6_src, Field::ipv6_dst})
    flows.drop(Stage::router, Priority::high, ipv6() & FieldValue::prefix(field, link_local));
  flows.add(Stage::router, Priority::low, ipv4(), {move(Field::ipv4_dst, reg::next_hop[0])}, Stage::route);
  Actions words;
  append_words(words, Field::ipv6_dst, true);
  flows.add(Stage::router, Priority::low, ipv6(), std::move(words), Stage::route);
  add_echo(flows);
}

void add_neighbour(FlowSink& flows, View& view, const LiveNetwork& network, const Mac& mac, const Ip& address) {
  if (view.bucket(key_of(Table::interfaces_on, network.row->id.uuid)).empty()) return;
  Match match = of_family(address) & in_network(network.number);
  for (std::size_t word = 0; word < address.size() / 4; ++word)
    match.with(number(reg::next_hop[word], word_of(address.bytes, word)));
  flows.add(Stage::neighbour, Priority::low, match, {set(Field::eth_dst, mac)}, Stage::l2);
}

Tables render_router(View& view, const UnitId& unit) {
  Tables tables;
  const model::Router* router = view.router(RouterId{unit.id});
  if (router == nullptr || !router->admin_state_up) return tables;
  FlowSink flows(tables, unit);
  for (const auto& [destination, way] : ways_of(view, *router)) add_route(flows, router->id, destination, way);
  return tables;
}

Tables render_interface(View& view, const UnitId& unit) {
  Tables tables;
  const model::RouterInterface* interface = view.interface(unit.id);
  if (interface == nullptr || interface->mac.is_multicast()) return tables;
  const model::Router* router = view.router(interface->router);
  const auto network = live_network(view, interface->network);
  if (router == nullptr || !router->admin_state_up || !network) return tables;
  FlowSink flows(tables, unit);
  flows.add(Stage::l2, Priority::high,
            {in_network(network->number), from(Origin::local), FieldValue::mac(Field::eth_dst, interface->mac)},
            {call(Stage::commit), of::CtClear{}, set(reg::router_high, number_of(router->id) >> 32),
             set(reg::router_low, number_of(router->id) & 0xffffffff), call(Stage::router)});
  std::vector<Ip> addresses;
  for (const model::FixedIp& fixed : interface->fixed_ips) addresses.push_back(fixed.address);
  if (std::ranges::any_of(addresses, [](const Ip& each) { return !each.is_v4(); }))
    addresses.push_back(Ip::link_local(interface->mac));
  for (const Ip& address : addresses) {
    flows.add(Stage::router, Priority::top,
              in_router(of_family(address) & destined_to(Prefix::of(address, address.bits())), router->id), {},
              Stage::router_address);
    if (has_ports(view, network->row->id)) add_router_resolution(flows, *network, interface->mac, address);
    add_neighbour(flows, view, *network, interface->mac, address);
  }
  if (network->row->type != model::NetworkType::vxlan) add_segment(flows, view, *interface, *network);
  return tables;
}

}  // namespace tarn::render
