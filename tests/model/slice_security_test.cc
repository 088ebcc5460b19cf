// What a node is told of security groups: those of its own ports, their rules, and whom those name; and no more work
// than that. That a step equals the slice from scratch is a law of slice_test.cc.
#include <gtest/gtest.h>

#include "model/slice.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

SecurityGroupId group_id(unsigned number) {
  return {RandomCloud::id(Kind::security_group, number)};
}
SecurityGroup group(unsigned number) {
  SecurityGroup group;
  group.id = group_id(number);
  group.number = number;
  return group;
}
SecurityGroupRule rule(unsigned number, unsigned of) {
  SecurityGroupRule rule;
  rule.id = {RandomCloud::id(Kind::security_group_rule, number)};
  rule.group = group_id(of);
  return rule;
}
SecurityGroupRule rule(unsigned number, unsigned of, unsigned remote) {
  SecurityGroupRule named = rule(number, of);
  named.permission.remote_group = group_id(remote);
  return named;
}
AddressGroup addresses(unsigned number) {
  AddressGroup group;
  group.id = {RandomCloud::id(Kind::address_group, number)};
  return group;
}

// In a network of its own, which no other port can make a node's.
Port port(unsigned number, const std::string& host, const std::vector<unsigned>& groups) {
  Port port;
  port.id = {RandomCloud::id(Kind::port, 0)};
  port.id.uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  port.id.uuid.bytes[15] = static_cast<std::uint8_t>(number);
  port.network = {port.id.uuid};
  port.fixed_ips = {{{}, Ip::from_v4(0x0a000000 + number)}};
  port.binding_host = host;
  port.vif_type = host.empty() ? VifType::unbound : VifType::ovs;
  for (const unsigned each : groups) port.security_groups.push_back(group_id(each));
  return port;
}

Snapshot with(const Snapshot& cloud, const std::vector<Row>& rows) {
  Change change;
  for (const Row& row : rows) change.edits.push_back({kind_of(row), id_of(row), row});
  return cloud.with(change, cloud.revision() + 1);
}
Snapshot without(const Snapshot& cloud, const Row& row) {
  return cloud.with({{{kind_of(row), id_of(row), std::nullopt}}}, cloud.revision() + 1);
}

std::set<SliceName> names_of(const std::vector<SliceRow>& rows) {
  std::set<SliceName> names;
  for (const SliceRow& row : rows) names.insert(name_of(row));
  return names;
}
Member member(const Port& port) {
  return {port.id, port.security_groups, {}};
}

// All names but those of ports and their networks.
std::set<SliceName> security_of(const Snapshot& cloud, const std::string& host) {
  std::set<SliceName> names;
  for (const auto& [name, item] : slice(cloud, host))
    if (!name.starts_with("port/")) names.insert(name);
  return names;
}

TEST(SliceSecurity, ANodeHearsOfTheGroupsOfItsPortsOfTheirRulesAndOfWhomThoseName) {
  SecurityGroupRule from_addresses = rule(2, 1);
  from_addresses.permission.remote_address_group = addresses(1).id;
  const Port here = port(1, "host-1", {1});
  const Port named = port(2, "", {2});
  const Snapshot cloud = with({}, {group(1), group(2), group(3), rule(1, 1, 2), from_addresses, rule(3, 2, 3),
                                   rule(4, 3), addresses(1), addresses(2), here, named, port(3, "host-2", {3})});
  EXPECT_EQ(security_of(cloud, "host-1"),
            names_of({group(1), group(2), rule(1, 1), rule(2, 1), addresses(1), member(named)}))
      << "of the remote's own rules nothing, nor of the members of what nobody names";
  EXPECT_EQ(security_of(cloud, "host-2"), names_of({group(3), rule(4, 3)}));
  EXPECT_TRUE(security_of(cloud, "host-3").empty());
}

TEST(SliceSecurity, AGroupThatNamesItselfHasItsOwnPortsAsMembersHereElsewhereAndNowhere) {
  Port unsecured = port(4, "host-2", {1});
  unsecured.port_security_enabled = false;
  const Port here = port(1, "host-1", {1});
  const Port there = port(2, "host-2", {1});
  const Port nowhere = port(3, "", {1});
  const Snapshot cloud = with({}, {group(1), rule(1, 1, 1), here, there, nowhere, unsecured});
  EXPECT_EQ(security_of(cloud, "host-1"),
            names_of({group(1), rule(1, 1), member(here), member(there), member(nowhere)}));
}

TEST(SliceSecurity, APortWithoutSecurityOrWhoseBindingFailedBringsNoGroup) {
  Port unsecured = port(1, "host-1", {1});
  unsecured.port_security_enabled = false;
  Port failed = port(2, "host-2", {1});
  failed.vif_type = VifType::binding_failed;
  const Snapshot cloud = with({}, {group(1), rule(1, 1, 1), unsecured, failed});
  EXPECT_TRUE(security_of(cloud, "host-1").empty());
  EXPECT_TRUE(security_of(cloud, "host-2").empty());
}

TEST(SliceSecurity, AMemberIsItsFixedAddressesAndThePairsThatItMayUse) {
  Port many = port(1, "host-1", {1, 2});
  many.fixed_ips.push_back({{}, Ip::parse("2001:db8::5").value()});
  many.allowed_address_pairs = {{Prefix::parse("10.0.0.1/32").value(), std::nullopt},
                                {Prefix::parse("192.0.2.0/24").value(), std::nullopt}};
  const Slice told = slice(with({}, {group(1), rule(1, 1, 1), many}), "host-1");
  const SliceItem* item = told.find(name_of(member(many)));
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(std::get<Member>(*item->row),
            (Member{many.id,
                    {group_id(1), group_id(2)},
                    {Prefix::parse("10.0.0.1/32").value(), Prefix::parse("192.0.2.0/24").value(),
                     Prefix::parse("2001:db8::5/128").value()}}));
}

TEST(SliceSecurity, AMemberThatTwoRulesNameStaysUntilNeitherDoes) {
  const Port here = port(1, "host-1", {1});
  const Port both = port(2, "", {2, 3});
  const Snapshot two = with({}, {group(1), group(2), group(3), rule(1, 1, 2), rule(2, 1, 3), here, both});
  const Snapshot one = without(two, rule(1, 1));
  const Snapshot none = without(one, rule(2, 1));
  const Slice whole = slice(two, "host-1");
  EXPECT_EQ(difference(whole, advance(whole, two, one, "host-1")).removed, names_of({rule(1, 1), group(2)}));
  const Slice less = slice(one, "host-1");
  EXPECT_EQ(difference(less, advance(less, one, none, "host-1")).removed,
            names_of({rule(2, 1), group(3), member(both)}));
}

// Group 1 names group 2, which has ten thousand members; group 3 says nothing of them.
class LargeGroup : public ::testing::Test {
 protected:
  LargeGroup() {
    std::vector<Row> rows{group(1), group(2), group(3), rule(1, 1, 2), rule(2, 3), rule(3, 2)};
    for (unsigned i = 0; i < 10'000; ++i) rows.push_back(port(i, "", {2}));
    for (unsigned h = 1; h <= 3; ++h) rows.push_back(port(20'000 + h, "host-" + std::to_string(h), {1}));
    rows.push_back(port(20'004, "host-4", {3}));
    rows.push_back(port(20'005, "host-5", {2}));
    cloud = with({}, rows);
  }

  // What is written in the slice of one host, even where the row is as it was: what a step is about.
  std::set<SliceName> written(const Snapshot& after, const std::string& host) {
    const Slice old = slice(cloud, host);
    std::set<SliceName> names;
    Slice::difference(old, advance(old, cloud, after, host),
                      [&names](const SliceName& name, const SliceItem*, const SliceItem*) { names.insert(name); });
    return names;
  }

  const std::set<std::string> users{"host-1", "host-2", "host-3"};
  Snapshot cloud;
};

TEST_F(LargeGroup, OneMemberMoreIsOneRowOnEachNodeThatNamesItAndNoneElsewhere) {
  const Port more = port(10'000, "", {2});
  const Snapshot after = with(cloud, {more});
  EXPECT_EQ(concerned(cloud, after), users);
  for (const std::string& host : users) {
    EXPECT_EQ(written(after, host), names_of({member(more)}));
    const Slice old = slice(cloud, host);
    const SlicePatch patch = difference(old, advance(old, cloud, after, host));
    EXPECT_EQ(patch.put.size(), 1U);
    EXPECT_TRUE(patch.removed.empty());
  }
  EXPECT_TRUE(written(after, "host-4").empty());
  EXPECT_TRUE(written(after, "host-5").empty());
}

TEST_F(LargeGroup, AMemberThatGoesOrChangesIsOneRow) {
  Port other = port(77, "", {2});
  other.fixed_ips[0].address = Ip::from_v4(0x0b000001);
  for (const Snapshot& after : {with(cloud, {other}), without(cloud, other)}) {
    EXPECT_EQ(concerned(cloud, after), users);
    EXPECT_EQ(written(after, "host-2"), names_of({member(other)}));
  }
}

TEST_F(LargeGroup, OneUserMoreOnANodeThatUsesTheGroupIsThatPortAlone) {
  const Port more = port(20'010, "host-1", {1});
  const Snapshot after = with(cloud, {more});
  EXPECT_EQ(concerned(cloud, after), (std::set<std::string>{"host-1"}));
  EXPECT_EQ(written(after, "host-1"), (std::set<SliceName>{"port/" + more.id.text()}));
}

TEST_F(LargeGroup, ARuleMoreThatNamesItIsNoWorkForItsMembers) {
  const Snapshot after = with(cloud, {rule(4, 1, 2)});
  EXPECT_EQ(concerned(cloud, after), users);
  EXPECT_EQ(written(after, "host-1"), names_of({rule(4, 1), group(2)}));
  const Slice old = slice(cloud, "host-1");
  EXPECT_EQ(difference(old, advance(old, cloud, after, "host-1")).put.size(), 1U) << "only the rule is told";
}

}  // namespace
}  // namespace tarn::model
