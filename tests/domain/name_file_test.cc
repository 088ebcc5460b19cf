// What an agent writes of a network's names is what a service reads.
#include <gtest/gtest.h>

#include "domain/name_file.h"

namespace tarn::domain {
namespace {

NetworkId some_network() {
  NetworkId id;
  id.uuid.bytes[15] = 7;
  return id;
}

NameFile::Spec some() {
  return {.domain = "openstacklocal.",
          .names = {{"web.openstacklocal.", Ip::parse("10.0.0.5").value()},
                    {"web.openstacklocal.", Ip::parse("2001:db8::5").value()}}};
}

TEST(NameFile, IsReadAsItWasWritten) {
  const auto read = NameFile::parse(some().text());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, some());
}

TEST(NameFile, WhatNobodyWroteIsRefused) {
  const std::string whole = some().text();
  for (const std::string& other :
       {std::string(), std::string("[]"), whole.substr(0, whole.size() / 2),
        std::string(NameFile::bytes_max + 1, ' ') + whole, std::string(R"({"domain":"x.","names":[["a."]]})"),
        std::string(R"({"domain":"x.","names":[["a.","not an address"]]})"), std::string(R"({"names":[]})")})
    EXPECT_FALSE(NameFile::parse(other).has_value()) << other.substr(0, 80);
}

TEST(NameFile, AsManyAsThereMayBeAreReadAgain) {
  NameFile::Spec most{.domain = std::string(254, 'x') + ".", .names = {}};
  for (std::size_t i = 0; i < NameFile::names_max; ++i)
    most.names.push_back({std::string(254, 'x') + ".", Ip::parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff").value()});
  EXPECT_TRUE(NameFile::parse(most.text()).has_value());
}

TEST(NameFile, ANameIsANetworkAndNothingElse) {
  const std::string name = NameFile::file_name(some_network());
  EXPECT_EQ(NameFile::key_of(name), some_network());
  for (const std::string& other :
       {std::string(), std::string(".json"), std::string("new"), name.substr(1), name + ".new", "../" + name,
        std::string("00000000-0000-0000-0000-00000000000A.json")})
    EXPECT_FALSE(NameFile::key_of(other).has_value()) << other;
}

TEST(NameFile, AnythingElseInItIsWrittenAnew) {
  EXPECT_EQ(NameFile::drift(some(), NameFile::as_applied(some())), reconcile::Drift::none);
  EXPECT_EQ(NameFile::drift(some(), NameFile::seen(some().text() + " ")), reconcile::Drift::adjust);
}

}  // namespace
}  // namespace tarn::domain
