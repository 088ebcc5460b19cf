// Tables and indexes move together: every row leaves the indexes it was in before any row enters new ones, so the order
// of the edits in a change does not matter.
#include "model/snapshot.h"

#include <iterator>

#include "base/check.h"

namespace tarn::model {
namespace {

// Drops the entry only while it still belongs to `owner`.
template <class Index, class Key, class Owner>
void release(Index& index, const Key& key, const Owner& owner) {
  const auto* held = index.find(key);
  if (held != nullptr && *held == owner) index = index.without(key);
}

}  // namespace

const std::string& bound_host(const Port& port) {
  static const std::string nowhere;
  return port.vif_type == VifType::ovs ? port.binding_host : nowhere;
}

Snapshot::Segment Snapshot::segment_of(const Network& network) {
  return {network.type, network.physical_network, network.segmentation_id};
}

std::vector<SubnetId> Snapshot::subnets_of(NetworkId network) const {
  std::vector<SubnetId> found;
  for (auto it = subnets_by_network_.lower_bound({network.uuid, {}}); it != subnets_by_network_.end(); ++it) {
    const NetworkAndId& key = (*it).first;
    if (key.network != network.uuid) break;
    found.push_back({key.id});
  }
  return found;
}

std::vector<PortId> Snapshot::ports_of(NetworkId network) const {
  std::vector<PortId> found;
  for (auto it = ports_by_network_.lower_bound({network.uuid, {}, {}}); it != ports_by_network_.end(); ++it) {
    const NetworkHostAndId& key = (*it).first;
    if (key.network != network.uuid) break;
    found.push_back({key.id});
  }
  return found;
}

std::vector<PortId> Snapshot::ports_on(const std::string& host) const {
  std::vector<PortId> found;
  for (auto it = ports_by_host_.lower_bound({host, {}}); it != ports_by_host_.end(); ++it) {
    const HostAndId& key = (*it).first;
    if (key.host != host) break;
    found.push_back({key.id});
  }
  return found;
}

std::vector<PortId> Snapshot::ports_bound(NetworkId network, const std::string& host) const {
  std::vector<PortId> found;
  if (host.empty()) return found;
  for (auto it = ports_by_network_.lower_bound({network.uuid, host, {}}); it != ports_by_network_.end(); ++it) {
    const NetworkHostAndId& key = (*it).first;
    if (key.network != network.uuid || key.host != host) break;
    found.push_back({key.id});
  }
  return found;
}

// Jumps from host to host, so that the cost is that of the hosts and not of their ports.
std::vector<std::string> Snapshot::hosts_of(NetworkId network) const {
  static constexpr char after_any_id = '\0';  // "host\0" is the first string after "host"
  std::vector<std::string> found;
  auto it = ports_by_network_.lower_bound({network.uuid, std::string(1, after_any_id), {}});
  while (it != ports_by_network_.end() && (*it).first.network == network.uuid) {
    found.push_back((*it).first.host);
    it = ports_by_network_.lower_bound({network.uuid, found.back() + after_any_id, {}});
  }
  return found;
}

bool Snapshot::host_has(NetworkId network, const std::string& host) const {
  if (host.empty()) return false;
  const auto it = ports_by_network_.lower_bound({network.uuid, host, {}});
  return it != ports_by_network_.end() && (*it).first.network == network.uuid && (*it).first.host == host;
}

std::optional<PortId> Snapshot::owner_of(SubnetId subnet, const Ip& ip) const {
  const PortId* owner = addresses_.find({subnet.uuid, ip});
  return owner ? std::optional(*owner) : std::nullopt;
}

std::optional<PortId> Snapshot::owner_of(NetworkId network, const Mac& mac) const {
  const PortId* owner = macs_.find({network.uuid, mac});
  return owner ? std::optional(*owner) : std::nullopt;
}

std::optional<NetworkId> Snapshot::owner_of(const Segment& segment) const {
  const NetworkId* owner = segments_.find(segment);
  return owner ? std::optional(*owner) : std::nullopt;
}

const Versioned<Agent>* Snapshot::agent_on(const std::string& host) const {
  const AgentId* id = agents_by_host_.find(host);
  return id ? find(*id) : nullptr;
}

std::size_t Snapshot::count(Kind kind, const std::string& project) const {
  const std::size_t* counted = counts_.find({kind, project});
  return counted ? *counted : 0;
}

void Snapshot::count_again(Kind kind, const Standard& standard, bool more) {
  const std::size_t counted = count(kind, standard.project_id) + (more ? 1 : 0) - (more ? 0 : 1);
  const KindAndProject key{kind, standard.project_id};
  counts_ = counted == 0 ? counts_.without(key) : counts_.with(key, counted);
}

void Snapshot::unlist(const Network& network) {
  count_again(Kind::network, network.standard, false);
  release(segments_, segment_of(network), network.id);
}

void Snapshot::enlist(const Network& network) {
  count_again(Kind::network, network.standard, true);
  segments_ = segments_.with(segment_of(network), network.id);
}

void Snapshot::unlist(const Subnet& subnet) {
  count_again(Kind::subnet, subnet.standard, false);
  subnets_by_network_ = subnets_by_network_.without({subnet.network.uuid, subnet.id.uuid});
}

void Snapshot::enlist(const Subnet& subnet) {
  count_again(Kind::subnet, subnet.standard, true);
  subnets_by_network_ = subnets_by_network_.with({subnet.network.uuid, subnet.id.uuid}, {});
}

void Snapshot::unlist(const Port& port) {
  count_again(Kind::port, port.standard, false);
  ports_by_network_ = ports_by_network_.without({port.network.uuid, bound_host(port), port.id.uuid});
  ports_by_host_ = ports_by_host_.without({port.binding_host, port.id.uuid});
  release(macs_, NetworkAndMac{port.network.uuid, port.mac}, port.id);
  for (const FixedIp& ip : port.fixed_ips) release(addresses_, SubnetAndIp{ip.subnet.uuid, ip.address}, port.id);
}

void Snapshot::enlist(const Port& port) {
  count_again(Kind::port, port.standard, true);
  ports_by_network_ = ports_by_network_.with({port.network.uuid, bound_host(port), port.id.uuid}, {});
  if (!port.binding_host.empty()) ports_by_host_ = ports_by_host_.with({port.binding_host, port.id.uuid}, {});
  macs_ = macs_.with({port.network.uuid, port.mac}, port.id);
  for (const FixedIp& ip : port.fixed_ips) addresses_ = addresses_.with({ip.subnet.uuid, ip.address}, port.id);
}

void Snapshot::unlist(const Agent& agent) {
  release(agents_by_host_, agent.host, agent.id);
}

void Snapshot::enlist(const Agent& agent) {
  agents_by_host_ = agents_by_host_.with(agent.host, agent.id);
}

template <class Visit>
void Snapshot::at_table(Kind kind, Visit&& visit) {
  switch (kind) {
    case Kind::network:
      return visit(&Snapshot::networks_);
    case Kind::subnet:
      return visit(&Snapshot::subnets_);
    case Kind::port:
      return visit(&Snapshot::ports_);
    case Kind::agent:
      return visit(&Snapshot::agents_);
  }
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
  at_table(kind, [&](auto table) {
    if (const auto* held = (this->*table).find(id)) found = **held;
  });
  return found;
}

Snapshot Snapshot::with(const Change& change, Revision revision) const {
  CHECK(revision > revision_);
  Snapshot next = *this;
  next.revision_ = revision;
  for (const RowEdit& edit : change.edits) {
    at_table(edit.kind, [&](auto table) {
      if (const auto* held = (this->*table).find(edit.id)) next.unlist(*held->row);
      next.*table = written(next.*table, edit.id, edit.row, revision);
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
    at_table(kind_of(stored.row), [&](auto table) {
      loaded.*table = written(loaded.*table, id_of(stored.row), stored.row, stored.modified);
    });
    std::visit([&loaded](const auto& row) { loaded.enlist(row); }, stored.row);
  }
  return loaded;
}

}  // namespace tarn::model
