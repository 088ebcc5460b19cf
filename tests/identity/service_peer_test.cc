// A service user's line to a service that takes Keystone's tokens.
#include "identity/service_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "things.h"

namespace tarn::identity {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// Takes the token that Keystone gave last.
struct Service final : api::Peer {
  explicit Service(const test::FakeKeystone& trusts) : keystone(trusts) {}
  Result<Answer> ask(const Question& question) override {
    asked.push_back(question);
    if (away) return fail(ErrorCode::unavailable, "no route");
    const std::string* token = api::find_header(question.headers, "X-Auth-Token");
    return Answer{token && *token == keystone.own && !closed ? 200U : 401U, {}, question.body};
  }
  const test::FakeKeystone& keystone;
  std::vector<Question> asked;
  bool away = false;
  bool closed = false;
};

struct AServiceUser : testing::Test {
  AServiceUser() { settings.password = "sesame"; }
  Result<api::Peer::Answer> ask() { return peer.ask({"POST", "/events", {{"X-Mark", "1"}}, "{}"}); }

  test::HandClock clock;
  test::FakeKeystone keystone;
  Service service{keystone};
  KeystoneSettings settings;
  ServicePeer peer{settings, keystone, service, clock};
};

TEST_F(AServiceUser, AsksManyQuestionsWithOneLogin) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask()->status, 200U);
  EXPECT_EQ(keystone.logins, 1);
  EXPECT_EQ(service.asked[0].target, "/events");
  EXPECT_EQ(service.asked[0].body, "{}");
  EXPECT_EQ(*api::find_header(service.asked[0].headers, "X-Mark"), "1");
  clock.pass(1h - 29s);
  EXPECT_EQ(ask()->status, 200U);
  EXPECT_EQ(keystone.logins, 2) << "half a minute before the token's end";
}

TEST_F(AServiceUser, LogsInAgainOnceWhenItsTokenIsNotTaken) {
  EXPECT_EQ(ask()->status, 200U);
  keystone.own = "another";
  EXPECT_EQ(ask()->status, 200U);
  EXPECT_EQ(keystone.logins, 2);
  service.closed = true;
  EXPECT_EQ(ask()->status, 401U);
  EXPECT_THAT(service.asked, SizeIs(5));
}

TEST_F(AServiceUser, SaysWhoIsAway) {
  service.away = true;
  EXPECT_EQ(ask().error().message, "no route");
  keystone.away = true;
  clock.pass(2h);
  EXPECT_EQ(ask().error().message, "connection refused");
  keystone.away = false;
  EXPECT_EQ(ask().error().message, "connection refused") << "a failed login is not repeated at once";
  clock.pass(2s);
  settings.password = "wrong";
  EXPECT_THAT(ask().error().message, HasSubstr("HTTP 401"));
}

TEST(ServiceUrl, IsWithoutTheVersion) {
  for (const char* url : {"http://k:5000", "http://k:5000/", "http://k:5000/v3", "http://k:5000/v3/"})
    EXPECT_EQ(service_url(url), "http://k:5000") << url;
  EXPECT_EQ(service_url("http://k/identity/v3"), "http://k/identity");
}

}  // namespace
}  // namespace tarn::identity
