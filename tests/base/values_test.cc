// Laws and examples of the ground values: addresses, prefixes, ids and bytes.
#include <gtest/gtest.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/shared_value.h"
#include "base/uuid.h"

namespace tarn {
namespace {

using namespace std::literals;

TEST(Uuid, IsOrderedByItsBytes) {
  for (std::size_t byte = 0; byte < 16; ++byte) {
    Uuid low = Uuid::random(0x8000000000000001, 0x8000000000000001);
    Uuid high = low;
    low.bytes[byte] = 0x7f;
    high.bytes[byte] = 0x80;  // larger only while no byte has a sign
    for (std::size_t later = byte + 1; later < 16; ++later) low.bytes[later] = 0xff;
    EXPECT_LT(low, high) << byte;
    EXPECT_NE(low, high) << byte;
    EXPECT_EQ(low, Uuid(low)) << byte;
  }
}

TEST(SharedValue, IsItsOnlyOwnersToChange) {
  auto value = SharedValue<int>::make(1);
  ASSERT_NE(value.sole(), nullptr);
  *value.sole() = 2;
  {
    const SharedValue<int> other = value;
    EXPECT_EQ(value.sole(), nullptr);
    EXPECT_EQ(*other, 2);
  }
  EXPECT_NE(value.sole(), nullptr);
  EXPECT_EQ(SharedValue<int>().sole(), nullptr);
}

TEST(Ip, ReadsAndWritesTheSpellingOfRfc5952) {
  // RFC 5952 section 4: lower case, no leading zeros, the longest run of zeros shortened.
  for (const auto& [given, written] :
       {std::pair("2001:0DB8:0:0:1:0:0:1"sv, "2001:db8::1:0:0:1"sv), {"::"sv, "::"sv}, {"10.0.0.1"sv, "10.0.0.1"sv}}) {
    const Result<Ip> ip = Ip::parse(given);
    ASSERT_TRUE(ip.has_value());
    EXPECT_EQ(ip->text(), written);
  }
}

TEST(Ip, RefusesWhatIsNoAddress) {
  for (const std::string_view text :
       {""sv, "10.0.0"sv, "10.0.0.256"sv, "010.0.0.1x"sv, "::g"sv, "10.0.0.1\0x"sv, "fe80::1%eth0"sv}) {
    const Result<Ip> ip = Ip::parse(text);
    ASSERT_FALSE(ip.has_value()) << text;
    EXPECT_EQ(ip.error().code, ErrorCode::invalid);
  }
}

TEST(Ip, CarriesWhenItCounts) {
  EXPECT_EQ(Ip::parse("10.0.0.255")->plus(1).text(), "10.0.1.0");
  EXPECT_EQ(Ip::parse("255.255.255.255")->plus(1).text(), "0.0.0.0");
  EXPECT_EQ(Ip::parse("2001:db8::ffff:ffff")->plus(1).text(), "2001:db8::1:0:0");
  EXPECT_EQ(Ip::parse("10.1.0.0")->minus_one().text(), "10.0.255.255");
}

TEST(Ip, FormsTheModifiedEui64OfRfc4291) {
  // RFC 4291 appendix A: the universal/local bit inverted, ff:fe in the middle.
  const Mac mac = *Mac::parse("34:56:78:9A:BC:DE");
  EXPECT_EQ(Ip::link_local(mac).text(), "fe80::3656:78ff:fe9a:bcde");
  EXPECT_EQ(Ip::eui64(*Ip::parse("2001:db8::"), mac).text(), "2001:db8::3656:78ff:fe9a:bcde");
}

TEST(Mac, ReadsBothSeparatorsAndNothingElse) {
  EXPECT_EQ(Mac::parse("FA-16-3E-00-00-01")->text(), "fa:16:3e:00:00:01");
  for (const std::string_view text :
       {"fa:16:3e:00:00"sv, "fa:16-3e:00:00:01"sv, "fa163e000001"sv, "fa:16:3e:00:00:0g"sv}) {
    EXPECT_FALSE(Mac::parse(text).has_value()) << text;
  }
}

TEST(Prefix, ClearsHostBitsUnlessAskedToRefuseThem) {
  EXPECT_EQ(Prefix::parse("10.1.2.3/22")->text(), "10.1.0.0/22");
  EXPECT_FALSE(Prefix::parse("10.1.2.3/22", true).has_value());
  EXPECT_EQ(Prefix::parse("10.1.2.3/22")->last().text(), "10.1.3.255");
  EXPECT_EQ(Prefix::parse("10.1.2.3/22")->mask().text(), "255.255.252.0");
  for (const std::string_view text :
       {"10.0.0.0"sv, "10.0.0.0/33"sv, "10.0.0.0/-1"sv, "10.0.0.0/"sv, "::/129"sv, "10.0.0.0/8 "sv}) {
    EXPECT_FALSE(Prefix::parse(text).has_value()) << text;
  }
}

TEST(Prefix, ContainsExactlyWhatLiesBetweenFirstAndLast) {
  for (const std::string_view text : {"10.1.0.0/22"sv, "0.0.0.0/0"sv, "192.0.2.7/32"sv, "2001:db8::/61"sv, "::/0"sv}) {
    const Prefix prefix = *Prefix::parse(text);
    EXPECT_TRUE(prefix.contains(prefix.first()));
    EXPECT_TRUE(prefix.contains(prefix.last()));
    if (prefix.length == 0) continue;
    EXPECT_FALSE(prefix.contains(prefix.last().plus(1))) << text;
    EXPECT_FALSE(prefix.contains(prefix.first().minus_one())) << text;
  }
  EXPECT_FALSE(Prefix::parse("::/0")->contains(*Ip::parse("10.0.0.1")));
}

TEST(Uuid, KeepsItsTextAndRefusesEverythingElse) {
  EXPECT_EQ(Uuid::parse("6BA7B810-9dad-11d1-80b4-00c04fd430c8")->text(), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  for (const std::string_view text :
       {""sv, "6ba7b8109dad11d180b400c04fd430c8"sv, "6ba7b810-9dad-11d1-80b4-00c04fd430cg"sv,
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8 "sv, "6ba7b810_9dad-11d1-80b4-00c04fd430c8"sv}) {
    EXPECT_FALSE(Uuid::parse(text).has_value()) << text;
  }
  // RFC 4122 section 4.4: version 4, variant 10.
  EXPECT_EQ(Uuid::random(~0ULL, ~0ULL).text(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(Bytes, AReaderNeverReadsPastTheEnd) {
  const Bytes three{1, 2, 3};
  ByteReader reader(three);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);  // not even what would have fitted
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, WhatIsWrittenIsReadBack) {
  ByteWriter writer;
  writer.u8(1).u16(0x0203).u24(0x040506).u32(0x0708090a).u64(0x0b0c0d0e0f101112).pad_to(8);
  const Bytes bytes = std::move(writer).finish();
  EXPECT_EQ(bytes.size(), 24U);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u24(), 0x040506U);
  EXPECT_EQ(reader.u32(), 0x0708090aU);
  EXPECT_EQ(reader.u64(), 0x0b0c0d0e0f101112U);
  EXPECT_EQ(reader.left(), 6U);
}

TEST(ContentHash, DependsOnTheBytesAloneAndOnAllOfThem) {
  EXPECT_EQ(ContentHash().add("ab"sv).value(), ContentHash().add("a"sv).add("b"sv).value());
  EXPECT_NE(ContentHash().add("ab"sv).value(), ContentHash().add("ba"sv).value());
  EXPECT_NE(ContentHash().add(std::uint64_t{1}).value(), ContentHash().add(std::uint64_t{2}).value());
}

}  // namespace
}  // namespace tarn
