// Questions that come before their port is wired: which are kept, for how long, and how many.
#include "agent/early_questions.h"

#include <gmock/gmock.h>

namespace tarn::agent {
namespace {

using namespace std::chrono_literals;
using render::PuntReason;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

rt::Instant at(rt::Duration since_start) {
  return {since_start};
}

TEST(EarlyQuestions, TheLastOfEachKindIsKeptAndTakenOnce) {
  EarlyQuestions early;
  early.keep(5, PuntReason::dhcp4, Bytes{1}, at(0s));
  early.keep(5, PuntReason::dhcp4, Bytes{2}, at(1s));
  early.keep(5, PuntReason::router_solicitation, Bytes{3}, at(1s));
  early.keep(6, PuntReason::dhcp4, Bytes{4}, at(1s));
  EXPECT_THAT(early.interfaces(), ElementsAre(5U, 6U));
  EXPECT_THAT(early.take(5, at(2s)), UnorderedElementsAre(Bytes{2}, Bytes{3}));
  EXPECT_THAT(early.take(5, at(2s)), IsEmpty());
  EXPECT_THAT(early.interfaces(), ElementsAre(6U));
}

TEST(EarlyQuestions, WhoeverHasWaitedTooLongAsksAgain) {
  EarlyQuestions early;
  early.keep(5, PuntReason::dhcp4, Bytes{1}, at(0s));
  early.keep(6, PuntReason::dhcp4, Bytes{2}, at(0s));
  EXPECT_THAT(early.take(5, at(64s)), ElementsAre(Bytes{1}));
  EXPECT_THAT(early.take(6, at(64s + 1ms)), IsEmpty());
  early.keep(7, PuntReason::dhcp4, Bytes{3}, at(0s));
  early.keep(8, PuntReason::dhcp4, Bytes{4}, at(65s));
  EXPECT_THAT(early.interfaces(), ElementsAre(8U));
}

TEST(EarlyQuestions, WhenThereAreTooManyTheOldestIsForgotten) {
  EarlyQuestions early;
  const auto first = static_cast<std::uint32_t>(1000);
  for (std::uint32_t i = 0; i < EarlyQuestions::most; ++i)
    early.keep(first - i, PuntReason::dhcp4, Bytes{1}, at(std::chrono::milliseconds(i)));
  EXPECT_EQ(early.interfaces().size(), EarlyQuestions::most);
  early.keep(first + 1, PuntReason::dhcp4, Bytes{2}, at(1s));
  EXPECT_EQ(early.interfaces().size(), EarlyQuestions::most);
  EXPECT_THAT(early.take(first, at(1s)), IsEmpty());
  EXPECT_THAT(early.take(first - 1, at(1s)), ElementsAre(Bytes{1}));
  EXPECT_THAT(early.take(first + 1, at(1s)), ElementsAre(Bytes{2}));
}

}  // namespace
}  // namespace tarn::agent
