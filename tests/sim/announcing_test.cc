// BGP daemons in the simulated cloud: what the API shows is what they announce, whatever the agents suffer; and one
// that is away holds up nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/bgp_routes.h"
#include "sim/announcing.h"
#include "sim/stage.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr const char* outside =
    "offer 1; offer 2; network 1; external 1; router 1; attach 1 1; gateway 1 1; port 1 1 1; floating 1 1; settle";

class Announcing : public testing::Test {
 protected:
  Announcing() { perform(outside); }

  void perform(const std::string& acts) {
    for (const Act& act : parse_acts(acts).value()) stage.perform(act);
  }
  World& world() { return stage.world(); }
  // Of all that a node's daemon has.
  std::size_t routes(std::size_t node) {
    return static_cast<std::size_t>(std::ranges::count_if(world().node(node).bgp().items, [](const auto& item) {
      return item.first.kind == domain::BgpItem::Kind::route;
    }));
  }

  rt::Seeded choice{11};
  Stage stage{choice, 2};
};

TEST_F(Announcing, EachHostOnThePhysicalNetworkAnnouncesEachFloatingIpThatLeadsSomewhere) {
  EXPECT_EQ(routes(0), 0U);
  perform("associate 1 1; settle");
  EXPECT_EQ(routes(0), 1U);
  EXPECT_EQ(routes(1), 1U);
  EXPECT_THAT(announcing(world().scene()), IsEmpty());
  perform("disassociate 1; settle");
  EXPECT_EQ(routes(0), 0U);
  EXPECT_TRUE(world().stays_silent());
  EXPECT_THAT(world().violations(), IsEmpty());
}

TEST_F(Announcing, AnAgentThatComesBackSaysNothing) {
  perform("associate 1 1; settle");
  const std::uint64_t writes = world().node(0).bgp().writes;
  world().node(0).crash_agent();
  EXPECT_EQ(routes(0), 1U);
  world().node(0).start_agent();
  EXPECT_TRUE(world().settle());
  EXPECT_EQ(world().node(0).bgp().writes, writes);
}

TEST_F(Announcing, ADaemonThatIsAwayKeepsNoSwitchWaitingAndIsToldAllWhenItIsBack) {
  perform("associate 1 1; settle");
  Node& node = world().node(0);
  node.stop_bgp();
  world().run_until([] { return false; }, 70s);  // an audit finds it gone
  ASSERT_FALSE(node.in_sync());
  node.crash_switch();
  world().start_switch(0, Node::Flows::awaited);
  EXPECT_TRUE(world().run_until([&] { return !node.waits_for_flows(); }, 60s)) << "it forwards nothing";
  node.start_bgp();
  EXPECT_TRUE(world().settle());
  EXPECT_EQ(routes(0), 1U);
  EXPECT_THAT(world().violations(), IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
