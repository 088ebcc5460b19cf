// Routers: the routes of each, and the places of each on its networks. A packet is routed on the host of its sender. It
// leaves its sender's network as if it left the node, so that its connection is remembered there, and enters the
// receiver's as if it had been sent in it, so that each network tracks in a zone of its own what its instances say and
// hear.
#include <algorithm>
#include <iterator>
#include <set>

#include "base/hash.h"
#include "render/punt.h"
#include "render/routers.h"

namespace tarn::render {

namespace {

constexpr std::uint16_t slot_bits = 4;
constexpr std::uint16_t slots = 1 << slot_bits;
constexpr std::uint16_t route_base = static_cast<std::uint16_t>(Priority::low);  // and twice the length of the prefix

struct Way {
  Mac mac;                              // of the router there
  std::optional<std::uint32_t> number;  // of the network, or the gateway; absent: the way is closed
  std::uint32_t mtu = 0;
  std::optional<Ip> next_hop;  // absent: the destination itself
  std::uint32_t scope = 0;     // of the addresses there; 0: none
  bool outward = false;        // by a gateway
  bool asks = false;           // whether it is an answer, which leaves by another gateway then
};

// Of the subnet's addresses.
std::uint32_t scope_of(View& view, const model::Subnet& subnet) {
  const model::SubnetPool* pool = subnet.subnetpool ? view.pool(*subnet.subnetpool) : nullptr;
  return pool == nullptr ? 0 : number_of(pool->address_scope);
}

// What a packet that goes this way is told. `mtu_most` is the largest that it may have come with.
Actions actions_of(const Way& way, Family family, std::uint32_t mtu_most) {
  Actions actions{set(Field::metadata, *way.number), set(Field::eth_src, way.mac), of::DecTtl{}};
  // Only such a way reads the whole destination: by the others one datapath flow serves many.
  if (way.next_hop)
    append_address(actions, reg::next_hop, *way.next_hop);
  else
    append_destination_as_next_hop(actions, family);
  if (way.mtu != 0 && way.mtu < mtu_most) {
    actions.push_back(set(reg::way, way.mtu));
    actions.emplace_back(
        of::CheckLarger{static_cast<std::uint16_t>(way.mtu + ethernet_header_bytes), reg::way, reg::way_too_big_bit});
  }
  if (way.asks) actions.emplace_back(call(Stage::back));
  return actions;
}

std::optional<Stage> after(const Way& way) {
  if (way.asks) return std::nullopt;  // it went on already
  return way.outward ? Stage::outward : Stage::neighbour;
}

// Connections are spread over slots by their hash, and each slot goes to the next hop that draws the highest number for
// it: a next hop that comes or goes moves its own share of them and no others.
const Way& way_of_slot(const std::vector<Way>& ways, std::uint32_t slot) {
  const auto drawn = [slot](const Way& way) {
    return ContentHash().add("slot").add(slot).add(way.next_hop ? way.next_hop->bytes : Ip().bytes).value();
  };
  return *std::ranges::max_element(ways, {}, drawn);
}

// What all routes of a router have in common.
struct RouterTerms {
  RouterId router;
  std::uint32_t mtu_most = 0;                        // the largest that a packet may come with
  std::map<Family, std::set<std::uint32_t>> scopes;  // where packets of a family come from: several must not meet
};

// Where the way is closed the packet goes nowhere: another, shorter prefix may lead where it must not go. Nor does what
// comes from another address scope.
void add_route(FlowSink& flows, const RouterTerms& terms, const Prefix& destination, const std::vector<Way>& ways) {
  const Family family = destination.address.family;
  Match match = in_router(of_family(destination.address) & destined_to(destination), terms.router);
  const auto priority = static_cast<std::uint16_t>(route_base + 2 * destination.length);
  std::vector<Way> open;
  std::ranges::copy_if(ways, std::back_inserter(open), [](const Way& way) { return way.number.has_value(); });
  const bool scoped = terms.scopes.at(family).size() > 1 && std::ranges::none_of(open, &Way::outward);
  if (open.empty() || scoped) flows.add(Stage::route, priority, match, {no_way(PuntReason::no_route)});
  if (open.empty()) return;
  std::map<std::uint32_t, std::vector<Way>> of_scopes;
  for (const Way& way : open) of_scopes[scoped ? way.scope : 0].push_back(way);
  if (scoped) of_scopes[scope_of_translated] = open;
  for (const auto& [scope, each] : of_scopes) {
    const auto above = static_cast<std::uint16_t>(priority + (scoped ? 1 : 0));
    const Match of_scope = scoped ? match & number(reg::scope, scope) : match;
    if (each.size() == 1) {
      flows.add(Stage::route, above, of_scope, actions_of(each.front(), family, terms.mtu_most), after(each.front()));
      continue;
    }
    const auto basis = static_cast<std::uint16_t>(number_of(terms.router));
    flows.add(Stage::route, above, of_scope, {of::Multipath{basis, slots, reg::slot, slot_bits}}, Stage::way);
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      const Way& way = way_of_slot(each, slot);
      flows.add(Stage::way, above, of_scope & FieldValue::number(reg::slot, slot, slots - 1),
                actions_of(way, family, terms.mtu_most), after(way));
    }
  }
}

using Ways = std::vector<std::pair<Prefix, Way>>;

void add_links(View& view, const model::Router& router, Ways& links) {
  for (const auto& [key, count] : view.bucket(key_of(Table::interfaces_of, router.id.uuid))) {
    const model::RouterInterface* interface = view.interface(key.id);
    if (interface == nullptr) continue;
    const auto network = live_network(view, interface->network);
    Way way;
    way.mac = interface->mac;
    if (network && interface->admin_state_up) way.number = network->number;
    if (network) way.mtu = network->row->mtu;
    for (const model::FixedIp& fixed : interface->fixed_ips) {
      const model::Subnet* subnet = view.subnet(fixed.subnet);
      if (subnet == nullptr) continue;
      way.scope = scope_of(view, *subnet);
      links.push_back({subnet->cidr, way});
    }
  }
}

Way way_by(const WayOut& out) {
  Way way;
  way.outward = true;
  if (out.gateway) {
    way.mac = out.gateway->mac;
    way.number = out.gateway->number;
    way.mtu = out.gateway->network->mtu;
  }
  return way;
}

// The links of gateways, and where what has no longer prefix is led.
void add_ways_out(const std::vector<WayOut>& outs, Ways& links, Ways& defaults) {
  for (const WayOut& out : outs)
    for (const Prefix& link : out.links) links.push_back({link, way_by(out)});
  for (const Family family : {Family::v4, Family::v6}) {
    const WayOut* leading = leading_way(outs, family);
    if (leading == nullptr) continue;
    Way way = way_by(*leading);
    way.next_hop = *default_of(*leading, family);
    way.asks = family == Family::v4 && has_ways_back(outs);
    defaults.push_back({Prefix::of(Ip{family, {}}, 0), way});
  }
}

// The ways to each prefix: what is on a link of the router goes before what routes say.
std::map<Prefix, std::vector<Way>> ways_of(View& view, const model::Router& router, const std::vector<WayOut>& outs) {
  Ways links;
  Ways defaults;
  add_links(view, router, links);
  add_ways_out(outs, links, defaults);
  std::map<Prefix, std::vector<Way>> by_routes;
  for (const model::HostRoute& route : router.routes) {
    const auto link = std::ranges::find_if(links, [&](const auto& each) { return each.first.contains(route.nexthop); });
    if (link == links.end()) continue;
    Way way = link->second;
    way.next_hop = route.nexthop;
    by_routes[route.destination].push_back(way);
  }
  std::map<Prefix, std::vector<Way>> ways;
  for (const auto& [prefix, way] : links) ways.emplace(prefix, std::vector<Way>{way});
  ways.merge(by_routes);
  for (const auto& [prefix, way] : defaults) ways.emplace(prefix, std::vector<Way>{way});
  return ways;
}

RouterTerms terms_of(const RouterId& router, const std::map<Prefix, std::vector<Way>>& ways,
                     const std::vector<WayOut>& outs) {
  RouterTerms terms{router, 0, {{Family::v4, {}}, {Family::v6, {}}}};
  for (const auto& [destination, each] : ways) {
    for (const Way& way : each) {
      if (!way.outward) terms.scopes[destination.address.family].insert(way.scope);
      if (way.number) terms.mtu_most = std::max(terms.mtu_most, way.mtu);
    }
  }
  for (const WayOut& out : outs) {
    if (!out.gateway) continue;
    if (out.gateway->open4) terms.scopes[Family::v4].insert(*out.gateway->open4);
    if (out.gateway->open6) terms.scopes[Family::v6].insert(*out.gateway->open6);
  }
  return terms;
}

void add_segment(FlowSink& flows, View& view, const model::RouterInterface& interface, const LiveNetwork& network) {
  const NodeConfig* config = view.config();
  const Segment segment = segment_of(*network.row);
  const auto uplink = uplink_of(view, segment);
  if (config == nullptr || !uplink) return;
  Actions actions{set(Field::eth_src, segment_mac(config->host, interface.id.uuid))};
  append_uplink(actions, segment, *uplink);
  flows.add(Stage::uplink, Priority::middle,
            {in_network(network.number), from(Origin::local), FieldValue::mac(Field::eth_src, interface.mac)},
            std::move(actions));
}

}  // namespace

void add_neighbour(FlowSink& flows, View& view, const LiveNetwork& network, const Mac& mac, const Ip& address) {
  if (view.bucket(key_of(Table::interfaces_on, network.row->id.uuid)).empty()) return;
  add_next_hop(flows, network.number, mac, address);
}

Tables render_router(View& view, const UnitId& unit) {
  Tables tables;
  const model::Router* router = view.router(RouterId{unit.id});
  if (router == nullptr || !router->admin_state_up) return tables;
  FlowSink flows(tables, unit);
  const std::vector<WayOut> outs = ways_out(view, *router);
  const std::map<Prefix, std::vector<Way>> ways = ways_of(view, *router, outs);
  const RouterTerms terms = terms_of(router->id, ways, outs);
  for (const auto& [destination, each] : ways) add_route(flows, terms, destination, each);
  add_ways_back(flows, outs);
  return tables;
}

namespace {

// Where packets of a family come to the router, whatever addresses it has there: it says of itself that it is `own`, or
// nothing where that is zero.
void add_entry(FlowSink& flows, const model::RouterInterface& interface, const LiveNetwork& network, const Ip& own,
               std::uint32_t scope) {
  Actions actions{call(Stage::commit), of::CtClear{}};
  append_entry(actions, {interface.router, own, scope});
  actions.emplace_back(call(Stage::router));
  flows.add(Stage::l2, Priority::high,
            of_family(own) & in_network(network.number) & from(Origin::local) &
                FieldValue::mac(Field::eth_dst, interface.mac),
            std::move(actions));
}

void add_address(FlowSink& flows, View& view, const model::RouterInterface& interface, const LiveNetwork& network,
                 const Ip& address) {
  flows.add(Stage::router, Priority::top, in_router(of_family(address) & destined_to(address), interface.router), {},
            Stage::router_address);
  if (has_ports(view, network.row->id)) add_router_resolution(flows, network.number, interface.mac, address);
  add_neighbour(flows, view, network, interface.mac, address);
}

}  // namespace

Tables render_interface(View& view, const UnitId& unit) {
  Tables tables;
  const model::RouterInterface* interface = view.interface(unit.id);
  if (interface == nullptr || !interface->admin_state_up || interface->mac.is_multicast()) return tables;
  const model::Router* router = view.router(interface->router);
  const auto network = live_network(view, interface->network);
  if (router == nullptr || !router->admin_state_up || !network) return tables;
  FlowSink flows(tables, unit);
  Ip own4 = Ip::from_v4(0);
  Ip own6 = Ip::from_v6({});
  std::map<Family, std::uint32_t> scopes;  // all addresses of a network and family are of one
  for (const model::FixedIp& fixed : interface->fixed_ips) {
    (fixed.address.is_v4() ? own4 : own6) = fixed.address;
    if (const model::Subnet* subnet = view.subnet(fixed.subnet)) scopes[fixed.address.family] = scope_of(view, *subnet);
    add_address(flows, view, *interface, *network, fixed.address);
  }
  for (const Ip& own : {own4, own6}) add_entry(flows, *interface, *network, own, scopes[own.family]);
  if (!own6.is_zero()) add_address(flows, view, *interface, *network, Ip::link_local(interface->mac));
  if (network->row->type != model::NetworkType::vxlan) add_segment(flows, view, *interface, *network);
  return tables;
}

}  // namespace tarn::render
