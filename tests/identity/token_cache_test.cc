// What is known of tokens, and for how long.
#include "identity/token_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "things.h"

namespace tarn::identity {
namespace {

using namespace std::chrono_literals;
using test::noon_ms;

Moment at(std::chrono::milliseconds passed) {
  return {{passed}, noon_ms + passed.count()};
}
TokenCache::Key key(const std::string& token, bool allow_expired = false) {
  return {sha256(token), allow_expired};
}
Result<Verified> good(std::chrono::milliseconds ends = 1h, const std::string& user = "ada") {
  Verified verified;
  verified.who.user_id = user;
  verified.expires_at_ms = noon_ms + ends.count();
  return verified;
}
Result<Verified> away() {
  return fail(ErrorCode::unavailable, "away");
}

TEST(TokenCache, SaysWhatItLearntUntilItIsTimeToAskAgain) {
  TokenCache cache({.good_for = 300s});
  EXPECT_FALSE(cache.find(key("a"), at(0s)));
  ASSERT_TRUE(cache.learn(key("a"), good(), at(0s)));
  ASSERT_TRUE(cache.find(key("a"), at(299s)));
  EXPECT_EQ(cache.find(key("a"), at(299s))->value().who.user_id, "ada");
  EXPECT_FALSE(cache.find(key("a"), at(300s))) << "a revocation is seen now";
  EXPECT_FALSE(cache.find(key("b"), at(0s)));
}

TEST(TokenCache, RefusesATokenAtItsOwnEndHoweverFreshTheAnswer) {
  TokenCache cache({.good_for = 300s});
  ASSERT_TRUE(cache.learn(key("a"), good(60s), at(0s)));
  EXPECT_TRUE(cache.find(key("a"), at(59'999ms))->has_value());
  ASSERT_TRUE(cache.find(key("a"), at(60s)));
  EXPECT_EQ(cache.find(key("a"), at(60s))->error().code, ErrorCode::forbidden);
  EXPECT_FALSE(cache.learn(key("b"), good(60s), at(60s))) << "and one that comes in already ended";
}

TEST(TokenCache, RepeatsARefusalForAShortWhile) {
  TokenCache cache({.bad_for = 10s});
  EXPECT_FALSE(cache.learn(key("a"), fail(unknown_token()), at(0s)));
  EXPECT_EQ(cache.find(key("a"), at(9s))->error().code, ErrorCode::forbidden);
  EXPECT_FALSE(cache.find(key("a"), at(10s)));
}

TEST(TokenCache, LetsAKnownTokenGoOnWhileNobodyCanBeAsked) {
  TokenCache cache({.good_for = 300s, .pause = 5s});
  ASSERT_TRUE(cache.learn(key("a"), good(1h), at(0s)));
  EXPECT_EQ(cache.learn(key("a"), away(), at(301s))->who.user_id, "ada");
  EXPECT_TRUE(cache.find(key("a"), at(305s))->has_value()) << "without asking each time";
  EXPECT_FALSE(cache.find(key("a"), at(306s))) << "but asking again soon";
  EXPECT_FALSE(cache.learn(key("a"), away(), at(1h))) << "never beyond its own end";
  EXPECT_EQ(cache.learn(key("b"), away(), at(0s)).error().code, ErrorCode::unavailable) << "an unknown one waits";
}

TEST(TokenCache, ForgetsATokenThatWasRevokedAtOnce) {
  TokenCache cache({});
  ASSERT_TRUE(cache.learn(key("a"), good(), at(0s)));
  EXPECT_FALSE(cache.learn(key("a"), fail(unknown_token()), at(1s)));
  EXPECT_EQ(cache.find(key("a"), at(2s))->error().code, ErrorCode::forbidden);
  EXPECT_EQ(cache.learn(key("a"), away(), at(20s)).error().code, ErrorCode::unavailable) << "it does not come back";
}

TEST(TokenCache, KeepsApartWhatIsAskedForATokenThatMayHaveEnded) {
  TokenCache cache({});
  ASSERT_TRUE(cache.learn(key("a", true), good(-60s), at(0s)));
  EXPECT_TRUE(cache.find(key("a", true), at(1s))->has_value());
  EXPECT_FALSE(cache.find(key("a", false), at(1s))) << "it says nothing of a plain request";
  EXPECT_FALSE(cache.learn(key("a", true), away(), at(301s))) << "only Keystone lets it in beyond its end";
}

RC_GTEST_PROP(TokenCache, NeverGrowsAndForgetsTheLeastRecentlyUsed, (const std::vector<unsigned>& uses)) {
  constexpr std::size_t room = 4;
  TokenCache cache({.entries_max = room});
  std::vector<unsigned> recent;  // the most recently used last, each once
  for (const unsigned use : uses) {
    const unsigned token = use % 7;
    const bool known = cache.find(key(std::to_string(token)), at(0s)).has_value();
    const auto place = std::ranges::find(recent, token);
    RC_ASSERT(known == (place != recent.end()));
    if (place != recent.end()) recent.erase(place);
    recent.push_back(token);
    if (recent.size() > room) recent.erase(recent.begin());
    if (!known) RC_ASSERT(cache.learn(key(std::to_string(token)), good(), at(0s)).has_value());
    RC_ASSERT(cache.size() == recent.size());
  }
}

}  // namespace
}  // namespace tarn::identity
