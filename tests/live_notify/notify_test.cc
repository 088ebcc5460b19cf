// Nova hears of an instance's port from a real server over real HTTP: as it happens, after Nova was away, after the
// server was killed, and after the service user's token was revoked.
#include <gmock/gmock.h>

#include <fstream>

#include "server/believing_agent.h"
#include "server/process.h"
#include "stand_in.h"
#include "support/temp_dir.h"

namespace tarn::server {
namespace {

namespace json = boost::json;

constexpr const char* instance = "11111111-2222-4333-8444-555555555555";

struct ServerWithNova : testing::Test {
  ServerWithNova() {
    const std::string url = "http://127.0.0.1:" + std::to_string(nova.port());
    std::ofstream(dir.file("password")) << "sesame\n";
    std::ofstream(dir.file("server.yaml"))
        << "nova:\n  endpoint: " << url << "/compute/v2.1/\n  auth_url: " << url
        << "/identity/v3\n  username: tarn\n  password_file: " << dir.file("password") << "\n";
    start();
  }
  void start() {
    server.reset();
    server = std::make_unique<ServerProcess>(std::vector<std::string>{
        "--state-dir", dir.file("state"), "--api", "127.0.0.1:0", "--config", dir.file("server.yaml")});
    ASSERT_TRUE(server->ready) << server->errors();
    agent.emplace(loop, server->feed);
    agent->start();
    ASSERT_TRUE(agent->until([this] { return !ask("GET", "/v2.0/agents").at("agents").as_array().empty(); }));
  }
  json::value ask(const std::string& method, const std::string& target, const json::value& body = nullptr) {
    const auto answer = server->client().ask_api(method, target, body);
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer ? *answer : json::value();
  }
  // As Nova makes it, and as its agent wires it.
  std::string wired_port() {
    const json::value network = ask("POST", "/v2.0/networks", {{"network", {{"name", "blue"}}}});
    const auto id = json::value_to<std::string>(network.at("network").at("id"));
    ask("POST", "/v2.0/subnets", {{"subnet", {{"network_id", id}, {"ip_version", 4}, {"cidr", "10.9.0.0/24"}}}});
    const json::value made = ask("POST", "/v2.0/ports",
                                 {{"port",
                                   {{"network_id", id},
                                    {"binding:host_id", "node-1"},
                                    {"device_owner", "compute:nova"},
                                    {"device_id", instance}}}});
    const auto port = json::value_to<std::string>(made.at("port").at("id"));
    EXPECT_TRUE(agent->until([&] { return agent->slice.contains("port/" + port); }));
    agent->report_ports(model::PortStatus::active);
    EXPECT_TRUE(agent->until([&] { return ask("GET", "/v2.0/ports/" + port).at("port").at("status") == "ACTIVE"; }));
    return port;
  }
  bool hears(const std::string& name, const std::string& port) {
    return await(loop, [&] { return nova.took(name, port); });
  }

  test::TempDir dir;
  StandIn nova;
  rt::AsioLoop loop;
  std::unique_ptr<ServerProcess> server;
  std::optional<Agent> agent;
};

TEST_F(ServerWithNova, TellsItWhatBecomesOfAPort) {
  const std::string port = wired_port();
  ASSERT_TRUE(hears("network-vif-plugged", port));
  EXPECT_EQ(nova.taken().front().server, instance);
  ask("PUT", "/v2.0/ports/" + port, {{"port", {{"admin_state_up", false}}}});
  EXPECT_TRUE(hears("network-changed", port));
  agent->report_ports(model::PortStatus::down);
  EXPECT_TRUE(hears("network-vif-unplugged", port));
  nova.revoke_tokens();
  ask("DELETE", "/v2.0/ports/" + port);
  EXPECT_TRUE(hears("network-vif-deleted", port)) << "with a new token";
  EXPECT_EQ(server->stop(SIGTERM), 0);
  EXPECT_EQ(server->errors().find("Nova takes no events"), std::string::npos) << "nothing went wrong";
}

TEST_F(ServerWithNova, TellsItWhenItIsBack) {
  nova.turn_away(true);
  const std::string port = wired_port();
  ASSERT_TRUE(await(loop, [this] { return nova.turned_away() >= 2; }));
  nova.turn_away(false);
  ASSERT_TRUE(hears("network-vif-plugged", port));
  ask("PUT", "/v2.0/ports/" + port, {{"port", {{"admin_state_up", false}}}});
  ASSERT_TRUE(hears("network-changed", port)) << "which goes when the answer to the first was read";
  EXPECT_EQ(server->stop(SIGTERM), 0);
  const std::string said = server->errors();
  EXPECT_THAT(said, testing::HasSubstr("Nova takes no events: HTTP 503: try later; 1 events wait"));
  EXPECT_THAT(said, testing::HasSubstr("Nova takes events again"));
}

TEST_F(ServerWithNova, TellsItWhatAKilledServerHadNotToldYet) {
  nova.turn_away(true);
  const std::string port = wired_port();
  ASSERT_TRUE(await(loop, [this] { return nova.turned_away() >= 1; }));
  EXPECT_EQ(server->stop(SIGKILL), -1);
  nova.turn_away(false);
  EXPECT_TRUE(nova.taken().empty());
  start();
  EXPECT_TRUE(hears("network-vif-plugged", port));
}

}  // namespace
}  // namespace tarn::server
