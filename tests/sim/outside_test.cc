// The outside of a simulated cloud: what BFD tells, what the segment carries, and who is seen there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exits.h"
#include "sim/stage.h"
#include "sim/wires.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string east = "192.0.2.1";
const std::string west = "192.0.2.2";

// Two switches that watch each other.
class Watch : public testing::Test {
 protected:
  Watch() {
    for (const std::string& each : {east, west}) start(each);
  }
  void start(const std::string& own) {
    wires.up(own, {[this, own] { told.emplace_back(own, scheduler.now()); }, [](const Packet&) {}});
    wires.speak(own, {{own == east ? west : east, false}});
  }
  void pass(rt::Duration time) { scheduler.run(time); }
  std::string state(const std::string& own) {
    const Wires::Status status = wires.status(own, own == east ? west : east);
    return status.at("state") + " " + status.at("forwarding") + " " + status.at("diagnostic");
  }

  rt::Seeded choice{7};
  Scheduler scheduler{choice};
  Wires wires{scheduler};
  std::vector<std::pair<std::string, rt::Instant>> told;
};

// ovs-vswitchd.conf.db(5), "bfd_status"; the times are those of docs/routing.md.
TEST_F(Watch, ASessionThatWasNeverUpIsToldFromOneThatWasLost) {
  EXPECT_EQ(state(east), "down false No Diagnostic");
  EXPECT_FALSE(wires.quiet());
  pass(2400ms);
  EXPECT_TRUE(wires.quiet());
  EXPECT_EQ(state(east), "up true No Diagnostic");
  const rt::Instant cut = scheduler.now();
  wires.cut_from_hosts(west, true);
  EXPECT_EQ(state(east), "up true No Diagnostic") << "nobody has missed it yet";
  told.clear();
  pass(1s);
  EXPECT_EQ(state(east), "down false Control Detection Time Expired");
  ASSERT_EQ(told.size(), 2U);
  for (const auto& [own, at] : told) {
    EXPECT_GE(at - cut, 112ms);
    EXPECT_LE(at - cut, 152ms);
  }
  wires.down(east);
  start(east);
  EXPECT_EQ(state(east), "down false No Diagnostic") << "a new life has seen nobody";
}

TEST_F(Watch, WhoHasNoWayOnSaysSoAndIsUpAllTheSame) {
  pass(2400ms);
  wires.speak(west, {{east, true}});
  pass(1s);
  EXPECT_EQ(state(east), "up false No Diagnostic");
  EXPECT_EQ(state(west), "up true No Diagnostic");
}

TEST_F(Watch, WhoStopsAndStartsInTimeIsNotMissed) {
  pass(2400ms);
  wires.speak(west, {});
  pass(50ms);
  wires.speak(west, {{east, false}});
  told.clear();
  pass(5s);
  EXPECT_EQ(state(east), "up true No Diagnostic");
  for (const auto& [own, at] : told) EXPECT_EQ(own, west) << "which begins anew";
}

TEST(Segment, BringsAFrameWhereItsReceiverWasHeardOrToAll) {
  rt::Seeded choice(7);
  Scheduler scheduler(choice);
  Wires wires(scheduler);
  std::vector<std::string> heard;
  for (const std::string name : {"a", "b", "c"})
    wires.up(name, {[] {}, [&heard, name](const Packet&) { heard.push_back(name); }});
  const Mac first{{2, 0, 0, 0, 0, 1}};
  const Mac second{{2, 0, 0, 0, 0, 2}};
  const auto send = [&](const std::string& from, const Mac& source, const Mac& to) {
    heard.clear();
    wires.emit(from, udp(source, to, *Ip::parse("203.0.113.8"), *Ip::parse("203.0.113.9")));
    scheduler.run(1ms);
    std::ranges::sort(heard);
    return heard;
  };
  EXPECT_THAT(send("a", first, second), ElementsAre("b", "c")) << "nobody knows where it is";
  EXPECT_THAT(send("b", second, first), ElementsAre("a"));
  EXPECT_THAT(send("c", second, first), ElementsAre("a"));
  EXPECT_THAT(send("a", first, second), ElementsAre("c")) << "it moved";
  wires.cut_from_segment("c", true);
  EXPECT_THAT(send("a", first, second), IsEmpty());
  EXPECT_THAT(send("c", second, first), IsEmpty());
}

// The agent asks for the next hop, the router outside answers, and the switch learns of it.
TEST(Outside, WhoHasAWayOutIsSeenThereByTheAddressThatTheCloudGaveIt) {
  for (const std::uint32_t external : {1U, 2U}) {
    rt::Seeded choice(11);
    Stage stage(choice, 2);
    const std::string number = std::to_string(external);
    const auto acts =
        parse_acts("offer 1; offer 2; network 1; external " + number + "; router 1; attach 1 1; gateway 1 " + number +
                   "; port 1 1 1; plug 1; port 2 1 2; plug 2; floating 1 " + number + "; associate 1 2; settle");
    for (const Act& act : *acts) stage.perform(act);
    EXPECT_THAT(stage.world().violations(), IsEmpty());
    const Scene scene = stage.world().scene();
    ASSERT_EQ(scene.attachments.size(), 2U);
    std::vector<bool> floating;
    for (const Attachment& at : scene.attachments) {
      const std::vector<Exit> exits = exits_of(scene, at);
      ASSERT_EQ(exits.size(), 1U);
      EXPECT_EQ(exits.front().address.text().substr(0, 7), external == 1 ? "203.0.1" : "198.51.");
      EXPECT_TRUE(
          left_by(deliveries(scene, at, outward(*port_of(scene, at.port), exits.front(), 4000)), exits.front()));
      floating.push_back(exits.front().is_floating);
    }
    EXPECT_THAT(floating, ElementsAre(false, true));
  }
}

TEST(Outside, TheHostOfAGatewayThatIsLostIsReplacedAndComesBack) {
  rt::Seeded choice(12);
  Stage stage(choice, 3);
  World& world = stage.world();
  const auto perform = [&](const std::string& text) {
    for (const Act& act : *parse_acts(text)) stage.perform(act);
  };
  perform("offer 1; offer 2; offer 3; network 1; external 1; router 1; attach 1 1; gateway 1 1; settle");
  const Outdoors::Address gateway = *world.scene().outdoors.addresses.begin();
  const auto who = [&] { return answerers(world.scene(), gateway.tci, gateway.ip); };
  const std::vector<std::size_t> first = who();
  ASSERT_EQ(first.size(), 1U);
  perform("lose-gateway 1");
  EXPECT_FALSE(world.node(first.front()).powered());
  EXPECT_TRUE(world.run_until([&] { return who().size() == 1; }, 1s)) << "another one answers";
  EXPECT_NE(who(), first);
  perform("boot-gateway 1; settle");
  EXPECT_EQ(who(), first);
  EXPECT_THAT(world.violations(), IsEmpty());
}

// The agent of a gateway lives on while its switch is away, and hears of no other host that answered for it meanwhile.
TEST(Outside, AGatewayWhoseSwitchWasAwayAnnouncesItsAddressAgain) {
  EXPECT_THAT(
      play({3, 3, *parse_acts("offer 1; offer 3; external 1; router 1; gateway 1 1; settle; kill-switch 3; steps 129")})
          .violations,
      IsEmpty());
}

// While flow-restore-wait is set a switch takes flows and does not go by them, an announcement's neither.
TEST(Outside, WhatIsAnnouncedWhileTheSwitchWaitsIsSaidAgainWhenItForwards) {
  EXPECT_THAT(
      play({1, 3, *parse_acts("offer 3; external 2; router 1; gateway 1 2; steps 48; announce-restart 3")}).violations,
      IsEmpty());
}

// Both answer while they do not see each other, and whoever announced it last is heard: the other must say it again.
TEST(Outside, WhoStaysAnnouncesItAgainWhenTheOtherCannotAnswerAnyMore) {
  EXPECT_THAT(play({3, 2,
                    *parse_acts("offer 1; offer 2; pooled-external 2; external6 2; router 1; gateway 1 2; settle; "
                                "cut-hosts 2; steps 21; stop-offering 1")})
                  .violations,
              IsEmpty());
}

// Before BFD has seen anybody, a host without a wire hands over to the first that may answer, reached or not.
TEST(Outside, WhoHandsOverAndHasSeenNobodyYetWaitsForWhomHeShouldSee) {
  EXPECT_THAT(play({2, 3,
                    *parse_acts("network 2; port 3 2 2; plug 3; offer 1; offer 3; external 2; router 1; "
                                "attach 1 2; gateway 1 2; steps 354; cut-hosts 1; steps 315")})
                  .violations,
              IsEmpty());
}

// Its switch finds the other one by BFD, and nobody else of its host has a part in it.
TEST(Outside, WhoHandsOverFollowsWhoIsThereWithoutAnAgent) {
  rt::Seeded choice(12);
  Stage stage(choice, 3);
  World& world = stage.world();
  const auto perform = [&](const std::string& text) {
    for (const Act& act : *parse_acts(text)) stage.perform(act);
  };
  perform(
      "offer 1; offer 2; network 1; subnet6 1; external 1; external6 1; router 1; attach 1 1; gateway 1 1; "
      "port 1 1 3; plug 1; settle");
  const auto ways_out = [&] {
    const Scene scene = world.scene();
    const Attachment& at = *scene.attachments.begin();
    std::size_t count = 0;
    for (const Exit& exit : exits_of(scene, at))
      if (left_by(deliveries(scene, at, outward(*port_of(scene, at.port), exit, 4000)), exit)) ++count;
    return count;
  };
  EXPECT_EQ(ways_out(), 2U) << "IPv4 and IPv6";
  perform("kill-agent 3; lose-gateway 1");
  EXPECT_EQ(ways_out(), 0U);
  EXPECT_TRUE(world.run_until([&] { return ways_out() == 2; }, 200ms));
  perform("boot-gateway 1");
  world.run_until([&] { return ways_out() < 2; }, 10s);
  EXPECT_EQ(ways_out(), 2U) << "it is handed back";
  EXPECT_THAT(world.violations(), IsEmpty());
}

// Which of the two goes first is the seed's.
TEST(Outside, WhoHandsOverToAHostThatItSeesGoesOnWhenAnotherComesThatItDoesNot) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
    rt::Seeded choice(seed);
    Stage stage(choice, 3);
    World& world = stage.world();
    const auto perform = [&](const std::string& text) {
      for (const Act& act : *parse_acts(text)) stage.perform(act);
    };
    perform("network 1; port 1 1 2; plug 1; offer 3; external 1; router 1; attach 1 1; gateway 1 1; settle");
    const auto gets_out = [&] {
      const Scene scene = world.scene();
      const Attachment& at = *scene.attachments.begin();
      const std::vector<Exit> exits = exits_of(scene, at);
      return exits.size() == 1 &&
             left_by(deliveries(scene, at, outward(*port_of(scene, at.port), exits.front(), 4000)), exits.front());
    };
    ASSERT_TRUE(gets_out());
    perform("cut-hosts 1; offer 1");
    const rt::Instant begin = world.scheduler().now();
    while (world.scheduler().now() - begin < 8s) {
      ASSERT_TRUE(gets_out()) << seed;
      world.steps(1);
    }
    EXPECT_TRUE(offers_segment(world.cloud().snapshot(), world.node(0).host()));
    EXPECT_THAT(world.violations(), IsEmpty());
  }
}

}  // namespace
}  // namespace tarn::sim
