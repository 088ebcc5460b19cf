// What an agent writes of an instance is what a service reads, and an address says whose it is.
#include <gtest/gtest.h>

#include "domain/instance_file.h"

namespace tarn::domain {
namespace {

Uuid uuid(std::uint8_t last) {
  Uuid id;
  id.bytes[15] = last;
  return id;
}

InstanceFile::Spec some() {
  return {PortId{uuid(1)},
          NetworkId{uuid(2)},
          "an \"instance\"",
          "a project",
          "",
          Mac::parse("fa:16:3e:00:00:01").value(),
          {Ip::parse("10.0.0.5").value(), Ip::parse("2001:db8::5").value()}};
}

TEST(InstanceFile, IsReadAsItWasWritten) {
  const auto read = InstanceFile::parse(some().text());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, some());
}

TEST(InstanceFile, WhatNobodyWroteIsRefused) {
  const std::string whole = some().text();
  EXPECT_FALSE(InstanceFile::parse("").has_value());
  EXPECT_FALSE(InstanceFile::parse("[]").has_value());
  EXPECT_FALSE(InstanceFile::parse(whole.substr(0, whole.size() / 2)).has_value());
  EXPECT_FALSE(InstanceFile::parse(std::string(InstanceFile::bytes_max + 1, ' ') + whole).has_value());
}

TEST(InstanceFile, ANameIsANumberAndNothingElse) {
  for (const InstanceFile::Key key : {1U, 4711U, InstanceFile::number_end - 1})
    EXPECT_EQ(InstanceFile::key_of(InstanceFile::file_name(key)), key);
  for (const char* name : {"", ".json", "1", "01.json", "-1.json", "1.json.new", "268435456.json", "../1.json"})
    EXPECT_FALSE(InstanceFile::key_of(name).has_value()) << name;
}

TEST(InstanceFile, EachWayOfAskingHasAnAddressOfItsOwn) {
  std::set<Ip> all;
  std::size_t ways = 0;
  for (const InstanceFile::Key number : {0U, 1U, 7U << 16 | 1U, InstanceFile::number_end - 1}) {
    for (std::size_t index = 0; index < asking_addresses_max; ++index, ++ways) {
      const Ip address = service_side4(number, index);
      EXPECT_FALSE(address.is_multicast());
      EXPECT_NE(address.bytes[0], 127);
      EXPECT_EQ(number_behind(address), number);
      all.insert(address);
    }
    EXPECT_EQ(number_behind(service_side6(number)), number);
    all.insert(service_side6(number));
    ++ways;
  }
  EXPECT_EQ(all.size(), ways);
  for (const char* other : {"127.0.0.1", "169.254.169.254", "10.0.0.1", "fe80::1", "fd74:6172:6e01::1"})
    EXPECT_FALSE(number_behind(Ip::parse(other).value()).has_value()) << other;
}

}  // namespace
}  // namespace tarn::domain
