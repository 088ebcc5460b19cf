// The built-in Identity API, asked as a client asks it, without a socket.
#include "identity/identity_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "identity/local_identity.h"
#include "identity/token_answer.h"
#include "local_things.h"

namespace tarn::identity {
namespace {

using namespace std::chrono_literals;
using test::blue;
using test::everything;
using test::LocalCloud;
using test::red;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
namespace json = boost::json;

struct Behind final : api::Handler {
  void handle(api::Request request, api::Respond respond) override { respond({200, {}, "behind " + request.target}); }
  api::Response refuse(unsigned status, std::string_view message) override {
    return {status, {}, std::string(message)};
  }
};

struct IdentityApi : testing::Test {
  api::Response ask(const std::string& method, const std::string& target, api::Headers headers = {},
                    const std::string& body = "") {
    headers.emplace_back("Host", "cloud.test:9696");
    std::optional<api::Response> got;
    service.handle({method, target, std::move(headers), body, false},
                   [&](api::Response said) { got = std::move(said); });
    worker.work();
    return got.value();
  }
  api::Response get(const std::string& target, const std::string& token, api::Headers more = {}) {
    more.emplace_back("X-Auth-Token", token);
    return ask("GET", target, std::move(more));
  }
  static std::string login(const std::string& name, const std::string& password, const std::string& scope = "") {
    return R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":")" + name +
           R"(","domain":{"id":"default"},"password":")" + password + R"("}}})" +
           (scope.empty() ? "" : ",\"scope\":" + scope) + "}}";
  }
  api::Response log_in(const std::string& body) { return ask("POST", "/v3/auth/tokens", {}, body); }
  static std::string token_of(const api::Response& response) {
    const auto* token = api::find_header(response.headers, "X-Subject-Token");
    return token ? *token : "";
  }
  Result<policy::Credentials> caller(const std::string& token, const std::string& service_token = "") {
    api::Headers headers{{"X-Auth-Token", token}};
    if (!service_token.empty()) headers.emplace_back("X-Service-Token", service_token);
    std::optional<Result<policy::Credentials>> who;
    identity.identify({"GET", "/", headers, "", false}, [&](auto said) { who = std::move(said); });
    return who.value();
  }
  std::vector<std::string> names(const std::string& target, const std::string& token, const std::string& key = "name") {
    const api::Response response = get(target, token);
    EXPECT_EQ(response.status, 200U) << response.body;
    const std::string collection = target.substr(target.rfind('/') + 1, target.find('?') - target.rfind('/') - 1);
    std::vector<std::string> all;
    const json::value body = json::parse(response.body);
    for (const json::value& each : body.at(collection).as_array()) all.emplace_back(each.at(key).as_string());
    return all;
  }

  tarn::test::TempDir dir;
  test::HandClock clock;
  LocalCloud cloud{dir.file("revoked"), clock};
  test::HeldWorker worker{4};
  Behind behind;
  IdentityService service{cloud.tokens, worker, behind};
  LocalIdentity identity{cloud.tokens};
};

constexpr const char* in_blue = R"({"project":{"name":"blue","domain":{"name":"Default"}}})";

TEST_F(IdentityApi, LetsInWhoeverKnowsThePassword) {
  const api::Response in = log_in(login("ada", test::sesame, in_blue));
  ASSERT_EQ(in.status, 201U) << in.body;
  const auto who = caller(token_of(in));
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user_id, "u-ada");
  EXPECT_EQ(who->project_id, "p-blue");
  EXPECT_THAT(who->roles, ElementsAre("member", "reader"));
  const json::value token = json::parse(in.body).at("token");
  EXPECT_EQ(token.at("expires_at").as_string(), "2026-03-01T13:00:00.000000Z");
  EXPECT_EQ(token.at("issued_at").as_string(), "2026-03-01T12:00:00.000000Z");
  EXPECT_EQ(token.at("project").at("domain").at("name").as_string(), "Default");
  EXPECT_EQ(token.at("user").at("name").as_string(), "ada");
  EXPECT_EQ(token.at("catalog").at(0).at("type").as_string(), "network");
  EXPECT_EQ(token.at("catalog").at(0).at("endpoints").at(0).at("url").as_string(), "http://cloud.test:9696");
  EXPECT_EQ(token.at("catalog").at(0).at("endpoints").at(0).at("region_id").as_string(), "RegionOne");
  EXPECT_EQ(token.at("catalog").at(1).at("endpoints").at(0).at("url").as_string(),
            "http://cloud.test:9696/identity/v3");
}

TEST_F(IdentityApi, TellsNobodyWhatWasWrongWithALogin) {
  const api::Response wrong = log_in(login("ada", "Hello world?", in_blue));
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_THAT(*api::find_header(wrong.headers, "WWW-Authenticate"),
              "Keystone uri=\"http://cloud.test:9696/identity/v3\"");
  EXPECT_EQ(json::parse(wrong.body).at("error").at("title").as_string(), "Unauthorized");
  const auto same = [&](const api::Response& other) {
    EXPECT_EQ(other.status, wrong.status);
    EXPECT_EQ(other.body, wrong.body);
    EXPECT_EQ(other.headers, wrong.headers);
  };
  same(log_in(login("nobody", test::sesame, in_blue)));
  same(log_in(login("gone", test::sesame, in_blue)));
  same(log_in(login("ada", test::sesame, R"({"project":{"id":"nosuch"}})")));
  same(log_in(login("ada", test::sesame, R"({"project":{"id":"p-off"}})")));
  same(log_in(login("ada", test::sesame, R"({"system":{"all":true}})")));
  same(log_in(R"({"auth":{"identity":{"methods":["totp"]}}})"));
  same(log_in(R"({"auth":{"identity":{"methods":["token"],"token":{"id":"tarn1.x"}}}})"));
}

TEST_F(IdentityApi, TakesAsLongForAUserWhoIsNot) {
  service.handle({"POST", "/v3/auth/tokens", {}, login("nobody", test::sesame), false}, [](const api::Response&) {});
  EXPECT_EQ(worker.waiting(), 1U) << "a password is checked for him, too";
  worker.work();
}

TEST_F(IdentityApi, RefusesLoginsBeyondWhatItCanCheck) {
  std::vector<unsigned> statuses;
  for (int i = 0; i < 5; ++i)
    service.handle({"POST", "/v3/auth/tokens", {}, login("ada", test::sesame), false},
                   [&](const api::Response& said) { statuses.push_back(said.status); });
  EXPECT_THAT(statuses, ElementsAre(503U)) << "four wait, the fifth is told";
  worker.work();
  EXPECT_THAT(statuses, ElementsAre(503U, 201U, 201U, 201U, 201U));
}

TEST_F(IdentityApi, RefusesWhatIsNoLogin) {
  EXPECT_EQ(log_in("{").status, 400U);
  EXPECT_EQ(ask("PUT", "/v3/auth/tokens").status, 405U);
}

TEST_F(IdentityApi, ChangesTheScopeOfATokenButNotItsEnd) {
  const std::string unscoped = token_of(log_in(login("ada", test::sesame)));
  EXPECT_EQ(caller(unscoped)->project_id, "");
  EXPECT_THAT(caller(unscoped)->roles, IsEmpty());
  clock.pass(30min);
  const api::Response scoped = log_in(R"({"auth":{"identity":{"methods":["token"],"token":{"id":")" + unscoped +
                                      R"("}},"scope":)" + in_blue + "}}");
  ASSERT_EQ(scoped.status, 201U);
  EXPECT_EQ(caller(token_of(scoped))->project_id, "p-blue");
  EXPECT_EQ(json::parse(scoped.body).at("token").at("expires_at").as_string(), "2026-03-01T13:00:00.000000Z");
  clock.pass(30min);
  EXPECT_FALSE(caller(token_of(scoped)));
}

TEST_F(IdentityApi, SaysOfATokenWhatKeystonesReaderReads) {
  const std::string nova = cloud.token("u-nova", red);
  for (const std::string& token :
       {cloud.token("u-ada", blue), cloud.token("u-root", everything), cloud.token("u-ada")}) {
    const api::Response shown = get("/identity/v3/auth/tokens?nocatalog", nova, {{"X-Subject-Token", token}});
    ASSERT_EQ(shown.status, 200U) << shown.body;
    EXPECT_THAT(shown.body, Not(HasSubstr("catalog")));
    const auto read = parse_token_answer(shown.body);
    ASSERT_TRUE(read) << read.error().message;
    const Verified said = cloud.tokens.verified(*cloud.tokens.verify(token));
    EXPECT_EQ(read->expires_at_ms, said.expires_at_ms);
    EXPECT_EQ(read->who.user_id, said.who.user_id);
    EXPECT_EQ(read->who.user_name, said.who.user_name);
    EXPECT_EQ(read->who.user_domain_id, said.who.user_domain_id);
    EXPECT_EQ(read->who.project_id, said.who.project_id);
    EXPECT_EQ(read->who.project_name, said.who.project_name);
    EXPECT_EQ(read->who.project_domain_id, said.who.project_domain_id);
    EXPECT_EQ(read->who.system_scope, said.who.system_scope);
    EXPECT_EQ(read->who.roles, said.who.roles);
  }
}

TEST_F(IdentityApi, ShowsATokenToItsUserToServicesAndToAdministrators) {
  const std::string ada = cloud.token("u-ada", blue);
  const std::string root = cloud.token("u-root", blue);
  const auto status = [&](const std::string& by, const std::string& subject) {
    return get("/v3/auth/tokens", by, {{"X-Subject-Token", subject}}).status;
  };
  EXPECT_EQ(status(ada, ada), 200U);
  EXPECT_EQ(status(root, ada), 200U);
  EXPECT_EQ(status(cloud.token("u-nova", red), ada), 200U);
  EXPECT_EQ(status(ada, root), 403U);
  EXPECT_EQ(status(root, "tarn1.x"), 404U);
  EXPECT_EQ(status("tarn1.x", ada), 401U);
}

TEST_F(IdentityApi, TakesATokenBack) {
  const std::string ada = cloud.token("u-ada", blue);
  const std::string root = cloud.token("u-root", blue);
  const auto revoke = [&](const std::string& by, const std::string& subject) {
    return ask("DELETE", "/v3/auth/tokens", {{"X-Auth-Token", by}, {"X-Subject-Token", subject}}).status;
  };
  EXPECT_EQ(revoke(cloud.token("u-nova", red), ada), 403U);
  EXPECT_EQ(revoke(ada, root), 403U);
  ASSERT_TRUE(caller(ada));
  EXPECT_EQ(revoke(ada, ada), 204U);
  EXPECT_FALSE(caller(ada));
  EXPECT_TRUE(caller(root));
  EXPECT_EQ(revoke(root, ada), 404U);
}

TEST_F(IdentityApi, IsReadByAdministratorsOnly) {
  const std::string root = cloud.token("u-root", blue);
  const std::string ada = cloud.token("u-ada", blue);
  EXPECT_THAT(names("/v3/projects", root), ElementsAre("blue", "red", "off"));
  EXPECT_THAT(names("/v3/projects?enabled=false", root), ElementsAre("off"));
  EXPECT_THAT(names("/v3/users?name=ada", root, "id"), ElementsAre("u-ada", "u-ada2"));
  EXPECT_THAT(names("/v3/users?name=ada&domain_id=acme", root, "id"), ElementsAre("u-ada2"));
  EXPECT_THAT(names("/v3/roles", root), ElementsAre("admin", "manager", "member", "reader", "service"));
  EXPECT_THAT(names("/v3/domains", root), ElementsAre("Default", "Acme"));
  EXPECT_THAT(names("/v3/services", root, "type"), ElementsAre("network", "identity"));
  EXPECT_EQ(names("/v3/endpoints?interface=public", root, "url").size(), 2U);
  EXPECT_THAT(names("/v3/regions", root, "id"), ElementsAre("RegionOne"));
  EXPECT_THAT(names("/v3/groups", root), IsEmpty());
  EXPECT_THAT(names("/v3/users", cloud.token("u-root", everything)), Not(IsEmpty()));
  for (const char* path :
       {"/v3/projects", "/v3/users", "/v3/roles", "/v3/domains", "/v3/services", "/v3/role_assignments",
        "/v3/users/u-root", "/v3/projects/p-red", "/v3/users/u-root/projects"}) {
    EXPECT_EQ(get(path, ada).status, 403U) << path;
    EXPECT_EQ(ask("GET", path).status, 401U) << path;
  }
  EXPECT_EQ(get("/v3/projects/p-blue", ada).status, 200U) << "one's own";
  EXPECT_EQ(get("/v3/users/u-ada", ada).status, 200U);
  EXPECT_EQ(get("/v3/users/nosuch", root).status, 404U);
  EXPECT_EQ(get("/v3/nosuch", root).status, 404U);
  EXPECT_EQ(ask("POST", "/v3/users", {{"X-Auth-Token", root}}, "{}").status, 405U)
      << "its file is changed by an editor";
  EXPECT_THAT(get("/v3/users", root).body, Not(HasSubstr("$6$"))) << "and no hash ever leaves";
}

TEST_F(IdentityApi, TellsEveryoneWhereTheyMayWork) {
  const std::string ada = cloud.token("u-ada");
  EXPECT_THAT(names("/v3/auth/projects", ada), ElementsAre("blue", "red"));
  EXPECT_THAT(names("/v3/users/u-ada/projects", ada), ElementsAre("blue", "red"));
  EXPECT_THAT(names("/v3/auth/domains", ada), ElementsAre("Acme"));
  EXPECT_THAT(get("/v3/auth/system", ada).body, R"({"system":[]})");
  EXPECT_THAT(get("/v3/auth/system", cloud.token("u-root")).body, R"({"system":[{"all":true}]})");
  EXPECT_THAT(names("/v3/auth/catalog", ada, "type"), ElementsAre("network", "identity"));
}

TEST_F(IdentityApi, ListsWhoHasWhichRoleWhere) {
  const std::string root = cloud.token("u-root", blue);
  const auto told = [&](const std::string& query) {
    const json::value body = json::parse(get("/v3/role_assignments" + query, root).body);
    std::vector<std::string> all;
    for (const json::value& each : body.at("role_assignments").as_array())
      all.push_back(std::string(each.at("user").at("name").as_string()) + " " +
                    std::string(each.at("role").at("name").as_string()) + " " + json::serialize(each.at("scope")));
    return all;
  };
  const std::string in_red = R"({"project":{"id":"p-red","name":"red","domain":{"id":"default","name":"Default"}}})";
  EXPECT_EQ(told("?include_names=True").size(), 8U);
  EXPECT_THAT(told("?include_names=True&scope.project.id=p-red"),
              UnorderedElementsAre("ada reader " + in_red, "nova service " + in_red));
  EXPECT_THAT(told("?include_names=1&scope.system=all"), ElementsAre(R"(root admin {"system":{"all":true}})"));
  EXPECT_THAT(told("?include_names=1&scope.domain.id=acme"),
              ElementsAre(R"(ada reader {"domain":{"id":"acme","name":"Acme"}})"));
  EXPECT_EQ(told("?include_names=1&effective=1&user.id=u-root").size(), 8U) << "four roles in each of two scopes";
  EXPECT_THAT(told("?include_names=1&group.id=g"), IsEmpty());
  EXPECT_THAT(get("/v3/role_assignments?user.id=u-nova", root).body, Not(HasSubstr("nova\",\"name")));
}

TEST_F(IdentityApi, StandsBeforeTheNetworkingApi) {
  EXPECT_EQ(ask("GET", "/v2.0/networks?name=v3").body, "behind /v2.0/networks?name=v3");
  EXPECT_EQ(ask("GET", "/").body, "behind /");
  EXPECT_EQ(service.refuse(413, "large").body, "large");
  const api::Response versions = ask("GET", "/identity");
  EXPECT_EQ(versions.status, 300U);
  EXPECT_EQ(json::parse(versions.body).at("versions").at("values").at(0).at("links").at(0).at("href").as_string(),
            "http://cloud.test:9696/identity/v3/");
  for (const char* path : {"/v3", "/v3/", "/identity/v3"})
    EXPECT_EQ(json::parse(ask("GET", path).body).at("version").at("id").as_string(), "v3.14") << path;
  EXPECT_EQ(ask("GET", "/identity/v2.0").status, 404U);
}

TEST_F(IdentityApi, KnowsServicesThatForwardACaller) {
  const auto who = caller(cloud.token("u-ada", blue), cloud.token("u-nova", red));
  ASSERT_TRUE(who);
  EXPECT_THAT(who->roles, ElementsAre("member", "reader"));
  EXPECT_THAT(who->service_roles, ElementsAre("service"));
  EXPECT_FALSE(caller(cloud.token("u-ada", blue), "tarn1.x"));
  EXPECT_FALSE(caller("tarn1.x"));
}

}  // namespace
}  // namespace tarn::identity
