// Callers known by Keystone, as keystonemiddleware lets them in.
#include "identity/keystone_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "identity/keystone_desk.h"
#include "rt/thread_pool.h"
#include "things.h"

namespace tarn::identity {
namespace {

using namespace std::chrono_literals;
using test::token_answer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* in_an_hour = "2026-03-01T13:00:00Z";
constexpr const char* in_ten_minutes = "2026-03-01T12:10:00Z";

struct KeystoneCallers : testing::Test {
  KeystoneCallers() { open({}); }
  void open(KeystoneIdentity::Bounds bounds, std::size_t room = 1'000) {
    KeystoneSettings settings;
    settings.auth_url = "http://keystone:5000";
    settings.username = "tarn";
    settings.password = "sesame";
    worker = std::make_unique<test::HeldWorker>(room);
    identity = std::make_unique<KeystoneIdentity>(settings, bounds, keystone, *worker, clock,
                                                  [this](const std::string& line) { log.push_back(line); });
  }
  using Outcome = Result<policy::Credentials>;
  // The answer comes to where this points, once the worker has worked.
  std::shared_ptr<std::optional<Outcome>> comes(api::Headers headers) {
    auto outcome = std::make_shared<std::optional<Outcome>>();
    identity->identify({"GET", "/v2.0/networks", std::move(headers), "", false},
                       [outcome](Outcome who) { *outcome = std::move(who); });
    return outcome;
  }
  Outcome caller(api::Headers headers) {
    const auto outcome = comes(std::move(headers));
    worker->work();
    return outcome->value();
  }
  Outcome bearer(const std::string& token) { return caller({{"X-Auth-Token", token}}); }
  void knows(const std::string& token, const std::string& until, const std::string& role = "member") {
    keystone.tokens[token] = {200, {}, token_answer(until, R"([{"name":")" + role + R"("}])", token)};
  }
  std::size_t validations() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(keystone.asked, [](const std::string& line) { return line.starts_with("GET"); }));
  }

  test::HandClock clock;
  test::FakeKeystone keystone;
  std::unique_ptr<test::HeldWorker> worker;
  std::vector<std::string> log;
  std::unique_ptr<KeystoneIdentity> identity;
};

TEST_F(KeystoneCallers, AreKnownByTheirToken) {
  knows("ada", in_an_hour);
  const Outcome who = bearer("ada");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user_id, "u-ada");
  EXPECT_EQ(who->project_id, "p-1");
  EXPECT_THAT(who->roles, ElementsAre("member"));
  EXPECT_THAT(who->service_roles, IsEmpty());
  EXPECT_THAT(keystone.asked, ElementsAre("POST /v3/auth/tokens?nocatalog", "GET /v3/auth/tokens?nocatalog"));
}

TEST_F(KeystoneCallers, WithoutAGoodTokenAreNobody) {
  EXPECT_EQ(bearer("who?").error().code, ErrorCode::forbidden);
  keystone.asked.clear();
  EXPECT_EQ(caller({}).error().code, ErrorCode::forbidden);
  EXPECT_EQ(bearer("").error().code, ErrorCode::forbidden);
  EXPECT_EQ(bearer("two words").error().code, ErrorCode::forbidden);
  EXPECT_EQ(bearer(std::string(9'000, 'x')).error().code, ErrorCode::forbidden);
  EXPECT_EQ(bearer("who?").error().code, ErrorCode::forbidden) << "known to be unknown";
  EXPECT_THAT(keystone.asked, IsEmpty()) << "none of these is worth a question";
}

TEST_F(KeystoneCallers, OfOneTokenWaitForOneQuestion) {
  knows("ada", in_an_hour);
  const auto first = comes({{"X-Auth-Token", "ada"}});
  const auto second = comes({{"X-Auth-Token", "ada"}});
  EXPECT_FALSE(*first);
  EXPECT_EQ(worker->waiting(), 1U);
  worker->work();
  EXPECT_TRUE(first->value() && second->value());
  EXPECT_EQ(validations(), 1U);
  ASSERT_TRUE(comes({{"X-Auth-Token", "ada"}})->has_value()) << "now known, without the worker";
}

TEST_F(KeystoneCallers, AreRefusedWhenTheirTokenWasRevokedAndItIsTimeToAsk) {
  knows("ada", in_an_hour);
  ASSERT_TRUE(bearer("ada"));
  keystone.tokens.erase("ada");
  clock.pass(299s);
  EXPECT_TRUE(bearer("ada"));
  clock.pass(1s);
  EXPECT_EQ(bearer("ada").error().code, ErrorCode::forbidden);
}

TEST_F(KeystoneCallers, GoOnWhileKeystoneIsAwayUntilTheirTokensEnd) {
  knows("ada", in_ten_minutes);
  knows("bob", in_an_hour);
  ASSERT_TRUE(bearer("ada"));
  keystone.away = true;
  clock.pass(301s);
  EXPECT_TRUE(bearer("ada")) << "known before";
  EXPECT_EQ(bearer("bob").error().code, ErrorCode::unavailable);
  EXPECT_EQ(bearer("bob").error().message.find("refused"), std::string::npos) << "clients learn nothing of our lines";
  clock.pass(299s);
  EXPECT_FALSE(bearer("ada"));
  keystone.away = false;
  clock.pass(3s);
  EXPECT_TRUE(bearer("bob")) << "and it comes back by itself";
  EXPECT_THAT(log, ElementsAre(HasSubstr("refused"), HasSubstr("answers")));
}

TEST_F(KeystoneCallers, DoNotEachWaitForAKeystoneThatIsAway) {
  keystone.away = true;
  const auto one = comes({{"X-Auth-Token", "a"}});
  const auto two = comes({{"X-Auth-Token", "b"}});
  worker->work();
  EXPECT_EQ(one->value().error().code, ErrorCode::unavailable);
  EXPECT_EQ(two->value().error().code, ErrorCode::unavailable);
  EXPECT_EQ(keystone.asked.size(), 1U);
  clock.pass(2s);
  EXPECT_FALSE(bearer("c"));
  EXPECT_EQ(keystone.asked.size(), 2U);
}

TEST_F(KeystoneCallers, AreRefusedWhenTooManyWait) {
  open({.cache = {}, .waiting_max = 2}, 1);
  const auto first = comes({{"X-Auth-Token", "a"}});
  EXPECT_EQ(comes({{"X-Auth-Token", "b"}})->value().error().code, ErrorCode::unavailable) << "no worker has room";
  const auto second = comes({{"X-Auth-Token", "a"}});
  EXPECT_FALSE(*second);
  EXPECT_EQ(comes({{"X-Auth-Token", "a"}})->value().error().code, ErrorCode::unavailable) << "two wait already";
  worker->work();
  EXPECT_EQ(first->value().error().code, ErrorCode::forbidden);
  EXPECT_EQ(second->value().error().code, ErrorCode::forbidden);
}

TEST_F(KeystoneCallers, AreToldWhenTheServerEnds) {
  const auto waiting = comes({{"X-Auth-Token", "a"}});
  identity.reset();
  worker->work();
  EXPECT_EQ(waiting->value().error().code, ErrorCode::unavailable);
  EXPECT_THAT(keystone.asked, IsEmpty());
}

TEST_F(KeystoneCallers, OfAServiceBringItsRoles) {
  knows("ada", in_an_hour);
  knows("nova", in_an_hour, "service");
  const Outcome who = caller({{"X-Auth-Token", "ada"}, {"X-Service-Token", "nova"}});
  ASSERT_TRUE(who);
  EXPECT_THAT(who->roles, ElementsAre("member"));
  EXPECT_THAT(who->service_roles, ElementsAre("service"));
  EXPECT_FALSE(caller({{"X-Auth-Token", "ada"}, {"X-Service-Token", "nobody"}}));
}

TEST_F(KeystoneCallers, WhoseTokenEndedOnTheWayComeInOnlyWithAService) {
  knows("ada", "2026-03-01T11:59:00Z");
  keystone.expired = {"ada"};
  knows("nova", in_an_hour, "service");
  knows("bob", in_an_hour, "member");
  EXPECT_TRUE(caller({{"X-Auth-Token", "ada"}, {"X-Service-Token", "nova"}}));
  EXPECT_FALSE(bearer("ada"));
  EXPECT_FALSE(caller({{"X-Auth-Token", "ada"}, {"X-Service-Token", "bob"}})) << "bob has no service role";
  EXPECT_FALSE(caller({{"X-Auth-Token", "nova"}, {"X-Service-Token", "ada"}})) << "a service's own must hold";
}

TEST_F(KeystoneCallers, DoNotSeeOurOwnTokenEnd) {
  knows("ada", in_an_hour);
  knows("bob", in_an_hour);
  knows("cyd", in_an_hour);
  ASSERT_TRUE(bearer("ada"));
  keystone.own = "revoked";
  EXPECT_TRUE(bearer("bob")) << "asked again with a new one";
  EXPECT_EQ(keystone.logins, 2);
  keystone.own_expires_at = "2026-03-01T14:00:00Z";
  clock.pass(59min + 31s);
  keystone.tokens["cyd"].body = token_answer("2026-03-01T14:00:00Z");
  EXPECT_TRUE(bearer("cyd"));
  EXPECT_EQ(keystone.logins, 3) << "renewed before its end";
}

TEST_F(KeystoneCallers, AreNotEachALoginOfOurs) {
  KeystoneSettings settings;
  settings.password = "wrong";
  KeystoneDesk desk(settings, keystone, clock);
  EXPECT_EQ(desk.validate("ada", false).error().code, ErrorCode::unavailable);
  EXPECT_THAT(desk.validate("bob", false).error().message, HasSubstr("401"));
  EXPECT_EQ(keystone.asked.size(), 1U);
  clock.pass(1s);
  EXPECT_FALSE(desk.validate("bob", false));
  EXPECT_EQ(keystone.asked.size(), 2U);
}

TEST_F(KeystoneCallers, WaitForKeystoneToLetUsAsk) {
  knows("ada", in_an_hour);
  keystone.tokens["ada"].status = 403;
  EXPECT_EQ(bearer("ada").error().code, ErrorCode::unavailable) << "our fault is not theirs";
  EXPECT_THAT(log, ElementsAre(HasSubstr("403")));
}

TEST_F(KeystoneCallers, AreToldWhereToLogIn) {
  EXPECT_EQ(identity->challenge("http://tarn:9696"), "Keystone uri=\"http://keystone:5000\"");
}

// One question at a time, however many ask.
struct SharedKeystone final : api::Peer {
  Result<Answer> ask(const Question& question) override {
    const std::scoped_lock lock(mutex);
    return keystone.ask(question);
  }
  std::mutex mutex;
  test::FakeKeystone keystone;
};

TEST(KeystoneCallersOnManyThreads, GetTheirOwnAnswers) {
  constexpr int tokens = 20;
  constexpr int rounds = 100;
  SharedKeystone shared;
  for (int i = 0; i < tokens; i += 2) {
    const std::string token = std::to_string(i);
    shared.keystone.tokens[token] = {200, {}, token_answer(in_an_hour, R"([{"name":"member"}])", token)};
  }
  const test::HandClock clock;
  std::atomic<int> right = 0;
  {
    rt::ThreadPool pool("keystone", 4, 1'000);
    KeystoneSettings settings;
    settings.password = "sesame";
    KeystoneIdentity identity(settings, {.cache = {.entries_max = 8}}, shared, pool, clock, [](const std::string&) {});
    std::vector<std::thread> callers;
    for (int c = 0; c < 4; ++c) {
      callers.emplace_back([&, c] {
        for (int i = c; i < rounds; ++i) {
          const int number = i % tokens;
          std::promise<Result<policy::Credentials>> answer;
          identity.identify({"GET", "/", {{"X-Auth-Token", std::to_string(number)}}, "", false},
                            [&](auto who) { answer.set_value(std::move(who)); });
          const auto who = answer.get_future().get();
          right += number % 2 == 0 ? who && who->user_id == "u-" + std::to_string(number)
                                   : !who && who.error().code == ErrorCode::forbidden;
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  EXPECT_EQ(right, 4 * rounds - 6);
  EXPECT_EQ(shared.keystone.logins, 1);
}

}  // namespace
}  // namespace tarn::identity
