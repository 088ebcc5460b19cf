// The openstack command of Debian's python3-openstackclient, as docs/api.md sets it up, against our API.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "api/http_server.h"
#include "api/memory_cloud.h"
#include "api/networking.h"
#include "base/check.h"
#include "support/temp_dir.h"

namespace tarn::api::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* command_path = "/usr/bin/openstack";

struct Ended {
  int code = -1;
  std::string out;
};

// Runs the command in `folder` with both outputs in one file; its own environment, nothing of the tester's cloud.
Ended run(const std::string& folder, std::vector<std::string> arguments) {
  const std::string out_path = folder + "/out";
  arguments.insert(arguments.begin(), "openstack");
  std::vector<char*> argv;
  for (auto& each : arguments) argv.push_back(each.data());
  argv.push_back(nullptr);
  const std::string home = "HOME=" + folder;
  std::vector<std::string> variables{"OS_CLOUD=tarn", home, "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
  std::vector<char*> environment;
  for (auto& each : variables) environment.push_back(each.data());
  environment.push_back(nullptr);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    const int out = open(out_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (chdir(folder.c_str()) != 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
    execve(command_path, argv.data(), environment.data());
    _exit(127);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  std::ifstream in(out_path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::move(text)};
}

struct OpenstackCommand : testing::Test {
  OpenstackCommand() {
    if (access(command_path, X_OK) != 0) return;
    server = HttpServer::listen(api, "127.0.0.1", 0).value();
    const std::string endpoint = "http://127.0.0.1:" + std::to_string(server->port());
    std::ofstream(folder.file("clouds.yaml"))
        << "clouds:\n  tarn:\n    auth_type: none\n    auth:\n      endpoint: " << endpoint
        << "\n    network_endpoint_override: " << endpoint << "\n    network_api_version: \"2\"\n";
  }
  void SetUp() override { ASSERT_NE(server, nullptr) << "install python3-openstackclient"; }

  // The words of one command, separated by blanks; its output as JSON where it has one.
  json::value does(const std::string& words, bool gives_json = true) {
    const Ended ended = tries(words + (gives_json ? " -f json" : ""));
    EXPECT_EQ(ended.code, 0) << "openstack " << words << "\n" << ended.out;
    if (ended.code != 0 || !gives_json) return nullptr;
    boost::system::error_code error;
    json::value value = json::parse(ended.out, error);
    EXPECT_FALSE(error) << ended.out;
    return value;
  }
  Ended tries(const std::string& words) {
    std::vector<std::string> arguments;
    std::istringstream in(words);
    for (std::string word; in >> word;) arguments.push_back(word);
    return run(folder.file(""), std::move(arguments));
  }
  std::vector<std::string> names(const std::string& words) {
    std::vector<std::string> all;
    const json::value rows = does(words);
    for (const auto& row : rows.as_array()) all.emplace_back(row.at("Name").as_string());
    return all;
  }

  MemoryCloud cloud;
  OpenIdentity identity;
  Networking api{cloud, identity};
  tarn::test::TempDir folder;
  std::unique_ptr<HttpServer> server;
};

TEST_F(OpenstackCommand, MakesShowsChangesAndDeletesANetworkWithSubnetAndPort) {
  const auto network = does("network create blue --description sky --mtu 1400");
  EXPECT_EQ(network.at("name"), "blue");
  EXPECT_EQ(network.at("status"), "ACTIVE");
  EXPECT_EQ(network.at("mtu"), 1400);
  const auto subnet =
      does("subnet create --network blue --subnet-range 10.0.0.0/24 --dns-nameserver 192.0.2.53 blue-v4");
  EXPECT_EQ(subnet.at("cidr"), "10.0.0.0/24");
  EXPECT_EQ(subnet.at("gateway_ip"), "10.0.0.1");
  const auto port = does("port create --network blue --fixed-ip subnet=blue-v4,ip-address=10.0.0.50 web");
  EXPECT_EQ(port.at("fixed_ips").as_array().at(0).at("ip_address"), "10.0.0.50");
  EXPECT_EQ(port.at("status"), "DOWN");

  EXPECT_EQ(does("network show blue").at("id"), network.at("id"));
  EXPECT_EQ(does("port show web").at("id"), port.at("id"));
  does("port set web --name www --device i1 --device-owner compute:nova --host h1", false);
  const auto changed = does("port show www");
  EXPECT_EQ(changed.at("device_id"), "i1");
  EXPECT_EQ(changed.at("binding_host_id"), "h1");
  does("subnet set blue-v4 --no-dhcp", false);
  EXPECT_EQ(does("subnet show blue-v4").at("enable_dhcp"), false);
  does("network set blue --tag warm --name azure", false);
  EXPECT_EQ(does("network show azure").at("tags"), json::array{"warm"});

  const Ended in_use = tries("network delete azure");
  EXPECT_NE(in_use.code, 0);
  EXPECT_THAT(in_use.out, HasSubstr("in use"));
  does("port delete www", false);
  does("subnet delete blue-v4", false);
  does("network delete azure", false);
  EXPECT_TRUE(does("network list").as_array().empty());
}

TEST_F(OpenstackCommand, ListsWithFiltersAndPages) {
  does("network create a --tag red", false);
  does("network create b --tag red --tag blue", false);
  does("network create c --disable", false);
  EXPECT_THAT(names("network list"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(names("network list --name b"), UnorderedElementsAre("b"));
  EXPECT_THAT(names("network list --disable"), UnorderedElementsAre("c"));
  EXPECT_THAT(names("network list --tags red,blue"), UnorderedElementsAre("b"));
  EXPECT_THAT(names("network list --any-tags red,green"), UnorderedElementsAre("a", "b"));
  does("port create --network a p1", false);
  does("port create --network a --mac-address fa:16:3e:00:00:01 p2", false);
  does("port create --network b p3", false);
  EXPECT_THAT(names("port list --network a"), UnorderedElementsAre("p1", "p2"));
  EXPECT_THAT(names("port list --mac-address fa:16:3e:00:00:01"), UnorderedElementsAre("p2"));
}

TEST_F(OpenstackCommand, ShowsAgents) {
  model::Agent agent;
  agent.id = {Uuid::random(1, 1)};
  agent.host = "h1";
  cloud.agent_says_hello(agent);
  const auto all = does("network agent list").as_array();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("Host"), "h1");
  EXPECT_EQ(all[0].at("Alive"), true);
  does("network agent set --disable " + agent.id.text(), false);
  EXPECT_EQ(does("network agent show " + agent.id.text()).at("admin_state_up"), false);
  EXPECT_THAT(tries("network agent list").out, HasSubstr(":-)"));
}

TEST_F(OpenstackCommand, SaysClearlyWhatIsWrong) {
  const Ended missing = tries("network show nothing");
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.out, HasSubstr("No Network found for nothing"));
  does("network create twin", false);
  does("network create twin", false);
  EXPECT_THAT(tries("network show twin").out, HasSubstr("More than one Network exists with the name 'twin'"));
  const Ended refused = tries("subnet create --network nothing --subnet-range 10.0.0.0/24 s");
  EXPECT_NE(refused.code, 0);
}

}  // namespace
}  // namespace tarn::api::test
