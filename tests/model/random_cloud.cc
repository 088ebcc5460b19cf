#include "random_cloud.h"

#include <algorithm>
#include <set>

#include "filled_row.h"

namespace tarn::model::test {
namespace {

std::string host(unsigned number) {
  return number == 0 ? "" : "host-" + std::to_string(number);
}

// Few, so that they meet.
SecurityGroupId random_group(RandomCloud& chance) {
  return {RandomCloud::id(Kind::security_group, chance.below(RandomCloud::groups))};
}

std::optional<QosPolicyId> random_policy(RandomCloud& chance) {
  if (chance.below(2) == 0) return std::nullopt;
  return QosPolicyId{RandomCloud::id(Kind::qos_policy, chance.below(3))};
}

Prefix random_prefix(RandomCloud& chance) {
  return Prefix::of(Ip::from_v4(0x0a000000 + chance.below(12)), chance.below(2) == 0 ? 32 : 28);
}

// A subnet is of one network as long as it is there, and a port's addresses are of subnets of its network: no request
// makes it otherwise.
NetworkId network_of(const Uuid& subnet) {
  return {RandomCloud::id(Kind::network, subnet.bytes[15] % 4)};
}
SubnetId random_subnet_of(RandomCloud& chance, NetworkId network) {
  return {RandomCloud::id(Kind::subnet, network.uuid.bytes[15] + 4 * chance.below(2))};
}

Port random_port(RandomCloud& chance, const Uuid& id) {
  Port port;
  port.id = {id};
  port.network = {RandomCloud::id(Kind::network, chance.below(4))};
  port.standard.project_id = chance.below(2) == 0 ? "blue" : "red";
  port.mac = Mac{{0xfa, 0x16, 0x3e, 0, 0, static_cast<std::uint8_t>(chance.below(12))}};
  for (unsigned i = chance.below(3); i > 0; --i) {
    const SubnetId subnet = random_subnet_of(chance, port.network);
    port.fixed_ips.push_back({subnet, Ip::from_v4(0x0a000000 + chance.below(12))});
  }
  port.binding_host = host(chance.below(RandomCloud::hosts));
  if (!port.binding_host.empty()) port.vif_type = chance.below(4) == 0 ? VifType::binding_failed : VifType::ovs;
  for (unsigned i = chance.below(4); i > 1; --i) {
    const std::string other = host(chance.below(RandomCloud::hosts));
    const bool is_another = !other.empty() && other != port.binding_host;
    if (is_another && std::ranges::find(port.left_hosts, other) == port.left_hosts.end())
      port.left_hosts.push_back(other);
  }
  if (chance.below(2) == 0) port.dns_name = "called";
  port.qos_policy = random_policy(chance);
  port.status = chance.below(2) == 0 ? PortStatus::down : PortStatus::active;
  port.port_security_enabled = chance.below(6) != 0;
  std::set<SecurityGroupId> groups;
  for (unsigned i = chance.below(3); i > 0; --i) groups.insert(random_group(chance));
  port.security_groups.assign(groups.begin(), groups.end());
  for (unsigned i = chance.below(3); i > 0; --i)
    port.allowed_address_pairs.push_back({random_prefix(chance), std::nullopt});
  if (chance.below(3) == 0) {
    port.device_owner = chance.below(4) == 0 ? "network:router_gateway" : "network:router_interface";
    port.device_id = RandomCloud::id(Kind::router, chance.below(RandomCloud::routers)).text();
  }
  return port;
}

std::string zone(unsigned number) {
  return "zone-" + std::to_string(number);
}

// Of a router's gateways each has a port that no other has.
PortId gateway_port(const Uuid& router, unsigned which) {
  return {RandomCloud::id(Kind::port, 2 * RandomCloud::rows_of_a_kind + 2 * router.bytes[15] + which)};
}

// Its routes lead to addresses that ports may have, routers' among them.
Router random_router(RandomCloud& chance, const Uuid& id) {
  Router router;
  router.id = {id};
  router.admin_state_up = chance.below(4) != 0;
  router.distributed = chance.below(3) != 0;
  router.enable_ndp_proxy = chance.below(3) != 0;
  if (chance.below(3) == 0) router.availability_zone_hints = {zone(chance.below(2))};
  for (unsigned number = 1; number < RandomCloud::hosts; ++number) {
    const unsigned wish = chance.below(6);
    if (wish == 0) router.chosen_hosts.insert(router.chosen_hosts.begin(), host(number));
    if (wish == 1) router.barred_hosts.push_back(host(number));
  }
  for (unsigned i = chance.below(3); i > 0; --i)
    router.routes.push_back({random_prefix(chance), Ip::from_v4(0x0a000000 + chance.below(12))});
  for (unsigned i = chance.below(3); i > 0; --i) {
    const NetworkId network{RandomCloud::id(Kind::network, chance.below(4))};
    router.gateways.push_back({network, gateway_port(id, i - 1), chance.below(2) == 0, random_policy(chance)});
  }
  return router;
}

std::string physical_network(unsigned number) {
  return "physnet-" + std::to_string(number);
}

Network random_network(RandomCloud& chance, const Uuid& id) {
  Network network;
  network.id = {id};
  network.mtu = 1400 + chance.below(3);
  network.qos_policy = random_policy(chance);
  network.type = static_cast<NetworkType>(chance.below(3));
  // Two networks are never one segment: of that the API takes care.
  if (network.type != NetworkType::vxlan) network.physical_network = physical_network(id.bytes[15]);
  if (network.type != NetworkType::flat) network.segmentation_id = 1 + id.bytes[15];
  return network;
}

Subnet random_subnet(RandomCloud& chance, const Uuid& id) {
  Subnet subnet;
  subnet.id = {id};
  subnet.network = network_of(id);
  subnet.cidr = Prefix::of(Ip::from_v4(0x0a000000 + (chance.below(4) << 8)), 24);
  if (chance.below(2) == 0) subnet.subnetpool = {RandomCloud::id(Kind::subnetpool, chance.below(3))};
  return subnet;
}

Agent random_agent(RandomCloud& chance, const Uuid& id) {
  Agent agent;
  agent.id = {id};
  agent.host = host(1 + chance.below(RandomCloud::hosts - 1));
  if (chance.below(4) != 0) agent.tunnel_address = "192.0.2." + std::to_string(chance.below(4));
  for (unsigned number = 0; number < 4; ++number)
    if (chance.below(2) == 0) agent.bridge_mappings[physical_network(number)] = "br-ex";
  agent.admin_state_up = chance.below(4) != 0;
  agent.availability_zone = zone(chance.below(2));
  agent.speaks_bgp = chance.below(2) == 0;
  return agent;
}

SubnetPool random_pool(RandomCloud& chance, const Uuid& id) {
  SubnetPool pool;
  pool.id = {id};
  pool.prefixes = {Prefix::of(Ip::from_v4(0x0a000000 + (chance.below(4) << 16)), 16)};
  if (chance.below(2) == 0) pool.address_scope = {RandomCloud::id(Kind::address_scope, chance.below(4))};
  return pool;
}

SecurityGroup random_security_group(RandomCloud& chance, const Uuid& id) {
  SecurityGroup group;
  group.id = {id};
  group.stateful = chance.below(2) == 0;
  group.number = 1 + chance.below(4);
  return group;
}

SecurityGroupRule random_rule(RandomCloud& chance, const Uuid& id) {
  SecurityGroupRule rule;
  rule.id = {id};
  rule.group = random_group(chance);
  rule.permission.direction = chance.below(2) == 0 ? Direction::ingress : Direction::egress;
  switch (chance.below(5)) {
    case 0:
      break;  // anybody
    case 1:
      rule.permission.remote_prefix = random_prefix(chance);
      break;
    case 2:
      rule.permission.remote_address_group = {RandomCloud::id(Kind::address_group, chance.below(3))};
      break;
    default:
      rule.permission.remote_group = random_group(chance);
  }
  return rule;
}

AddressGroup random_address_group(RandomCloud& chance, const Uuid& id) {
  AddressGroup group;
  group.id = {id};
  group.addresses = {random_prefix(chance)};
  group.number = 1 + chance.below(4);
  return group;
}

PortId random_port_id(RandomCloud& chance) {
  return {RandomCloud::id(Kind::port, chance.below(3 * RandomCloud::rows_of_a_kind))};
}

Log random_log(RandomCloud& chance, const Uuid& id) {
  Log log;
  log.id = {id};
  log.standard.project_id = chance.below(2) == 0 ? "blue" : "red";
  log.enabled = chance.below(4) != 0;
  log.event = static_cast<LogEvent>(chance.below(3));
  if (chance.below(2) == 0) log.resource = random_group(chance).uuid;
  if (chance.below(3) == 0) log.target = random_port_id(chance).uuid;
  return log;
}

TapService random_tap_service(RandomCloud& chance, const Uuid& id) {
  TapService service;
  service.id = {id};
  service.port = random_port_id(chance);
  service.segmentation_id = 1 + chance.below(4);
  return service;
}

TapFlow random_tap_flow(RandomCloud& chance, const Uuid& id) {
  TapFlow flow;
  flow.id = {id};
  flow.service = {RandomCloud::id(Kind::tap_service, chance.below(3))};
  flow.source = random_port_id(chance);
  return flow;
}

TapMirror random_tap_mirror(RandomCloud& chance, const Uuid& id) {
  TapMirror mirror;
  mirror.id = {id};
  mirror.port = random_port_id(chance);
  mirror.remote = Ip::from_v4(0xc0000200 + chance.below(4));
  return mirror;
}

FloatingIp random_floating(RandomCloud& chance, const Uuid& id) {
  FloatingIp floating;
  floating.id = {id};
  floating.network = {RandomCloud::id(Kind::network, chance.below(4))};
  floating.own_port = random_port_id(chance);
  floating.address = Ip::from_v4(0xc6336400 + chance.below(8));
  floating.qos_policy = random_policy(chance);
  if (chance.below(4) == 0) return floating;
  floating.port = random_port_id(chance);
  floating.fixed_address = Ip::from_v4(0x0a000000 + chance.below(12));
  floating.router = {RandomCloud::id(Kind::router, chance.below(RandomCloud::routers))};
  return floating;
}

NdpProxy random_ndp_proxy(RandomCloud& chance, const Uuid& id) {
  NdpProxy proxy;
  proxy.id = {id};
  proxy.router = {RandomCloud::id(Kind::router, chance.below(RandomCloud::routers))};
  proxy.port = random_port_id(chance);
  proxy.address = Ip::from_v4(0x0a000000 + chance.below(12));
  return proxy;
}

QosRule random_limit(RandomCloud& chance, const Uuid& id) {
  QosRule rule;
  rule.id = {id};
  rule.policy = {RandomCloud::id(Kind::qos_policy, chance.below(3))};
  rule.rate = 1 + chance.below(4);
  return rule;
}

PortForwarding random_forwarding(RandomCloud& chance, const Uuid& id) {
  PortForwarding forwarding;
  forwarding.id = {id};
  forwarding.floatingip = {RandomCloud::id(Kind::floatingip, chance.below(RandomCloud::rows_of_a_kind))};
  forwarding.internal_port = random_port_id(chance);
  forwarding.internal_address = Ip::from_v4(0x0a000000 + chance.below(12));
  forwarding.protocol = "tcp";
  forwarding.external_first = forwarding.external_last = 1 + chance.below(4);
  forwarding.internal_first = forwarding.internal_last = 1 + chance.below(4);
  return forwarding;
}

PortBlock random_port_block(RandomCloud& chance, const Uuid& id) {
  PortBlock block;
  block.id = {id};
  block.gateway = gateway_port(RandomCloud::id(Kind::router, chance.below(RandomCloud::routers)), chance.below(2));
  block.host = host(1 + chance.below(RandomCloud::hosts - 1));
  block.first = 1024 * (1 + chance.below(8));
  block.size = 1024;
  return block;
}

BgpSpeaker random_speaker(RandomCloud& chance, const Uuid& id) {
  BgpSpeaker speaker;
  speaker.id = {id};
  speaker.local_as = 1 + chance.below(2);
  if (chance.below(8) == 0) speaker.ip_version = 6;
  speaker.advertise_floating_ips = chance.below(4) != 0;
  speaker.advertise_tenant_networks = chance.below(4) != 0;
  for (unsigned i = 0; i < 4; ++i)
    if (chance.below(2) == 0) speaker.networks.push_back({RandomCloud::id(Kind::network, i)});
  for (unsigned i = 0; i < 3; ++i)
    if (chance.below(2) == 0) speaker.peers.push_back({RandomCloud::id(Kind::bgp_peer, i)});
  for (unsigned number = 1; number < RandomCloud::hosts; ++number)
    if (chance.below(6) == 0) speaker.barred_hosts.push_back(host(number));
  return speaker;
}

// Half of the edits are of ports, of the others a quarter of who may talk to them, a quarter of who listens to them, a
// quarter of routers, addresses and how fast they may be.
Kind random_kind(RandomCloud& chance) {
  static constexpr Kind of_security[] = {Kind::security_group, Kind::security_group_rule, Kind::security_group_rule,
                                         Kind::address_group};
  static constexpr Kind of_watchers[] = {Kind::log, Kind::tap_service, Kind::tap_flow, Kind::tap_flow,
                                         Kind::tap_mirror};
  static constexpr Kind of_routes[] = {Kind::router,          Kind::router,          Kind::subnet,     Kind::subnetpool,
                                       Kind::floatingip,      Kind::floatingip,      Kind::port_block, Kind::agent,
                                       Kind::port_forwarding, Kind::port_forwarding, Kind::qos_rule,   Kind::qos_rule,
                                       Kind::bgp_speaker,     Kind::bgp_peer,        Kind::ndp_proxy,  Kind::ndp_proxy};
  if (chance.below(2) == 0) return Kind::port;
  const unsigned which = chance.below(4);
  if (which == 0) return of_security[chance.below(std::size(of_security))];
  if (which == 1) return of_watchers[chance.below(std::size(of_watchers))];
  if (which == 2) return of_routes[chance.below(std::size(of_routes))];
  return static_cast<Kind>(chance.below(std::variant_size_v<Rows::Variant>));
}

unsigned numbers_of(Kind kind) {
  if (kind == Kind::port) return 3 * RandomCloud::rows_of_a_kind;
  if (kind == Kind::security_group) return RandomCloud::groups;
  if (kind == Kind::router) return RandomCloud::routers;
  if (kind == Kind::address_group || kind == Kind::tap_service || kind == Kind::subnetpool || kind == Kind::bgp_peer)
    return 3;
  return RandomCloud::rows_of_a_kind;
}

template <class R>
R random_filled(RandomCloud& chance, const Uuid& id) {
  R row;
  fill(row, [&chance](unsigned bound) { return chance.below(bound); });
  row.id = {id};
  return row;
}

}  // namespace

Uuid RandomCloud::id(Kind kind, unsigned number) {
  Uuid uuid;
  uuid.bytes[0] = static_cast<std::uint8_t>(kind);
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return uuid;
}

Row RandomCloud::row(Kind kind, unsigned number) {
  const Uuid uuid = id(kind, number);
  switch (kind) {
    case Kind::network:
      return random_network(*this, uuid);
    case Kind::subnet:
      return random_subnet(*this, uuid);
    case Kind::port:
      return random_port(*this, uuid);
    case Kind::agent:
      return random_agent(*this, uuid);
    case Kind::ndp_proxy:
      return random_ndp_proxy(*this, uuid);
    case Kind::subnetpool:
      return random_pool(*this, uuid);
    case Kind::security_group:
      return random_security_group(*this, uuid);
    case Kind::security_group_rule:
      return random_rule(*this, uuid);
    case Kind::address_group:
      return random_address_group(*this, uuid);
    case Kind::log:
      return random_log(*this, uuid);
    case Kind::tap_service:
      return random_tap_service(*this, uuid);
    case Kind::tap_flow:
      return random_tap_flow(*this, uuid);
    case Kind::tap_mirror:
      return random_tap_mirror(*this, uuid);
    case Kind::router:
      return random_router(*this, uuid);
    case Kind::floatingip:
      return random_floating(*this, uuid);
    case Kind::qos_rule:
      return random_limit(*this, uuid);
    case Kind::port_forwarding:
      return random_forwarding(*this, uuid);
    case Kind::bgp_speaker:
      return random_speaker(*this, uuid);
    case Kind::port_block:
      return random_port_block(*this, uuid);
    default:
      break;
  }
  std::optional<Row> row;
  Rows::at(kind, [&]<class R>(std::type_identity<R>) { row = random_filled<R>(*this, uuid); });
  return *row;
}

// An address that a port holds which is bound nowhere and that another may take, and a floating IP of one of the
// routers that leads there: three rows that hardly meet by chance.
void RandomCloud::add_taken_in_turns(const Snapshot& before, Edits& edits) {
  const Versioned<Router>* router = before.find<Router>(id(Kind::router, below(routers)));
  if (router == nullptr || (*router)->gateways.empty()) return;
  const auto interfaces = before.interfaces_of((*router)->id);
  const Ip address = Ip::from_v4(0x0a000000 + below(12));
  const auto put = [&](Kind kind, Row row) {
    const unsigned number = std::visit([](const auto& held) { return held.id.uuid.bytes[15]; }, row);
    edits[{kind, number}] = std::move(row);
  };
  Port holder = std::get<Port>(row(Kind::port, below(rows_of_a_kind)));
  holder.device_owner.clear();
  holder.binding_host.clear();
  holder.vif_type = VifType::unbound;
  if (!interfaces.empty()) holder.network = (**before.find(interfaces.front())).network;
  holder.fixed_ips = {{random_subnet_of(*this, holder.network), address}};
  Port taker = std::get<Port>(row(Kind::port, rows_of_a_kind + below(rows_of_a_kind)));
  taker.network = holder.network;
  taker.fixed_ips.clear();
  taker.allowed_address_pairs.push_back({Prefix::of(address, 32), std::nullopt});
  FloatingIp floating = std::get<FloatingIp>(row(Kind::floatingip, below(rows_of_a_kind)));
  floating.network = (*router)->gateways.front().network;
  floating.port = holder.id;
  floating.fixed_address = address;
  floating.router = (*router)->id;
  put(Kind::port, holder);
  put(Kind::port, taker);
  put(Kind::floatingip, floating);
}

Change RandomCloud::change(const Snapshot& before) {
  Edits edits;
  if (below(4) == 0) add_taken_in_turns(before, edits);
  for (unsigned i = 1 + below(5); i > 0; --i) {
    const Kind kind = random_kind(*this);
    const unsigned number = below(numbers_of(kind));
    std::optional<Row>& edit = edits[{kind, number}];
    const Versioned<Port>* held = before.find(PortId{id(kind, number)});
    if (below(8) == 0 && kind == Kind::port && held != nullptr) {
      edit = *held->row;
    } else if (below(4) != 0 || kind == Kind::subnetpool) {  // a pool that has subnets stays, says the API
      edit = row(kind, number);
    } else {
      edit.reset();
    }
  }
  Change change;
  for (auto& [key, row] : edits) change.edits.push_back({key.first, id(key.first, key.second), std::move(row)});
  return change;
}

}  // namespace tarn::model::test
