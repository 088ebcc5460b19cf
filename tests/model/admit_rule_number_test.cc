// Every group that flows can name has a number of its own, however it came to be, and keeps it.
#include "model/admit/rule_number.h"

#include <set>

#include "admission.h"
#include "model/codec.h"
#include "model/first_use.h"

namespace tarn::model {
namespace {

using admission::new_rule_number;
using test::admin;
using test::Desk;
using test::Given;
using test::reason;

class RuleNumbers : public ::testing::Test {
 protected:
  RuleNumbers() { desk.caller = admin(); }

  template <class Group>
  std::uint32_t number_of(const Uuid& id) {
    return (**desk.cloud.find<Group>(id)).number;
  }
  std::string adopt(const Row& row, std::int64_t number) {
    Given given = to_json(row);
    given["number"] = number;
    return reason(desk.run({{Verb::adopt, kind_of(row), id_of(row), std::move(given), std::nullopt}}));
  }
  // A group that holds just this number.
  template <class Group>
  Uuid hold(std::uint32_t number) {
    Group group;
    group.id = {desk.next_id()};
    group.number = number;
    desk.commit({{{Group::kind, group.id.uuid, group}}});
    return group.id.uuid;
  }

  Desk desk;
};

TEST_F(RuleNumbers, EveryWayToMakeAGroupGivesItOne) {
  std::set<std::uint32_t> numbers{0};
  const auto expect_new = [&](std::uint32_t number) { EXPECT_TRUE(numbers.insert(number).second) << number; };
  const Uuid security = desk.create(Kind::security_group, {{"project_id", "blue"}}).value();
  expect_new(number_of<SecurityGroup>(security));
  expect_new(number_of<SecurityGroup>(default_group_id("blue").uuid));
  ASSERT_TRUE(desk.run(missing_default_group(desk.cloud, "red")));
  expect_new(number_of<SecurityGroup>(default_group_id("red").uuid));
  expect_new(number_of<AddressGroup>(desk.create(Kind::address_group, {}).value()));
  SecurityGroup group;
  group.id = {desk.next_id()};
  ASSERT_EQ(adopt(group, 0), "admitted");
  expect_new(number_of<SecurityGroup>(group.id.uuid));
  AddressGroup addresses;
  addresses.id = {desk.next_id()};
  ASSERT_EQ(adopt(addresses, 0), "admitted");
  expect_new(number_of<AddressGroup>(addresses.id.uuid));
}

TEST_F(RuleNumbers, ANumberThatAnotherGroupHoldsIsNotGivenAgain) {
  const Uuid id = Uuid::random(3, 4);
  const std::uint32_t first = new_rule_number(desk.cloud, id);
  const Uuid holder = hold<AddressGroup>(first);
  const std::uint32_t second = new_rule_number(desk.cloud, id);
  EXPECT_NE(second, first);
  hold<SecurityGroup>(second);
  const std::uint32_t third = new_rule_number(desk.cloud, id);
  EXPECT_EQ((std::set{0U, first, second, third}.size()), 4U);
  EXPECT_EQ(new_rule_number(desk.cloud, id), third) << "the same cloud gives the same";
  ASSERT_TRUE(desk.run({{Verb::create, Kind::security_group, id, {}, std::nullopt}}));
  EXPECT_EQ(number_of<SecurityGroup>(id), third);

  const std::uint32_t elsewhere = new_rule_number(Snapshot(), Uuid::random(5, 6));
  hold<SecurityGroup>(elsewhere);
  ASSERT_TRUE(desk.run({{Verb::create, Kind::address_group, Uuid::random(5, 6), {}, std::nullopt}}));
  EXPECT_NE(number_of<AddressGroup>(Uuid::random(5, 6)), elsewhere);
  ASSERT_TRUE(desk.run({{Verb::remove, Kind::address_group, holder, {}, std::nullopt}}));
  EXPECT_EQ(new_rule_number(desk.cloud, id), first) << "it is free again when its holder is gone";
}

TEST_F(RuleNumbers, NobodyMaySayOne) {
  EXPECT_EQ(reason(desk.create(Kind::security_group, {{"number", 7}})), "InvalidInput");
  EXPECT_EQ(reason(desk.create(Kind::address_group, {{"number", 7}})), "InvalidInput");
  const Uuid security = desk.create(Kind::security_group, {}).value();
  const Uuid addresses = desk.create(Kind::address_group, {}).value();
  for (const auto& [kind, id] : {std::pair(Kind::security_group, security), std::pair(Kind::address_group, addresses)})
    EXPECT_EQ(reason(desk.run({{Verb::update, kind, id, {{"number", 7}}, std::nullopt}})), "InvalidInput");
}

TEST_F(RuleNumbers, AGroupKeepsItsOwnWhateverIsAskedOfIt) {
  const Uuid security = desk.create(Kind::security_group, {}).value();
  const std::uint32_t number = number_of<SecurityGroup>(security);
  ASSERT_TRUE(desk.run({{Verb::update, Kind::security_group, security, {{"name", "web"}}, std::nullopt}}));
  EXPECT_EQ(number_of<SecurityGroup>(security), number);
  SecurityGroup again = **desk.cloud.find<SecurityGroup>(security);
  again.standard.name = "adopted";
  ASSERT_EQ(adopt(again, 1), "admitted");
  EXPECT_EQ(number_of<SecurityGroup>(security), number);
  EXPECT_EQ((**desk.cloud.find<SecurityGroup>(security)).standard.name, "adopted");
  ASSERT_EQ(adopt(again, 1), "admitted");
  EXPECT_TRUE(desk.last.empty()) << "adopted twice is adopted once";
}

TEST_F(RuleNumbers, WhatAnAdoptedGroupSaysIsNotAsked) {
  const Uuid holder = desk.create(Kind::address_group, {}).value();
  const std::uint32_t taken = number_of<AddressGroup>(holder);
  SecurityGroup group;
  group.id = {desk.next_id()};
  ASSERT_EQ(adopt(group, taken), "admitted");
  EXPECT_NE(number_of<SecurityGroup>(group.id.uuid), taken);
  EXPECT_EQ(number_of<AddressGroup>(holder), taken);
}

TEST_F(RuleNumbers, NoTwoNumbersHaveOneId) {
  std::set<Uuid> ids;
  for (unsigned bit = 0; bit < 32; ++bit) ids.insert(rule_number_id(std::uint32_t{1} << bit));
  for (const std::uint32_t number : {0U, 3U, 0xffffffffU}) ids.insert(rule_number_id(number));
  EXPECT_EQ(ids.size(), 35U);
}

}  // namespace
}  // namespace tarn::model
