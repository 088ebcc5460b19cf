#include "render/rows.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "base/host_name.h"
#include "domain/bgp.h"
#include "render/policy.h"

namespace tarn::render {

namespace {

constexpr std::array<std::pair<std::string_view, Table>, 26> id_prefixes{{
    {"network/", Table::network},
    {"subnet/", Table::subnet},
    {"port/", Table::port},
    {"peer/", Table::peer},
    {"group/", Table::group},
    {"rule/", Table::rule},
    {"addresses/", Table::addresses},
    {"member/", Table::member},
    {"limit/", Table::limit},
    {"log/", Table::log},
    {"tap/", Table::tap},
    {"tap_flow/", Table::tap_flow},
    {"tap_mirror/", Table::tap_mirror},
    {"router/", Table::router},
    {"named/", Table::named},
    {"interface/", Table::interface},
    {"pool/", Table::pool},
    {"gateway/", Table::gateway},
    {"outside/", Table::outside},
    {"outside_subnet/", Table::outside_subnet},
    {"floating/", Table::floating},
    {"proxied/", Table::proxied},
    {"block/", Table::block},
    {"forwarding/", Table::forwarding},
    {"moved/", Table::moved},
    {"speaker/", Table::speaker},
}};
// Of which the name has more than an id.
constexpr std::array<std::pair<std::string_view, Table>, 4> named_prefixes{{
    {"gateway_host/", Table::gateway_host},
    {"candidate/", Table::candidate},
    {"speaker_peer/", Table::speaker_peer},
    {"speaker_route/", Table::speaker_route},
}};
constexpr std::string_view node_prefix = "node/";
constexpr std::uint32_t use_ingress = 0x100;

bool is_fact(Table table) {
  return table >= Table::config && table <= Table::number;
}

std::map<RowKey, RowValue> rows_of(const Facts& facts) {
  std::map<RowKey, RowValue> rows;
  rows.emplace(key_of(Table::config), facts.config);
  for (const auto& [port, plugged] : facts.plugged) rows.emplace(key_of(Table::plugged, port.uuid), plugged);
  if (facts.tunnel_port) rows.emplace(key_of(Table::tunnel_port), *facts.tunnel_port);
  if (facts.service_port) rows.emplace(key_of(Table::service_port), *facts.service_port);
  for (const auto& [number, port] : facts.instances)
    rows.emplace(key_of(Table::instance, port.uuid, number), std::uint32_t{1});
  for (const auto& [way, ofport] : facts.mirror_ports) rows.emplace(key_of(Table::mirror_port, {}, way.part()), ofport);
  for (const auto& [physical, ofport] : facts.patch_ports) rows.emplace(key_of(Table::patch_port, physical), ofport);
  for (const auto& bridge : facts.bridges) rows.emplace(key_of(Table::bridge, bridge), std::uint32_t{1});
  for (const auto& [port, there] : facts.watched) rows.emplace(key_of(Table::watched, port), std::uint32_t{there});
  for (const auto& [port, ofport] : facts.watch_ports) rows.emplace(key_of(Table::watch_port, port), ofport);
  for (const auto& physical : facts.severed) rows.emplace(key_of(Table::severed, physical), std::uint32_t{1});
  for (const auto& [network, number] : facts.numbers) rows.emplace(key_of(Table::number, network.uuid), number);
  return rows;
}

bool same(const RowValue& left, const RowValue& right) {
  if (left.index() != right.index()) return false;
  if (const auto* item = std::get_if<model::SliceItem>(&left)) return *item == std::get<model::SliceItem>(right);
  if (const auto* config = std::get_if<NodeConfig>(&left)) return *config == std::get<NodeConfig>(right);
  if (const auto* plugged = std::get_if<Plugged>(&left)) return *plugged == std::get<Plugged>(right);
  return std::get<std::uint32_t>(left) == std::get<std::uint32_t>(right);
}

// The ports that may take addresses besides their own, and send by other MAC addresses.
template <class Visit>
void each_claim(const NetworkId& network, const Mac& own, const std::vector<model::AddressPair>& pairs, Visit&& visit) {
  for (const model::AddressPair& pair : pairs) {
    if (pair.address.length != pair.address.address.bits()) continue;
    visit(RowKey{Table::virtual_address, network.uuid, 0, pair.address.address.text()});
    if (pair.mac.value_or(own) != own) visit(RowKey{Table::virtual_mac, network.uuid, 0, pair.mac->text()});
  }
}

}  // namespace

namespace {

// What follows the prefix: an id, a slash, the name.
std::optional<RowKey> key_of_named(Table table, std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto id = Uuid::parse(text.substr(0, slash));
  if (!id || slash == std::string_view::npos) return std::nullopt;
  return RowKey{table, *id, 0, std::string(text.substr(slash + 1))};
}

}  // namespace

std::optional<RowKey> key_of_slice(const model::SliceName& name) {
  for (const auto& [prefix, table] : named_prefixes)
    if (name.starts_with(prefix)) return key_of_named(table, std::string_view(name).substr(prefix.size()));
  if (name.starts_with(node_prefix)) return key_of(Table::node, name.substr(node_prefix.size()));
  for (const auto& [prefix, table] : id_prefixes) {
    if (!name.starts_with(prefix)) continue;
    const auto id = Uuid::parse(std::string_view(name).substr(prefix.size()));
    if (!id) return std::nullopt;
    return key_of(table, *id);
  }
  return std::nullopt;
}

std::uint32_t chunk_of(const PortId& port) {
  return static_cast<std::uint32_t>(ContentHash().add(port.uuid.bytes).value() % chunk_count);
}

std::uint32_t chunk_of(const std::string& host) {
  return static_cast<std::uint32_t>(ContentHash().add(std::string_view(host)).value() % chunk_count);
}

RowKey name_at(const std::string& dns_name, const Ip& address) {
  return key_of(Table::names_on, host_name(dns_name, address) + " " + address.text());
}

std::string name_of(const RowKey& name_at) {
  return name_at.name.substr(0, name_at.name.rfind(' '));
}

Ip address_of(const RowKey& name_at) {
  return Ip::parse(std::string_view(name_at.name).substr(name_at.name.rfind(' ') + 1)).value();
}

RowKey use_of(const model::SecurityGroupRule& rule) {
  const bool ingress = rule.permission.direction == model::Direction::ingress;
  return key_of(Table::group, rule.group.uuid,
                static_cast<std::uint32_t>(rule.permission.ip_version) | (ingress ? use_ingress : 0));
}

model::Direction use_direction(const RowKey& use) {
  return (use.part & use_ingress) != 0 ? model::Direction::ingress : model::Direction::egress;
}

int use_version(const RowKey& use) {
  return static_cast<int>(use.part & ~use_ingress);
}

const RowValue* Rows::find(const RowKey& key) const {
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second;
}

const Bucket& Rows::bucket(const RowKey& key) const {
  const auto found = buckets_.find(key);
  return found == buckets_.end() ? empty_ : found->second;
}

bool Rows::has(const RowKey& key) const {
  return rows_.contains(key) || buckets_.contains(key);
}

void Rows::set_slice_row(const model::SliceName& name, const model::SliceItem* item) {
  const auto key = key_of_slice(name);
  CHECK(key.has_value());
  if (item != nullptr && item->row != nullptr) {
    put(*key, *item);
  } else {
    erase(*key);
  }
}

void Rows::set_facts(const Facts& facts) {
  const std::map<RowKey, RowValue> wanted = rows_of(facts);
  std::vector<RowKey> gone;
  for (const auto& [key, value] : rows_)
    if (is_fact(key.table) && !wanted.contains(key)) gone.push_back(key);
  for (const auto& key : gone) erase(key);
  for (const auto& [key, value] : wanted) put(key, value);
}

std::set<RowKey> Rows::take_touched() {
  return std::exchange(touched_, {});
}

std::set<RowKey> Rows::keys() const {
  std::set<RowKey> keys;
  for (const auto& [key, value] : rows_) keys.insert(key);
  for (const auto& [key, bucket] : buckets_) keys.insert(key);
  return keys;
}

void Rows::put(const RowKey& key, RowValue value) {
  const auto found = rows_.find(key);
  if (found != rows_.end() && same(found->second, value)) return;
  // In before out: a bucket that keeps its member is not touched.
  count_in_buckets(key, value, true);
  if (found != rows_.end()) count_in_buckets(key, found->second, false);
  rows_.insert_or_assign(key, std::move(value));
  touched_.insert(key);
}

void Rows::erase(const RowKey& key) {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return;
  count_in_buckets(key, found->second, false);
  rows_.erase(found);
  touched_.insert(key);
}

void Rows::count_in_buckets(const RowKey& key, const RowValue& value, bool in) {
  if (key.table == Table::number) {
    join(key_of(Table::numbers), key, in);
    join(key_of(Table::holders, {}, std::get<std::uint32_t>(value)), key, in);
    return;
  }
  if (const auto* item = std::get_if<model::SliceItem>(&value))
    std::visit([&](const auto& row) { count(key, row, in); }, *item->row);
}

void Rows::count(const RowKey& key, const model::Network&, bool in) {
  join(key_of(Table::networks), key, in);
}

void Rows::count(const RowKey& key, const model::Subnet& subnet, bool in) {
  join(key_of(Table::subnets_of, subnet.network.uuid), key, in);
}

void Rows::count(const RowKey& key, const model::Port& port, bool in) {
  const Uuid& network = port.network.uuid;
  const std::string policy = text(policy_of(port));
  const RowKey chunk{Table::ports_of, network, chunk_of(port.id), policy};
  const RowKey chunks{Table::port_chunks, network, 0, policy};
  join(chunk, key, in);
  join(chunks, chunk, in);
  join(key_of(Table::policies_of, network), chunks, in);
  for (const auto& fixed : port.fixed_ips)
    join(key_of(Table::names_on, network), name_at(port.dns_name, fixed.address), in);
  each_claim(port.network, port.mac, port.allowed_address_pairs, [&](const RowKey& at) { join(at, key, in); });
  if (port.carrier) {
    join(key_of(Table::carried_by, port.carrier->uuid), key, in);
    join(key_of(Table::metered), key, in);
  }
  if (!port.port_security_enabled) return;
  for (const SecurityGroupId& group : port.security_groups)
    join(key_of(Table::policy, policy), key_of(Table::group, group.uuid), in);
}

void Rows::count(const RowKey& key, const model::Peer& peer, bool in) {
  const RowKey chunk = key_of(Table::hosts_of, peer.network.uuid, chunk_of(peer.host));
  join(chunk, key_of(Table::node, peer.host), in);
  join(key_of(Table::host_chunks, peer.network.uuid), chunk, in);
  for (const Ip& address : peer.addresses)
    join(key_of(Table::names_on, peer.network.uuid), name_at(peer.dns_name, address), in);
  each_claim(peer.network, peer.mac, peer.pairs, [&](const RowKey& at) { join(at, key, in); });
}

void Rows::count(const RowKey&, const model::NamedPort& port, bool in) {
  for (const Ip& address : port.addresses)
    join(key_of(Table::names_on, port.network.uuid), name_at(port.dns_name, address), in);
}

void Rows::count(const RowKey& key, const model::SecurityGroup& group, bool in) {
  join(key_of(Table::group_facts, key.id),
       {Table::group_facts, {}, group.number, group.stateful ? std::string() : stateless_word}, in);
}

void Rows::count(const RowKey& key, const model::SecurityGroupRule& rule, bool in) {
  join(key_of(Table::rules_of, rule.group.uuid), key, in);
  const model::Permission& permission = rule.permission;
  if (permission.remote_group) join(key_of(Table::uses_of, permission.remote_group->uuid), use_of(rule), in);
  if (permission.remote_address_group)
    join(key_of(Table::uses_of, permission.remote_address_group->uuid), use_of(rule), in);
}

void Rows::count(const RowKey& key, const model::AddressGroup& group, bool in) {
  join(key_of(Table::group_facts, key.id), {Table::group_facts, {}, group.number, {}}, in);
  for (const Prefix& prefix : group.addresses) join(key_of(Table::members_at, prefix.text()), key, in);
}

void Rows::count(const RowKey&, const model::Member& member, bool in) {
  for (const Prefix& prefix : member.addresses) {
    for (const SecurityGroupId& group : member.groups)
      join(key_of(Table::members_at, prefix.text()), key_of(Table::group, group.uuid), in);
  }
}

void Rows::count(const RowKey& key, const model::QosRule& rule, bool in) {
  join(key_of(Table::limits_of, rule.policy.uuid), key, in);
}

void Rows::count(const RowKey& key, const model::Log& log, bool in) {
  join(key_of(Table::logs), key, in);
  const std::optional<Uuid>& of = log.target ? log.target : log.resource;
  join(of ? key_of(Table::logs_of, *of) : key_of(Table::logs_of, log.standard.project_id), key, in);
}

void Rows::count(const RowKey& key, const model::TapFlow& flow, bool in) {
  join(key_of(Table::taps_of, flow.source.uuid), key, in);
}

void Rows::count(const RowKey& key, const model::TapMirror& mirror, bool in) {
  join(key_of(Table::taps_of, mirror.port.uuid), key, in);
  join(key_of(Table::mirrors_of, {}, MirrorWay{mirror.type, mirror.remote.family}.part()), key, in);
}

void Rows::count(const RowKey& key, const model::Router&, bool in) {
  join(key_of(Table::routers), key, in);
}

void Rows::count(const RowKey& key, const model::RouterInterface& interface, bool in) {
  join(key_of(Table::interfaces_of, interface.router.uuid), key, in);
  join(key_of(Table::interfaces_on, interface.network.uuid), key, in);
  for (const auto& fixed : interface.fixed_ips)
    join(key_of(Table::names_on, interface.network.uuid), name_at(interface.dns_name, fixed.address), in);
}

void Rows::count(const RowKey& key, const model::RouterGateway& gateway, bool in) {
  join(key_of(Table::networks), key_of(Table::network, key.id), in);
  join(key_of(Table::routers), key, in);
  join(key_of(Table::gateways_on, gateway.network.uuid), key, in);
  if (gateway.qos_policy) join(key_of(Table::metered), key_of(Table::metered, key.id), in);
}

void Rows::count(const RowKey& key, const model::GatewayHost& row, bool in) {
  join(key_of(Table::hosts_of_gateway, row.gateway.uuid), key, in);
  join(key_of(Table::gateway_peer, row.host), key, in);
}

void Rows::count(const RowKey& key, const model::OutsideNetwork&, bool in) {
  join(key_of(Table::networks), key_of(Table::network, key.id), in);
}

void Rows::count(const RowKey& key, const model::OutsideSubnet& subnet, bool in) {
  join(key_of(Table::outside_subnets_of, subnet.network.uuid), key, in);
}

void Rows::count(const RowKey& key, const model::FloatingAddress& floating, bool in) {
  if (floating.qos_policy) join(key_of(Table::metered), key_of(Table::metered, key.id), in);
}

bool are_shifted(const model::ForwardedPorts& forwarding) {
  return forwarding.internal_first != forwarding.internal_last &&
         forwarding.internal_first != forwarding.external_first;
}

void Rows::count(const RowKey& key, const model::ForwardedPorts& forwarding, bool in) {
  join(key_of(Table::forwardings_of, forwarding.floating.uuid), key, in);
  const std::uint32_t last = forwarding.external_last - forwarding.external_first;
  for (std::uint32_t chunk = 0; are_shifted(forwarding) && chunk <= last / shifted_ports_chunk; ++chunk)
    join(key_of(Table::shifted_ports, key.id, chunk), key, in);
  if (forwarding.qos_policy) join(key_of(Table::metered), key_of(Table::metered, forwarding.floating.uuid), in);
}

void Rows::count(const RowKey& key, const model::MovedPort& moved, bool in) {
  join(key_of(Table::moves), key, in);
  join(key_of(Table::networks), key_of(Table::network, moved.network.uuid), in);
}

void Rows::count(const RowKey& key, const model::Candidate& candidate, bool in) {
  join(key_of(Table::candidates_for, candidate.of), key, in);
}

void Rows::count(const RowKey& key, const model::SpeakerRoute& route, bool in) {
  join(RowKey{Table::routes_to, route.speaker.uuid, 0, route.destination.text()}, key, in);
  join(key_of(Table::bgp_maps, route.next_hop.text()), key, in);
}

void Rows::count(const RowKey& key, const model::Speaker&, bool in) {
  for (const char* map : {domain::BgpItem::map_in, domain::BgpItem::map_out})
    join(key_of(Table::bgp_maps, map), key, in);
}

void Rows::count(const RowKey& key, const model::PortBlock& block, bool in) {
  join(key_of(Table::blocks_of, block.gateway.uuid), key, in);
  join(key_of(Table::gateway_peer, block.host), key, in);
}

void Rows::join(const RowKey& bucket, const RowKey& member, bool in) {
  if (in) {
    if (++buckets_[bucket][member] == 1) touched_.insert(bucket);
    return;
  }
  const auto found = buckets_.find(bucket);
  CHECK(found != buckets_.end() && found->second.contains(member));
  if (--found->second[member] != 0) return;
  found->second.erase(member);
  if (found->second.empty()) buckets_.erase(found);
  touched_.insert(bucket);
}

}  // namespace tarn::render
