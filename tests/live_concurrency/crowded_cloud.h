// A tarn-server of one test's own. When the test is over, the server is ended and started again over the same state:
// what it then shows must be what it showed.
#pragma once

#include <fstream>
#include <memory>

#include "live_concurrency/crowd.h"
#include "server/process.h"
#include "support/temp_dir.h"

namespace tarn::server {

class CrowdedCloud : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(dir_.file("policy.yaml")) << "context_is_admin: \"user_id:root\"\n";
    std::ofstream(dir_.file("server.yaml"))
        << "vlan_ranges: {physnet1: \"100:131\"}\npolicy_files: [\"" << dir_.file("policy.yaml") << "\"]\n"
        << "quotas: {network: -1, subnet: -1, port: -1}\n";
    start();
  }
  void TearDown() override {
    const std::vector<std::string> before = shown();
    EXPECT_EQ(server_->stop(SIGTERM), 0);
    start();
    EXPECT_EQ(shown(), before);
  }

  [[nodiscard]] Client root() const { return {server_->api, "root", "clouds"}; }
  [[nodiscard]] Client of(const std::string& project) const { return {server_->api, "somebody", project}; }

  // A network of the project with one IPv4 subnet; ids.
  struct Net {
    std::string network;
    std::string subnet;
  };
  [[nodiscard]] Net net(const Client& owner, const std::string& cidr, json::object network = {}) const {
    const std::string id = owner.make("network", std::move(network)).id();
    return {id, owner.make("subnet", {{"network_id", id}, {"cidr", cidr}, {"ip_version", 4}}).id()};
  }

 private:
  void start() {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{
        "--state-dir", dir_.file("state"), "--api", "127.0.0.1:0", "--config", dir_.file("server.yaml")});
    ASSERT_TRUE(server_->ready) << server_->errors();
  }
  std::vector<std::string> shown() const {
    std::vector<std::string> rows;
    for (const char* path : {"networks", "subnets", "subnetpools", "ports", "routers", "floatingips", "rbac-policies",
                             "security-groups", "security-group-rules"})
      for (const json::object& row : root().list(path)) rows.push_back(json::serialize(row));
    return rows;
  }

  test::TempDir dir_;
  std::unique_ptr<ServerProcess> server_;
};

}  // namespace tarn::server
