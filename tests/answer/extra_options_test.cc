#include "answer/extra_options.h"

#include <gtest/gtest.h>

#include "answer/fixtures/frames.h"
#include "answer/option_table.h"
#include "answer/sample.h"
#include "wire/dhcp/dhcp4.h"
#include "wire/dhcp/dhcp6.h"

namespace tarn::answer {
namespace {

constexpr std::size_t dhcp4_at = 14 + 20 + 8;
constexpr std::size_t dhcp6_at = 14 + 40 + 8;

wire::dhcp::Message4 offer_with(std::vector<ExtraOption> extra, std::string_view request = frames::discover) {
  PortAnswers port = sample_port();
  port.dhcp4->extra = std::move(extra);
  const auto reply = answer(port, from_hex(request));
  CHECK(reply.has_value());
  return *wire::dhcp::decode4(ByteView(*reply).subspan(dhcp4_at));
}

wire::dhcp::Message6 advertise_with(std::vector<ExtraOption> extra) {
  PortAnswers port = sample_port();
  port.dhcp6->extra = std::move(extra);
  const auto reply = answer(port, from_hex(frames::solicit));
  CHECK(reply.has_value());
  return *wire::dhcp::decode6(ByteView(*reply).subspan(dhcp6_at));
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(ExtraOptions, KnownNamesAndFreeNumbersAreAccepted) {
  const std::pair<std::string_view, std::string_view> good[] = {{"bootfile-name", "pxelinux.0"},
                                                                {"tftp-server", "10.0.0.9"},
                                                                {"server-ip-address", "10.0.0.9"},
                                                                {"ntp-server", "10.0.0.9,10.0.0.10"},
                                                                {"dns-server", "1.1.1.1"},
                                                                {"mtu", "9000"},
                                                                {"router", ""},
                                                                {"router", "10.0.0.3"},
                                                                {"classless-static-route", "10.9.0.0/16,10.0.0.3"},
                                                                {"classless-static-route", ""},
                                                                {"domain-name", "x.org"},
                                                                {"150", "10.0.0.9"},
                                                                {"67", "undionly.kpxe"},
                                                                {"255", "10.0.0.9"},
                                                                {"tag:ipxe,67", "http://boot/script"},
                                                                {"tag:!ipxe,bootfile-name", "undionly.kpxe"},
                                                                {"domain-search", "a.org,b.org"},
                                                                {"224", "any text"},
                                                                {"lease-time", "2h"},
                                                                {"static-route", "10.9.0.1,10.0.0.1"}};
  for (const auto& [name, value] : good) {
    const Status status = check_extra_option(name, value, 4);
    EXPECT_TRUE(status) << name << ": " << status.error().message;
  }
  EXPECT_TRUE(check_extra_option("bootfile-url", "tftp://[2001:db8::1]/x", 6));
  EXPECT_TRUE(check_extra_option("tag:!ipxe6,59", "tftp://[2001:db8::1]/x", 6));
  EXPECT_TRUE(check_extra_option("dns-server", "2001:db8::1,[2001:db8::2]", 6));
}

TEST(ExtraOptions, UnknownReservedAndUnfitOnesAreRefusedInWords) {
  const std::pair<std::string_view, std::string_view> bad[] = {{"no-such-option", "1"},
                                                               {"", "1"},
                                                               {"53", "1"},
                                                               {"0", "1"},
                                                               {"256", "1"},
                                                               {"-1", "1"},
                                                               {"6x", "1.1.1.1"},
                                                               {"tag:other,67", "x"},
                                                               {"tag:ipxe", "x"},
                                                               {"mtu", "65536"},
                                                               {"mtu", "big"},
                                                               {"mtu", ""},
                                                               {"router", "fe80::1"},
                                                               {"router", "10.0.0.1,"},
                                                               {"classless-static-route", "10.0.0.0/8"},
                                                               {"classless-static-route", "10.0.0.0/33,10.0.0.1"},
                                                               {"domain-search", "a..b"},
                                                               {"ip-forward-enable", "maybe"},
                                                               {"server-ip-address", "1.1.1.1,2.2.2.2"},
                                                               {"lease-time", "soon"},
                                                               {"vendor-encap", "01:zz"},
                                                               {"static-route", "10.0.0.1"}};
  for (const auto& [name, value] : bad) {
    const Status status = check_extra_option(name, value, 4);
    ASSERT_FALSE(status) << name << '=' << value;
    EXPECT_FALSE(status.error().message.empty());
  }
  EXPECT_FALSE(check_extra_option("mtu", std::string(256, '1'), 4));
  EXPECT_FALSE(check_extra_option("mtu", "1500", 6));
  EXPECT_FALSE(check_extra_option("dns-server", "1.1.1.1", 6));
  EXPECT_FALSE(check_extra_option("mtu", "1500", 5));
  EXPECT_FALSE(check_extra_option("2", "01:02", 6));
}

TEST(ExtraOptions, EachTypeIsWrittenAsItsRfcSays) {
  const auto bytes = [](std::string_view name, std::string_view value, Family family = Family::v4) {
    const ExtraBytes out = extra_options({{ExtraOption{std::string(name), std::string(value)}}}, family, false);
    return out.options.empty() ? Bytes() : out.options.begin()->second;
  };
  EXPECT_EQ(bytes("mtu", "9000"), (Bytes{0x23, 0x28}));
  EXPECT_EQ(bytes("default-ttl", "64"), (Bytes{64}));
  EXPECT_EQ(bytes("lease-time", "2h"), (Bytes{0, 0, 0x1c, 0x20}));
  EXPECT_EQ(bytes("lease-time", "infinite"), (Bytes{255, 255, 255, 255}));
  EXPECT_EQ(bytes("ip-forward-enable", "1"), (Bytes{1}));
  EXPECT_EQ(bytes("ntp-server", "10.0.0.1, 10.0.0.2"), (Bytes{10, 0, 0, 1, 10, 0, 0, 2}));
  EXPECT_EQ(bytes("domain-search", "a.b,c"), (Bytes{1, 'a', 1, 'b', 0, 1, 'c', 0}));
  EXPECT_EQ(bytes("classless-static-route", "10.9.0.0/16,10.0.0.3"), (Bytes{16, 10, 9, 10, 0, 0, 3}));
  EXPECT_EQ(bytes("vendor-encap", "01:04:0a:00:00:01"), (Bytes{1, 4, 10, 0, 0, 1}));
  EXPECT_EQ(bytes("bootfile-param", "ab,c", Family::v6), (Bytes{0, 2, 'a', 'b', 0, 1, 'c'}));
}

TEST(ExtraOptions, AnOptionWithoutANameIsReadByTheLookOfItsValue) {
  const auto bytes = [](std::string_view value) {
    return extra_options({{ExtraOption{"224", std::string(value)}}}, Family::v4, false).options.at(224);
  };
  EXPECT_EQ(bytes("10.0.0.1"), (Bytes{10, 0, 0, 1}));
  EXPECT_EQ(bytes("0a:ff"), (Bytes{10, 255}));
  EXPECT_EQ(bytes("7"), (Bytes{7}));
  EXPECT_EQ(bytes("700"), (Bytes{2, 188}));
  EXPECT_EQ(bytes("text:er"), bytes_of("text:er"));
}

TEST(ExtraOptions, ABootRomFindsItsServerAndFileInTheHeaderToo) {
  const auto offer = offer_with({{"bootfile-name", "pxelinux.0"}, {"tftp-server", "10.0.0.9"}});
  EXPECT_EQ(offer.file, "pxelinux.0");
  EXPECT_EQ(offer.server_name, "10.0.0.9");
  EXPECT_EQ(offer.next_server, ip("10.0.0.9"));
  EXPECT_EQ(offer.options.at(67), bytes_of("pxelinux.0"));
  EXPECT_EQ(offer.options.at(66), bytes_of("10.0.0.9"));
  EXPECT_EQ(offer_with({{"server-ip-address", "10.0.0.8"}, {"tftp-server", "10.0.0.9"}}).next_server, ip("10.0.0.8"));
}

TEST(ExtraOptions, IpxeAndItsFirmwareGetDifferentFiles) {
  const std::vector<ExtraOption> extra{{"tag:!ipxe,67", "undionly.kpxe"}, {"tag:ipxe,67", "http://boot/script"}};
  EXPECT_EQ(offer_with(extra).file, "undionly.kpxe");
  EXPECT_EQ(extra_options(extra, Family::v4, true).options.at(67), bytes_of("http://boot/script"));
}

TEST(ExtraOptions, TheTenantsWordOverridesTheSubnets) {
  const auto offer =
      offer_with({{"mtu", "1400"}, {"dns-server", "9.9.9.9"}, {"domain-name", "x.org"}, {"router", "10.0.0.7"}});
  EXPECT_EQ(offer.options.at(26), (Bytes{5, 120}));
  EXPECT_EQ(offer.options.at(6), (Bytes{9, 9, 9, 9}));
  EXPECT_EQ(offer.options.at(15), bytes_of("x.org"));
  EXPECT_EQ(offer.options.at(3), (Bytes{10, 0, 0, 7}));
  const auto routes = *wire::dhcp::decode_routes(offer.option(121));
  EXPECT_EQ(routes.back(), (wire::dhcp::Route4{prefix("0.0.0.0/0"), ip("10.0.0.7")}));
}

TEST(ExtraOptions, AnEmptyRouterMeansNoDefaultRouteAtAll) {
  const auto offer = offer_with({{"router", ""}});
  EXPECT_FALSE(offer.has(3));
  const auto routes = *wire::dhcp::decode_routes(offer.option(121));
  EXPECT_EQ(routes.size(), 2U);
  EXPECT_NE(routes.back().to.length, 0);
}

TEST(ExtraOptions, ALeaseTimeOfTheTenantMovesTheRenewalsToo) {
  const auto offer = offer_with({{"lease-time", "100"}});
  EXPECT_EQ(offer.options.at(51), (Bytes{0, 0, 0, 100}));
  EXPECT_EQ(offer.options.at(58), (Bytes{0, 0, 0, 50}));
  EXPECT_EQ(offer.options.at(59), (Bytes{0, 0, 0, 87}));
  EXPECT_FALSE(offer_with({{"lease-time", "infinite"}}).has(58));
}

TEST(ExtraOptions, Dhcp6OptionsAreAddedAndOverrideToo) {
  const auto advertise = advertise_with({{"bootfile-url", "tftp://x/y"}, {"dns-server", "2001:db8::99"}});
  const auto url = advertise.option(59);
  ASSERT_TRUE(url);
  EXPECT_EQ(Bytes(url->begin(), url->end()), bytes_of("tftp://x/y"));
  const auto server = advertise.option(23);
  ASSERT_TRUE(server);
  EXPECT_EQ(server->size(), 16U);
  EXPECT_EQ(server->back(), 0x99);
}

TEST(ExtraOptions, EveryKnownNameTakesSomeValueOrIsOurs) {
  for (const Family family : {Family::v4, Family::v6}) {
    for (const KnownOption& option : known_options(family)) {
      EXPECT_FALSE(is_reserved(option.code, family)) << option.name;
    }
  }
}

}  // namespace
}  // namespace tarn::answer
