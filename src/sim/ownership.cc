#include "sim/ownership.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr std::uint64_t foreign_cookie = 0xf00dU;

std::vector<std::pair<of::FlowKey, of::FlowSpec>> foreign_flows() {
  const of::FlowSpec drop{foreign_cookie, {}, {}};
  return {{{200, 7, of::Match{of::FieldValue::number(Field::in_port, 3)}}, drop},
          {{0, 1, of::Match{of::FieldValue::number(Field::eth_type, 0x88cc)}}, drop},
          {{60, 1, of::Match{of::FieldValue::number(Field::eth_type, 0x88cc)}}, drop}};
}

}  // namespace

void Ownership::plant(Node& node) {
  using wire::ovsdb::Insert;
  using wire::ovsdb::NamedUuid;
  OvsDatabase& database = node.database();
  const bool done = database.write(
      {Insert{"Interface", {{"name", Datum::of("br-other")}, {"type", Datum::of("internal")}}, "interface"},
       Insert{"Port", {{"name", Datum::of("br-other")}, {"interfaces", Datum::of(NamedUuid{"interface"})}}, "port"},
       Insert{"IPFIX", {{"targets", Datum::of("192.0.2.251:4739")}}, "ipfix"},
       Insert{"Bridge",
              {{"name", Datum::of("br-other")},
               {"ipfix", Datum::of(NamedUuid{"ipfix"})},
               {"external_ids", Datum::map(wire::ovsdb::StringMap{{"owner", "somebody"}})},
               {"ports", Datum::of(NamedUuid{"port"})}},
              "bridge"},
       wire::ovsdb::Mutate{"Open_vSwitch",
                           database.root(),
                           {{"bridges", wire::ovsdb::Mutator::insert, Datum::of(NamedUuid{"bridge"})}}}});
  if (!done) return;
  for (const char* table : {"Interface", "Port", "Bridge"}) {
    const Uuid uuid = *database.named(table, "br-other");
    rows_[node.host()][{table, uuid}] = without_our_columns(table, *database.find(table, uuid));
  }
  const Row& bridge = *database.find("Bridge", *database.named("Bridge", "br-other"));
  const Uuid ipfix = wire::ovsdb::column_of(bridge, "ipfix").uuids().front();
  rows_[node.host()][{"IPFIX", ipfix}] = *database.find("IPFIX", ipfix);
}

void Ownership::plant_flows(Node& node) {
  FlowTable& planted = flows_[node.host()];
  planted.clear();
  for (const auto& [key, spec] : foreign_flows()) {
    node.vswitchd().put(key, spec);
    planted[key] = node.vswitchd().flows().at(key);
  }
}

void Ownership::plant_more(Node& node, std::uint32_t salt) {
  constexpr std::uint32_t kinds = 8;
  const of::FlowKey key{static_cast<std::uint8_t>(10 * (salt % kinds)), static_cast<std::uint16_t>(300 + salt % 3),
                        of::Match{of::FieldValue::number(Field::eth_type, 0x88cc + salt % kinds)}};
  node.vswitchd().put(key, {foreign_cookie + salt % 2, {}, {}});
  flows_[node.host()][key] = node.vswitchd().flows().at(key);
}

// The switch writes some columns by itself.
Row Ownership::without_our_columns(const std::string& table, Row row) {
  if (table == "Interface") {
    for (const char* column : {"ofport", "link_state", "admin_state", "mtu", "error", "bfd_status"}) row.erase(column);
  }
  if (table == "Bridge") row.erase("datapath_id");
  return row;
}

std::vector<std::string> Ownership::look(const Scene& scene) const {
  std::vector<std::string> broken;
  for (const auto& node : scene.nodes) {
    if (const auto rows = rows_.find(node->host()); rows != rows_.end()) {
      for (const auto& [key, row] : rows->second) {
        const Row* now = node->database().find(key.first, key.second);
        if (now == nullptr || without_our_columns(key.first, *now) != row) {
          broken.push_back("ownership: a foreign row of " + key.first + " was touched at " + node->host());
        }
      }
    }
    const auto flows = flows_.find(node->host());
    if (flows == flows_.end() || !node->switch_runs()) continue;
    for (const auto& [key, seen] : flows->second) {
      const auto now = node->vswitchd().flows().find(key);
      if (now == node->vswitchd().flows().end() || !(now->second == seen)) {
        broken.push_back("ownership: a foreign flow was touched at " + node->host());
      }
    }
  }
  return broken;
}

}  // namespace tarn::sim
