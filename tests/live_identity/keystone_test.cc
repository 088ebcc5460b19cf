// A server whose callers a real Keystone knows.
#include <gmock/gmock.h>
#include <poll.h>

#include <fstream>

#include "identity/password_login.h"
#include "peers/keystone.h"
#include "rt/machine_clock.h"
#include "server/process.h"
#include "support/temp_dir.h"

namespace tarn::server {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds cache{1};
constexpr std::chrono::seconds patience{20};

void let_pass(std::chrono::milliseconds duration) {
  poll(nullptr, 0, static_cast<int>(duration.count()));
}

struct ServerOfKeystone : testing::Test {
  ServerOfKeystone() {
    std::ofstream(dir.file("password")) << "admin\n";
    std::ofstream(dir.file("server.yaml"))
        << "identity:\n  mode: keystone\n  auth_url: \"http://127.0.0.1:" << keystone.port()
        << "\"\n  username: admin\n  project_name: admin\n  password_file: \"" << dir.file("password")
        << "\"\n  token_cache_seconds: " << cache.count() << "\n  timeout_seconds: 10\n";
    server = std::make_unique<ServerProcess>(std::vector<std::string>{
        "--state-dir", dir.file("state"), "--api", "127.0.0.1:0", "--config", dir.file("server.yaml")});
  }
  // A new token of the administrator, from Keystone itself.
  api::Headers token() const {
    return identity::PasswordLogin({"127.0.0.1", keystone.port(), patience}, "/v3", {"admin", "admin", "admin"})
        .headers()
        .value();
  }
  unsigned status(const api::Headers& headers) const {
    api::HttpClient client = server->client();
    client.carry([&headers] { return headers; });
    return client.ask("GET", "/v2.0/networks").value().status;
  }
  void revoke(const api::Headers& by, const std::string& subject) const {
    api::HttpClient client("127.0.0.1", keystone.port(), patience);
    client.carry([&] { return api::Headers{by.front(), {"X-Subject-Token", subject}}; });
    EXPECT_EQ(client.ask("DELETE", "/v3/auth/tokens").value().status, 204U);
  }
  // Asks again, since nothing tells when a cache has forgotten.
  bool becomes(unsigned wanted, const api::Headers& headers) const {
    const rt::MachineClock clock;
    for (const rt::Instant end = clock.now() + patience; clock.now() < end; let_pass(50ms))
      if (status(headers) == wanted) return true;
    return false;
  }

  test::TempDir dir;
  peers::Keystone keystone{dir.file("keystone")};
  std::unique_ptr<ServerProcess> server;
};

TEST_F(ServerOfKeystone, LetsInWhomItKnowsAndGoesOnWithoutIt) {
  ASSERT_TRUE(server->ready) << server->errors();
  const api::Headers kept = token();
  const api::Headers revoked = token();
  const api::Headers unknown = token();
  EXPECT_EQ(status(kept), 200U);
  EXPECT_EQ(status(revoked), 200U);
  EXPECT_EQ(status({{"X-Auth-Token", "gAAAAAB-no-such-token"}}), 401U);
  EXPECT_EQ(status({kept.front(), {"X-Service-Token", revoked.front().second}}), 200U);

  revoke(kept, revoked.front().second);
  EXPECT_TRUE(becomes(401U, revoked)) << "once the cache has forgotten it";
  EXPECT_EQ(status(kept), 200U);

  keystone.stop();
  EXPECT_EQ(status(unknown), 503U);
  let_pass(cache + 100ms);
  EXPECT_EQ(status(kept), 200U) << "what was known goes on";
  EXPECT_EQ(status(unknown), 503U);
}

}  // namespace
}  // namespace tarn::server
