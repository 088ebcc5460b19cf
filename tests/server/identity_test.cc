// A server that knows its callers, as clients meet it: the built-in identity service, and a Keystone over HTTP.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "api/http_server.h"
#include "identity/local_things.h"
#include "identity/password_login.h"
#include "process.h"
#include "support/temp_dir.h"

namespace tarn::server {
namespace {

using identity::PasswordLogin;
using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

// A Keystone that is asked over a real socket.
class KeystoneServer final : public api::Handler {
 public:
  KeystoneServer() : server_(api::HttpServer::listen(*this, "127.0.0.1", 0).value()) {}
  void handle(api::Request request, api::Respond respond) override {
    const std::scoped_lock lock(mutex_);
    auto answer = keystone_.ask({request.method, request.target, request.headers, request.body}).value();
    respond({answer.status, answer.headers, answer.body});
  }
  api::Response refuse(unsigned status, std::string_view message) override {
    return {status, {}, std::string(message)};
  }

  void knows(const std::string& token) {
    const std::scoped_lock lock(mutex_);
    keystone_.own_expires_at = "2100-01-01T00:00:00Z";
    keystone_.tokens[token] = {200, {}, identity::test::token_answer("2100-01-01T00:00:00Z")};
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  std::mutex mutex_;
  identity::test::FakeKeystone keystone_;
  std::unique_ptr<api::HttpServer> server_;
};

class ServerWithIdentity : public testing::Test {
 protected:
  std::unique_ptr<ServerProcess> start(const std::string& config) {
    std::ofstream(dir_.file("server.yaml")) << config;
    return std::make_unique<ServerProcess>(std::vector<std::string>{
        "--state-dir", dir_.file("state"), "--api", "127.0.0.1:0", "--config", dir_.file("server.yaml")});
  }
  std::string local(const std::string& text = identity::test::directory_text()) {
    std::ofstream(dir_.file("identity.yaml")) << text;
    return "identity: {mode: local, file: \"" + dir_.file("identity.yaml") + "\"}\n";
  }
  static api::HttpClient::Answer get(const ServerProcess& server, api::Headers headers,
                                     const std::string& target = "/v2.0/networks") {
    api::HttpClient client = server.client();
    client.carry([headers] { return headers; });
    return client.ask("GET", target).value();
  }
  static Result<api::Headers> log_in(const ServerProcess& server, const std::string& password) {
    return PasswordLogin(server.client(), "/identity/v3", {"root", password, "blue"}).headers();
  }

  test::TempDir dir_;
};

TEST_F(ServerWithIdentity, OfItsOwnLetsInWhoLoggedIn) {
  auto server = start(local());
  ASSERT_TRUE(server->ready) << server->errors();
  const auto refused = get(*server, {});
  EXPECT_EQ(refused.status, 401U);
  EXPECT_EQ(*api::find_header(refused.headers, "WWW-Authenticate"),
            "Keystone uri=\"http://" + server->api + "/identity/v3\"");
  EXPECT_EQ(get(*server, {{"X-Auth-Token", "tarn1.x"}}).status, 401U);
  EXPECT_EQ(get(*server, {}, "/").status, 200U) << "versions are everybody's";
  EXPECT_EQ(log_in(*server, "Hello world?").error().code, ErrorCode::forbidden);

  const auto token = log_in(*server, identity::test::sesame);
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(get(*server, *token).status, 200U);
  api::HttpClient client = server->client();
  client.carry([token] { return token; });
  const auto made = client.ask_api("POST", "/v2.0/networks", {{"network", {{"name", "n"}}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->at("network").at("project_id").as_string(), "p-blue");

  EXPECT_EQ(server->stop(SIGTERM), 0);
  const std::string said = server->errors();
  EXPECT_THAT(said, Not(HasSubstr(identity::test::sesame)));
  EXPECT_THAT(said, Not(HasSubstr(token->front().second)));
  server = start(local());
  ASSERT_TRUE(server->ready) << server->errors();
  EXPECT_EQ(get(*server, *token).status, 200U) << "a restart ends no session";
  struct stat seen{};
  ASSERT_EQ(::stat(dir_.file("state/identity.key").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777U, 0600U);

  server.reset();
  std::filesystem::remove(dir_.file("state/identity.key"));
  server = start(local());
  EXPECT_EQ(get(*server, *token).status, 401U) << "a new key ends all";
}

TEST_F(ServerWithIdentity, OfKeystoneAsksIt) {
  KeystoneServer keystone;
  keystone.knows("ada");
  std::ofstream(dir_.file("password")) << "sesame\n";
  const auto server = start("identity: {mode: keystone, auth_url: \"" + keystone.url() +
                            "/v3\", username: tarn, password_file: \"" + dir_.file("password") + "\"}\n");
  ASSERT_TRUE(server->ready) << server->errors();
  EXPECT_EQ(get(*server, {{"X-Auth-Token", "ada"}}).status, 200U);
  const auto refused = get(*server, {{"X-Auth-Token", "bob"}});
  EXPECT_EQ(refused.status, 401U);
  EXPECT_EQ(*api::find_header(refused.headers, "WWW-Authenticate"), "Keystone uri=\"" + keystone.url() + "/v3\"");
  EXPECT_EQ(get(*server, {}, "/v3").status, 404U) << "this server is no identity service";
}

TEST_F(ServerWithIdentity, SaysInOneLineWhyItCannotStart) {
  const auto refusal = [&](const std::string& config) {
    const auto server = start(config);
    EXPECT_FALSE(server->ready);
    EXPECT_EQ(server->wait(), 1);
    return server->errors();
  };
  EXPECT_THAT(refusal(local("users:\n  - {nane: x}\n")), AllOf(HasSubstr("identity.yaml: line 2"), HasSubstr("nane")));
  EXPECT_THAT(refusal("identity: {mode: local, file: /nowhere/identity.yaml}"), HasSubstr("/nowhere/identity.yaml"));
  const std::string keystone =
      "identity: {mode: keystone, username: u, password_file: \"" + dir_.file("password") + "\"";
  EXPECT_THAT(refusal(keystone + ", auth_url: \"http://k\"}"), HasSubstr("password"));
  std::ofstream(dir_.file("password")) << "x";
  EXPECT_THAT(refusal(keystone + ", auth_url: keystone}"), HasSubstr("'keystone' is no"));
  EXPECT_THAT(refusal(keystone + ", auth_url: \"https://k\", ca_file: /nowhere/ca.pem}"), HasSubstr("/nowhere/ca.pem"));
}

}  // namespace
}  // namespace tarn::server
