// Sets of addresses as prefixes, against sets of plain addresses inside 10.0.0.0/26.
#include "model/admit/prefix_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace tarn::model::admission {
namespace {

constexpr std::uint32_t base = 0x0a000000;
using Addresses = std::set<std::uint32_t>;

Addresses addresses_of(const Prefixes& prefixes) {
  Addresses all;
  for (const Prefix& prefix : prefixes)
    for (std::uint32_t ip = prefix.first().v4(); ip <= prefix.last().v4(); ++ip) all.insert(ip);
  return all;
}

Prefixes random_prefixes(std::mt19937& engine) {
  Prefixes prefixes(engine() % 6);
  for (Prefix& prefix : prefixes)
    prefix = Prefix::of(Ip::from_v4(base + engine() % 64), static_cast<int>(26 + engine() % 7));
  return prefixes;
}

// Sorted, disjoint, and no two halves of one.
bool is_compact(const Prefixes& prefixes) {
  for (std::size_t i = 1; i < prefixes.size(); ++i) {
    const Prefix& before = prefixes[i - 1];
    const Prefix& here = prefixes[i];
    if (!(before < here) || before.overlaps(here)) return false;
    if (before.length == here.length && Prefix::of(before.address, before.length - 1).contains(here.address))
      return false;
  }
  return true;
}

class PrefixSets : public ::testing::TestWithParam<unsigned> {};

TEST_P(PrefixSets, SayOfAddressesWhatSetsOfThemSay) {
  std::mt19937 engine(GetParam());
  for (int i = 0; i < 500; ++i) {
    const Prefixes raw = random_prefixes(engine);
    const Prefixes a = compacted(raw);
    const Prefixes b = compacted(random_prefixes(engine));
    const Addresses in_a = addresses_of(a);
    const Addresses in_b = addresses_of(b);
    ASSERT_TRUE(is_compact(a));
    ASSERT_EQ(in_a, addresses_of(raw));
    Addresses both;
    std::ranges::set_intersection(in_a, in_b, std::inserter(both, both.end()));
    Addresses rest;
    std::ranges::set_difference(in_a, in_b, std::inserter(rest, rest.end()));
    ASSERT_EQ(overlap(a, b), !both.empty());
    ASSERT_EQ(covers(a, b), std::ranges::includes(in_a, in_b));
    const Prefixes left = difference(a, b);
    ASSERT_EQ(addresses_of(left), rest);
    ASSERT_TRUE(is_compact(left));
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, PrefixSets, ::testing::Range(1U, 9U));

TEST(PrefixSet, TheWholeOfIpv6WithoutOneAddressIsOnePrefixOfEachLength) {
  const Prefixes all{Prefix::of(Ip::parse("::").value(), 0)};
  const Prefixes one{Prefix::parse("2001:db8::1/128").value()};
  const Prefixes rest = difference(all, one);
  EXPECT_EQ(rest.size(), 128U);
  Prefixes joined = rest;
  joined.push_back(one.front());
  EXPECT_EQ(compacted(joined), all);
}

}  // namespace
}  // namespace tarn::model::admission
