// Neighbouring versions of server and agent meet at the highest protocol both speak, or part with a clear reason.
#include "feed/agent_end.h"
#include "feed/clouds.h"
#include "feed/server_end.h"

namespace tarn::feed {
namespace {

struct Meeting {
  Protocols server;
  Protocols agent;
  std::uint32_t agreed;  // 0: none
};

class FeedVersions : public testing::TestWithParam<Meeting> {
 protected:
  void SetUp() override {
    agent_.connect();
    heard_ = server_.receive(*agent_.next());
    answer_ = server_.next();
    ASSERT_TRUE(answer_.has_value());
  }

  ServerEnd server_{{}, GetParam().server};
  AgentEnd agent_{node("host-1"), {}, GetParam().agent};
  Result<std::variant<NodeFacts, Report>> heard_;
  std::optional<ToAgent> answer_;
};

TEST_P(FeedVersions, MeetAtTheHighestCommonProtocolOrPartWithAReason) {
  if (GetParam().agreed != 0) {
    ASSERT_TRUE(heard_.has_value());
    ASSERT_TRUE(std::holds_alternative<Welcome>(*answer_));
    EXPECT_EQ(std::get<Welcome>(*answer_).protocol, GetParam().agreed);
    EXPECT_TRUE(agent_.receive(*answer_).has_value());
    return;
  }
  ASSERT_FALSE(heard_.has_value());
  EXPECT_EQ(heard_.error().code, ErrorCode::unsupported);
  ASSERT_TRUE(std::holds_alternative<Refused>(*answer_));
  const std::string reason = std::get<Refused>(*answer_).reason;
  EXPECT_NE(reason.find("upgrade"), std::string::npos);
  EXPECT_TRUE(server_.ended());
  EXPECT_FALSE(server_.next().has_value());
  const auto told = agent_.receive(*answer_);
  ASSERT_FALSE(told.has_value());
  EXPECT_NE(told.error().message.find(reason), std::string::npos);
}

TEST_P(FeedVersions, SayAFailureAsTheirProtocolCan) {
  if (GetParam().agreed == 0) return;
  ASSERT_TRUE(agent_.receive(*answer_).has_value());
  agent_.report(Report{9, 7, {}});
  const auto report = agent_.next();
  ASSERT_TRUE(report.has_value());
  const Report expected = GetParam().agreed >= 2 ? Report{9, 7, {}} : Report{6, std::nullopt, {}};
  EXPECT_EQ(std::get<Report>(*report), expected) << "protocol 1 cannot say that 7 fails: only 6 is applied";
  const auto taken = server_.receive(*report);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(std::get<Report>(*taken), expected);
}

INSTANTIATE_TEST_SUITE_P(Matrix, FeedVersions,
                         testing::Values(Meeting{{1, 2}, {1, 2}, 2}, Meeting{{1, 2}, {1, 1}, 1},
                                         Meeting{{1, 1}, {1, 2}, 1}, Meeting{{1, 2}, {2, 3}, 2},
                                         Meeting{{2, 3}, {1, 2}, 2}, Meeting{{1, 1}, {1, 1}, 1},
                                         Meeting{{1, 2}, {3, 4}, 0}, Meeting{{3, 4}, {1, 2}, 0},
                                         Meeting{{1, 2}, {0, 0}, 0}));

}  // namespace
}  // namespace tarn::feed
