// An instance that runs the moment its network is there: its first DHCP question is answered, whatever else happens on
// its node. As Nova's instances do, it waits for its port to be ACTIVE and asks once; or it asks as soon as the switch
// has its interface. The larger crowds are measured by `./bench faststart`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "live/live_cloud.h"
#include "live/nic.h"
#include "live/steps.h"
#include "rt/machine_clock.h"
#include "sandbox/fast_start.h"
#include "wire/dhcp/client4.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using sandbox::FastStart;
using sandbox::FirstWord;

constexpr int starts_wanted = 100;
constexpr int crowd = 300;
constexpr int others = 200;

class FastStarts : public ::testing::Test {
 protected:
  void SetUp() override { cloud = std::make_unique<LiveCloud>(1); }

  // Starts so many instances at a time until all have been started, and demands that the first question of each was
  // answered. What the machine makes of it is printed: it is the given, not the claim.
  void expect_all_answered(const char* what, int at_a_time, FirstWord first_word = FirstWord::once_active) {
    std::vector<FastStart> starts;
    while (starts.size() < starts_wanted) {
      const auto done =
          sandbox::start_fast(cloud->sandbox(), {.count = at_a_time, .first_word = first_word, .patience = 60s});
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

TEST_F(FastStarts, WhoDoesNotWaitIsAnsweredAllTheSame) {
  expect_all_answered("not waiting, one after another", 1, FirstWord::once_plugged);
}

// It asks as often as it can. The switch hands on a thousand questions in a second and no more than as many at once.
TEST_F(FastStarts, WhoFloodsTheAgentWithQuestionsIsCutAndOthersAreAnsweredAtOnce) {
  constexpr int rounds = 10;
  constexpr int questions = 2'000;  // of each round
  constexpr double per_second = 1'000;
  const std::string network = cloud->make_network("flooded", "10.8.0.0/24");
  const sandbox::Instance flooder = boot(*cloud, "flooder", network, 1);
  ASSERT_TRUE(cloud->await_all_active(60s));
  const Nic nic(cloud->sandbox().layout().instance_namespace("flooder"), "eth0");
  const Bytes question = wire::dhcp::discover4(*Mac::parse(flooder.mac));
  const auto heard = [&] { return cloud->ask_agent(1, "stats").at("answers").at("received").to_number<double>(); };

  const rt::MachineClock clock;
  const double before = heard();
  const rt::Instant begin = clock.now();
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < questions; ++i) nic.send(question);
    const auto started = sandbox::start_fast(cloud->sandbox(), {.patience = 60s});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    EXPECT_TRUE(started->front().offered.has_value());
  }
  const double passed = heard() - before;
  const double elapsed_s = std::chrono::duration<double>(clock.now() - begin).count();
  EXPECT_GE(passed, per_second / 2) << "nothing came";
  EXPECT_LE(passed, per_second * (1 + elapsed_s) + rounds);
  std::printf("%d questions in %.1f s, of which the agent heard %.0f\n", rounds * questions, elapsed_s, passed);
}

TEST_F(FastStarts, AllAreAnsweredBesideACrowdWhileOthersArePlugged) {
  const std::string network = cloud->make_network("crowd", "10.8.0.0/22");
  cloud->plug_crowd(network, 1, crowd);
  ASSERT_TRUE(cloud->await_all_active(60s));
  cloud->plug_crowd(network, 1, others, LiveCloud::Patience::leave);
  expect_all_answered("beside a crowd, while others are plugged", starts_wanted);
  expect_all_answered("beside a crowd, not waiting", starts_wanted, FirstWord::once_plugged);
  EXPECT_TRUE(cloud->await_all_active(60s));
}

}  // namespace
}  // namespace tarn::testing
