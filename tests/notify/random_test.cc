// A random cloud before a Nova that fails in every way it can, and a server that is killed: once all is well again,
// what it believes of each port is what the cloud holds, though some events were bad all the time. Repeatable by its
// seed.
#include <gtest/gtest.h>

#include "notify/notifier.h"
#include "sim/scheduler.h"
#include "things.h"

namespace tarn::notify {
namespace {

using namespace std::chrono_literals;
using model::Port;
using model::PortStatus;
using test::ModelNova;
using Mood = ModelNova::Mood;

constexpr std::uint64_t ports = 12;
constexpr std::uint64_t bad_port = 3;         // Nova cannot read its events
constexpr std::uint64_t unknown_server = 4;   // Nova never heard of it
constexpr std::uint64_t homeless_server = 5;  // on no host for a while

// What Nova knows of a port: what it last read of it, and what it was last told.
struct Belief {
  std::string host;
  std::string state;
  bool operator==(const Belief&) const = default;
};

void PrintTo(const Belief& belief, std::ostream* out) {
  *out << "on '" << belief.host << "', '" << belief.state << "'";
}

struct Story {
  explicit Story(std::uint64_t seed) : choice(seed) {
    for (std::uint64_t number = 0; number < ports; ++number) numbers.push_back(number);
    nova.mood = [this] { return ill && choice.below(3) != 0 ? static_cast<Mood>(choice.below(6)) : Mood::well; };
    nova.code = [this](const ModelNova::Told& told) {
      if (told.server == test::server(unknown_server).text()) return 404U;
      if (told.server == test::server(homeless_server).text() && ill && choice.below(2) == 0) return 422U;
      return ill && choice.below(20) == 0 ? 422U : 200U;
    };
    nova.poison = {test::port_id(bad_port).text()};
    nova.on_event = [this](const ModelNova::Told& told) { hear(told); };
    start();
  }

  void hear(const ModelNova::Told& told) {
    Belief& belief = believed[told.port];
    if (told.name == "network-changed") {
      const auto* row = cloud.find(PortId{Uuid::parse(told.port).value()});
      if (row) belief.host = (*row)->binding_host;
    } else {
      belief.state = told.name;
    }
  }

  // What the new one cannot know is that a port went away.
  void restart() {
    notifier.reset();
    for (std::uint64_t number = 0; number < ports; ++number) {
      for (std::uint64_t gone = number; gone < numbers[number]; gone += ports)
        if (believed[test::port_id(gone).text()].state != "network-vif-deleted") expected.erase(gone);
      const auto* held = cloud.find(test::port_id(numbers[number]));
      if (!held) continue;
      const bool up = (*held)->status == PortStatus::active;
      expected[numbers[number]] = {(*held)->binding_host, up ? "network-vif-plugged" : "network-vif-unplugged"};
    }
    start();
    notifier->recall(cloud);
  }
  void start() {
    notifier.emplace(*loop, choice, worker, nova, bounds, Outbox::Pace{}, [](const std::string&) {});
  }

  void act() {
    std::uint64_t& number = numbers.at(choice.below(ports));
    const auto* held = cloud.find(test::port_id(number));
    const auto before = cloud;
    if (!held) {
      put(test::port(number));
      expected[number] = {"", ""};
    } else if (choice.below(12) == 0) {
      cloud = test::without(cloud, model::Kind::port, test::port_id(number).uuid);
      expected[number].state = "network-vif-deleted";
      number += ports;  // an id is never used again
    } else {
      Port row = **held;
      if (choice.below(2) == 0) {
        row.binding_host = "host-" + std::to_string(++hosts);
        expected[number].host = row.binding_host;
      }
      if (choice.below(2) == 0) {
        const bool up = row.status == PortStatus::active;
        row.status = up ? PortStatus::down : PortStatus::active;
        expected[number].state = up ? "network-vif-unplugged" : "network-vif-plugged";
      }
      put(row);
    }
    notifier->see(before, cloud);
  }
  void put(Port row) {
    row.standard.updated_at_ms = loop->clock().wall().unix_ms;
    cloud = test::with(cloud, row);
  }

  rt::Seeded choice;
  sim::Scheduler scheduler{choice};
  std::unique_ptr<sim::SimLoop> loop = scheduler.make_loop("server");
  test::SlowWorker worker{*loop, choice};
  ModelNova nova;
  bool ill = true;
  model::Snapshot cloud;
  std::vector<std::uint64_t> numbers;
  int hosts = 0;
  std::map<std::string, Belief> believed;
  std::map<std::uint64_t, Belief> expected;
  Outbox::Bounds bounds{.events_max = 200, .batch_max = 8, .tries_max = 1'000};
  std::optional<Notifier> notifier;
};

void play(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Story story(seed);
  for (int step = 0; step < 150; ++step) {
    story.act();
    if (story.choice.below(60) == 0) story.restart();
    ASSERT_LE(story.notifier->numbers().waiting, story.bounds.events_max);
    if (story.choice.below(3) == 0) story.scheduler.run(story.choice.jitter(5s));
  }
  story.ill = false;
  story.scheduler.run(10min);
  const Outbox::Numbers numbers = story.notifier->numbers();
  EXPECT_EQ(numbers.waiting, 0U);
  EXPECT_EQ(numbers.no_room, 0U) << "a replaced event takes no room";
  EXPECT_EQ(numbers.tried_enough, 0U);
  EXPECT_LE(story.nova.batch_most, story.bounds.batch_max);
  for (const auto& [number, expected] : story.expected) {
    const Belief believed = story.believed[test::port_id(number).text()];
    if (number == bad_port || number == unknown_server)
      EXPECT_EQ(believed, Belief{}) << number;
    else if (expected.state == "network-vif-deleted")
      EXPECT_EQ(believed.state, expected.state) << number;
    else
      EXPECT_EQ(believed, expected) << number;
  }
}

TEST(ANovaThatWasIll, BelievesAtLastWhatTheCloudHolds) {
  for (std::uint64_t seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) play(seed);
}

}  // namespace
}  // namespace tarn::notify
