// The outbox as a machine: what it sends when, what an answer does to each event, and what goes when there is no room.
#include "notify/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "things.h"

namespace tarn::notify {
namespace {

using namespace std::chrono_literals;
using test::event;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum EventName;

const Judged taken{Verdict::acknowledged, {}};
const Judged later{Verdict::later, "422"};
const Judged unknown{Verdict::unknown, "404"};

struct TheOutbox : testing::Test {
  explicit TheOutbox(Outbox::Bounds bounds = {.events_max = 8, .batch_max = 4, .tries_max = 3})
      : outbox(bounds, {}, choice) {}

  std::vector<Outbox::Lost> add(std::initializer_list<Event> events) {
    return outbox.add(std::vector<Event>(events), now);
  }
  // Waits until something is due.
  std::vector<Event> take() {
    const auto due = outbox.due();
    if (!due) return {};
    now = std::max(now, *due);
    return outbox.take(now);
  }
  std::vector<Outbox::Lost> settle(const Reading& reading) { return outbox.settle(reading, now); }
  std::vector<Outbox::Lost> settle_all(const Judged& judged, std::size_t count) {
    return settle(std::vector<Judged>(count, judged));
  }
  rt::Duration wait() { return *outbox.due() - now; }

  rt::Seeded choice{7};
  rt::Instant now{1h};
  Outbox outbox;
};

TEST_F(TheOutbox, SendsAtOnceThenGathers) {
  EXPECT_EQ(outbox.due(), std::nullopt);
  add({event(vif_plugged, 1)});
  EXPECT_LE(*outbox.due(), now);
  EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 1)));
  add({event(vif_plugged, 2)});
  EXPECT_EQ(outbox.due(), std::nullopt) << "one batch at a time";
  settle_all(taken, 1);
  EXPECT_EQ(wait(), Outbox::Pace{}.gather);
  EXPECT_THAT(outbox.take(now), IsEmpty()) << "not before it is due";
  add({event(vif_plugged, 3), event(network_changed, 3)});
  EXPECT_EQ(wait(), Outbox::Pace{}.gather);
  add({event(vif_plugged, 4)});
  EXPECT_LE(*outbox.due(), now) << "a whole batch need not wait";
  EXPECT_THAT(take(), SizeIs(4));
  settle_all(taken, 4);
  EXPECT_EQ(outbox.numbers().acknowledged, 5U);
  EXPECT_EQ(outbox.numbers().waiting, 0U);
  EXPECT_EQ(outbox.due(), std::nullopt);
}

TEST_F(TheOutbox, KeepsABatchOfWhichNothingIsKnownAndWaitsLongerEachTime) {
  add({event(vif_plugged, 1), event(network_changed, 2)});
  for (int failures = 1; failures <= 12; ++failures) {
    EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 1), event(network_changed, 2)));
    EXPECT_THAT(settle(Trouble{"away"}), IsEmpty());
    const rt::Duration mean = std::min<rt::Duration>(60s, 1s * (1 << (failures - 1)));
    EXPECT_GE(wait(), mean / 2);
    EXPECT_LE(wait(), mean * 3 / 2);
    EXPECT_THAT(outbox.take(now), IsEmpty());
  }
  static_cast<void>(take());
  settle_all(taken, 2);
  add({event(vif_plugged, 3)});
  EXPECT_LE(wait(), Outbox::Pace{}.gather) << "forgotten as soon as it answers";
}

TEST_F(TheOutbox, JudgesEachEventOfABatchByItself) {
  add({event(vif_plugged, 1), event(vif_plugged, 2), event(vif_plugged, 3)});
  static_cast<void>(take());
  const auto lost = settle(std::vector<Judged>{unknown, taken, later});
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].event, event(vif_plugged, 1));
  EXPECT_EQ(lost[0].cause, Outbox::Cause::unknown);
  EXPECT_GE(wait(), 1s);
  EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 3)));
  EXPECT_EQ(outbox.numbers().refused, 1U);
}

TEST_F(TheOutbox, GivesUpOnAServerThatStaysNowhere) {
  add({event(vif_plugged, 1)});
  static_cast<void>(take());
  EXPECT_THAT(settle_all(later, 1), IsEmpty());
  add({event(vif_plugged, 2)});
  EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 2))) << "it holds back nobody else";
  settle_all(taken, 1);
  static_cast<void>(take());
  EXPECT_THAT(settle_all(later, 1), IsEmpty());
  static_cast<void>(take());
  const auto lost = settle_all(later, 1);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].cause, Outbox::Cause::tried_enough);
  EXPECT_EQ(outbox.due(), std::nullopt);
  EXPECT_EQ(outbox.numbers().tried_enough, 1U);
}

TEST_F(TheOutbox, FindsTheOneBadEventByHalves) {
  add({event(vif_plugged, 1), event(vif_plugged, 2), event(vif_plugged, 3), event(vif_plugged, 4)});
  std::vector<Event> acknowledged;
  std::vector<Outbox::Lost> lost;
  const rt::Instant began = now;
  for (int requests = 0; outbox.due(); ++requests) {
    ASSERT_LT(requests, 6) << "1 of four, 2 of two, 2 of one";
    const std::vector<Event> batch = take();
    const bool bad = std::ranges::find(batch, event(vif_plugged, 3)) != batch.end();
    if (!bad) acknowledged.insert(acknowledged.end(), batch.begin(), batch.end());
    const auto more = bad ? settle(Bad{"HTTP 400"}) : settle_all(taken, batch.size());
    lost.insert(lost.end(), more.begin(), more.end());
  }
  EXPECT_THAT(acknowledged, ElementsAre(event(vif_plugged, 1), event(vif_plugged, 2), event(vif_plugged, 4)));
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].event, event(vif_plugged, 3));
  EXPECT_EQ(lost[0].cause, Outbox::Cause::refused);
  EXPECT_LT(now - began, 2s);
}

TEST_F(TheOutbox, ReplacesWhatWaitsByWhatIsNewer) {
  static_cast<void>(take());
  add({event(network_changed, 1), event(vif_plugged, 1), event(network_changed, 1), event(vif_plugged, 1, true)});
  EXPECT_THAT(take(), ElementsAre(event(network_changed, 1), event(vif_plugged, 1, true)));
  add({event(network_changed, 1)});
  settle_all(taken, 2);
  EXPECT_THAT(take(), ElementsAre(event(network_changed, 1))) << "it changed while the first was under way";
  add({event(network_changed, 1)});
  settle(Trouble{"away"});
  EXPECT_THAT(take(), ElementsAre(event(network_changed, 1))) << "once is enough";
  settle_all(taken, 1);
  EXPECT_EQ(outbox.due(), std::nullopt);
}

TEST_F(TheOutbox, KeepsOppositesInTheirOrder) {
  add({event(vif_plugged, 1), event(vif_unplugged, 1), event(vif_plugged, 2)});
  EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 1), event(vif_plugged, 2)));
  settle(std::vector<Judged>{later, taken});
  EXPECT_THAT(take(), ElementsAre(event(vif_plugged, 1))) << "which is not overtaken";
  settle_all(taken, 1);
  EXPECT_THAT(take(), ElementsAre(event(vif_unplugged, 1)));
  settle_all(taken, 1);

  add({event(vif_plugged, 1), event(vif_unplugged, 1), event(vif_plugged, 1)});
  EXPECT_THAT(take(), ElementsAre(event(vif_unplugged, 1)));
  add({event(vif_unplugged, 1), event(vif_deleted, 1)});
  settle(Trouble{"away"});
  std::vector<Event> order;
  while (outbox.due()) {
    const auto batch = take();
    order.insert(order.end(), batch.begin(), batch.end());
    settle_all(taken, batch.size());
  }
  EXPECT_THAT(order, ElementsAre(event(vif_plugged, 1), event(vif_unplugged, 1), event(vif_deleted, 1)));
}

TEST_F(TheOutbox, NeedNotTellChangesOfAPortThatIsGone) {
  add({event(network_changed, 1), event(vif_deleted, 1)});
  EXPECT_THAT(take(), ElementsAre(event(vif_deleted, 1)));
}

TEST_F(TheOutbox, LetsTheOldestChangesGoWhenItIsFull) {
  for (std::uint64_t number = 1; number <= 4; ++number) add({event(network_changed, number)});
  for (std::uint64_t number = 1; number <= 4; ++number) EXPECT_THAT(add({event(vif_plugged, number)}), IsEmpty());
  const auto lost = add({event(vif_plugged, 5)});
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].event, event(network_changed, 1));
  EXPECT_EQ(lost[0].cause, Outbox::Cause::no_room);
  for (std::uint64_t number = 6; number <= 8; ++number)
    EXPECT_EQ(add({event(vif_plugged, number)}).at(0).event.name, network_changed);
  EXPECT_EQ(add({event(network_changed, 9)}).at(0).event, event(network_changed, 9)) << "rather than a plugged one";
  EXPECT_EQ(add({event(vif_unplugged, 9)}).at(0).event, event(vif_plugged, 1)) << "the oldest, and it is told";
  EXPECT_EQ(outbox.numbers().waiting, 8U);
  EXPECT_EQ(outbox.numbers().no_room, 6U);
}

TEST_F(TheOutbox, LosesNothingThatIsUnderWay) {
  for (std::uint64_t number = 1; number <= 8; ++number) add({event(network_changed, number)});
  const auto batch = take();
  EXPECT_THAT(batch, SizeIs(4));
  EXPECT_EQ(add({event(vif_plugged, 9)}).at(0).event, event(network_changed, 5));
  settle(Trouble{"away"});
  EXPECT_EQ(add({event(vif_plugged, 10)}).at(0).event, event(network_changed, 1)) << "when it waits again it may go";
}

}  // namespace
}  // namespace tarn::notify
