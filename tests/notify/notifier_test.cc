// The notifier in simulated time, before a Nova at the border of bytes that is away, deaf, full of itself or well.
#include "notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scheduler.h"
#include "things.h"

namespace tarn::notify {
namespace {

using namespace std::chrono_literals;
using model::Kind;
using model::Port;
using model::PortStatus;
using model::Snapshot;
using test::ModelNova;
using test::port;
using test::SlowWorker;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Mood = ModelNova::Mood;

struct World {
  explicit World(std::uint64_t seed, Outbox::Bounds bounds = {}) : choice(seed), bounds_(bounds) { start(); }

  void start() {
    notifier.emplace(*loop, choice, worker, nova, bounds_, Outbox::Pace{},
                     [this](const std::string& line) { log.push_back(line); });
  }
  void commit(const Snapshot& after) {
    const Snapshot before = std::exchange(cloud, after);
    if (notifier) notifier->see(before, after);
  }
  void put(Port row) {
    row.standard.updated_at_ms = loop->clock().wall().unix_ms;
    commit(test::with(cloud, row));
  }
  void remove(std::uint64_t number) { commit(test::without(cloud, Kind::port, test::port_id(number).uuid)); }
  void pass(rt::Duration time) { scheduler.run(time); }

  rt::Seeded choice;
  sim::Scheduler scheduler{choice};
  std::unique_ptr<sim::SimLoop> loop = scheduler.make_loop("server");
  SlowWorker worker{*loop, choice};
  ModelNova nova;
  std::vector<std::string> log;
  Snapshot cloud;
  Outbox::Bounds bounds_;
  std::optional<Notifier> notifier;
};

ModelNova::Told told(const std::string& name, std::uint64_t number, const std::string& status = "") {
  return {name, test::server(number).text(), test::port_id(number).text(), status};
}

TEST(TheNotifier, TellsThatAPortIsPlugged) {
  World world(1);
  world.put(port(1));
  world.put(port(1, PortStatus::active));
  world.pass(1s);
  EXPECT_THAT(world.nova.taken, ElementsAre(told("network-vif-plugged", 1, "completed")));
  world.pass(1h);
  EXPECT_EQ(world.nova.requests, 1U) << "and once is enough";
  EXPECT_THAT(world.log, SizeIs(0));
}

TEST(TheNotifier, GoesOnUntilNovaHasAcknowledged) {
  for (const Mood mood : {Mood::away, Mood::deaf, Mood::failing, Mood::forbidding, Mood::odd}) {
    World world(2);
    world.nova.mood = [mood] { return mood; };
    world.put(port(1));
    world.put(port(1, PortStatus::active));
    world.pass(1h);
    EXPECT_GT(world.nova.requests, 50U);
    EXPECT_LT(world.nova.requests, 200U) << "growing pauses";
    EXPECT_EQ(world.notifier->numbers().acknowledged, 0U);
    ASSERT_THAT(world.log, SizeIs(1)) << "said once";
    EXPECT_THAT(world.log[0], HasSubstr("Nova takes no events: "));
    world.nova.mood = [] { return Mood::well; };
    world.pass(2min);
    EXPECT_EQ(world.nova.taken.back(), told("network-vif-plugged", 1, "completed"));
    EXPECT_EQ(world.notifier->numbers().waiting, 0U);
    ASSERT_THAT(world.log, SizeIs(2));
    EXPECT_THAT(world.log[1], HasSubstr("Nova takes events again; 0 events wait"));
  }
}

TEST(TheNotifier, LosesABadEventAlone) {
  World world(3);
  world.nova.mood = [] { return Mood::away; };
  for (std::uint64_t number = 1; number <= 90; ++number) {
    world.put(port(number));
    world.put(port(number, PortStatus::active));
  }
  world.pass(10s);
  world.nova.poison.insert(test::port_id(42).text());
  world.nova.mood = [] { return Mood::well; };
  world.nova.code = [](const ModelNova::Told& event) { return event.server == test::server(7).text() ? 404U : 200U; };
  world.log.clear();
  world.pass(3min);
  EXPECT_THAT(world.nova.taken, SizeIs(88));
  EXPECT_EQ(world.notifier->numbers().refused, 2U);
  EXPECT_EQ(world.notifier->numbers().waiting, 0U);
  EXPECT_THAT(world.log, testing::IsSupersetOf({HasSubstr("port " + test::port_id(42).text()),
                                                HasSubstr("port " + test::port_id(7).text())}));
}

TEST(TheNotifier, SaysNothingOfAServerThatIsGoneWithItsPorts) {
  World world(4);
  world.nova.code = [](const auto&) { return 404U; };
  world.put(port(1));
  world.remove(1);
  world.pass(1min);
  EXPECT_THAT(world.log, SizeIs(0));
  EXPECT_EQ(world.notifier->numbers().refused, 1U);
}

TEST(TheNotifier, TellsAfterARestartWhatChangedLately) {
  World world(5);
  world.put(port(1, PortStatus::active));
  world.pass(11min);
  world.nova.mood = [] { return Mood::away; };
  world.nova.taken.clear();
  world.put(port(2));
  world.put(port(2, PortStatus::active));
  world.pass(1min);
  world.notifier.reset();
  world.nova.mood = [] { return Mood::well; };
  world.pass(1min);
  EXPECT_THAT(world.nova.taken, SizeIs(0));
  world.start();
  world.notifier->recall(world.cloud);
  world.pass(1min);
  EXPECT_THAT(world.nova.taken, ElementsAre(told("network-vif-plugged", 2, "completed"), told("network-changed", 2)));
}

TEST(TheNotifier, MayGoWhileItAsks) {
  World world(6);
  world.put(port(1, PortStatus::active));
  world.notifier.reset();
  world.pass(1min);
  EXPECT_EQ(world.nova.requests, 1U) << "and nobody hears the answer";
}

TEST(TheNotifier, TriesAgainWhenNoWorkerIsFree) {
  World world(7);
  world.worker.taking = false;
  world.put(port(1, PortStatus::active));
  world.pass(10s);
  world.worker.taking = true;
  world.pass(1min);
  EXPECT_THAT(world.nova.taken, SizeIs(1));
}

TEST(TheNotifier, SaysWhatItHasNoRoomFor) {
  World world(8, {.events_max = 8, .batch_max = 4});
  world.nova.mood = [] { return Mood::away; };
  for (std::uint64_t number = 1; number <= 12; ++number) {
    world.put(port(number));
    Port moved = port(number);
    moved.binding_host = "node-2";
    world.put(moved);
  }
  world.pass(2s);
  EXPECT_EQ(std::ranges::count_if(world.log, [](const auto& line) { return line.starts_with("not told"); }), 1)
      << "of changes once";
  world.log.clear();
  for (std::uint64_t number = 21; number <= 32; ++number) world.put(port(number, PortStatus::active));
  EXPECT_EQ(std::ranges::count_if(world.log, [](const auto& line) { return line.starts_with("not told"); }), 4)
      << "of plugged ones each";
  EXPECT_EQ(world.notifier->numbers().waiting, 8U);
}

}  // namespace
}  // namespace tarn::notify
