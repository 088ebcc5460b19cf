// Bad days of the server: a damaged store, a full disk, a taken port, rude clients, and death under load. It says what
// is wrong in one line or one answer, harms nobody else, and keeps every promise it made.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <fstream>
#include <mutex>
#include <set>

#include "base/demand.h"
#include "live/steps.h"
#include "rt/thread_pool.h"
#include "sandbox/free_port.h"
#include "support/temp_dir.h"

namespace tarn::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One tarn-server by itself, with a store folder of its own.
class LoneServer {
 public:
  explicit LoneServer(std::string folder) : folder_(std::move(folder)) {}
  ~LoneServer() { stop(SIGTERM); }
  LoneServer(const LoneServer&) = delete;
  LoneServer& operator=(const LoneServer&) = delete;

  [[nodiscard]] sandbox::Argv argv() const {
    return {LiveCloud::programs() / "tarn-server", "--state-dir", folder_, "--api",
            "127.0.0.1:" + std::to_string(port_),  "--config",    config()};
  }
  void start() {
    const auto daemon = sandbox::start_daemon(argv(), folder_ + ".log", "tarn-server ready");
    ASSERT_TRUE(daemon.has_value()) << daemon.error().message;
    mark_ = daemon->mark;
  }
  void stop(int signal) {
    if (mark_) sandbox::stop_process(*mark_, signal);
    mark_.reset();
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] api::HttpClient api() const { return {"127.0.0.1", port_}; }
  [[nodiscard]] const std::optional<sandbox::ProcessMark>& mark() const { return mark_; }

 private:
  [[nodiscard]] std::string config() const {
    const std::string path = folder_ + ".yaml";
    std::ofstream(path) << "quotas: {network: -1, subnet: -1, port: -1}\n";
    return path;
  }
  std::string folder_;
  std::uint16_t port_ = demand(sandbox::free_port());
  std::optional<sandbox::ProcessMark> mark_;
};

class ServerTrouble : public ::testing::Test {
 protected:
  test::TempDir folder_;
};

std::string make_network(const api::HttpClient& api) {
  const auto made = api.ask_api("POST", "/v2.0/networks", json::object{{"network", {{"name", "net"}}}});
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return text_at(made->at("network"), "id");
}

TEST_F(ServerTrouble, ADamagedStoreIsNamedAndLeftAsItIs) {
  LoneServer server(folder_.file("state"));
  server.start();
  make_network(server.api());
  server.stop(SIGTERM);
  const fs::path store = fs::path(folder_.file("state")) / "state.db";
  // A page in the middle is overwritten, as a disk does it.
  std::fstream file(store, std::ios::in | std::ios::out | std::ios::binary);
  const std::string garbage(4096, '\x5a');
  file.seekp(4096);
  file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
  file.close();
  const std::string before = read_all(store);
  const sandbox::Finished done = run(server.argv());
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.complaint, AllOf(HasSubstr(store.string()), HasSubstr("damaged")));
  EXPECT_EQ(std::count(done.complaint.begin(), done.complaint.end(), '\n'), 1);
  EXPECT_EQ(read_all(store), before);
}

TEST_F(ServerTrouble, ATakenPortIsOneClearLine) {
  LoneServer server(folder_.file("first"));
  server.start();
  sandbox::Argv argv = LoneServer(folder_.file("second")).argv();
  argv[4] = "127.0.0.1:" + std::to_string(server.port());
  const sandbox::Finished done = run(argv);
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.complaint, AllOf(HasSubstr(argv[4]), HasSubstr("in use")));
  EXPECT_EQ(std::count(done.complaint.begin(), done.complaint.end(), '\n'), 1);
  EXPECT_TRUE(server.api().ask_api("GET", "/v2.0/networks").has_value());
}

TEST_F(ServerTrouble, EveryAcknowledgedPortOutlivesAKillAndNoneIsHalf) {
  constexpr int clients = 16;
  constexpr int acknowledged_before_kill = 100;
  LoneServer server(folder_.file("state"));
  server.start();
  const std::string network = make_network(server.api());
  std::mutex mutex;
  std::set<std::string> acknowledged;
  std::atomic<bool> dead = false;
  {
    rt::ThreadPool pool("clients", clients, clients);
    for (int client = 0; client < clients; ++client) {
      const bool taken = pool.run([&, client] {
        const api::HttpClient api = server.api();
        for (int round = 0; !dead; ++round) {
          const std::string name = std::to_string(client) + "-" + std::to_string(round);
          const json::object port{{"network_id", network}, {"name", name}};
          // Two in one request: both or none.
          const auto made = api.ask_api("POST", "/v2.0/ports", json::object{{"ports", json::array{port, port}}});
          if (!made) return;
          const std::lock_guard lock(mutex);
          for (const json::value& one : made->at("ports").as_array()) acknowledged.insert(text_at(one, "id"));
        }
      });
      ASSERT_TRUE(taken);
    }
    EXPECT_TRUE(await([&] {
      const std::lock_guard lock(mutex);
      return acknowledged.size() >= acknowledged_before_kill;
    }));
    server.stop(SIGKILL);
    dead = true;
  }
  server.start();
  const auto listed = server.api().ask_api("GET", "/v2.0/ports");
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  std::set<std::string> found;
  std::map<std::string, int> twins;
  for (const json::value& port : listed->at("ports").as_array()) {
    found.insert(text_at(port, "id"));
    ++twins[text_at(port, "name")];
    EXPECT_EQ(text_at(port, "mac_address").size(), 17U);
    EXPECT_EQ(text_at(port, "network_id"), network);
  }
  EXPECT_TRUE(std::includes(found.begin(), found.end(), acknowledged.begin(), acknowledged.end()));
  for (const auto& [name, count] : twins) EXPECT_EQ(count, 2) << name;
  EXPECT_TRUE(server.api().ask_api("DELETE", "/v2.0/ports/" + *acknowledged.begin()).has_value());
}

// users.md 33 and 36: nobody gets a 500 for coming at a bad time, and a full subnet has the name Terraform waits for.
TEST_F(ServerTrouble, ManyClientsAtOnceShareASubnetToItsLastAddress) {
  constexpr std::size_t clients = 64;
  constexpr std::size_t ports_each = 4;
  constexpr std::size_t room = 253;  // a /24 without its network, broadcast and gateway addresses
  LoneServer server(folder_.file("state"));
  server.start();
  const std::string network = make_network(server.api());
  const auto subnet = server.api().ask_api(
      "POST", "/v2.0/subnets",
      json::object{{"subnet", {{"network_id", network}, {"ip_version", 4}, {"cidr", "10.7.0.0/24"}}}});
  ASSERT_TRUE(subnet.has_value()) << subnet.error().message;
  std::mutex guard;
  std::multiset<std::string> addresses;
  std::multiset<std::string> refusals;
  {
    rt::ThreadPool pool("clients", clients, clients);
    for (std::size_t client = 0; client < clients; ++client) {
      const bool taken = pool.run([&] {
        for (std::size_t port = 0; port < ports_each; ++port) {
          const auto answer =
              server.api().ask("POST", "/v2.0/ports", R"({"port": {"network_id": ")" + network + "\"}}");
          const std::lock_guard locked(guard);
          if (!answer) {
            refusals.insert(answer.error().message);
          } else if (answer->status == 201) {
            addresses.insert(
                text_at(json::parse(answer->body).at("port").at("fixed_ips").as_array().front(), "ip_address"));
          } else {
            refusals.insert(std::to_string(answer->status) + " " +
                            text_at(json::parse(answer->body).at("NeutronError"), "type"));
          }
        }
      });
      ASSERT_TRUE(taken);
    }
  }
  EXPECT_EQ(addresses.size(), room);
  EXPECT_EQ(std::set(addresses.begin(), addresses.end()).size(), room) << "an address twice";
  EXPECT_EQ(refusals.size(), clients * ports_each - room);
  EXPECT_EQ(refusals.count("409 IpAddressGenerationFailure"), refusals.size()) << *refusals.begin();
}

TEST_F(ServerTrouble, RudeClientsHarmNobodyElse) {
  constexpr int slow_clients = 50;
  LoneServer server(folder_.file("state"));
  server.start();
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(server.port());
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<int> slow;
  const auto connect_and_say = [&](const std::string& words) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there), 0);
    EXPECT_EQ(send(socket, words.data(), words.size(), MSG_NOSIGNAL), static_cast<ssize_t>(words.size()));
    slow.push_back(socket);
    return socket;
  };
  for (int client = 0; client < slow_clients; ++client)
    connect_and_say("POST /v2.0/networks HTTP/1.1\r\nHost: x\r\nCon");
  // More than anybody may send is refused before it is read.
  const int huge = connect_and_say("POST /v2.0/networks HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{");
  const timeval patience{5, 0};
  setsockopt(huge, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string answer(512, '\0');
  const ssize_t size = recv(huge, answer.data(), answer.size(), 0);
  EXPECT_THAT(answer.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0))), HasSubstr(" 413 "));

  const api::HttpClient polite("127.0.0.1", server.port(), 2s);
  const auto malformed = polite.ask("POST", "/v2.0/networks", R"({"network": {"name": )");
  ASSERT_TRUE(malformed.has_value());
  EXPECT_EQ(malformed->status, 400U);
  EXPECT_TRUE(json::parse(malformed->body).at("NeutronError").at("message").is_string()) << malformed->body;
  std::string deep = R"({"network": )" + std::string(100'000, '[');
  const auto nested = polite.ask("POST", "/v2.0/networks", deep);
  ASSERT_TRUE(nested.has_value());
  EXPECT_EQ(nested->status, 400U);
  make_network(polite);
  const auto listed = polite.ask_api("GET", "/v2.0/networks");
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  EXPECT_EQ(listed->at("networks").as_array().size(), 1U);
  for (const int socket : slow) close(socket);
}

// A small file system of its own, gone with the test.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    fs::create_directory(path_);
    EXPECT_EQ(mount("tarn-test", path_.c_str(), "tmpfs", 0, "size=1m"), 0) << strerror(errno);
  }
  ~SmallDisk() { umount2(path_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  void fill() const {
    std::ofstream file(path_ + "/filler");
    const std::string block(4096, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  void free() const { fs::remove(path_ + "/filler"); }

 private:
  std::string path_;
};

TEST_F(ServerTrouble, AFullDiskRefusesWritesAndServesReadsUntilThereIsRoom) {
  constexpr int tries_max = 200;
  const SmallDisk disk(folder_.file("state"));
  LoneServer server(folder_.file("state"));
  server.start();
  const std::string network = make_network(server.api());
  disk.fill();
  const std::string body =
      R"({"port": {"network_id": ")" + network + R"(", "name": ")" + std::string(200, 'n') + "\"}}";
  std::set<std::string> acknowledged;
  std::optional<api::HttpClient::Answer> refused;
  for (int tried = 0; tried < tries_max && !refused; ++tried) {
    const auto answer = server.api().ask("POST", "/v2.0/ports", body);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    if (answer->status == 201) {
      acknowledged.insert(text_at(json::parse(answer->body).at("port"), "id"));  // what was left of its log
    } else {
      refused = *answer;
    }
  }
  ASSERT_TRUE(refused.has_value()) << "the disk never was full";
  EXPECT_EQ(refused->status, 503U);
  const std::string words = text_at(json::parse(refused->body).at("NeutronError"), "message");
  EXPECT_THAT(words, HasSubstr("try again"));
  EXPECT_THAT(words, Not(HasSubstr("/")));  // where the store is kept is the operator's business
  const auto read = server.api().ask_api("GET", "/v2.0/ports");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->at("ports").as_array().size(), acknowledged.size());
  disk.free();
  const auto made = server.api().ask("POST", "/v2.0/ports", body);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->status, 201U) << made->body;
  // And what was promised meanwhile is on the disk.
  server.stop(SIGKILL);
  server.start();
  const auto after = server.api().ask_api("GET", "/v2.0/ports");
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->at("ports").as_array().size(), acknowledged.size() + 1);
  server.stop(SIGTERM);
}

}  // namespace
}  // namespace tarn::testing
