// Which questions list a switch: every possible flow is named by exactly one, and no answer is long.
#include "wire/openflow/flow_questions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "domain/flow.h"
#include "rt/choice.h"

namespace tarn::wire::of {
namespace {

// As the switch decides it (OpenFlow 1.5 section 7.3.5.2).
bool names(const FlowDescRequest& question, std::uint8_t table, std::uint64_t cookie) {
  return (!question.table || *question.table == table) && (cookie & question.mask) == (question.cookie & question.mask);
}

std::uint64_t any_cookie(rt::Choice& choice) {
  const std::uint64_t few = choice.below(3);
  const std::uint64_t random = std::uint64_t{choice.below(1U << 31)} << 33 | choice.below(1U << 31);
  return choice.below(3) == 0 ? few : choice.below(2) == 0 ? ~few : random;
}

TEST(FlowQuestions, NameEveryFlowOfEveryTableExactlyOnceWhateverItsCookie) {
  rt::Seeded choice(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<TableStats> tables;
    for (std::uint8_t table = 0; table < 254; ++table) {
      const bool filled = choice.below(10) == 0;
      tables.push_back({.table = table, .flows = filled ? choice.below(1U << choice.below(20)) : 0});
    }
    const auto questions = flow_questions(tables, 1 + choice.below(1000));
    for (const TableStats& table : tables) {
      if (table.flows == 0) continue;
      const std::uint64_t cookie = any_cookie(choice);
      const auto by = [&](const FlowDescRequest& question) { return names(question, table.table, cookie); };
      ASSERT_EQ(std::ranges::count_if(questions, by), 1) << +table.table << " " << cookie;
    }
  }
}

TEST(FlowQuestions, AskOnceForASmallSwitchAndForAnEmptyOne) {
  const std::vector<FlowDescRequest> one{FlowDescRequest{}};
  EXPECT_EQ(flow_questions({{.table = 0}, {.table = 1}}, 512), one);
  EXPECT_EQ(flow_questions({{.table = 0, .flows = 200}, {.table = 1, .flows = 312}}, 512), one);
  EXPECT_EQ(flow_questions({{.table = 0, .flows = 200}, {.table = 1, .flows = 313}}, 512),
            (std::vector<FlowDescRequest>{{0, 0, 0}, {1, 0, 0}}));
}

TEST(FlowQuestions, CutOurOwnFlowsEvenly) {
  constexpr std::uint32_t flows = 16'000;
  const auto questions = flow_questions({{.table = 60, .flows = flows}}, 512);
  ASSERT_EQ(questions.size(), 32U);
  std::vector<std::size_t> answers(questions.size());
  for (std::uint32_t port = 0; port < flows; ++port) {
    const std::uint64_t cookie = domain::cookie_of(domain::CookieClass{1}, "port " + std::to_string(port));
    for (std::size_t i = 0; i < questions.size(); ++i) answers[i] += names(questions[i], 60, cookie) ? 1 : 0;
  }
  for (const std::size_t answer : answers) EXPECT_LT(answer, 700U);
}

TEST(FlowQuestions, LookAtALargeTableOnlySoOften) {
  EXPECT_EQ(flow_questions({{.table = 60, .flows = 4'000'000'000}}, 1).size(), slices_max);
}

}  // namespace
}  // namespace tarn::wire::of
