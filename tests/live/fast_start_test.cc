// An instance that runs the moment its network is there: its first DHCP question is answered, whatever else happens on
// its node. As Nova's instances do, it waits for its port to be ACTIVE and asks once. The larger crowds, and instances
// that do not wait, are measured by `./bench faststart`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "live/live_cloud.h"
#include "sandbox/fast_start.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using sandbox::FastStart;

constexpr int starts_wanted = 100;
constexpr int crowd = 300;
constexpr int others = 200;

class FastStarts : public ::testing::Test {
 protected:
  void SetUp() override { cloud = std::make_unique<LiveCloud>(1); }

  // Starts so many instances at a time until all have been started, and demands that the first question of each was
  // answered. What the machine makes of it is printed: it is the given, not the claim.
  void expect_all_answered(const char* what, int at_a_time) {
    std::vector<FastStart> starts;
    while (starts.size() < starts_wanted) {
      const auto done = sandbox::start_fast(cloud->sandbox(), {.count = at_a_time, .patience = 60s});
      ASSERT_TRUE(done.has_value()) << done.error().message;
      starts.insert(starts.end(), done->begin(), done->end());
    }
    std::vector<rt::Duration> made;
    for (const FastStart& start : starts) {
      made.push_back(start.made);
      EXPECT_TRUE(start.active.has_value());
      EXPECT_TRUE(start.offered.has_value());
    }
    std::ranges::sort(made);
    const auto in_time = std::ranges::count_if(made, [](rt::Duration took) { return took <= 100ms; });
    std::printf("%s: network, subnet, port and plug took %.1f ms (median of %zu; %td within 100 ms)\n", what,
                std::chrono::duration<double, std::milli>(made[made.size() / 2]).count(), made.size(), in_time);
  }

  std::unique_ptr<LiveCloud> cloud;
};

TEST_F(FastStarts, OneAfterAnotherAreAllAnswered) {
  expect_all_answered("one after another", 1);
}

TEST_F(FastStarts, AllAreAnsweredBesideACrowdWhileOthersArePlugged) {
  const std::string network = cloud->make_network("crowd", "10.8.0.0/22");
  cloud->plug_crowd(network, 1, crowd);
  ASSERT_TRUE(cloud->await_all_active(60s));
  cloud->plug_crowd(network, 1, others, LiveCloud::Patience::leave);
  expect_all_answered("beside a crowd, while others are plugged", starts_wanted);
  EXPECT_TRUE(cloud->await_all_active(60s));
}

}  // namespace
}  // namespace tarn::testing
