// BGP items in the words of FRR: what is said comes back as it was, what is foreign is not looked at, and nothing that
// is said holds more than it should. The texts here are as bgpd 8.4.4 tells them (tests/live_bgp asks it).
#include "domain/bgp_config.h"

#include <gmock/gmock.h>

namespace tarn::domain {
namespace {

using Key = BgpItem::Key;
using Kind = BgpItem::Kind;
using Spec = BgpItem::Spec;
using Items = reconcile::Actual<BgpItem>;
using testing::Contains;
using testing::IsEmpty;

const Uuid speaker = Uuid::parse("00000000-0000-4000-8000-000000000001").value();

Ip ip(const char* text) {
  return Ip::parse(text).value();
}
Key key(Kind kind, std::string name = {}) {
  return {kind, speaker, 65'000, std::move(name)};
}

constexpr const char* running = R"(
Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
!
router bgp 65009
 neighbor 198.51.100.9 remote-as 65009
 neighbor 198.51.100.9 password theirs
 !
 address-family ipv4 unicast
  network 192.0.2.0/24
 exit-address-family
!
exit
!
router bgp 65000 view tarn-00000000-0000-4000-8000-000000000001
 bgp router-id 192.0.2.1
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor 198.51.100.1 remote-as 65001
 neighbor 198.51.100.1 password sesame
 neighbor 198.51.100.1 ebgp-multihop 255
 neighbor 198.51.100.1 timers 3 9
 !
 address-family ipv4 unicast
  network 203.0.113.7/32 route-map tarn-203.0.113.10
  neighbor 198.51.100.1 activate
  neighbor 198.51.100.1 route-map tarn-in in
  neighbor 198.51.100.1 route-map tarn-out out
  neighbor 198.51.100.1 attribute-unchanged next-hop
 exit-address-family
!
exit
!
route-map tarn-in deny 10
exit
!
route-map tarn-out permit 10
exit
!
route-map tarn-203.0.113.10 permit 10
 set ip next-hop 203.0.113.10
exit
!
route-map theirs permit 10
exit
!
end
)";

Items items() {
  return {{{.kind = Kind::map, .name = "in"}, {{}, true}},
          {{.kind = Kind::map, .name = "out"}, {{}, true}},
          {{.kind = Kind::map, .name = "203.0.113.10"}, {{}, true}},
          {key(Kind::view), {{.address = ip("192.0.2.1")}, true}},
          {key(Kind::peer, "198.51.100.1"), {{.remote_as = 65'001, .password = "sesame"}, true}},
          {key(Kind::route, "203.0.113.7/32"), {{.address = ip("203.0.113.10")}, true}}};
}

std::string without(std::string text, const std::string& line) {
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.erase(at, line.size());
}

TEST(BgpConfig, WhatIsOursIsReadAndWhatIsTheOperatorsIsPassedOver) {
  EXPECT_EQ(bgp_items_in(running), items());
}

TEST(BgpConfig, WhatMissesALineIsNotAsWished) {
  for (const auto& [line, named] : std::map<std::string, Key>{
           {" no bgp network import-check\n", key(Kind::view)},
           {" bgp router-id 192.0.2.1\n", key(Kind::view)},
           {" neighbor 198.51.100.1 ebgp-multihop 255\n", key(Kind::peer, "198.51.100.1")},
           {" neighbor 198.51.100.1 password sesame\n", key(Kind::peer, "198.51.100.1")},
           {"  neighbor 198.51.100.1 activate\n", key(Kind::peer, "198.51.100.1")},
           {"  neighbor 198.51.100.1 route-map tarn-in in\n", key(Kind::peer, "198.51.100.1")},
           {"  neighbor 198.51.100.1 attribute-unchanged next-hop\n", key(Kind::peer, "198.51.100.1")},
           {" route-map tarn-203.0.113.10", key(Kind::route, "203.0.113.7/32")},
           {" set ip next-hop 203.0.113.10\n", {.kind = Kind::map, .name = "203.0.113.10"}}}) {
    const auto seen = bgp_items_in(without(running, line));
    ASSERT_TRUE(seen.has_value());
    for (const auto& [each, wish] : items()) {
      const reconcile::Drift drift = BgpItem::drift(wish.spec, seen->at(each));
      EXPECT_EQ(drift != reconcile::Drift::none, each == named) << line << " of " << BgpItem::text(each);
    }
  }
}

TEST(BgpConfig, AMapOfTwoPartsIsAnother) {
  const auto seen = bgp_items_in(std::string(running) + "route-map tarn-in permit 20\nexit\n");
  EXPECT_FALSE(seen->at({.kind = Kind::map, .name = "in"}).whole);
}

TEST(BgpConfig, ATextThatIsNoConfigurationIsNoListing) {
  for (const char* text : {"", "% Unknown command: show running-config", "!\nend\n"})
    EXPECT_FALSE(bgp_items_in(text).has_value()) << text;
}

TEST(BgpConfig, APeerOfAnotherAsIsRemovedFirst) {
  const BgpItem::Seen have = items().at(key(Kind::peer, "198.51.100.1"));
  Spec want = have.spec;
  want.remote_as = 65'002;
  ASSERT_EQ(BgpItem::drift(want, have), reconcile::Drift::replace);
  const auto commands =
      bgp_commands(reconcile::Change<BgpItem>{key(Kind::peer, "198.51.100.1"), want, have, reconcile::Drift::replace});
  const auto at = [&](const std::string& command) { return std::ranges::find(commands, command) - commands.begin(); };
  EXPECT_LT(at("no neighbor 198.51.100.1"), at("neighbor 198.51.100.1 remote-as 65002"));
}

TEST(BgpConfig, APasswordThatGoesIsTakenBack) {
  const BgpItem::Seen have = items().at(key(Kind::peer, "198.51.100.1"));
  Spec want = have.spec;
  want.password.reset();
  const auto commands =
      bgp_commands(reconcile::Change<BgpItem>{key(Kind::peer, "198.51.100.1"), want, have, reconcile::Drift::adjust});
  EXPECT_THAT(commands, Contains("no neighbor 198.51.100.1 password"));
  EXPECT_THAT(commands, testing::Not(Contains("no neighbor 198.51.100.1"))) << "the session would flap";
}

TEST(BgpConfig, NothingIsSaidThatWouldBeSeveralCommands) {
  const Spec peer{.remote_as = 65'001, .password = "x\nno router bgp 65009"};
  EXPECT_THAT(bgp_commands(reconcile::Create<BgpItem>{key(Kind::peer, "198.51.100.1"), peer}), IsEmpty());
}

TEST(BgpConfig, NoTextForPeopleHasAPassword) {
  for (const auto& [each, seen] : items()) EXPECT_EQ(BgpItem::text(each).find("sesame"), std::string::npos);
}

}  // namespace
}  // namespace tarn::domain
