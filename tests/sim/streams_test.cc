// Instances that move in a simulated cloud while they speak with the outside: the law holds, and holds of something.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exits.h"
#include "sim/stage.h"

namespace tarn::sim {
namespace {

using testing::IsEmpty;

constexpr const char* outward =
    "offer 1; offer 2; offer 3; network 1; external 1; router 1; attach 1 1; gateway 1 1; group 1; rule 1 2; "
    "port 1 1 1; port-groups 1 1; plug 1; settle";

class StreamsLaw : public testing::Test {
 protected:
  StreamsLaw() { perform(outward); }
  void perform(const std::string& text) {
    for (const Act& act : *parse_acts(text)) stage.perform(act);
  }
  void move_to(int host) { perform("move-port 1 " + std::to_string(host) + "; unplug 1; plug 1; settle"); }
  // The only connection that the gateway's host knows, on each node: how many there are in its zones.
  [[nodiscard]] std::size_t translated_on(std::size_t node) {
    std::size_t count = 0;
    for (const auto& [connection, standing] : stage.world().node(node).datapath().conntrack().connections())
      count += standing.translation.has_value() && connection.original.protocol == 6 ? 1 : 0;
    return count;
  }
  // Sessions that its switch has learned to be another host's.
  [[nodiscard]] std::size_t learned_on(std::size_t node) {
    return static_cast<std::size_t>(
        std::ranges::count_if(stage.world().node(node).vswitchd().flows(),
                              [](const auto& flow) { return flow.first.table == 39 && flow.first.priority != 0; }));
  }

  rt::Seeded choice{5};
  Stage stage{choice, 3};
};

TEST_F(StreamsLaw, AConnectionThatMovesIsKnownWhereItBeganAlone) {
  EXPECT_EQ(translated_on(0), 1U);
  for (const int host : {2, 3, 1, 2}) {
    move_to(host);
    EXPECT_EQ(translated_on(0), 1U) << host;
    EXPECT_EQ(translated_on(1), 0U) << host;
    EXPECT_EQ(translated_on(2), 0U) << host;
  }
  EXPECT_THAT(stage.world().violations(), IsEmpty());
}

TEST_F(StreamsLaw, ASessionIsLearnedWhereItIsAndNowhereElse) {
  EXPECT_EQ(learned_on(0), 0U);
  move_to(2);
  EXPECT_EQ(learned_on(1), 1U);
  move_to(3);
  EXPECT_EQ(learned_on(1), 0U);
  EXPECT_EQ(learned_on(2), 1U);
  move_to(1);
  EXPECT_EQ(learned_on(0) + learned_on(1) + learned_on(2), 0U) << "at home it is a session like others";
  EXPECT_THAT(stage.world().violations(), IsEmpty());
}

TEST_F(StreamsLaw, HoldsWhileTheControlPlaneIsAwayAndOfHostsWithoutAWire) {
  move_to(2);
  perform("kill-agent 1; kill-agent 2; kill-server; steps 200; start-server; start-agent 1; start-agent 2; settle");
  perform("stop-offering 1; settle; central 1; settle; distribute 1; offer 1; settle");
  EXPECT_THAT(stage.world().violations(), IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
