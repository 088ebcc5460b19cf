// The scenarios of the architecture page, run on the agent's real code with the laws checked after every step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/stage.h"
#include "sim/traffic.h"
#include "sim/world.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

struct Wired {
  NetworkId network;
  std::vector<PortId> ports;
  std::vector<Attachment> taps;
};

// One network with `count` ports, spread over the world's nodes, all plugged.
Wired wire_up(World& world, std::size_t count) {
  Wired wired;
  wired.network = world.cloud().network();
  world.cloud().subnet(wired.network, "10.0.0.0/24");
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t node = i % world.nodes();
    wired.ports.push_back(world.port(wired.network, node));
    wired.taps.push_back(world.plug(wired.ports.back(), node));
  }
  return wired;
}

// Of the first port to the second.
Packet datagram(const World& world, const Wired& wired) {
  const Scene scene = world.scene();
  return *packet_of(Traffic::datagram4, *port_of(scene, wired.ports[0]), *port_of(scene, wired.ports[1]));
}

// The agent of `node` comes back with writing forbidden, and has nothing to write.
void expect_adoption(World& world, std::size_t node = 0) {
  world.node(node).crash_agent();
  world.node(node).start_agent(reconcile::Writes::forbid);
  EXPECT_TRUE(world.run_until([&] { return world.node(node).in_sync(); }, 40s)) << "not in sync without writing";
  world.run_until([] { return false; }, 5s);
  EXPECT_EQ(world.node(node).attempts().made, 0U);
  EXPECT_EQ(world.node(node).attempts().forbidden, 0U);
  world.node(node).crash_agent();
  world.node(node).start_agent();
}

TEST(Scenario, PortsPluggedReachEachOtherAndThenNothingIsWritten) {
  World world(1);
  wire_up(world, 3);
  EXPECT_TRUE(world.settle());
  EXPECT_TRUE(world.stays_silent());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, ANetworkIsUsedTheInstantItIsCreatedWhicheverComesFirst) {
  World world(2);
  const NetworkId network = world.cloud().network();
  world.cloud().subnet(network, "10.0.0.0/24");
  const PortId first = world.port(network, 0);
  world.plug(first, 0);  // before the agent has heard of any of it
  world.steps(7);
  const PortId second = world.port(network, 0);
  EXPECT_TRUE(world.settle());
  world.plug(second, 0);
  EXPECT_TRUE(world.settle());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, UnpluggingOnePortCutsNobodyElseAndLeavesNothing) {
  World world(3);
  const Wired wired = wire_up(world, 3);
  ASSERT_TRUE(world.settle());
  const std::size_t flows = world.node().vswitchd().flows().size();
  const PortId extra = world.port(wired.network, 0);
  const Attachment tap = world.plug(extra, 0);
  ASSERT_TRUE(world.settle());
  EXPECT_GT(world.node().vswitchd().flows().size(), flows);
  world.unplug(tap);
  world.cloud().remove(extra);
  EXPECT_TRUE(world.settle());
  EXPECT_EQ(world.node().vswitchd().flows().size(), flows);
  EXPECT_TRUE(world.stays_silent());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, AnAgentKilledAtAnyStepOfAWiringIsFollowedByOneThatFinishesIt) {
  for (std::size_t kill_at = 0; kill_at < 120; kill_at += 3) {
    World world(1000 + kill_at);
    const Wired wired = wire_up(world, 2);
    ASSERT_TRUE(world.settle());
    const Attachment tap = world.plug(world.port(wired.network, 0), 0);
    world.unplug(wired.taps[1]);
    world.steps(kill_at);
    world.node().crash_agent();
    world.steps(kill_at % 5);
    world.node().start_agent();
    EXPECT_TRUE(world.settle());
    expect_adoption(world);
    ASSERT_THAT(world.violations(), IsEmpty()) << "killed after " << kill_at << " steps";
  }
}

TEST(Scenario, ARestartedAgentWritesNothingWhenNothingDiffers) {
  for (const std::size_t nodes : {1U, 2U}) {
    World world(4, nodes);
    wire_up(world, 4);
    ASSERT_TRUE(world.settle());
    expect_adoption(world, nodes - 1);
    EXPECT_TRUE(world.settle());
    EXPECT_THAT(world.violations(), IsEmpty());
  }
}

TEST(Scenario, ASwitchRestartedWithoutItsFlowsGetsThemAllBack) {
  World world(5);
  wire_up(world, 3);
  ASSERT_TRUE(world.settle());
  const auto before = world.node().datapath().ports();
  world.restart_switch(0, Node::Flows::lost);
  EXPECT_TRUE(world.settle());
  EXPECT_EQ(world.node().datapath().ports(), before);
  EXPECT_TRUE(world.stays_silent());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, ASwitchThatAwaitsItsFlowsNeverStopsForwarding) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world(600 + seed, 2);
    wire_up(world, 4);
    ASSERT_TRUE(world.settle());
    world.restart_switch(seed % 2, Node::Flows::awaited);
    EXPECT_TRUE(world.settle());
    ASSERT_THAT(world.violations(), IsEmpty()) << "seed " << seed;
    EXPECT_TRUE(world.stays_silent());
  }
}

TEST(Scenario, AnAnnouncedRestartOfTheSwitchIsNotMistakenForOneThatWasDone) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world(650 + seed);
    wire_up(world, 3);
    ASSERT_TRUE(world.settle());
    world.node().announce_restart();
    world.run_until([] { return false; }, 2s);
    world.restart_switch(0, Node::Flows::announced);
    EXPECT_TRUE(world.settle());
    EXPECT_FALSE(world.node().waits_for_flows());
    ASSERT_THAT(world.violations(), IsEmpty()) << "seed " << seed;
  }
}

TEST(Scenario, ASwitchThatAwaitsItsFlowsForwardsSoonAfterTheDatabaseNoLongerRefusesIt) {
  World world(670);
  wire_up(world, 2);
  ASSERT_TRUE(world.settle());
  world.node().ovsdb().refuse([](const std::string&) { return std::optional(OvsRefusal{"resources exhausted", {}}); });
  world.restart_switch(0, Node::Flows::awaited);
  world.run_until([] { return false; }, 5s);
  EXPECT_GE(world.node().ovsdb().counters().refused, 3U);
  EXPECT_LE(world.node().ovsdb().counters().refused, 10U) << "growing delays";
  world.node().ovsdb().refuse(nullptr);
  EXPECT_TRUE(world.run_until([&] { return !world.node().waits_for_flows(); }, 10s));
  EXPECT_TRUE(world.settle());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, ADatabaseLineCutInTheMiddleOfAnythingHarmsNobody) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    World world(700 + seed);
    const Wired wired = wire_up(world, 3);
    ASSERT_TRUE(world.settle());
    world.plug(world.port(wired.network, 0), 0);
    for (int cuts = 0; cuts < 4; ++cuts) {
      world.steps(world.choice().below(40));
      world.network().cut(world.node().database_path());
    }
    EXPECT_TRUE(world.settle());
    ASSERT_THAT(world.violations(), IsEmpty()) << "seed " << seed;
  }
}

TEST(Scenario, WithNoServerARestartedNodeLivesOnItsJournal) {
  World world(8);
  const Wired wired = wire_up(world, 3);
  ASSERT_TRUE(world.settle());
  world.cloud().crash();
  world.node().crash_agent();
  world.restart_switch(0, Node::Flows::lost);  // the machine booted: its flows are gone
  world.node().start_agent();
  EXPECT_TRUE(world.run_until(
      [&] { return deliveries(world.scene(), wired.taps[0], datagram(world, wired)).size() == 1; }, 40s));
  EXPECT_TRUE(world.node().brain().from_journal());
  EXPECT_TRUE(world.settle());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, AJournalIsNoEvidenceForARemoval) {
  World world(9);
  const Wired wired = wire_up(world, 2);
  ASSERT_TRUE(world.settle());
  const std::string old_journal = world.node().disk();
  world.plug(world.port(wired.network, 0), 0);
  ASSERT_TRUE(world.settle());
  const std::size_t flows = world.node().vswitchd().flows().size();
  world.cloud().crash();
  world.node().crash_agent();
  world.node().disk() = old_journal;
  world.node().start_agent();
  world.run_until([] { return false; }, 30s);
  EXPECT_TRUE(world.node().brain().from_journal());
  EXPECT_EQ(world.node().vswitchd().flows().size(), flows);
  EXPECT_TRUE(world.settle());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, TwoNodesShareANetworkOverVxlan) {
  World world(10, 2);
  const Wired wired = wire_up(world, 4);
  EXPECT_TRUE(world.settle());
  const auto out = deliveries(world.scene(), wired.taps[0], datagram(world, wired));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out.front().is_at(wired.taps[1]));
  EXPECT_TRUE(world.stays_silent());
  EXPECT_THAT(world.violations(), IsEmpty());
}

TEST(Scenario, TwoNetworksWithEqualAddressesNeverMeet) {
  World world(11, 2);
  wire_up(world, 4);
  wire_up(world, 4);
  EXPECT_TRUE(world.settle());
  EXPECT_THAT(world.violations(), IsEmpty());
}

// An instance asked for an address that it took for nobody's, and the router of its network had it.
TEST(Scenario, ARouterMayHaveAnyAddressOfItsNetwork) {
  EXPECT_THAT(play({1, 2,
                    *parse_acts("network 1; network 2; port 1 2 2; port 2 1 2; plug 2; port 3 2 1; plug 3; router 2; "
                                "attach 2 1; steps 97")})
                  .violations,
              IsEmpty());
}

// What is sent by IPv4 to the interface that a router has for IPv6 alone is routed, and no leak.
TEST(Scenario, ARouterPassesOnWhatIsSentToAnyOfItsInterfaces) {
  EXPECT_THAT(play({10489474802019763887U, 2,
                    *parse_acts("network 1; subnet6 1; network 2; port 2 1 2; plug 2; port 3 2 2; plug 3; router 1; "
                                "attach 1 2; attach 1 1")})
                  .violations,
              IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
