// The body of a login.
#include "identity/login_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/login_words.h"

namespace tarn::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

// The examples of the Identity API reference, "Authentication and token management".
std::string password_login(const std::string& scope) {
  return R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin",)"
         R"("domain":{"name":"Default"},"password":"devstacker"}}})" +
         scope + "}}";
}

TEST(LoginRequest, NamesUserAndPasswordAndScope) {
  const auto login = parse_login(password_login(R"(,"scope":{"project":{"id":"a6944d763bf64ee6a275f1263fae0352"}})"));
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_TRUE(login->by_password);
  EXPECT_EQ(login->user, (Reference{"", "admin", "", "Default"}));
  EXPECT_EQ(login->password, "devstacker");
  EXPECT_EQ(login->wanted, ScopeWanted::project);
  EXPECT_EQ(login->scope.id, "a6944d763bf64ee6a275f1263fae0352");
  EXPECT_EQ(parse_login(password_login(""))->wanted, ScopeWanted::none);
  EXPECT_EQ(parse_login(password_login(R"(,"scope":"unscoped")"))->wanted, ScopeWanted::none);
  EXPECT_EQ(parse_login(password_login(R"(,"scope":{"system":{"all":true}})"))->wanted, ScopeWanted::system);
  const auto domain = parse_login(password_login(R"(,"scope":{"domain":{"name":"Acme"}})"));
  EXPECT_EQ(domain->wanted, ScopeWanted::domain);
  EXPECT_EQ(domain->scope.name, "Acme");
  const auto named = parse_login(password_login(R"(,"scope":{"project":{"name":"blue","domain":{"id":"default"}}})"));
  EXPECT_EQ(named->scope, (Reference{"", "blue", "default", ""}));
}

TEST(LoginRequest, MayBringAToken) {
  const auto login = parse_login(R"({"auth":{"identity":{"methods":["token"],"token":{"id":"tarn1.x"}}}})");
  ASSERT_TRUE(login);
  EXPECT_TRUE(login->by_token);
  EXPECT_FALSE(login->by_password);
  EXPECT_EQ(login->token, "tarn1.x");
}

TEST(LoginRequest, IsRefusedWithTheFieldAndWithoutThePassword) {
  const std::string good = password_login("");
  const auto why = [](const std::string& body) {
    const auto login = parse_login(body);
    return login ? "it was read" : login.error().message;
  };
  EXPECT_EQ(why(good), "it was read");
  const auto without = [&](const std::string& word) {
    std::string text = good;
    text.replace(text.find(word), word.size(), "\"other\"");
    return why(text);
  };
  EXPECT_THAT(without("\"auth\""), HasSubstr("'auth'"));
  EXPECT_THAT(without("\"identity\""), HasSubstr("'identity'"));
  EXPECT_THAT(without("\"methods\""), HasSubstr("'methods'"));
  EXPECT_THAT(without("\"user\""), HasSubstr("'password.user'"));
  EXPECT_THAT(without("\"domain\""), HasSubstr("'user.domain'"));
  EXPECT_THAT(why(R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":7}}}}})"),
              HasSubstr("'password'"));
  EXPECT_THAT(why(R"({"auth":{"identity":{"methods":["token"],"token":"x"}}})"), HasSubstr("'token.id'"));
  EXPECT_THAT(why(password_login(R"(,"scope":{"system":{"all":false}})")), HasSubstr("'scope.system.all'"));
  EXPECT_THAT(why(password_login(R"(,"scope":{"domain":{}})")), HasSubstr("'scope.domain'"));
  EXPECT_THAT(why(password_login(R"(,"scope":{"project":{"name":"x"}})")), HasSubstr("'scope.project.domain'"));
  EXPECT_THAT(why(password_login(R"(,"scope":[])")), HasSubstr("'scope'"));
  for (const char* text : {"", "[]", "{", "null", "7"}) EXPECT_THAT(why(text), HasSubstr("'auth'")) << text;
  EXPECT_THAT(without("\"domain\""), Not(HasSubstr("devstacker")));
}

TEST(LoginRequest, IsWhatWeSendOurselves) {
  const auto login = parse_login(login_words({"ada", "Acme", "pass \"word\"", "blue", "Default"}));
  ASSERT_TRUE(login);
  EXPECT_EQ(login->user, (Reference{"", "ada", "", "Acme"}));
  EXPECT_EQ(login->password, "pass \"word\"");
  EXPECT_EQ(login->scope, (Reference{"", "blue", "", "Default"}));
}

}  // namespace
}  // namespace tarn::identity
