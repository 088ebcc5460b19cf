// Address scopes and NDP proxies in a simulated cloud: the laws hold while pools enter and leave the scope, and hold of
// something.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exits.h"
#include "sim/stage.h"

namespace tarn::sim {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* pooled =
    "offer 1; offer 2; pooled 1; subnet6 1; pooled-external 1; external6 1; router 1; attach 1 1; gateway 1 1; "
    "port 1 1 1; unsecure 1; plug 1; port 2 1 2; unsecure 2; plug 2; settle";

class Scopes : public testing::Test {
 protected:
  Scopes() { perform(pooled); }
  void perform(const std::string& text) {
    for (const Act& act : *parse_acts(text)) stage.perform(act);
  }
  // Of each instance: how its IPv4 and IPv6 packets leave.
  std::vector<std::string> ways() {
    const Scene scene = stage.world().scene();
    std::vector<std::string> all;
    for (const Attachment& from : scene.attachments) {
      std::string way;
      for (const Exit& exit : exits_of(scene, from))
        way += std::string(exit.inside.is_v4() ? "4" : "6") + (exit.is_translated ? "t" : "") +
               (exit.is_called ? "" : "-");
      all.push_back(way);
    }
    return all;
  }

  rt::Seeded choice{5};
  Stage stage{choice, 2};
};

TEST_F(Scopes, DecideWhoMeetsTheOutsideAndAsWhom) {
  EXPECT_THAT(ways(), ElementsAre("4t6", "4t6"));
  perform("scope 1; settle");
  EXPECT_THAT(ways(), Each("4t"));
  perform("scope 4; settle");
  EXPECT_THAT(ways(), Each("46"));
  perform("unscope 1; settle");
  EXPECT_THAT(ways(), Each("4t"));
  perform("unscope 4; settle");
  EXPECT_THAT(ways(), Each("4t6"));
  EXPECT_THAT(stage.world().violations(), IsEmpty());
}

TEST_F(Scopes, OfARouterWithNdpProxiesThoseAloneAreCalled) {
  perform("scope 1; scope 4; proxy 1 1; settle");
  EXPECT_THAT(ways(), testing::UnorderedElementsAre("46", "46-"));
  perform("central 1; settle; move-port 1 2; distribute 1; settle; proxy 1 2; unproxy 1 1; settle");
  EXPECT_THAT(ways(), testing::Contains("46"));
  perform("stop-proxying 1; settle");
  EXPECT_THAT(stage.world().violations(), IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
