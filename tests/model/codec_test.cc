// Rows survive their encoding, and neighbouring versions read each other.
#include "model/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

Ip ip(std::string_view text) {
  return Ip::parse(text).value();
}

Standard full_standard() {
  return {.project_id = "p1",
          .name = "na\"me \u00e9",
          .description = "line\nline",
          .revision_number = ~std::uint64_t{0},
          .created_at_ms = 1'700'000'000'123,
          .updated_at_ms = -1,
          .tags = {"a", "b"}};
}

std::vector<Row> full_address_plan() {
  const AddressScope scope{
      .id = {RandomCloud::id(Kind::address_scope, 1)}, .standard = full_standard(), .shared = true, .ip_version = 6};
  SubnetPool pool{.id = {RandomCloud::id(Kind::subnetpool, 1)},
                  .standard = full_standard(),
                  .prefixes = {Prefix::parse("2001:db8::/40").value()},
                  .ip_version = 6,
                  .default_prefixlen = 64,
                  .min_prefixlen = 48,
                  .max_prefixlen = 72,
                  .default_quota = 9,
                  .address_scope = scope.id,
                  .shared = true,
                  .is_default = true};
  AddressGroup group{.id = {RandomCloud::id(Kind::address_group, 1)},
                     .standard = full_standard(),
                     .addresses = {Prefix::parse("10.0.0.7/32").value()},
                     .shared = true};
  return {scope, pool, group};
}

// One row of each kind with no field at its default.
std::vector<Row> full_rows() {
  Network network{.id = {RandomCloud::id(Kind::network, 1)},
                  .standard = full_standard(),
                  .admin_state_up = false,
                  .shared = true,
                  .external = true,
                  .port_security_enabled = false,
                  .mtu = 9000,
                  .type = NetworkType::vlan,
                  .physical_network = "physnet1",
                  .segmentation_id = 4094,
                  .dns_domain = "example.org.",
                  .availability_zone_hints = {"nova"}};
  Subnet subnet{.id = {RandomCloud::id(Kind::subnet, 1)},
                .standard = full_standard(),
                .network = network.id,
                .cidr = Prefix::parse("2001:db8::/64").value(),
                .gateway = ip("2001:db8::1"),
                .enable_dhcp = false,
                .pools = {{ip("2001:db8::2"), ip("2001:db8::ff")}},
                .dns_servers = {ip("2001:db8::53"), ip("192.0.2.53")},
                .host_routes = {{Prefix::parse("198.51.100.0/24").value(), ip("192.0.2.1")}},
                .ra_mode = Ipv6Mode::slaac,
                .address_mode = Ipv6Mode::dhcpv6_stateless,
                .service_types = {"compute:nova"},
                .subnetpool = SubnetPoolId{RandomCloud::id(Kind::subnetpool, 1)}};
  Port port{.id = {RandomCloud::id(Kind::port, 1)},
            .standard = full_standard(),
            .network = network.id,
            .mac = Mac{{0xfa, 0x16, 0x3e, 1, 2, 3}},
            .fixed_ips = {{subnet.id, ip("2001:db8::5")}},
            .allowed_address_pairs = {{Prefix::parse("10.0.0.0/8").value(), Mac{{2, 0, 0, 0, 0, 1}}},
                                      {Prefix::parse("10.1.1.1/32").value(), std::nullopt}},
            .extra_dhcp_opts = {{"bootfile-name", "pxelinux.0", 6}},
            .device_id = "device",
            .device_owner = "compute:nova",
            .admin_state_up = false,
            .port_security_enabled = false,
            .dns_name = "vm",
            .binding_host = "host-1",
            .vnic_type = "direct",
            .binding_profile = R"({"a":1})",
            .vif_type = VifType::binding_failed,
            .status = PortStatus::error};
  Agent agent{.id = {RandomCloud::id(Kind::agent, 1)},
              .host = "host-1",
              .binary = "other",
              .version = "1.2",
              .admin_state_up = false,
              .description = "d",
              .availability_zone = "az1",
              .tunnel_address = "192.0.2.7",
              .bridge_mappings = {{"physnet1", "br-ex"}},
              .created_at_ms = 3,
              .started_at_ms = 4};
  std::vector<Row> rows{network, subnet, port, agent};
  std::ranges::move(full_address_plan(), std::back_inserter(rows));
  return rows;
}

TEST(Codec, DecodeUndoesEncodeForEveryKind) {
  for (const Row& row : full_rows()) {
    EXPECT_EQ(decode(kind_of(row), encode(row)), Result<Row>(row)) << name_of(kind_of(row));
  }
  RandomCloud chance(1);
  for (unsigned i = 0; i < 400; ++i) {
    const Row row = chance.row(static_cast<Kind>(i % std::variant_size_v<Row>), i % 7);
    EXPECT_EQ(decode(kind_of(row), encode(row)), Result<Row>(row));
  }
}

TEST(Codec, SpellsFieldsAsPeopleReadThem) {
  const std::vector<Row> rows = full_rows();
  const boost::json::object subnet = to_json(rows[1]);
  EXPECT_EQ(subnet.at("cidr"), "2001:db8::/64");
  EXPECT_EQ(subnet.at("address_mode"), "dhcpv6_stateless");
  EXPECT_EQ(subnet.at("name"), "na\"me \u00e9");
  EXPECT_FALSE(subnet.contains("standard"));
  EXPECT_EQ(to_json(Subnet{}).at("gateway"), nullptr);
  const boost::json::object port = to_json(rows[2]);
  EXPECT_EQ(port.at("mac"), "fa:16:3e:01:02:03");
  EXPECT_EQ(port.at("allowed_address_pairs").at(1).at("mac"), nullptr);
  EXPECT_EQ(to_json(rows[3]).at("bridge_mappings").at("physnet1"), "br-ex");
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
