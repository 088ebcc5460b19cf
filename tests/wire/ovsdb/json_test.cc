// OVSDB values and JSON: RFC 7047 section 5.1's notation in, the same notation out, and nothing else accepted.
#include "wire/ovsdb/json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tarn::wire::ovsdb {
namespace {

namespace json = boost::json;

constexpr const char* some_uuid = "550e8400-e29b-41d4-a716-446655440000";

Atom uuid_atom() {
  return *Uuid::parse(some_uuid);
}

Result<Datum> read(std::string_view text) {
  return datum_from_json(json::parse(text));
}

TEST(OvsdbValues, AreWrittenAsTheRfcWritesThem) {
  const std::vector<std::pair<Datum, std::string>> notation{
      {Datum::of(std::int64_t{5}), "5"},
      {Datum::of(true), "true"},
      {Datum::of(std::string("br0")), R"("br0")"},
      {Datum::of(uuid_atom()), R"(["uuid","550e8400-e29b-41d4-a716-446655440000"])"},
      {Datum::of(NamedUuid{"row1"}), R"(["named-uuid","row1"])"},
      {Datum(), R"(["set",[]])"},
      {Datum::set({std::int64_t{3}, std::int64_t{1}}), R"(["set",[1,3]])"},
      {Datum::map(AtomMap()), R"(["map",[]])"},
      {Datum::map(StringMap{{"b", "2"}, {"a", "1"}}), R"(["map",[["a","1"],["b","2"]]])"},
  };
  for (const auto& [datum, text] : notation) {
    EXPECT_EQ(json::serialize(to_json(datum)), text);
    EXPECT_EQ(read(text), datum) << text;
  }
}

TEST(OvsdbValues, AreEqualHoweverTheyWereWritten) {
  EXPECT_EQ(read(R"(["set",[7]])"), read("7"));  // RFC 7047 section 5.1: a set of one may be written as its element
  EXPECT_EQ(read(R"(["set",[2,1,2]])"), read(R"(["set",[1,2]])"));
  EXPECT_EQ(read(R"(["map",[["b",1],["a",2]]])"), read(R"(["map",[["a",2],["b",1]]])"));
  EXPECT_NE(read(R"(["set",[]])"), read(R"(["map",[]])"));
  EXPECT_NE(read("1"), read("true"));
}

TEST(OvsdbValues, RefuseWhatIsNoValue) {
  for (const char* bad :
       {"null", "{}", "[]", R"(["set"])", R"(["set",5])", R"(["set",[null]])", R"(["set",[["set",[]]]])",
        R"(["map",[1]])", R"(["map",[["a"]]])", R"(["map",[["a",1],["a",2]]])", R"(["uuid","x"])", R"(["uuid",5])",
        R"(["bag",[1]])", "18446744073709551615"}) {
    const auto read_back = read(bad);
    ASSERT_FALSE(read_back.has_value()) << bad;
    EXPECT_FALSE(read_back.error().message.empty());
  }
}

TEST(OvsdbValues, FollowTheColumnsType) {
  const ColumnType real{AtomType::real, {}, true, false};
  EXPECT_EQ(datum_from_json(json::parse("3"), &real), Datum::of(Real(3)));
  const ColumnType integer{AtomType::integer, {}, true, false};
  EXPECT_FALSE(datum_from_json(json::parse(R"("3")"), &integer).has_value());
  EXPECT_FALSE(datum_from_json(json::parse("3.5"), &integer).has_value());
  const ColumnType map{AtomType::string, AtomType::string, false, true};
  EXPECT_FALSE(datum_from_json(json::parse(R"(["set",[]])"), &map).has_value());
  EXPECT_FALSE(datum_from_json(json::parse(R"(["map",[]])"), &integer).has_value());
}

TEST(OvsdbSchema, TellsSingleValuesFromManyAndMaps) {
  // The forms of RFC 7047 section 3.2: <atomic-type> alone, and objects with key, value, min and max.
  const auto schema = schema_from_json(json::parse(R"({"name":"db","version":"8.3.1","tables":{"T":{"columns":{
      "name":{"type":"string","mutable":false},
      "ofport":{"type":{"key":"integer","min":0,"max":1}},
      "ports":{"type":{"key":{"type":"uuid","refTable":"Port"},"min":0,"max":"unlimited"}},
      "other_config":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}}}}}})"));
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  EXPECT_EQ(schema->version, "8.3.1");
  const TableSchema& table = schema->tables.at("T");
  EXPECT_EQ(table.at("name"), (ColumnType{AtomType::string, {}, true, false}));
  EXPECT_EQ(table.at("ofport"), (ColumnType{AtomType::integer, {}, false, false}));
  EXPECT_EQ(table.at("ports"), (ColumnType{AtomType::uuid, {}, false, true}));
  EXPECT_EQ(table.at("other_config"), (ColumnType{AtomType::string, AtomType::string, false, true}));
  EXPECT_EQ(table.at("name").default_value(), Datum::of(std::string()));
  EXPECT_EQ(table.at("ofport").default_value(), Datum());
  EXPECT_EQ(table.at("other_config").default_value(), Datum::map(AtomMap()));
}

TEST(OvsdbSchema, LeavesOutUnknownColumnsAndRefusesUnknownTables) {
  const Schema schema{"1", {{"T", {{"a", {}}}}}};
  const auto selected = select_columns(schema, {{"T", {"a", "newer"}}});
  ASSERT_TRUE(selected.has_value());
  EXPECT_EQ(selected->tables.at("T").size(), 1U);
  EXPECT_EQ(select_columns(schema, {{"U", {"a"}}}).error().code, ErrorCode::unsupported);
}

std::string written(const Operation& operation) {
  return json::serialize(to_json(operation));
}

TEST(OvsdbOperations, AreWrittenAsSection5_2Says) {
  const Uuid uuid = *Uuid::parse(some_uuid);
  const std::string where = R"("where":[["_uuid","==",["uuid","550e8400-e29b-41d4-a716-446655440000"]]])";
  EXPECT_EQ(written(Insert{"Port", {{"name", Datum::of(std::string("p"))}}, "port0"}),
            R"({"op":"insert","table":"Port","row":{"name":"p"},"uuid-name":"port0"})");
  EXPECT_EQ(written(Update{"Port", uuid, {{"tag", Datum::of(std::int64_t{7})}}}),
            R"({"op":"update","table":"Port",)" + where + R"(,"row":{"tag":7}})");
  EXPECT_EQ(written(Delete{"Port", uuid}), R"({"op":"delete","table":"Port",)" + where + "}");
  EXPECT_EQ(written(Mutate{"Bridge",
                           uuid,
                           {{"ports", Mutator::erase, Datum::of(uuid_atom())},
                            {"ports", Mutator::insert, Datum::of(NamedUuid{"x"})}}}),
            R"({"op":"mutate","table":"Bridge",)" + where +
                R"(,"mutations":[["ports","delete",["uuid","550e8400-e29b-41d4-a716-446655440000"]],)" +
                R"(["ports","insert",["named-uuid","x"]]]})");
  EXPECT_EQ(written(Mutate{"Datapath", NamedUuid{"made"}, {{"ct_zones", Mutator::erase, Datum::of(std::int64_t{7})}}}),
            R"({"op":"mutate","table":"Datapath","where":[["_uuid","==",["named-uuid","made"]]],)"
            R"("mutations":[["ct_zones","delete",7]]})");
  EXPECT_EQ(written(Wait{"Port", {{"name", Datum::of(std::string("p"))}}, {"name"}, {}}),
            R"({"op":"wait","table":"Port","timeout":0,"where":[["name","==","p"]],"columns":["name"],)"
            R"("until":"==","rows":[]})");
  EXPECT_EQ(written(Comment{"why"}), R"({"op":"comment","comment":"why"})");
}

TEST(OvsdbResults, AreOneForEachOperation) {
  const auto results =
      results_from_json(json::parse(R"([{},{"uuid":["uuid","550e8400-e29b-41d4-a716-446655440000"]},{"count":1}])"), 3);
  ASSERT_TRUE(results.has_value());
  EXPECT_EQ((*results)[1].inserted, Uuid::parse(some_uuid).value());
  EXPECT_EQ((*results)[2].count, 1);
}

TEST(OvsdbResults, NameTheFirstErrorInWords) {
  // RFC 7047 section 4.1.3: operations after the failed one are null; an error of the commit is one element more.
  const auto waited = results_from_json(json::parse(R"([{},{"error":"timed out","details":"wait"},null])"), 3);
  EXPECT_EQ(waited.error().code, ErrorCode::stale);
  EXPECT_EQ(waited.error().reason, "timed out");
  EXPECT_NE(waited.error().message.find("operation 1"), std::string::npos);
  const auto committed = results_from_json(json::parse(R"([{},{"error":"constraint violation"}])"), 1);
  EXPECT_EQ(committed.error().code, ErrorCode::conflict);
  for (const char* bad : {"{}", "[null]", "[5]", "[]", R"([{"uuid":5}])"}) {
    EXPECT_EQ(results_from_json(json::parse(bad), 1).error().code, ErrorCode::corrupt) << bad;
  }
}

}  // namespace
}  // namespace tarn::wire::ovsdb
