// The scenarios of the architecture page, run on the agent's real code with the laws checked after every step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

TEST(Scenario, PortsPluggedOnOneNodeReachEachOtherAndThenNothingIsWritten) {
  World world(1);
  const NetworkId network = world.cloud().network();
  world.cloud().subnet(network, "10.0.0.0/24");
  world.plug(world.port(network, 0), 0);
  world.plug(world.port(network, 0), 0);
  EXPECT_TRUE(world.settle());
  EXPECT_TRUE(world.stays_silent());
  EXPECT_THAT(world.violations(), IsEmpty());
}

}  // namespace
}  // namespace tarn::sim
