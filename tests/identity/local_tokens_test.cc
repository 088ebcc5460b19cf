// Tokens of the built-in identity service: who has them, what for, and how long.
#include "identity/local_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "local_things.h"

namespace tarn::identity {
namespace {

using namespace std::chrono_literals;
using test::blue;
using test::everything;
using test::LocalCloud;
using test::noon_ms;
using test::red;
using testing::ElementsAre;

constexpr const char* key = "0123456789abcdef0123456789abcdef";

Claims any_claims() {
  const auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019-_"))));
  const auto kind = *rc::gen::element(ScopeKind::none, ScopeKind::system, ScopeKind::project, ScopeKind::domain);
  const bool named = kind == ScopeKind::project || kind == ScopeKind::domain;
  const auto instant = rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000);
  return {*word, {kind, named ? *word : ""}, *instant, *instant, *word, *word};
}

RC_GTEST_PROP(SignedToken, OpensToWhatWasSigned, ()) {
  const Claims claims = any_claims();
  const std::string token = sign(claims, key);
  RC_PRE(token.size() <= token_bytes_max);
  RC_ASSERT(open_token(token, key) == claims);
  RC_ASSERT(!open_token(token, "0123456789abcdef0123456789abcdeF"));
}

RC_GTEST_PROP(SignedToken, OpensOnlyUntouched, ()) {
  std::string token = sign(any_claims(), key);
  const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
  const char other = *rc::gen::elementOf(std::string("aZ09.-_ "));
  RC_PRE(token[at] != other);
  token[at] = other;
  RC_ASSERT(!open_token(token, key));
}

TEST(SignedToken, IsNothingElse) {
  for (const char* token : {"", ".", "......", "tarn1", "tarn1.u.n.1.2.a.m", "tarn1.u.n.1.2.a.m."})
    EXPECT_FALSE(open_token(token, key)) << token;
  EXPECT_TRUE(parse_claims("tarn1.u.n.1.2.a.m"));
  for (const char* text : {"tarn2.u.n.1.2.a.m", "tarn1..n.1.2.a.m", "tarn1.u.x.1.2.a.m", "tarn1.u.p.1.2.a.m",
                           "tarn1.u.n.-1.2.a.m", "tarn1.u.n.1.2x.a.m", "tarn1.u.n.1.2..m", "tarn1.u.n.1.2.a",
                           "tarn1.u.n.1.2.a.m.x", "tarn1.u.n.99999999999999999999.2.a.m"})
    EXPECT_FALSE(parse_claims(text)) << text;
}

struct TokensOfACloud : testing::Test {
  tarn::test::TempDir dir;
  std::string state = dir.file("revoked");
  test::HandClock clock;
  LocalCloud cloud{state, clock};
};

TEST_F(TokensOfACloud, SayWhoHasThemAndWhere) {
  const auto session = cloud.tokens.verify(cloud.token("u-ada", blue));
  ASSERT_TRUE(session);
  const Verified verified = cloud.tokens.verified(*session);
  EXPECT_EQ(verified.who.user_id, "u-ada");
  EXPECT_EQ(verified.who.user_name, "ada");
  EXPECT_EQ(verified.who.user_domain_id, "default");
  EXPECT_EQ(verified.who.project_id, "p-blue");
  EXPECT_EQ(verified.who.project_name, "blue");
  EXPECT_EQ(verified.who.project_domain_id, "default");
  EXPECT_THAT(verified.who.roles, ElementsAre("member", "reader")) << "a member is a reader";
  EXPECT_EQ(verified.expires_at_ms, noon_ms + 3'600'000);
  const auto system = cloud.tokens.verify(cloud.token("u-root", everything));
  EXPECT_EQ(cloud.tokens.verified(*system).who.system_scope, "all");
  EXPECT_EQ(cloud.tokens.verified(*system).who.project_id, "");
  EXPECT_THAT(system->roles, ElementsAre("admin", "manager", "member", "reader"));
}

TEST_F(TokensOfACloud, AreGivenOnlyWhereTheirUserHasARole) {
  EXPECT_TRUE(cloud.tokens.issue(cloud.user("u-ada"), red, 0));
  EXPECT_FALSE(cloud.tokens.issue(cloud.user("u-root"), red, 0));
  EXPECT_FALSE(cloud.tokens.issue(cloud.user("u-ada"), everything, 0));
  EXPECT_FALSE(cloud.tokens.issue(cloud.user("u-ada"), {ScopeKind::project, "p-off"}, 0)) << "a disabled project";
  EXPECT_FALSE(cloud.tokens.issue(cloud.user("u-ada"), {ScopeKind::project, ""}, 0));
  EXPECT_TRUE(cloud.tokens.issue(cloud.user("u-ada"), {ScopeKind::domain, "acme"}, 0));
  EXPECT_FALSE(cloud.tokens.issue(cloud.user("u-ada"), {ScopeKind::domain, "default"}, 0));
  EXPECT_TRUE(cloud.tokens.issue(cloud.user("u-ada2"), {}, 0)) << "unscoped, for whoever is known";
}

TEST_F(TokensOfACloud, EndWhenTheyShould) {
  const std::string token = cloud.token("u-ada", blue);
  const std::string earlier = cloud.tokens.issue(cloud.user("u-ada"), blue, noon_ms + 1'000)->token;
  clock.pass(999ms);
  EXPECT_TRUE(cloud.tokens.verify(earlier));
  clock.pass(1ms);
  EXPECT_FALSE(cloud.tokens.verify(earlier)) << "bounded by the token it was got with";
  clock.pass(1h - 1'001ms);
  EXPECT_TRUE(cloud.tokens.verify(token));
  clock.pass(1ms);
  EXPECT_FALSE(cloud.tokens.verify(token));
}

TEST_F(TokensOfACloud, OutliveTheServerAndTheirRevocationsToo) {
  const std::string kept = cloud.token("u-ada", blue);
  const std::string revoked = cloud.token("u-ada", blue);
  ASSERT_TRUE(cloud.tokens.revoke(cloud.tokens.verify(revoked)->claims));
  EXPECT_FALSE(cloud.tokens.verify(revoked));
  const LocalCloud restarted(state, clock);
  EXPECT_TRUE(restarted.tokens.verify(kept));
  EXPECT_FALSE(restarted.tokens.verify(revoked));
}

TEST_F(TokensOfACloud, AreWorthWhatTheFileSaysNow) {
  const std::string token = cloud.token("u-ada", blue);
  const auto edited = [&](const std::string& before, const std::string& after) {
    std::string text = test::directory_text();
    text.replace(text.find(before), before.size(), after);
    return LocalCloud(state, clock, text).tokens.verify(token);
  };
  EXPECT_TRUE(edited("blue, id: p-blue", "blue, description: sea, id: p-blue"));
  EXPECT_FALSE(edited("{role: member, project: blue}, {role: reader, project: red}", "{role: reader, project: red}"));
  EXPECT_FALSE(edited("{name: blue, id: p-blue}", "{name: blue, id: p-blue, enabled: false}"));
  EXPECT_FALSE(edited("id: u-ada,", "enabled: false, id: u-ada,"));
  EXPECT_FALSE(edited("id: u-ada,", "id: u-lovelace,"));
  // openssl passwd -6 -salt saltstring other
  const LocalCloud other(
      state, clock,
      test::directory_text(
          "$6$saltstring$bsk0qM9lGiGeAN7lmN4EcpFScR9lojvFMVx3AwAPhdDMFU8gm8BmOoLDxGXIGhxNXlxIe5Bl7U6ANL3uqIAjU/"));
  EXPECT_FALSE(other.tokens.verify(token)) << "another password";
}

}  // namespace
}  // namespace tarn::identity
