// Tables and indexes move together: every row leaves the indexes it was in before any row enters new ones, so the order
// of the edits in a change does not matter.
#include "model/snapshot.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/check.h"

namespace tarn::model {

Snapshot::Snapshot() = default;
Snapshot::Snapshot(const Snapshot& other) = default;
Snapshot::Snapshot(Snapshot&& other) noexcept = default;
Snapshot& Snapshot::operator=(const Snapshot& other) = default;
Snapshot& Snapshot::operator=(Snapshot&& other) noexcept = default;
Snapshot::~Snapshot() = default;
namespace {

// Drops the entry only while it still belongs to `owner`.
template <class Index, class Key, class Owner>
void release(Index& index, const Key& key, const Owner& owner) {
  const auto* held = index.find(key);
  if (held != nullptr && *held == owner) index = index.without(key);
}

using PortPlaces = PersistentMap<Snapshot::PortPlace, char>;

// Where the ports of a network or a group are bound. Jumps from host to host, so that the cost is that of the hosts and
// not of their ports.
std::vector<std::string> hosts_in(const PortPlaces& places, const Uuid& of) {
  static constexpr char after_any_id = '\0';  // "host\0" is the first string after "host"
  std::vector<std::string> found;
  auto it = places.lower_bound({of, std::string(1, after_any_id), {}});
  while (it != places.end() && (*it).first.of == of) {
    found.push_back((*it).first.host);
    it = places.lower_bound({of, found.back() + after_any_id, {}});
  }
  return found;
}

bool is_in(const PortPlaces& places, const Uuid& of, const std::string& host) {
  if (host.empty()) return false;
  const auto it = places.lower_bound({of, host, {}});
  return it != places.end() && (*it).first.of == of && (*it).first.host == host;
}

}  // namespace

const std::string& bound_host(const Port& port) {
  static const std::string nowhere;
  return port.vif_type == VifType::ovs && !router_of(port) ? port.binding_host : nowhere;
}

std::vector<std::string> hosts_had(const Port& port) {
  if (bound_host(port).empty()) return {};
  std::vector<std::string> hosts = port.left_hosts;
  hosts.push_back(port.binding_host);
  return hosts;
}

bool holds_for_others(const Port& port) {
  return bound_host(port).empty() && !router_of(port);
}

std::vector<AddressPair> single_pairs(const Port& port) {
  std::vector<AddressPair> single;
  for (const AddressPair& pair : port.allowed_address_pairs)
    if (pair.address.length == pair.address.address.bits()) single.push_back(pair);
  return single;
}

std::optional<RouterId> router_of(const Port& port) {
  static constexpr std::string_view owners[] = {"network:router_interface", "network:router_interface_distributed",
                                                "network:ha_router_replicated_interface"};
  if (std::ranges::find(owners, port.device_owner) == std::end(owners)) return std::nullopt;
  const Result<Uuid> device = Uuid::parse(port.device_id);
  return device ? std::optional(RouterId{*device}) : std::nullopt;
}

Snapshot::Segment Snapshot::segment_of(const Network& network) {
  return {network.type, network.physical_network, network.segmentation_id};
}

Snapshot::Segment Snapshot::segment_of(const TapService& service) {
  return {NetworkType::vxlan, {}, service.segmentation_id};
}

std::vector<Uuid> Snapshot::referrers(const Uuid& target, Kind kind) const {
  std::vector<Uuid> found;
  (void)any_referrer(target, kind, [&found](const Uuid& from) {
    found.push_back(from);
    return false;
  });
  return found;
}

bool Snapshot::is_referred(const Uuid& target, Kind kind) const {
  return any_referrer(target, kind, [](const Uuid&) { return true; });
}

std::vector<SubnetId> Snapshot::subnets_of(NetworkId network) const {
  std::vector<SubnetId> found;
  for (const Uuid& id : referrers(network.uuid, Kind::subnet)) found.push_back({id});
  return found;
}

std::vector<PortId> Snapshot::ports_of(NetworkId network) const {
  std::vector<PortId> found;
  for (auto it = ports_by_network_.lower_bound({network.uuid, {}, {}}); it != ports_by_network_.end(); ++it) {
    const PortPlace& key = (*it).first;
    if (key.of != network.uuid) break;
    found.push_back({key.port});
  }
  return found;
}

std::vector<PortId> Snapshot::interfaces_on(NetworkId network) const {
  std::vector<PortId> found;
  for (auto it = interfaces_.lower_bound({network.uuid, {}}); it != interfaces_.end(); ++it) {
    const InterfacePlace& key = (*it).first;
    if (key.network != network.uuid) break;
    found.push_back({key.port});
  }
  return found;
}

std::vector<PortId> Snapshot::interfaces_of(RouterId router) const {
  std::vector<PortId> found;
  for (const Uuid& id : referrers(router.uuid, Kind::port))
    if (router_of(**find<Port>(id)) == router) found.push_back({id});
  return found;
}

namespace {

template <class Id>
std::vector<Id> ids_at(const PersistentMap<Snapshot::HostAndId, char>& index, const std::string& host) {
  std::vector<Id> found;
  for (auto it = index.lower_bound({host, {}}); it != index.end(); ++it) {
    const Snapshot::HostAndId& key = (*it).first;
    if (key.host != host) break;
    found.push_back({key.id});
  }
  return found;
}

std::vector<PortId> ports_at(const PortPlaces& places, const Uuid& of, const std::string& host) {
  std::vector<PortId> found;
  if (host.empty()) return found;
  for (auto it = places.lower_bound({of, host, {}}); it != places.end(); ++it) {
    const Snapshot::PortPlace& key = (*it).first;
    if (key.of != of || key.host != host) break;
    found.push_back({key.port});
  }
  return found;
}

}  // namespace

std::vector<PortId> Snapshot::ports_on(const std::string& host) const {
  return ids_at<PortId>(ports_by_host_, host);
}

std::vector<PortBlockId> Snapshot::blocks_of(const std::string& host) const {
  return ids_at<PortBlockId>(blocks_by_host_, host);
}

std::vector<PortId> Snapshot::moved_ports(const std::string& host) const {
  return ids_at<PortId>(moved_by_host_, host);
}

std::vector<PortId> Snapshot::moved_ports(NetworkId network) const {
  std::set<PortId> found;  // each is there once for each of its hosts
  for (auto it = moved_by_network_.lower_bound({network.uuid, {}, {}}); it != moved_by_network_.end(); ++it) {
    if ((*it).first.of != network.uuid) break;
    found.insert({(*it).first.port});
  }
  return {found.begin(), found.end()};
}

std::vector<PortId> Snapshot::moved_ports(NetworkId network, const std::string& host) const {
  return ports_at(moved_by_network_, network.uuid, host);
}

std::vector<std::string> Snapshot::hosts_of_moved(NetworkId network) const {
  return hosts_in(moved_by_network_, network.uuid);
}

std::vector<PortId> Snapshot::ports_bound(NetworkId network, const std::string& host) const {
  return ports_at(ports_by_network_, network.uuid, host);
}

std::vector<std::string> Snapshot::hosts_of(NetworkId network) const {
  return hosts_in(ports_by_network_, network.uuid);
}

bool Snapshot::host_has(NetworkId network, const std::string& host) const {
  return is_in(ports_by_network_, network.uuid, host);
}

std::vector<std::string> Snapshot::hosts_using(SecurityGroupId group) const {
  return hosts_in(ports_by_group_, group.uuid);
}

bool Snapshot::host_uses(SecurityGroupId group, const std::string& host) const {
  return is_in(ports_by_group_, group.uuid, host);
}

std::optional<PortId> Snapshot::owner_of(SubnetId subnet, const Ip& ip) const {
  const PortId* owner = addresses_.find({subnet.uuid, ip});
  return owner ? std::optional(*owner) : std::nullopt;
}

std::optional<PortId> Snapshot::owner_of(NetworkId network, const Mac& mac) const {
  const PortId* owner = macs_.find({network.uuid, mac});
  return owner ? std::optional(*owner) : std::nullopt;
}

namespace {

std::vector<PortId> ports_in(const PersistentMap<Snapshot::Claim, char>& claims, NetworkId network, const Ip& ip) {
  std::vector<PortId> found;
  for (auto it = claims.lower_bound({network.uuid, ip, {}}); it != claims.end(); ++it) {
    const Snapshot::Claim& key = (*it).first;
    if (key.network != network.uuid || key.ip != ip) break;
    found.push_back({key.port});
  }
  return found;
}

}  // namespace

std::vector<PortId> Snapshot::claimants_of(NetworkId network, const Ip& ip) const {
  return ports_in(claims_, network, ip);
}

std::vector<PortId> Snapshot::holders_of(NetworkId network, const Ip& ip) const {
  return ports_in(held_, network, ip);
}

std::optional<Uuid> Snapshot::owner_of(const Segment& segment) const {
  const Uuid* owner = segments_.find(segment);
  return owner ? std::optional(*owner) : std::nullopt;
}

const Versioned<Agent>* Snapshot::agent_on(const std::string& host) const {
  const AgentId* id = agents_by_host_.find(host);
  return id ? find(*id) : nullptr;
}

Snapshot::Ids Snapshot::owned(Kind kind, const std::string& project) const {
  const Ids* ids = owned_.find({kind, project});
  return ids ? *ids : Ids();
}

void Snapshot::own(Kind kind, const Standard& standard, const Uuid& id) {
  owned_ = owned_.with({kind, standard.project_id}, owned(kind, standard.project_id).with(id, {}));
}

void Snapshot::disown(Kind kind, const Standard& standard, const Uuid& id) {
  const KindAndProject key{kind, standard.project_id};
  Ids left = owned(kind, standard.project_id).without(id);
  owned_ = left.empty() ? owned_.without(key) : owned_.with(key, std::move(left));
}

template <class R>
void Snapshot::unlist(const R& row) {
  if constexpr (requires { row.standard; }) disown(R::kind, row.standard, row.id.uuid);
  if constexpr (requires { refer([](const Uuid&) {}, row); }) {
    refer([&](const Uuid& target) { references_ = references_.without({target, R::kind, row.id.uuid}); }, row);
  }
  if constexpr (R::kind == Kind::segment)
    release(segments_, Segment{row.type, row.physical_network, row.segmentation_id}, row.network.uuid);
  if constexpr (requires { unlist_more(row); }) unlist_more(row);
}

template <class R>
void Snapshot::enlist(const R& row) {
  if constexpr (requires { row.standard; }) own(R::kind, row.standard, row.id.uuid);
  if constexpr (requires { refer([](const Uuid&) {}, row); }) {
    refer([&](const Uuid& target) { references_ = references_.with({target, R::kind, row.id.uuid}, {}); }, row);
  }
  if constexpr (R::kind == Kind::segment)
    segments_ = segments_.with({row.type, row.physical_network, row.segmentation_id}, row.network.uuid);
  if constexpr (requires { enlist_more(row); }) enlist_more(row);
}

void Snapshot::unlist_more(const Network& network) {
  release(segments_, segment_of(network), network.id.uuid);
}

void Snapshot::enlist_more(const Network& network) {
  segments_ = segments_.with(segment_of(network), network.id.uuid);
}

void Snapshot::unlist_more(const TapService& service) {
  release(segments_, segment_of(service), service.id.uuid);
}

void Snapshot::enlist_more(const TapService& service) {
  segments_ = segments_.with(segment_of(service), service.id.uuid);
}

void Snapshot::unlist_more(const Port& port) {
  for (const SecurityGroupId& group : port.security_groups)
    ports_by_group_ = ports_by_group_.without({group.uuid, bound_host(port), port.id.uuid});
  ports_by_network_ = ports_by_network_.without({port.network.uuid, bound_host(port), port.id.uuid});
  ports_by_host_ = ports_by_host_.without({port.binding_host, port.id.uuid});
  for (const std::string& host : port.left_hosts.empty() ? std::vector<std::string>() : hosts_had(port)) {
    moved_by_network_ = moved_by_network_.without({port.network.uuid, host, port.id.uuid});
    moved_by_host_ = moved_by_host_.without({host, port.id.uuid});
  }
  if (router_of(port)) interfaces_ = interfaces_.without({port.network.uuid, port.id.uuid});
  release(macs_, NetworkAndMac{port.network.uuid, port.mac}, port.id);
  for (const AddressPair& pair : single_pairs(port))
    claims_ = claims_.without({port.network.uuid, pair.address.address, port.id.uuid});
  if (holds_for_others(port))
    for (const FixedIp& ip : port.fixed_ips) held_ = held_.without({port.network.uuid, ip.address, port.id.uuid});
  for (const FixedIp& ip : port.fixed_ips) release(addresses_, SubnetAndIp{ip.subnet.uuid, ip.address}, port.id);
}

void Snapshot::enlist_more(const Port& port) {
  if (port.port_security_enabled && !bound_host(port).empty()) {
    for (const SecurityGroupId& group : port.security_groups)
      ports_by_group_ = ports_by_group_.with({group.uuid, bound_host(port), port.id.uuid}, {});
  }
  ports_by_network_ = ports_by_network_.with({port.network.uuid, bound_host(port), port.id.uuid}, {});
  if (!port.binding_host.empty()) ports_by_host_ = ports_by_host_.with({port.binding_host, port.id.uuid}, {});
  for (const std::string& host : port.left_hosts.empty() ? std::vector<std::string>() : hosts_had(port)) {
    moved_by_network_ = moved_by_network_.with({port.network.uuid, host, port.id.uuid}, {});
    moved_by_host_ = moved_by_host_.with({host, port.id.uuid}, {});
  }
  if (router_of(port)) interfaces_ = interfaces_.with({port.network.uuid, port.id.uuid}, {});
  macs_ = macs_.with({port.network.uuid, port.mac}, port.id);
  if (!bound_host(port).empty())
    for (const AddressPair& pair : single_pairs(port))
      claims_ = claims_.with({port.network.uuid, pair.address.address, port.id.uuid}, {});
  if (holds_for_others(port))
    for (const FixedIp& ip : port.fixed_ips) held_ = held_.with({port.network.uuid, ip.address, port.id.uuid}, {});
  for (const FixedIp& ip : port.fixed_ips) addresses_ = addresses_.with({ip.subnet.uuid, ip.address}, port.id);
}

void Snapshot::unlist_more(const PortBlock& block) {
  blocks_by_host_ = blocks_by_host_.without({block.host, block.id.uuid});
}

void Snapshot::enlist_more(const PortBlock& block) {
  blocks_by_host_ = blocks_by_host_.with({block.host, block.id.uuid}, {});
}

void Snapshot::unlist_more(const Agent& agent) {
  release(agents_by_host_, agent.host, agent.id);
}

void Snapshot::enlist_more(const Agent& agent) {
  agents_by_host_ = agents_by_host_.with(agent.host, agent.id);
}

namespace {

// The table with the row written, or without it.
template <class R>
PersistentMap<Uuid, Versioned<R>> written(const PersistentMap<Uuid, Versioned<R>>& table, const Uuid& id,
                                          const std::optional<Row>& row, Revision revision) {
  if (!row) return table.without(id);
  CHECK(std::holds_alternative<R>(*row));
  return table.with(id, {revision, std::make_shared<const R>(std::get<R>(*row))});
}

}  // namespace

std::optional<Row> Snapshot::row(Kind kind, const Uuid& id) const {
  std::optional<Row> found;
  Rows::at(kind, [&]<class R>(std::type_identity<R>) {
    if (const Versioned<R>* held = find<R>(id)) found = **held;
  });
  return found;
}

Snapshot Snapshot::with(const Change& change, Revision revision) const {
  CHECK(revision > revision_);
  Snapshot next = *this;
  next.revision_ = revision;
  for (const RowEdit& edit : change.edits) {
    Rows::at(edit.kind, [&]<class R>(std::type_identity<R>) {
      if (const Versioned<R>* held = find<R>(edit.id)) next.unlist(*held->row);
      Table<R>& table = std::get<Table<R>>(next.tables_);
      table = written(table, edit.id, edit.row, revision);
    });
  }
  for (const RowEdit& edit : change.edits) {
    if (edit.row) std::visit([&next](const auto& row) { next.enlist(row); }, *edit.row);
  }
  return next;
}

Snapshot Snapshot::load(const std::vector<StoredRow>& rows, Revision revision) {
  Snapshot loaded;
  loaded.revision_ = revision;
  for (const StoredRow& stored : rows) {
    CHECK(stored.modified <= revision);
    std::visit(
        [&]<class R>(const R& row) {
          Table<R>& table = std::get<Table<R>>(loaded.tables_);
          table = written(table, row.id.uuid, stored.row, stored.modified);
          loaded.enlist(row);
        },
        stored.row);
  }
  return loaded;
}

}  // namespace tarn::model
