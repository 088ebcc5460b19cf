#include "render/routers.h"

#include <algorithm>

#include "base/hash.h"

namespace tarn::render {

std::uint64_t number_of(const RouterId& router) {
  return ContentHash().add("router").add(router.uuid.bytes).value();
}

std::uint32_t number_of(const std::optional<AddressScopeId>& scope) {
  if (!scope) return 0;
  return static_cast<std::uint32_t>(ContentHash().add("scope").add(scope->uuid.bytes).value()) | 1;
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

FieldValue destined_to(const Ip& address) {
  return destined_to(Prefix::of(address, address.bits()));
}

FieldValue sent_from(const Ip& address) {
  return FieldValue::ip(address.is_v4() ? Field::ipv4_src : Field::ipv6_src, address);
}

void append_address(Actions& actions, const Field (&registers)[4], const Ip& address) {
  for (std::size_t word = 0; word < address.size() / 4; ++word)
    actions.push_back(set(registers[word], word_of(address.bytes, word)));
}

void add_next_hop(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address) {
  flows.add(Stage::neighbour, Priority::low, next_hop_is(of_family(address) & in_network(network_number), address),
            {set(Field::eth_dst, mac)}, Stage::l2);
}

Match next_hop_is(Match match, const Ip& address) {
  for (std::size_t word = 0; word < address.size() / 4; ++word)
    match.with(number(reg::next_hop[word], word_of(address.bytes, word)));
  return match;
}

void append_destination_as_next_hop(Actions& actions, Family family) {
  if (family == Family::v4) return actions.push_back(move(Field::ipv4_dst, reg::next_hop[0]));
  for (std::uint16_t word = 0; word < 4; ++word)
    actions.push_back(
        of::Move{Field::ipv6_dst, reg::next_hop[word], static_cast<std::uint16_t>(96 - 32 * word), 0, 32});
}

void append_entry(Actions& actions, const Entry& entry) {
  actions.push_back(set(reg::router_high, number_of(entry.router) >> 32));
  actions.push_back(set(reg::router_low, number_of(entry.router) & 0xffffffff));
  append_address(actions, reg::router_address, entry.own);
  actions.push_back(set(reg::scope, entry.scope));
}

Mac segment_mac(const std::string& host, const Uuid& speaker) {
  const std::uint64_t hash = ContentHash().add("router-mac").add(speaker.bytes).add(host).value();
  Mac mac{{0x0a}};  // locally administered, unicast (IEEE 802-2014 section 8.4)
  for (std::size_t i = 1; i < mac.bytes.size(); ++i) mac.bytes[i] = static_cast<std::uint8_t>(hash >> (8 * (i - 1)));
  return mac;
}

bool is_passed(View& view, const model::RouterGateway& gateway, const std::string& host) {
  const model::OutsideNetwork* network = view.outside(gateway.network);
  const NodeConfig* config = view.config();
  if (network == nullptr || config == nullptr) return false;
  if (!gateway.distributed) return true;
  const std::string& physical = network->physical_network;
  if (host == config->host) return !config->bridge_mappings.contains(physical);
  const model::Node* node = view.node(host);
  return node != nullptr && std::ranges::find(node->physical_networks, physical) == node->physical_networks.end();
}

namespace {

const model::FixedIp* first_fixed(const model::RouterGateway& gateway, Family family) {
  const auto found =
      std::ranges::find_if(gateway.fixed_ips, [&](const auto& ip) { return ip.address.family == family; });
  return found == gateway.fixed_ips.end() ? nullptr : &*found;
}

std::optional<Ip> first_of(const model::RouterGateway& gateway, Family family) {
  const model::FixedIp* fixed = first_fixed(gateway, family);
  return fixed == nullptr ? std::nullopt : std::optional(fixed->address);
}

// Addresses of one named scope are nobody else's, so there is no need to translate them.
std::optional<std::uint32_t> open_scope(View& view, const model::RouterGateway& gateway, Family family) {
  const model::FixedIp* fixed = first_fixed(gateway, family);
  if (fixed == nullptr) return std::nullopt;
  const model::OutsideSubnet* subnet = view.outside_subnet(fixed->subnet.uuid);
  const std::uint32_t scope = subnet == nullptr ? 0 : number_of(subnet->address_scope);
  const bool translates = family == Family::v4 && gateway.enable_snat;
  return translates && scope == 0 ? std::nullopt : std::optional(scope);
}

}  // namespace

std::optional<LiveGateway> live_gateway(View& view, const PortId& id) {
  const model::RouterGateway* row = view.gateway(id);
  if (row == nullptr || !row->admin_state_up || row->mac.is_multicast()) return std::nullopt;
  const model::OutsideNetwork* network = view.outside(row->network);
  const NodeConfig* config = view.config();
  if (network == nullptr || !network->admin_state_up || config == nullptr) return std::nullopt;
  const auto own_number = usable_number(view, NetworkId{id.uuid});
  const auto network_number = usable_number(view, row->network);
  const Segment segment = segment_of(*network);
  if (!own_number || !network_number || segment.type == model::NetworkType::vxlan) return std::nullopt;
  LiveGateway gateway{row,
                      *own_number,
                      network,
                      *network_number,
                      uplink_of(view, segment),
                      std::nullopt,
                      first_of(*row, Family::v4),
                      first_of(*row, Family::v6),
                      segment_mac(config->host, row->network.uuid),
                      open_scope(view, *row, Family::v4),
                      open_scope(view, *row, Family::v6)};
  if (is_passed(view, *row, config->host)) gateway.passing = choice_of(view, gateway);
  const bool leaves = gateway.passing ? !gateway.passing->empty() : gateway.uplink.has_value();
  return leaves ? std::optional(gateway) : std::nullopt;
}

bool is_gathered(View& view, const model::RouterGateway& gateway) {
  const QosLimits limits = limits_of(view, gateway.qos_policy);
  return gateway.enable_snat && (limits.sends_rate || limits.sends_packets);
}

LiveGateway for_own_address(View& view, LiveGateway gateway) {
  if (gateway.passing || !is_gathered(view, *gateway.row)) return gateway;
  gateway.passing = choice_of(view, gateway);
  if (gateway.passing && gateway.passing->empty()) gateway.passing.reset();
  return gateway;
}

std::vector<WayOut> ways_out(View& view, const model::Router& router) {
  std::vector<WayOut> ways;
  for (const model::Gateway& gateway : router.gateways) {
    const model::RouterGateway* row = view.gateway(gateway.port);
    if (row == nullptr) continue;
    WayOut way{live_gateway(view, gateway.port), {}, {}};
    for (const model::FixedIp& fixed : row->fixed_ips) {
      const model::OutsideSubnet* subnet = view.outside_subnet(fixed.subnet.uuid);
      if (subnet == nullptr) continue;
      way.links.push_back(subnet->cidr);
      if (subnet->gateway && !default_of(way, subnet->cidr.address.family))
        way.default_next_hops.push_back(*subnet->gateway);
    }
    ways.push_back(std::move(way));
  }
  return ways;
}

std::optional<Ip> default_of(const WayOut& way, Family family) {
  const auto found = std::ranges::find(way.default_next_hops, family, &Ip::family);
  return found == way.default_next_hops.end() ? std::nullopt : std::optional(*found);
}

const WayOut* leading_way(const std::vector<WayOut>& ways, Family family) {
  const WayOut* closed = nullptr;
  for (const WayOut& way : ways) {
    if (!default_of(way, family)) continue;
    const bool is_open = way.gateway && (family == Family::v4 ? way.gateway->v4 : way.gateway->v6).has_value();
    if (is_open) return &way;
    if (closed == nullptr) closed = &way;
  }
  return closed;
}

}  // namespace tarn::render
