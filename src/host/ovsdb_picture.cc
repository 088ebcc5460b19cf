#include "host/ovsdb_picture.h"

#include <algorithm>
#include <optional>

#include "host/ovsdb_words.h"

namespace tarn::host {
namespace {

namespace ovsdb = wire::ovsdb;
using ovsdb::Replica;
using ovsdb::Row;
using ovsdb::RowChange;

// Puts `now` (absent: nothing) at `key` and tells whether that made a difference.
template <class Map, class Value>
bool put(Map& map, const typename Map::key_type& key, std::optional<Value> now) {
  const auto found = map.find(key);
  if (!now.has_value()) return found != map.end() && (map.erase(found), true);
  if (found == map.end()) {
    map.emplace(key, std::move(*now));
    return true;
  }
  if (found->second == *now) return false;
  found->second = std::move(*now);
  return true;
}

// Puts `now` in the place of the whole table and tells which keys that made a difference to.
template <class Table>
void replace(Table& table, Table now, std::set<typename Table::key_type>& changed) {
  for (const auto& [key, seen] : table)
    if (!now.contains(key)) changed.insert(key);
  for (const auto& [key, seen] : now) {
    const auto before = table.find(key);
    if (before == table.end() || before->second != seen) changed.insert(key);
  }
  table = std::move(now);
}

// What is written at the key of external_ids; absent: no such mark.
std::optional<std::string> mark_at(const Row& row, std::string_view key) {
  const auto marks = ovsdb::column_of(row, column::external_ids).strings();
  const auto found = marks.find(std::string(key));
  return found != marks.end() ? std::optional(found->second) : std::nullopt;
}

std::string text_at(const ovsdb::StringMap& map, std::string_view key) {
  const auto found = map.find(std::string(key));
  return found != map.end() ? found->second : std::string();
}

std::optional<bool> is_up(const Row& row, std::string_view column) {
  const std::string* state = ovsdb::column_of(row, column).string();
  return state != nullptr ? std::optional(*state == "up") : std::nullopt;
}

domain::SwitchPort::Seen seen_port(const Row& port, const Row* interface, std::string bridge) {
  domain::SwitchPort::Seen seen;
  seen.bridge = std::move(bridge);
  seen.unit = mark_at(port, domain::SwitchPort::unit_mark);
  seen.hash = mark_at(port, domain::SwitchPort::hash_mark).value_or(std::string());
  if (interface == nullptr) return seen;
  seen.type = ovsdb::string_of(*interface, column::type);
  seen.options = ovsdb::column_of(*interface, column::options).strings();
  seen.bfd = ovsdb::column_of(*interface, column::bfd).strings();
  seen.ofport = ovsdb::column_of(*interface, column::ofport).integer();
  seen.error = ovsdb::string_of(*interface, column::error);
  return seen;
}

std::optional<domain::OfportPin::Seen> seen_pin(const Row& interface) {
  domain::OfportPin::Seen seen;
  seen.requested = ovsdb::column_of(interface, column::ofport_request).integer();
  seen.recorded = mark_at(interface, domain::OfportPin::mark);
  if (!seen.requested.has_value() && !seen.recorded.has_value()) return std::nullopt;
  return seen;
}

// ovs-vswitchd.conf.db(5), Interface: "bfd_status". Who forwards is there. Who never was there has no diagnostic yet.
std::optional<domain::PeerState> watched_by(const ovsdb::StringMap& status) {
  if (status.empty()) return std::nullopt;
  if (text_at(status, "forwarding") == "true") return domain::PeerState::up;
  const bool was_there = text_at(status, "state") == "up" || text_at(status, "diagnostic") != "No Diagnostic";
  return was_there ? domain::PeerState::down : domain::PeerState::unknown;
}

domain::PluggedInterface seen_interface(const Uuid& uuid, const Row& row) {
  domain::PluggedInterface seen;
  seen.uuid = uuid;
  seen.type = ovsdb::string_of(row, column::type);
  const auto ids = ovsdb::column_of(row, column::external_ids).strings();
  seen.iface_id = text_at(ids, "iface-id");
  seen.attached_mac = text_at(ids, "attached-mac");
  seen.ofport = ovsdb::column_of(row, column::ofport).integer();
  seen.error = ovsdb::string_of(row, column::error);
  seen.admin_up = is_up(row, column::admin_state);
  seen.link_up = is_up(row, column::link_state);
  seen.mtu = ovsdb::column_of(row, column::mtu).integer();
  seen.options = ovsdb::column_of(row, column::options).strings();
  seen.watched = watched_by(ovsdb::column_of(row, column::bfd_status).strings());
  return seen;
}

domain::FlowExport::Seen seen_export(const Row& row) {
  domain::FlowExport::Seen seen;
  for (const ovsdb::Atom& target : ovsdb::column_of(row, column::targets).atoms()) {
    if (const auto* text = std::get_if<std::string>(&target)) seen.collectors.insert(*text);
  }
  seen.sampling = ovsdb::column_of(row, column::sampling).integer();
  seen.agent = ovsdb::string_of(row, column::agent);
  seen.unit = mark_at(row, domain::FlowExport::unit_mark);
  return seen;
}

// The zero UUID when there is none.
Uuid uuid_at(const Row& row, std::string_view column, std::string_view key) {
  const ovsdb::AtomMap& pairs = ovsdb::column_of(row, column).pairs();
  const auto found = pairs.find(ovsdb::Atom(std::string(key)));
  const auto* uuid = found == pairs.end() ? nullptr : std::get_if<Uuid>(&found->second);
  return uuid == nullptr ? Uuid() : *uuid;
}

domain::ZoneTimeouts::Seen seen_zone(const Uuid& uuid, const Replica& replica) {
  domain::ZoneTimeouts::Seen seen;
  const Row* zone = replica.find(table::zone, uuid);
  if (zone == nullptr) return seen;
  seen.unit = mark_at(*zone, domain::ZoneTimeouts::unit_mark);
  const auto policies = ovsdb::column_of(*zone, column::timeout_policy).uuids();
  const Row* policy = policies.empty() ? nullptr : replica.find(table::timeout_policy, policies.front());
  if (policy == nullptr) return seen;
  for (const auto& [what, seconds] : ovsdb::column_of(*policy, column::timeouts).pairs())
    seen.seconds.emplace(std::get<std::string>(what), std::get<std::int64_t>(seconds));
  return seen;
}

// Keeps name → row. What went is taken out before what came is put in: a row may be made anew under an old name.
void index_names(std::map<std::string, Uuid, std::less<>>& names, const std::vector<RowChange>& changes,
                 std::string_view table, std::set<std::string>& touched) {
  for (const RowChange& change : changes) {
    if (change.table != table || !change.before) continue;
    const std::string name = ovsdb::string_of(*change.before, column::name);
    touched.insert(name);
    if (const auto found = names.find(name); found != names.end() && found->second == change.uuid) names.erase(found);
  }
  for (const RowChange& change : changes) {
    if (change.table != table || !change.after) continue;
    const std::string name = ovsdb::string_of(*change.after, column::name);
    touched.insert(name);
    names[name] = change.uuid;
  }
}

// Keeps member → owner for the rows an owner lists in `column`, and gathers the members whose owner is another now.
void index_members(std::map<Uuid, Uuid>& owners, const std::vector<RowChange>& changes, std::string_view table,
                   std::string_view column, std::set<Uuid>& touched) {
  const auto members = [&](const Row& row) { return ovsdb::column_of(row, column).uuids(); };
  std::map<Uuid, Uuid> left;
  for (const RowChange& change : changes) {
    if (change.table != table || !change.before) continue;
    for (const Uuid& member : members(*change.before)) {
      const auto found = owners.find(member);
      if (found != owners.end() && found->second == change.uuid) left.insert(owners.extract(found));
    }
  }
  for (const RowChange& change : changes) {
    if (change.table != table || !change.after) continue;
    for (const Uuid& member : members(*change.after)) {
      owners[member] = change.uuid;
      const auto before = left.find(member);
      if (before == left.end() || before->second != change.uuid) touched.insert(member);
      if (before != left.end()) left.erase(before);
    }
  }
  for (const auto& [member, owner] : left) touched.insert(member);
}

Uuid row_named(const std::map<std::string, Uuid, std::less<>>& names, std::string_view name) {
  const auto found = names.find(name);
  return found != names.end() ? found->second : Uuid();
}

}  // namespace

ovsdb::MonitoredTables pictured_tables() {
  return {
      {"Open_vSwitch", {"external_ids", "other_config", "ovs_version", "datapaths"}},
      {"Bridge",
       {"name", "datapath_type", "datapath_id", "fail_mode", "ports", "external_ids", "controller", "ipfix", "sflow"}},
      {"Port", {"name", "interfaces", "external_ids"}},
      {"Interface",
       {"name", "type", "options", "ofport", "ofport_request", "external_ids", "admin_state", "link_state", "mtu",
        "error", "bfd", "bfd_status"}},
      {"IPFIX", {"targets", "sampling", "external_ids"}},
      {"sFlow", {"targets", "sampling", "agent", "external_ids"}},
      {"Datapath", {"ct_zones"}},
      {"CT_Zone", {"timeout_policy", "external_ids"}},
      {"CT_Timeout_Policy", {"timeouts"}}};
}

Uuid OvsdbPicture::bridge_row(std::string_view name) const {
  return row_named(bridge_rows_, name);
}
Uuid OvsdbPicture::port_row(std::string_view name) const {
  return row_named(port_rows_, name);
}
Uuid OvsdbPicture::interface_row(std::string_view name) const {
  return row_named(interface_rows_, name);
}

OvsdbChanges OvsdbPicture::fold(const std::vector<RowChange>& changes, const Replica& replica) {
  const Touched touched = index(changes, replica);
  OvsdbChanges changed;
  for (const std::string& name : touched.bridges) project_bridge(name, replica, changed);
  for (const std::string& name : touched.ports) project_port(name, replica, changed);
  for (const std::string& name : touched.interfaces) project_interface(name, replica, changed);
  if (touched.bridges.contains(integration_bridge_)) project_numbers(replica, changed);
  project_exports(replica, changed);
  project_zones(changes, replica, changed);
  project_node(replica, changed);
  return changed;
}

// Which names must be looked at again: those of changed rows, and those that hang on a row that came, went or moved.
OvsdbPicture::Touched OvsdbPicture::index(const std::vector<RowChange>& changes, const Replica& replica) {
  Touched touched;
  index_names(bridge_rows_, changes, table::bridge, touched.bridges);
  index_names(port_rows_, changes, table::port, touched.ports);
  index_names(interface_rows_, changes, table::interface, touched.interfaces);

  std::set<Uuid> ports;
  std::set<Uuid> interfaces;
  index_members(bridge_of_, changes, table::bridge, column::ports, ports);
  index_members(port_of_, changes, table::port, column::interfaces, interfaces);
  for (const RowChange& change : changes) {
    if (change.table == table::interface) interfaces.insert(change.uuid);
  }
  for (const Uuid& uuid : ports) {
    const Row* row = replica.find(table::port, uuid);
    if (row == nullptr) continue;
    touched.ports.insert(ovsdb::string_of(*row, column::name));
    for (const Uuid& member : ovsdb::column_of(*row, column::interfaces).uuids()) interfaces.insert(member);
  }
  for (const Uuid& uuid : interfaces) {
    if (const Row* row = replica.find(table::interface, uuid)) {
      touched.interfaces.insert(ovsdb::string_of(*row, column::name));
    }
    const auto owner = port_of_.find(uuid);
    const Row* port = owner != port_of_.end() ? replica.find(table::port, owner->second) : nullptr;
    if (port != nullptr) touched.ports.insert(ovsdb::string_of(*port, column::name));
  }
  return touched;
}

void OvsdbPicture::project_bridge(const std::string& name, const Replica& replica, OvsdbChanges& changed) {
  std::optional<domain::Bridge::Seen> now;
  if (const Row* row = replica.find(table::bridge, bridge_row(name))) {
    now.emplace();
    now->datapath_type = ovsdb::string_of(*row, column::datapath_type);
    now->fail_mode = ovsdb::string_of(*row, column::fail_mode);
    now->datapath_id = ovsdb::string_of(*row, column::datapath_id);
    now->has_controller = !ovsdb::column_of(*row, column::controller).empty();
    now->made_by_us = ovsdb::column_of(*row, column::external_ids).strings().contains(std::string(bridge_mark));
  }
  if (put(bridges_, name, std::move(now))) changed.bridges.insert(name);
}

std::string OvsdbPicture::bridge_of_port(const Uuid& port, const Replica& replica) const {
  const auto owner = bridge_of_.find(port);
  const Row* bridge = owner != bridge_of_.end() ? replica.find(table::bridge, owner->second) : nullptr;
  return bridge != nullptr ? ovsdb::string_of(*bridge, column::name) : std::string();
}

void OvsdbPicture::project_port(const std::string& name, const Replica& replica, OvsdbChanges& changed) {
  std::optional<domain::SwitchPort::Seen> now;
  const Uuid uuid = port_row(name);
  if (const Row* row = replica.find(table::port, uuid)) {
    const auto members = ovsdb::column_of(*row, column::interfaces).uuids();
    // A bond has several interfaces and is never ours; the first stands for it.
    const Row* interface = members.empty() ? nullptr : replica.find(table::interface, members.front());
    now = seen_port(*row, interface, bridge_of_port(uuid, replica));
  }
  if (put(ports_, name, std::move(now))) changed.ports.insert(name);
}

void OvsdbPicture::project_interface(const std::string& name, const Replica& replica, OvsdbChanges& changed) {
  std::optional<domain::PluggedInterface> now;
  std::optional<domain::OfportPin::Seen> pin;
  const Uuid uuid = interface_row(name);
  if (const Row* row = replica.find(table::interface, uuid)) {
    now = seen_interface(uuid, *row);
    pin = seen_pin(*row);
    const auto owner = port_of_.find(uuid);
    const Row* port = owner != port_of_.end() ? replica.find(table::port, owner->second) : nullptr;
    if (port != nullptr) {
      now->port = ovsdb::string_of(*port, column::name);
      now->bridge = bridge_of_port(owner->second, replica);
    }
  }
  if (put(facts_.interfaces, name, std::move(now))) changed.interfaces.insert(name);
  if (put(pins_, name, std::move(pin))) changed.pins.insert(name);
}

void OvsdbPicture::project_numbers(const Replica& replica, OvsdbChanges& changed) {
  reconcile::Actual<domain::NetworkNumber> now;
  if (const Row* row = replica.find(table::bridge, bridge_row(integration_bridge_))) {
    for (const auto& [key, value] : ovsdb::column_of(*row, column::external_ids).strings()) {
      const auto network = domain::NetworkNumber::network_of(key);
      if (network) now.emplace(*network, domain::NetworkNumber::Seen{domain::NetworkNumber::number_of(value)});
    }
  }
  replace(numbers_, std::move(now), changed.networks);
}

// At most two rows, so they are looked at each time.
void OvsdbPicture::project_exports(const Replica& replica, OvsdbChanges& changed) {
  const Row* bridge = replica.find(table::bridge, bridge_row(integration_bridge_));
  for (const auto kind : {domain::FlowExport::Key::ipfix, domain::FlowExport::Key::sflow}) {
    std::optional<domain::FlowExport::Seen> now;
    const auto referred =
        bridge != nullptr ? ovsdb::column_of(*bridge, domain::text_of(kind)).uuids() : std::vector<Uuid>();
    const Row* row = referred.empty() ? nullptr : replica.find(export_table(kind), referred.front());
    if (row != nullptr) now = seen_export(*row);
    if (put(exports_, kind, std::move(now))) changed.exports.insert(kind);
  }
}

// Zones come and go with gateways, so all are looked at when a row has changed that they are made of.
void OvsdbPicture::project_zones(const std::vector<RowChange>& changes, const Replica& replica, OvsdbChanges& changed) {
  constexpr std::string_view made_of[] = {table::open_vswitch, table::datapath, table::zone, table::timeout_policy};
  if (std::ranges::none_of(changes, [&](const RowChange& change) { return std::ranges::count(made_of, change.table); }))
    return;
  const ovsdb::Table& roots = replica.table(table::open_vswitch);
  datapath_row_ =
      roots.empty() ? Uuid() : uuid_at(*roots.begin()->second, column::datapaths, domain::Bridge::userspace);
  reconcile::Actual<domain::ZoneTimeouts> now;
  if (const Row* row = replica.find(table::datapath, datapath_row_)) {
    for (const auto& [zone, uuid] : ovsdb::column_of(*row, column::ct_zones).pairs())
      now.emplace(static_cast<std::uint32_t>(std::get<std::int64_t>(zone)), seen_zone(std::get<Uuid>(uuid), replica));
  }
  replace(zones_, std::move(now), changed.zones);
}

void OvsdbPicture::project_node(const Replica& replica, OvsdbChanges& changed) {
  domain::SwitchNode now;
  const ovsdb::Table& rows = replica.table(table::open_vswitch);
  if (!rows.empty()) {
    const Row& row = *rows.begin()->second;  // the table holds at most one row, says the schema
    now.system_id = text_at(ovsdb::column_of(row, column::external_ids).strings(), "system-id");
    now.version = ovsdb::string_of(row, column::ovs_version);
    now.flow_restore_wait =
        text_at(ovsdb::column_of(row, column::other_config).strings(), flow_restore_wait_key) == "true";
  }
  if (now == facts_.node) return;
  facts_.node = std::move(now);
  changed.node = true;
}

}  // namespace tarn::host
