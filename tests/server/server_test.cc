// The server as its users meet it: a process, its API over HTTP, and agents over gRPC on a unix socket.
#include <filesystem>
#include <fstream>
#include <thread>

#include "believing_agent.h"
#include "process.h"
#include "support/temp_dir.h"

namespace tarn::server {
namespace {

namespace json = boost::json;

class TheServer : public testing::Test {
 protected:
  std::unique_ptr<ServerProcess> start(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"--state-dir", dir_.file("state"), "--api", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<ServerProcess>(arguments);
  }
  static json::value ask(const ServerProcess& server, const std::string& method, const std::string& target,
                         const json::value& body = nullptr) {
    const auto answer = server.client().ask_api(method, target, body);
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer ? *answer : json::value();
  }
  static std::string create_network(const ServerProcess& server, const std::string& name) {
    const json::value made = ask(server, "POST", "/v2.0/networks", {{"network", {{"name", name}}}});
    const std::string id = json::value_to<std::string>(made.at("network").at("id"));
    ask(server, "POST", "/v2.0/subnets",
        {{"subnet", {{"network_id", id}, {"ip_version", 4}, {"cidr", "10.9.0.0/24"}}}});
    return id;
  }
  static std::string create_port(const ServerProcess& server, const std::string& network) {
    const json::value made =
        ask(server, "POST", "/v2.0/ports", {{"port", {{"network_id", network}, {"binding:host_id", "node-1"}}}});
    return json::value_to<std::string>(made.at("port").at("id"));
  }
  static std::string status_of(const ServerProcess& server, const std::string& port) {
    return json::value_to<std::string>(ask(server, "GET", "/v2.0/ports/" + port).at("port").at("status"));
  }
  // One line on stderr with `word` in it, exit code 1, nothing on stdout.
  static void expect_refusal(ServerProcess& server, const std::string& word) {
    EXPECT_FALSE(server.ready);
    EXPECT_EQ(server.wait(), 1);
    const std::string said = server.errors();
    EXPECT_NE(said.find(word), std::string::npos) << said;
    EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  }

  test::TempDir dir_;
  rt::AsioLoop loop_;
};

TEST_F(TheServer, BringsAPortFromTheApiToItsAgentAndItsStatusBack) {
  const auto server = start();
  ASSERT_TRUE(server->ready) << server->errors();
  Agent agent(loop_, server->feed);
  agent.start();
  ASSERT_TRUE(agent.until([&] { return agent.touched.size() == 1; })) << "an empty slice, whole";
  // The row of the agent is a commit of its own; only with it can a port be bound here.
  ASSERT_TRUE(agent.until([&] { return !ask(*server, "GET", "/v2.0/agents").at("agents").as_array().empty(); }));
  const std::string network = create_network(*server, "blue");
  const std::string port = create_port(*server, network);
  ASSERT_TRUE(agent.until([&] { return agent.slice.contains("port/" + port); }));
  EXPECT_TRUE(agent.slice.contains("network/" + network));
  EXPECT_NE(status_of(*server, port), "ACTIVE") << "not before the agent says so";
  agent.report_ports(model::PortStatus::active);
  ASSERT_TRUE(agent.until([&] { return status_of(*server, port) == "ACTIVE"; }));
  agent.report_ports(model::PortStatus::down);
  ASSERT_TRUE(agent.until([&] { return status_of(*server, port) == "DOWN"; }));
  EXPECT_EQ(server->stop(SIGTERM), 0);
  ASSERT_TRUE(agent.until([&] { return !agent.connected; })) << "and the agent lives on";
  EXPECT_TRUE(agent.slice.contains("port/" + port));
}

TEST_F(TheServer, SendsOnlyDifferencesToAnAgentThatComesBack) {
  auto server = start();
  const std::string address = server->feed;
  Agent agent(loop_, address);
  agent.start();
  ASSERT_TRUE(agent.until([&] { return !ask(*server, "GET", "/v2.0/agents").at("agents").as_array().empty(); }));
  const std::string network = create_network(*server, "blue");
  const std::string first = create_port(*server, network);
  ASSERT_TRUE(agent.until([&] { return agent.slice.contains("port/" + first); }));
  server.reset();  // SIGKILL
  ASSERT_TRUE(agent.until([&] { return !agent.connected; }));
  agent.touched.clear();
  server = start();
  ASSERT_TRUE(server->ready);
  ASSERT_TRUE(agent.until([&] { return !agent.touched.empty(); }));
  EXPECT_TRUE(agent.touched.front().empty()) << "nothing changed while the server was away";
  const std::string second = create_port(*server, network);
  ASSERT_TRUE(agent.until([&] { return agent.slice.contains("port/" + second); }));
  EXPECT_TRUE(agent.slice.contains("port/" + first));

  Agent restarted(loop_, address);
  restarted.start(agent.slice);
  ASSERT_TRUE(restarted.until([&] { return !restarted.touched.empty(); }));
  EXPECT_EQ(restarted.slice.size(), agent.slice.size());
}

TEST_F(TheServer, LosesNoAcknowledgedWriteWhenKilledUnderLoad) {
  std::set<std::string> acknowledged;
  for (int round = 0; round < 5; ++round) {
    auto server = start();
    ASSERT_TRUE(server->ready);
    std::vector<std::thread> clients;
    std::mutex mutex;
    std::size_t taken = 0;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&, client = server->client()] {
        for (;;) {
          const auto answer = client.ask_api("POST", "/v2.0/networks", {{"network", {{"name", "n"}}}});
          if (!answer) return;  // killed
          const std::scoped_lock lock(mutex);
          acknowledged.insert(json::value_to<std::string>(answer->at("network").at("id")));
          ++taken;
        }
      });
    }
    EXPECT_TRUE(await(loop_, [&] {
      const std::scoped_lock lock(mutex);
      return taken >= 15;
    }));
    EXPECT_EQ(server->stop(SIGKILL), -1);
    for (std::thread& client : clients) client.join();
    server = start();
    ASSERT_TRUE(server->ready) << server->errors();
    std::set<std::string> found;
    std::set<std::int64_t> segments;
    const json::value listed = ask(*server, "GET", "/v2.0/networks");
    for (const json::value& network : listed.at("networks").as_array()) {
      found.insert(json::value_to<std::string>(network.at("id")));
      EXPECT_TRUE(segments.insert(network.at("provider:segmentation_id").to_number<std::int64_t>()).second);
    }
    EXPECT_TRUE(std::ranges::includes(found, acknowledged)) << "an acknowledged write is lost";
  }
}

TEST_F(TheServer, SaysInOneLineWhyItCannotStart) {
  const auto first = start();
  ASSERT_TRUE(first->ready);
  expect_refusal(*start(), "another tarn-server");
  const std::string other = dir_.file("other");
  ServerProcess same_api({"--state-dir", other, "--api", first->api});
  expect_refusal(same_api, first->api);
  ServerProcess same_feed({"--state-dir", other, "--api", "127.0.0.1:0", "--feed", first->api});
  expect_refusal(same_feed, "--feed");
  ServerProcess bad_api({"--state-dir", other, "--api", "nonsense"});
  expect_refusal(bad_api, "ADDRESS:PORT");
  ServerProcess no_config({"--state-dir", other, "--config", dir_.file("absent.yaml")});
  expect_refusal(no_config, "absent.yaml");
  std::ofstream(dir_.file("bad.yaml")) << "underlay_mtu: 1500\nvni_range: 5\n";
  ServerProcess bad_config({"--state-dir", other, "--config", dir_.file("bad.yaml")});
  expect_refusal(bad_config, "line 2: unknown key 'vni_range'");
  std::ofstream(dir_.file("file")) << "x";
  ServerProcess no_dir({"--state-dir", dir_.file("file/below"), "--api", "127.0.0.1:0"});
  expect_refusal(no_dir, "file/below");
  std::filesystem::create_directories(dir_.file("damaged"));
  std::ofstream(dir_.file("damaged/state.db")) << std::string(9000, 'x');
  ServerProcess damaged({"--state-dir", dir_.file("damaged"), "--api", "127.0.0.1:0"});
  expect_refusal(damaged, "damaged");
}

}  // namespace
}  // namespace tarn::server
