// The words of a tap flow's VLAN filter, and which VLANs they name.
#include "model/taps.h"

#include <gtest/gtest.h>

#include <set>

namespace tarn::model {
namespace {

TEST(VlanFilters, AreNumbersAndRangesWithCommasBetween) {
  for (const char* good : {"9", "0", "4095", "9,18", "27-36", "9,18,27-36,45", "007"})
    EXPECT_TRUE(is_vlan_filter(good)) << good;
  for (const char* bad : {"",   ",",     "9,",   ",9",     "9,,18",       "-",    "9-", "-9",  "9-18-27", "9 ",
                          " 9", "9, 18", "4096", "1-4096", "99999999999", "nine", "+9", "0x9", "9;18",    "9\n"})
    EXPECT_FALSE(is_vlan_filter(bad)) << bad;
}

std::set<std::uint32_t> named(std::string_view filter) {
  std::set<std::uint32_t> all;
  for (std::uint32_t vlan_id = 0; vlan_id < 4096; ++vlan_id)
    if (names_vlan(filter, vlan_id)) all.insert(vlan_id);
  return all;
}

TEST(VlanFilters, NameWhatTheyListAndNothingElse) {
  EXPECT_EQ(named("9"), (std::set<std::uint32_t>{9}));
  EXPECT_EQ(named("9,18,27-30"), (std::set<std::uint32_t>{9, 18, 27, 28, 29, 30}));
  EXPECT_EQ(named("30-27"), std::set<std::uint32_t>{}) << "a range that ends before it begins is empty";
  EXPECT_EQ(named("0-4095").size(), 4096U);
}

TEST(VlanFilters, NameWhatAnyOfTheirPartsNames) {
  const std::string_view one = "100-110,7";
  const std::string_view other = "105-120,9";
  std::set<std::uint32_t> both = named(one);
  both.merge(named(other));
  EXPECT_EQ(named(std::string(one) + "," + std::string(other)), both);
}

}  // namespace
}  // namespace tarn::model
