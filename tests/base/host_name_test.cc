// What ports are called, with a name of their own and without.
#include "base/host_name.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

TEST(HostName, IsTheOneGivenOrOneOfTheAddress) {
  EXPECT_EQ(host_name("web", Ip::parse("10.0.0.3").value()), "web");
  EXPECT_EQ(host_name("", Ip::parse("10.0.0.3").value()), "host-10-0-0-3");
  EXPECT_EQ(host_name("", Ip::parse("2001:db8::3").value()), "host-2001-db8--3");
}

TEST(HostName, IsWholeInTheDomainOfItsNetwork) {
  EXPECT_EQ(whole_name("web", domain_of_network("")), "web.openstacklocal.");
  EXPECT_EQ(whole_name("a.b", domain_of_network("example.org.")), "a.b.example.org.");
  EXPECT_EQ(whole_name("web", domain_of_network("example.org")), "web.example.org.");
  EXPECT_EQ(whole_name("web.example.net.", domain_of_network("")), "web.example.net.");
}

}  // namespace
}  // namespace tarn
