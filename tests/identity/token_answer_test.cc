// Keystone's words about a token.
#include "identity/token_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "identity/time_text.h"
#include "things.h"

namespace tarn::identity {
namespace {

using test::noon_ms;
using test::token_answer;
using testing::ElementsAre;

TEST(TokenAnswer, TellsWhoAndWhereAndUntilWhen) {
  const auto verified = parse_token_answer(token_answer(
      "2026-03-01T12:00:00.000000Z", R"([{"id":"2","name":"reader"},{"id":"1","name":"Member"},{"name":"reader"}])"));
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->expires_at_ms, noon_ms);
  EXPECT_EQ(verified->who.user_id, "u-ada");
  EXPECT_EQ(verified->who.user_name, "ada");
  EXPECT_EQ(verified->who.user_domain_id, "default");
  EXPECT_EQ(verified->who.project_id, "p-1");
  EXPECT_EQ(verified->who.project_name, "blue");
  EXPECT_EQ(verified->who.project_domain_id, "default");
  EXPECT_EQ(verified->who.system_scope, "");
  EXPECT_THAT(verified->who.roles, ElementsAre("member", "reader")) << "lower case, sorted, each once";
}

TEST(TokenAnswer, KnowsATokenOfTheSystemAndOneOfNothing) {
  const std::string user = R"("expires_at":"2026-03-01T12:00:00Z","user":{"id":"u","name":"n","domain":{"id":"d"}})";
  const auto system =
      parse_token_answer(R"({"token":{)" + user + R"(,"system":{"all":true},"roles":[{"name":"admin"}]}})");
  ASSERT_TRUE(system);
  EXPECT_EQ(system->who.system_scope, "all");
  EXPECT_EQ(system->who.project_id, "");
  const auto unscoped = parse_token_answer(R"({"token":{)" + user + "}}");
  ASSERT_TRUE(unscoped);
  EXPECT_TRUE(unscoped->who.roles.empty());
  EXPECT_EQ(unscoped->who.project_id, "");
}

TEST(TokenAnswer, BelievesNothingOfAnotherShape) {
  const std::string good = token_answer("2026-03-01T12:00:00Z");
  ASSERT_TRUE(parse_token_answer(good));
  const auto without = [&](const std::string& word) {
    std::string text = good;
    text.replace(text.find(word), word.size(), "\"other\"");
    return parse_token_answer(text);
  };
  EXPECT_FALSE(without("\"token\""));
  EXPECT_FALSE(without("\"user\""));
  EXPECT_FALSE(without("\"expires_at\"")) << "a token without an end";
  for (const char* text : {"", "[]", "null", "{", R"({"token":[]})", R"({"token":{}})"})
    EXPECT_FALSE(parse_token_answer(text)) << text;
  EXPECT_FALSE(parse_token_answer(token_answer("2026-03-01T12:00:00Z", R"("member")")));
  EXPECT_FALSE(parse_token_answer(token_answer("2026-03-01T12:00:00Z", R"([{"name":7}])")));
  EXPECT_FALSE(parse_token_answer(token_answer("tomorrow")));
}

// Instants by `date -u -d … +%s`.
TEST(TimeText, IsReadAsItIsWritten) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(time_text(951'782'400'250), "2000-02-29T00:00:00.250000Z");
  EXPECT_EQ(parse_time("2000-02-29T00:00:00.25Z"), 951'782'400'250);
  EXPECT_EQ(parse_time("2026-03-01T12:00:00Z"), noon_ms);
  for (const char* text :
       {"", "Z", "2026-02-29T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:00:00", "2026-03-01T12:00:00.Z",
        "2026-03-01 12:00:00Z", "2026-3-01T12:00:00Z", "-026-03-01T12:00:00Z", "2026-03-01T12:00:00.1aZ",
        "2026-03-01T12:00:00ZZ", "2026-03-01T12:60:00Z"})
    EXPECT_FALSE(parse_time(text)) << text;
}

RC_GTEST_PROP(TimeText, ReadsBackWhatItWrote, ()) {
  const auto ms = *rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000);  // to the end of the year 9999
  RC_ASSERT(parse_time(time_text(ms)) == ms);
}

}  // namespace
}  // namespace tarn::identity
