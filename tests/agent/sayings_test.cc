// What is said of one's own accord: when it is said, and what makes it be said again.
#include "agent/sayings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/announcer.h"

namespace tarn::agent {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr rt::Duration pauses[] = {100ms, 1s};

struct Speaker {
  void set(int key, const answer::Announcement& said) { sayings.fold({{key, said}}, now); }
  // The network numbers of what is said until `end`, each time with the moment.
  std::vector<std::pair<std::uint32_t, rt::Duration>> until(rt::Duration end) {
    std::vector<std::pair<std::uint32_t, rt::Duration>> heard;
    for (auto next = sayings.next(); next && *next <= rt::Instant{end}; next = sayings.next()) {
      now = std::max(now, *next);
      sayings.say_due(now, choice, [&](const answer::Announcement& said) {
        heard.emplace_back(said.network_number, now.since_start);
      });
    }
    return heard;
  }

  rt::Seeded choice{1};
  rt::Instant now{};
  Sayings<int, answer::Announcement> sayings{pauses};
};

answer::Announcement of_network(std::uint32_t number, std::vector<std::string> hidden = {}) {
  answer::Announcement said;
  said.network_number = number;
  said.hidden = std::move(hidden);
  return said;
}

TEST(Sayings, each_is_said_at_its_own_times_whatever_else_changes) {
  Speaker speaker;
  speaker.set(1, of_network(1));
  EXPECT_THAT(speaker.until(500ms), ElementsAre(std::pair(1U, 0ms), std::pair(1U, 100ms)));
  speaker.now = rt::Instant{600ms};
  speaker.set(2, of_network(2));
  EXPECT_THAT(speaker.until(10s),
              ElementsAre(std::pair(2U, 600ms), std::pair(2U, 700ms), std::pair(1U, 1100ms), std::pair(2U, 1700ms)));
}

TEST(Sayings, what_is_gone_is_not_said_any_more) {
  Speaker speaker;
  speaker.set(1, of_network(1));
  speaker.sayings.fold({{1, std::nullopt}}, speaker.now);
  EXPECT_THAT(speaker.until(10s), IsEmpty());
}

// Who was hidden may have answered until he came in sight, or until he was no longer one of those who may.
TEST(Sayings, who_was_hidden_must_hear_it_and_who_hides_must_not) {
  Speaker speaker;
  speaker.set(1, of_network(1, {"west"}));
  EXPECT_EQ(speaker.until(10s).size(), 3U);
  speaker.set(1, of_network(1, {"east", "west"}));
  EXPECT_THAT(speaker.until(20s), IsEmpty());
  speaker.set(1, of_network(1, {"east"}));
  EXPECT_EQ(speaker.until(20s).size(), 3U);
}

TEST(Sayings, all_is_said_again_to_a_switch_that_forgot) {
  Speaker speaker;
  speaker.set(1, of_network(1));
  speaker.set(2, of_network(2));
  EXPECT_EQ(speaker.until(10s).size(), 6U);
  speaker.sayings.say_all(speaker.now);
  EXPECT_EQ(speaker.until(20s).size(), 6U);
}

TEST(Sayings, some_are_said_for_ever) {
  rt::Seeded choice{1};
  Sayings<int, int> sayings(pauses, 20s);
  sayings.fold({{1, 1}}, rt::Instant{});
  int heard = 0;
  while (sayings.next().value() < rt::Instant{100s})
    sayings.say_due(sayings.next().value(), choice, [&](int) { ++heard; });
  // Three at first, then one each 10 to 30 seconds.
  EXPECT_GE(heard, 6);
  EXPECT_LE(heard, 13);
}

}  // namespace
}  // namespace tarn::agent
