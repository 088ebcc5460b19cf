#include "render/rows.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace tarn::render {

namespace {

constexpr std::array<std::pair<std::string_view, Table>, 4> id_prefixes{{
    {"network/", Table::network},
    {"subnet/", Table::subnet},
    {"port/", Table::port},
    {"peer/", Table::peer},
}};
constexpr std::string_view node_prefix = "node/";

bool is_fact(Table table) {
  return table >= Table::config && table <= Table::number;
}

std::map<RowKey, RowValue> rows_of(const Facts& facts) {
  std::map<RowKey, RowValue> rows;
  rows.emplace(key_of(Table::config), facts.config);
  for (const auto& [port, plugged] : facts.plugged) rows.emplace(key_of(Table::plugged, port.uuid), plugged);
  if (facts.tunnel_port) rows.emplace(key_of(Table::tunnel_port), *facts.tunnel_port);
  for (const auto& [physical, ofport] : facts.patch_ports) rows.emplace(key_of(Table::patch_port, physical), ofport);
  for (const auto& bridge : facts.bridges) rows.emplace(key_of(Table::bridge, bridge), std::uint32_t{1});
  for (const auto& [network, number] : facts.numbers) rows.emplace(key_of(Table::number, network.uuid), number);
  return rows;
}

bool same(const RowValue& left, const RowValue& right) {
  if (left.index() != right.index()) return false;
  // Same name and version, same content (model/slice.h).
  if (const auto* item = std::get_if<model::SliceItem>(&left))
    return item->version == std::get<model::SliceItem>(right).version;
  if (const auto* config = std::get_if<NodeConfig>(&left)) return *config == std::get<NodeConfig>(right);
  if (const auto* plugged = std::get_if<Plugged>(&left)) return *plugged == std::get<Plugged>(right);
  return std::get<std::uint32_t>(left) == std::get<std::uint32_t>(right);
}

}  // namespace

std::optional<RowKey> key_of_slice(const model::SliceName& name) {
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
  const auto* item = std::get_if<model::SliceItem>(&value);
  if (item == nullptr) return;
  if (key.table == Table::network) join(key_of(Table::networks), key, in);
  if (const auto* subnet = std::get_if<model::Subnet>(item->row.get()))
    join(key_of(Table::subnets_of, subnet->network.uuid), key, in);
  if (const auto* port = std::get_if<model::Port>(item->row.get())) {
    const RowKey chunk = key_of(Table::ports_of, port->network.uuid, chunk_of(port->id));
    join(chunk, key, in);
    join(key_of(Table::port_chunks, port->network.uuid), chunk, in);
  }
  if (const auto* peer = std::get_if<model::Peer>(item->row.get())) {
    const RowKey chunk = key_of(Table::hosts_of, peer->network.uuid, chunk_of(peer->host));
    join(chunk, key_of(Table::node, peer->host), in);
    join(key_of(Table::host_chunks, peer->network.uuid), chunk, in);
  }
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
