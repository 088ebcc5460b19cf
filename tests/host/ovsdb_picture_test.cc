// The picture of the switch's database: folded change by change it is what it would be built anew, and it tells
// exactly what became different.
#include "host/ovsdb_picture.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "rt/choice.h"
#include "wire/ovsdb/json.h"

namespace tarn::host {
namespace {

namespace ovsdb = wire::ovsdb;
using ovsdb::Datum;
using ovsdb::Replica;
using ovsdb::Row;

ovsdb::Schema schema() {
  using enum ovsdb::AtomType;
  const ovsdb::ColumnType text{string, {}, true, false};
  const ovsdb::ColumnType texts{string, {}, false, true};
  const ovsdb::ColumnType number{integer, {}, false, false};
  const ovsdb::ColumnType rows{uuid, {}, false, true};
  const ovsdb::ColumnType map{string, string, false, true};
  const ovsdb::ColumnType rows_by_name{string, uuid, false, true};
  const ovsdb::ColumnType rows_by_number{integer, uuid, false, true};
  const ovsdb::ColumnType numbers_by_name{string, integer, false, true};
  return {
      "1",
      {{"Open_vSwitch", {{"external_ids", map}, {"other_config", map}, {"datapaths", rows_by_name}}},
       {"Bridge", {{"name", text}, {"datapath_type", text}, {"ports", rows}, {"external_ids", map}, {"ipfix", rows}}},
       {"IPFIX", {{"targets", texts}, {"sampling", number}, {"external_ids", map}}},
       {"Datapath", {{"ct_zones", rows_by_number}}},
       {"CT_Zone", {{"timeout_policy", rows}, {"external_ids", map}}},
       {"CT_Timeout_Policy", {{"timeouts", numbers_by_name}}},
       {"Port", {{"name", text}, {"interfaces", rows}, {"external_ids", map}}},
       {"Interface",
        {{"name", text}, {"type", text}, {"ofport", number}, {"ofport_request", number}, {"external_ids", map}}}}};
}

// A database to be edited at random. A port may hang on no bridge for a while: the picture does not lean on the
// server's collecting such rows.
struct Model {
  std::map<std::string, std::map<Uuid, Row>> tables;
  std::uint64_t made = 0;

  Uuid add(const std::string& table, Row row) {
    const Uuid uuid = Uuid::random(7, ++made);
    tables[table][uuid] = std::move(row);
    return uuid;
  }
  Row& bridge(rt::Choice& choice) {
    auto& bridges = tables["Bridge"];
    return std::next(bridges.begin(), choice.below(static_cast<std::uint32_t>(bridges.size())))->second;
  }
  static void list(Row& bridge, const Uuid& port) {
    auto atoms = ovsdb::column_of(bridge, "ports").atoms();
    atoms.emplace_back(port);
    bridge["ports"] = Datum::set(std::move(atoms));
  }
  void plug(const std::string& name, rt::Choice& choice) {
    const Uuid interface = add("Interface", {{"name", Datum::of(name)}});
    list(bridge(choice), add("Port", {{"name", Datum::of(name)}, {"interfaces", Datum::of(interface)}}));
  }
  [[nodiscard]] Replica replica() const {
    boost::json::object updates;
    for (const auto& [table, rows] : tables) {
      auto& listed = updates[table].emplace_object();
      for (const auto& [uuid, row] : rows) listed[uuid.text()] = boost::json::object{{"initial", ovsdb::to_json(row)}};
    }
    Replica replica(schema());
    EXPECT_TRUE(replica.fold(updates).has_value());
    return replica;
  }
};

template <class Table>
auto any_of(Table& table, rt::Choice& choice) {
  return std::next(table.begin(), choice.below(static_cast<std::uint32_t>(table.size())));
}

// One of the bridges tells its traffic, or somebody changes how, or it ends.
void edit_export(Model& model, rt::Choice& choice) {
  const Uuid row = Uuid::random(9, choice.below(2));
  Row& told = model.tables["IPFIX"][row];
  told["targets"] = Datum::of("192.0.2.9:" + std::to_string(1 + choice.below(3)));
  told["external_ids"] =
      Datum::map(choice.below(2) == 0 ? ovsdb::StringMap{} : ovsdb::StringMap{{"tarn-unit", "node"}});
  model.bridge(choice)["ipfix"] = choice.below(3) == 0 ? Datum() : Datum::of(row);
}

// A zone comes, goes, gets a policy or another one, or somebody's mark; now and then the datapath that holds it goes.
void edit_zone(Model& model, rt::Choice& choice) {
  const Uuid datapath = Uuid::random(10, 1);
  const Uuid zone = Uuid::random(11, choice.below(3));
  const Uuid policy = Uuid::random(12, choice.below(2));
  model.tables["CT_Timeout_Policy"][policy]["timeouts"] =
      Datum::map(ovsdb::AtomMap{{std::string("tcp_close"), std::int64_t{choice.below(3)}}});
  Row& row = model.tables["CT_Zone"][zone];
  row["timeout_policy"] = choice.below(3) == 0 ? Datum() : Datum::of(policy);
  row["external_ids"] =
      Datum::map(choice.below(2) == 0 ? ovsdb::StringMap{} : ovsdb::StringMap{{"tarn-unit", "gateway"}});
  ovsdb::AtomMap zones;
  for (std::uint32_t count = choice.below(3); count > 0; --count)
    zones.emplace(std::int64_t{1 + choice.below(3)}, any_of(model.tables["CT_Zone"], choice)->first);
  model.tables["Datapath"][datapath]["ct_zones"] = Datum::map(std::move(zones));
  const bool is_held = choice.below(4) > 0;
  model.tables["Open_vSwitch"].begin()->second["datapaths"] =
      Datum::map(is_held ? ovsdb::AtomMap{{std::string("netdev"), datapath}} : ovsdb::AtomMap{});
}

// The port leaves its bridge; with it go its rows, unless it is to be plugged elsewhere.
Uuid unlist_any(Model& model, rt::Choice& choice) {
  const Uuid port = any_of(model.tables["Port"], choice)->first;
  for (auto& [uuid, bridge] : model.tables["Bridge"]) {
    std::vector<ovsdb::Atom> kept;
    for (const auto& atom : ovsdb::column_of(bridge, "ports").atoms()) {
      if (atom != ovsdb::Atom(port)) kept.push_back(atom);
    }
    bridge["ports"] = Datum::set(std::move(kept));
  }
  return port;
}

void edit(Model& model, rt::Choice& choice) {
  const auto number = [&] { return Datum::of(std::int64_t{choice.below(4)}); };
  const std::string name = "p" + std::to_string(choice.below(6));
  const bool has_ports = !model.tables["Port"].empty();
  bool taken = false;
  for (const auto& [uuid, row] : model.tables["Port"]) taken |= ovsdb::string_of(row, "name") == name;
  switch (choice.below(9)) {
    case 0:
      if (!taken) model.plug(name, choice);
      break;
    case 1:
      if (has_ports) {
        const Uuid port = unlist_any(model, choice);
        const auto members = ovsdb::column_of(model.tables["Port"][port], "interfaces").uuids();
        for (const Uuid& member : members) model.tables["Interface"].erase(member);
        model.tables["Port"].erase(port);
      }
      break;
    case 2:
      if (has_ports) {
        const Uuid port = unlist_any(model, choice);
        if (choice.below(4) > 0) Model::list(model.bridge(choice), port);
      }
      break;
    case 3:
      if (has_ports) any_of(model.tables["Interface"], choice)->second["ofport"] = number();
      break;
    case 4:
      if (has_ports) {
        Row& row = any_of(model.tables["Interface"], choice)->second;
        row["ofport_request"] = choice.below(2) == 0 ? Datum() : number();
        row["external_ids"] =
            Datum::map(choice.below(2) == 0 ? ovsdb::StringMap{} : ovsdb::StringMap{{"tarn-ofport", "3"}});
      }
      break;
    case 5:
      if (has_ports)
        any_of(model.tables["Port"], choice)->second["external_ids"] =
            Datum::map(ovsdb::StringMap{{"tarn-unit", name}});
      break;
    case 6:
      edit_export(model, choice);
      break;
    case 7:
      edit_zone(model, choice);
      break;
    default:
      model.bridge(choice)["external_ids"] = Datum::map(ovsdb::StringMap{
          {"tarn-network-" + Uuid::random(1, choice.below(3)).text(), std::to_string(choice.below(3))}});
  }
}

template <class Table>
std::set<typename Table::key_type> differing(const Table& before, const Table& after) {
  std::set<typename Table::key_type> keys;
  for (const auto& [key, value] : before) {
    if (!after.contains(key) || !(after.at(key) == value)) keys.insert(key);
  }
  for (const auto& [key, value] : after) {
    if (!before.contains(key)) keys.insert(key);
  }
  return keys;
}

TEST(OvsdbPicture, FoldedIsAsBuiltAnewAndTellsExactlyTheDifference) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    rt::Seeded choice(seed);
    Model model;
    model.add("Open_vSwitch", {{"external_ids", Datum::map(ovsdb::StringMap{{"system-id", "n"}})}});
    model.add("Bridge", {{"name", Datum::of("br-int")}});
    model.add("Bridge", {{"name", Datum::of("br-ex")}});
    Replica replica{schema()};
    OvsdbPicture picture("br-int");
    for (int round = 0; round < 60; ++round) {
      for (std::uint32_t edits = choice.below(4); edits > 0; --edits) edit(model, choice);
      Replica next = model.replica();
      const OvsdbPicture before = picture;
      const OvsdbChanges told = picture.fold(next.changes_since(replica), next);
      replica = std::move(next);
      OvsdbPicture anew("br-int");
      static_cast<void>(anew.fold(replica.changes_since(Replica(schema())), replica));
      ASSERT_EQ(picture.bridges(), anew.bridges()) << "seed " << seed;
      ASSERT_EQ(picture.ports(), anew.ports()) << "seed " << seed;
      ASSERT_EQ(picture.pins(), anew.pins()) << "seed " << seed;
      ASSERT_EQ(picture.numbers(), anew.numbers()) << "seed " << seed;
      ASSERT_EQ(picture.exports(), anew.exports()) << "seed " << seed;
      ASSERT_EQ(picture.zones(), anew.zones()) << "seed " << seed;
      ASSERT_EQ(picture.datapath_row(), anew.datapath_row()) << "seed " << seed;
      ASSERT_EQ(picture.facts(), anew.facts()) << "seed " << seed;
      ASSERT_EQ(told.bridges, differing(before.bridges(), picture.bridges()));
      ASSERT_EQ(told.ports, differing(before.ports(), picture.ports()));
      ASSERT_EQ(told.pins, differing(before.pins(), picture.pins()));
      ASSERT_EQ(told.networks, differing(before.numbers(), picture.numbers()));
      ASSERT_EQ(told.exports, differing(before.exports(), picture.exports()));
      ASSERT_EQ(told.zones, differing(before.zones(), picture.zones()));
      ASSERT_EQ(told.interfaces, differing(before.facts().interfaces, picture.facts().interfaces));
    }
  }
}

TEST(OvsdbPicture, ReadsAHypervisorsPlugAsOsVifWritesIt) {
  Model model;
  rt::Seeded choice(1);
  model.add("Open_vSwitch", {{"external_ids", Datum::map(ovsdb::StringMap{{"system-id", "node-1"}})},
                             {"other_config", Datum::map(ovsdb::StringMap{{"flow-restore-wait", "true"}})}});
  model.add("Bridge", {{"name", Datum::of("br-int")}});
  model.plug("tap1", choice);
  Row& row = model.tables["Interface"].begin()->second;
  row["external_ids"] = Datum::map(ovsdb::StringMap{{"iface-id", "port-1"}, {"attached-mac", "fa:16:3e:00:00:01"}});
  row["ofport"] = Datum::of(std::int64_t{-1});
  const Replica replica = model.replica();
  OvsdbPicture picture("br-int");
  static_cast<void>(picture.fold(replica.changes_since(Replica(schema())), replica));
  EXPECT_EQ(picture.facts().node.system_id, "node-1");
  EXPECT_TRUE(picture.facts().node.flow_restore_wait);
  const domain::PluggedInterface& seen = picture.facts().interfaces.at("tap1");
  EXPECT_EQ(seen.bridge, "br-int");
  EXPECT_EQ(seen.iface_id, "port-1");
  EXPECT_EQ(seen.attached_mac, "fa:16:3e:00:00:01");
  EXPECT_EQ(seen.ofport, -1);
  EXPECT_FALSE(picture.ports().at("tap1").unit.has_value());
  EXPECT_TRUE(picture.pins().empty()) << "no request and no mark: nothing of a pin to see";
}

}  // namespace
}  // namespace tarn::host
