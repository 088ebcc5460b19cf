// Rows survive their encoding, and neighbouring versions read each other.
#include "model/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "filled_row.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

// One row of each kind with no field at its default.
std::vector<Row> full_rows() {
  std::vector<Row> rows;
  Rows::each([&]<class R>(std::type_identity<R>) {
    R row;
    test::fill(row, [](unsigned) { return 0U; });
    rows.push_back(std::move(row));
  });
  return rows;
}

TEST(Codec, DecodeUndoesEncodeForEveryKind) {
  for (const Row& row : full_rows()) {
    EXPECT_EQ(decode(kind_of(row), encode(row)), Result<Row>(row)) << name_of(kind_of(row));
  }
  RandomCloud chance(1);
  for (unsigned i = 0; i < 400; ++i) {
    const Row row = chance.row(static_cast<Kind>(i % std::variant_size_v<Rows::Variant>), i % 7);
    EXPECT_EQ(decode(kind_of(row), encode(row)), Result<Row>(row));
  }
}

TEST(Codec, SpellsFieldsAsPeopleReadThem) {
  Subnet subnet;
  subnet.standard.name = "na\"me";
  subnet.cidr = Prefix::parse("2001:db8::/64").value();
  subnet.address_mode = Ipv6Mode::dhcpv6_stateless;
  const boost::json::object shown = to_json(Row(subnet));
  EXPECT_EQ(shown.at("cidr"), "2001:db8::/64");
  EXPECT_EQ(shown.at("address_mode"), "dhcpv6_stateless");
  EXPECT_EQ(shown.at("name"), "na\"me");
  EXPECT_FALSE(shown.contains("standard"));
  EXPECT_EQ(shown.at("gateway"), nullptr);
  Port port;
  port.mac = Mac{{0xfa, 0x16, 0x3e, 1, 2, 3}};
  port.allowed_address_pairs = {{Prefix::parse("10.1.1.1/32").value(), std::nullopt}};
  EXPECT_EQ(to_json(Row(port)).at("mac"), "fa:16:3e:01:02:03");
  EXPECT_EQ(to_json(Row(port)).at("allowed_address_pairs").at(0).at("mac"), nullptr);
  Agent agent;
  agent.bridge_mappings = {{"physnet1", "br-ex"}};
  EXPECT_EQ(to_json(agent).at("bridge_mappings").at("physnet1"), "br-ex");
  SecurityGroupRule rule;
  rule.permission.protocol = "tcp";
  EXPECT_EQ(to_json(Row(rule)).at("protocol"), "tcp");
}

TEST(Codec, IgnoresAFieldOfANewerVersion) {
  for (const Row& row : full_rows()) {
    boost::json::object object = to_json(row);
    object["field_of_tomorrow"] = {1, 2, 3};
    EXPECT_EQ(row_from_json(kind_of(row), object), Result<Row>(row));
  }
}

TEST(Codec, GivesAFieldThatAnOlderVersionLacksItsDefault) {
  for (const Row& row : full_rows()) {
    const boost::json::object object = to_json(row);
    for (const auto& [name, value] : object) {
      boost::json::object shorter = object;
      shorter.erase(name);
      const Result<Row> read = row_from_json(kind_of(row), shorter);
      ASSERT_TRUE(read.has_value()) << name;
      boost::json::object back = to_json(*read);
      const boost::json::object fresh = to_json(*row_from_json(kind_of(row), {}));
      EXPECT_EQ(back.at(name), fresh.at(name)) << name;
      EXPECT_NE(back.at(name), value) << name << " was at its default: the test proves nothing for it";
      back[name] = value;
      EXPECT_EQ(row_from_json(kind_of(row), back), Result<Row>(row)) << name;
    }
  }
}

TEST(Codec, RefusesAWrongTypeAndNamesTheField) {
  for (const Row& row : full_rows()) {
    const boost::json::object object = to_json(row);
    for (const auto& [name, value] : object) {
      boost::json::object damaged = object;
      damaged[name] = value.is_object() ? boost::json::value(7) : boost::json::value(boost::json::object{{"x", 1}});
      const Result<Row> read = row_from_json(kind_of(row), damaged);
      ASSERT_FALSE(read.has_value()) << name;
      EXPECT_EQ(read.error().code, ErrorCode::invalid);
      EXPECT_NE(read.error().message.find("'" + std::string(name) + "'"), std::string::npos) << read.error().message;
    }
  }
}

TEST(Codec, RefusesNumbersOutsideTheirRange) {
  boost::json::object network = to_json(full_rows()[0]);
  for (const boost::json::value& wrong :
       {boost::json::value(-1), boost::json::value(4294967296), boost::json::value(1.5)}) {
    network["mtu"] = wrong;
    EXPECT_FALSE(row_from_json(Kind::network, network).has_value()) << wrong;
  }
  network["mtu"] = 4294967295;
  EXPECT_TRUE(row_from_json(Kind::network, network).has_value());
}

TEST(Codec, CallsTextThatIsNoObjectCorrupt) {
  for (const char* text : {"", "{", "[]", "nul", "{\"id\":", "\xff"}) {
    const Result<Row> read = decode(Kind::port, text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

TEST(Merge, SetsWhatIsGivenAndKeepsTheRest) {
  Row row = full_rows()[0];
  ASSERT_TRUE(merge(row, {{"name", "new"}, {"mtu", 1400}, {"tags", {"z"}}}).has_value());
  Network expected = std::get<Network>(full_rows()[0]);
  expected.standard.name = "new";
  expected.standard.tags = {"z"};
  expected.mtu = 1400;
  EXPECT_EQ(std::get<Network>(row), expected);
}

TEST(Merge, RefusesWhatTheRowDoesNotHaveAndThenChangesNothing) {
  const Row before = full_rows()[2];
  Row row = before;
  const Status unknown = merge(row, {{"name", "new"}, {"speed", 10}});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_NE(unknown.error().message.find("speed"), std::string::npos);
  EXPECT_FALSE(merge(row, {{"name", "new"}, {"mac", "not a mac"}}).has_value());
  EXPECT_FALSE(merge(row, {{"name", nullptr}}).has_value());
  EXPECT_EQ(row, before);
}

TEST(Merge, NullClearsAnOptionalField) {
  Row row = full_rows()[1];
  ASSERT_TRUE(merge(row, {{"gateway", nullptr}}).has_value());
  EXPECT_EQ(std::get<Subnet>(row).gateway, std::nullopt);
}

}  // namespace
}  // namespace tarn::model
