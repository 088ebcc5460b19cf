// The driver against FRR's bgpd, and the simulator's model against both: any wish is reached from any other, what the
// operator configured stays, and a daemon that begins anew is told everything.
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "host/bgp_daemon.h"
#include "reconcile/diff.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "sim/model_bgp.h"
#include "support/oracle_seed.h"
#include "support/private_bgp.h"
#include "support/run_command.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;
using domain::BgpItem;
using Key = BgpItem::Key;
using Kind = BgpItem::Kind;
using Items = reconcile::Actual<BgpItem>;
using Wish = reconcile::Desired<BgpItem>;
using Steps = std::vector<BgpDaemon::Step>;

constexpr const char* operators_own = R"(
router bgp 65009
 bgp router-id 192.0.2.9
 neighbor 198.51.100.9 remote-as 65009
 neighbor 198.51.100.9 password theirs
 address-family ipv4 unicast
  network 192.0.2.0/24
 exit-address-family
exit
route-map theirs permit 10
exit
)";

Uuid speaker(std::uint64_t number) {
  return Uuid::random(5, number);
}

class BgpDaemonLive : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(test::run_command({"ip", "netns", "add", netns}).status, 0);
    bgpd = std::make_unique<test::PrivateBgp>(netns, operators_own);
    driver = std::make_unique<BgpDaemon>(loop, dialer, choice, bgpd->socket());
    driver->on_hint([this](const auto&) { ++hints; });
    driver->start();
    ASSERT_TRUE(until([this] { return hints > 0; }));
  }
  void TearDown() override {
    driver.reset();
    bgpd.reset();
    test::run_command({"ip", "netns", "del", netns});
  }

  bool until(const std::function<bool()>& done) { return loop.run_until(done, 20s); }
  BgpDaemon::Listing list() {
    std::optional<BgpDaemon::Listing> answer;
    driver->list([&](auto listing) { answer.emplace(std::move(listing)); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }
  Items items() { return *list().value(); }
  BgpDaemon::Outcomes apply(Steps steps, reconcile::Writes writes = reconcile::Writes::allow) {
    std::optional<BgpDaemon::Outcomes> answer;
    driver->apply(std::move(steps), writes, [&](auto outcomes) { answer.emplace(std::move(outcomes)); });
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }
  Steps difference(const Wish& wish) {
    reconcile::Collector<Wish> collector;
    collector.so_far() = wish;
    auto diff = reconcile::diff<BgpItem>(std::move(collector).finish(), list().value());
    Steps steps;
    for (auto& step : diff.creates) steps.emplace_back(std::move(step));
    for (auto& step : diff.changes) steps.emplace_back(std::move(step));
    for (auto& step : diff.removes) steps.emplace_back(std::move(step));
    return steps;
  }
  static std::size_t refusals(const BgpDaemon::Outcomes& outcomes) {
    return static_cast<std::size_t>(std::ranges::count_if(
        outcomes, [](const auto& each) { return !std::holds_alternative<reconcile::Applied>(each); }));
  }
  [[nodiscard]] std::string running() const { return bgpd->ask("show running-config"); }

  std::string netns = "tarn-bgp-" + std::to_string(getpid());
  rt::Seeded choice{1};
  rt::AsioLoop loop;
  rt::AsioDialer dialer{loop};
  std::unique_ptr<test::PrivateBgp> bgpd;
  std::unique_ptr<BgpDaemon> driver;
  int hints = 0;
};

// Whole, as renderings are: a route names a map that is wished.
class RandomWish {
 public:
  explicit RandomWish(std::uint64_t seed) : chance_(seed) {}

  Wish draw() {
    Wish wish;
    for (const char* map : {BgpItem::map_in, BgpItem::map_out}) wish[{.kind = Kind::map, .name = map}] = {};
    for (std::uint64_t number = 0; number < 3; ++number)
      if (below(3) != 0) add_view(wish, speaker(number), number == 2 ? 6 : 4);
    return wish;
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(chance_() % bound); }
  Ip address(int version, unsigned number) const {
    return Ip::parse(version == 4 ? "198.51.100.1" : "2001:db8::1").value().plus(number);
  }
  void add_view(Wish& wish, const Uuid& id, int version) {
    const std::uint32_t local_as = 4'200'000'000 + id.bytes[0] % 2;
    wish[{Kind::view, id, local_as, {}}] = {.address = address(4, below(2))};
    for (unsigned i = 0; i < 3; ++i) {
      if (below(2) == 0) continue;
      BgpItem::Spec peer{.ip_version = version, .remote_as = local_as + below(2)};
      if (below(2) == 0) peer.password = below(2) == 0 ? "sesame!#|?" : std::string(80, 'x');
      wish[{Kind::peer, id, local_as, address(below(2) == 0 ? 4 : 6, i).text()}] = peer;
    }
    for (unsigned i = 0; i < 8; ++i) {
      if (below(2) == 0) continue;
      const Ip hop = address(version, 100 + below(3));
      const Prefix to = Prefix::of(address(version, 8 * i), version == 4 ? 29 + static_cast<int>(below(4)) : 126);
      wish[{.kind = Kind::map, .name = hop.text()}] = {};
      wish[{Kind::route, id, local_as, to.text()}] = {.address = hop, .ip_version = version};
    }
  }

  std::mt19937_64 chance_;
};

TEST_F(BgpDaemonLive, AnyWishIsReachedFromAnyOtherAndTheModelAgrees) {
  const std::string before = running();
  const std::uint64_t seed = test::oracle_seed();
  RandomWish chance(seed);
  sim::BgpConfiguration model;
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", round " << round);
    const Wish wish = round == 24 ? Wish() : chance.draw();
    const Steps steps = difference(wish);
    for (const auto& step : steps) model.apply(step);
    ASSERT_EQ(refusals(apply(steps)), 0U);
    const Items there = items();
    ASSERT_EQ(there, model.items);
    ASSERT_TRUE(difference(wish).empty());
  }
  EXPECT_EQ(running(), before) << "what was the operator's";
}

TEST_F(BgpDaemonLive, OneRefusalStopsNobodyElse) {
  // Somebody made the view, of another AS.
  bgpd->configure({"router bgp 65001 view tarn-" + speaker(0).text()});
  Wish wish;
  for (std::uint64_t number : {0, 1}) wish[{Kind::view, speaker(number), 65'000, {}}] = {.address = Ip::from_v4(9)};
  BgpDaemon::Outcomes outcomes = apply(difference(wish));
  EXPECT_EQ(refusals(outcomes), 1U);
  EXPECT_TRUE(items().contains({Kind::view, speaker(1), 65'000, {}}));
  EXPECT_EQ(refusals(apply(difference(wish))), 0U) << "the other is gone by now";
  EXPECT_TRUE(difference(wish).empty());
}

TEST_F(BgpDaemonLive, WhatIsForbiddenIsNotSaid) {
  const std::string before = running();
  const Wish wish = RandomWish(1).draw();
  const Steps steps = difference(wish);
  EXPECT_EQ(refusals(apply(steps, reconcile::Writes::forbid)), steps.size());
  EXPECT_EQ(running(), before);
}

TEST_F(BgpDaemonLive, ADaemonThatIsAwayIsNotEmptyAndOneThatBeginsAnewIs) {
  const Wish wish = RandomWish(1).draw();
  ASSERT_EQ(refusals(apply(difference(wish))), 0U);
  int heard = hints;
  bgpd->kill();
  ASSERT_TRUE(until([&] { return hints > heard; }));
  EXPECT_FALSE(list().has_value());
  heard = hints;
  bgpd->start();
  ASSERT_TRUE(until([&] { return hints > heard; }));
  EXPECT_TRUE(items().empty());
  ASSERT_EQ(refusals(apply(difference(wish))), 0U);
  EXPECT_TRUE(difference(wish).empty());
}

}  // namespace
}  // namespace tarn::host
