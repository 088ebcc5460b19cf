// Metadata, as instances ask for it with curl: each is told who it is and nobody else is it, whatever happens to the
// agent, the service or the switch.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <fstream>
#include <mutex>
#include <set>

#include "api/http_server.h"
#include "live/live_cloud.h"
#include "live/steps.h"
#include "rt/visit.h"
#include "sandbox/fabric.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class Metadata : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(1);
    // Two tenants' networks with the same addresses.
    red = cloud->make_network("red", "10.0.0.0/24");
    blue = cloud->make_network("blue", "10.0.0.0/24");
    for (const auto& [name, network] : {std::pair("red1", red), {"blue1", blue}}) {
      boot(*cloud, name, network, 1);
      route(name);
    }
    ASSERT_EQ(instance("red1").addresses, instance("blue1").addresses);
    ASSERT_TRUE(cloud->await_all_active(60s));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  // What a DHCP client would have been told (RFC 3442); these have no client.
  static void route(const std::string& name) {
    run_inside(*cloud, name, {"ip", "route", "replace", "169.254.169.254/32", "dev", "eth0"});
  }
  static const sandbox::Instance& instance(const std::string& name) {
    return cloud->sandbox().state().instances.at(name);
  }
  static std::string get(const std::string& name, const std::string& url, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"curl", "-s", "-m", "2", "--noproxy", "*"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(url);
    return run_inside(*cloud, name, words).output;
  }
  static std::string instance_id(const std::string& name) {
    return get(name, "http://169.254.169.254/latest/meta-data/instance-id");
  }
  // Soon after an instance was plugged its agent has told who it is.
  static bool learns_who_it_is(const std::string& name) {
    return await([&] { return instance_id(name) == instance(name).device_id; });
  }
  static void kill_agent() { cloud->host(1).stop(sandbox::agent_name, SIGKILL); }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string red, blue;
};

TEST_F(Metadata, EachIsToldWhoItIsThoughTheirAddressesAreTheSame) {
  for (const char* name : {"red1", "blue1"}) {
    EXPECT_TRUE(learns_who_it_is(name));
    const std::string text = get(name, "http://169.254.169.254/openstack/latest/meta_data.json");
    boost::system::error_code error;
    const json::value told = json::parse(text, error);
    ASSERT_FALSE(error) << text;
    const json::value port = cloud->ask("GET", "/v2.0/ports/" + instance(name).port_id).at("port");
    EXPECT_EQ(text_at(told, "uuid"), text_at(port, "device_id"));
    EXPECT_EQ(text_at(told, "project_id"), text_at(port, "project_id"));
    EXPECT_EQ(get(name, "http://169.254.169.254/latest/meta-data/mac"), instance(name).mac);
    EXPECT_EQ(get(name, "http://169.254.169.254/latest/meta-data/local-ipv4"), instance(name).addresses.front());
  }
}

TEST_F(Metadata, IsToldByIpv6Too) {
  for (const char* name : {"red1", "blue1"}) {
    const std::string url = "http://[fe80::a9fe:a9fe%25eth0]/latest/meta-data/instance-id";
    EXPECT_TRUE(await([&] { return get(name, url) == instance(name).device_id; })) << get(name, url);
  }
}

TEST_F(Metadata, NeedsNeitherAgentNorServer) {
  EXPECT_TRUE(learns_who_it_is("red1"));
  kill_agent();
  for (const char* name : {"red1", "blue1"}) EXPECT_EQ(instance_id(name), instance(name).device_id);
  // And what keeps the answers reads them anew.
  cloud->host(1).stop(sandbox::metadata_name, SIGKILL);
  EXPECT_EQ(instance_id("red1"), "");
  ASSERT_TRUE(cloud->host(1).start_metadata().has_value());
  for (const char* name : {"red1", "blue1"}) EXPECT_EQ(instance_id(name), instance(name).device_id);
  ASSERT_TRUE(cloud->host(1).start_agent().has_value());
  EXPECT_TRUE(in_sync(*cloud, 1));
  EXPECT_EQ(instance_id("red1"), instance("red1").device_id);
}

TEST_F(Metadata, SurvivesARestartOfTheSwitch) {
  cloud->host(1).stop(sandbox::switch_name, SIGKILL);
  ASSERT_TRUE(cloud->host(1).start_switch().has_value());
  EXPECT_TRUE(in_sync(*cloud, 1));
  for (const char* name : {"red1", "blue1"}) EXPECT_TRUE(learns_who_it_is(name));
}

TEST_F(Metadata, IsForbiddenToWhomNothingIsAllowed) {
  EXPECT_TRUE(learns_who_it_is("red1"));
  const json::value group =
      cloud->ask("POST", "/v2.0/security-groups", {{"security_group", {{"name", "silence"}}}}).at("security_group");
  for (const json::value& rule : group.at("security_group_rules").as_array())
    cloud->ask("DELETE", "/v2.0/security-group-rules/" + text_at(rule, "id"));
  const std::string port = "/v2.0/ports/" + instance("red1").port_id;
  const json::value groups = cloud->ask("GET", port).at("port").at("security_groups");
  cloud->ask("PUT", port, {{"port", {{"security_groups", json::array{text_at(group, "id")}}}}});
  EXPECT_TRUE(in_sync(*cloud, 1));
  EXPECT_EQ(instance_id("red1"), "");
  EXPECT_EQ(instance_id("blue1"), instance("blue1").device_id);
  cloud->ask("PUT", port, {{"port", {{"security_groups", groups}}}});
  EXPECT_TRUE(learns_who_it_is("red1"));
}

// A port that takes over tap and number of another must not be taken for it, not even by its first questions.
TEST_F(Metadata, NobodyIsTakenForWhoWasThereBefore) {
  for (int i = 0; i < 5; ++i) {
    const std::string name = "next" + std::to_string(i);
    boot(*cloud, name, i % 2 == 0 ? red : blue, 1);
    route(name);
    std::set<std::string> heard;
    const std::string self = instance(name).device_id;
    EXPECT_TRUE(await([&] { return heard.insert(instance_id(name)), heard.contains(self); }));
    heard.erase("");
    EXPECT_EQ(heard, std::set{self});
    ASSERT_TRUE(cloud->sandbox().remove_instance(name).has_value());
  }
}

// Nova's metadata API as it is asked: who it is told that asks.
class Nova final : public api::Handler {
 public:
  void handle(api::Request request, api::Respond respond) override {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(request);
    respond(api::Response{200, {{"Content-Type", "text/plain"}}, "told by Nova"});
  }
  api::Response refuse(unsigned status, std::string_view) override { return {status, {}, ""}; }
  std::vector<api::Request> asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::vector<api::Request> asked_;
};

TEST_F(Metadata, NovaIsToldWhoAsksUnderTheSharedSecret) {
  const sandbox::Host host = cloud->host(1);
  Nova nova;
  std::unique_ptr<api::HttpServer> server;
  {
    const rt::Visit inside(host.netns());
    ASSERT_TRUE(inside.ok());
    server = std::move(api::HttpServer::listen(nova, "127.0.0.1", 0).value());
  }
  const std::filesystem::path secret = cloud->folder() / "secret";
  std::ofstream(secret) << "the shared secret\n";
  host.stop(sandbox::metadata_name, SIGTERM);
  ASSERT_TRUE(host.start_metadata({"--nova", "http://127.0.0.1:" + std::to_string(server->port()), "--secret-file",
                                   secret.string()})
                  .has_value());
  const std::string target = "/openstack/latest/meta_data.json?a=b";
  EXPECT_EQ(get("blue1", "http://169.254.169.254" + target,
                {"-H", "X-Instance-ID: another", "-H", "X_Instance_ID: another", "-H", "X-Forwarded-For: 10.0.0.9"}),
            "told by Nova");
  const std::vector<api::Request> asked = nova.asked();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked.front().target, target);
  const std::string id = instance("blue1").device_id;
  // An independent word for the signature: openssl-dgst(1).
  const std::filesystem::path text = cloud->folder() / "instance-id";
  std::ofstream(text) << id;
  const std::string signed_text =
      run({"openssl", "dgst", "-sha256", "-hmac", "the shared secret", "-r", text.string()}).output;
  std::multimap<std::string, std::string> said;
  for (const auto& [name, value] : asked.front().headers)
    if (name.starts_with("X")) said.emplace(name, value);
  const json::value port = cloud->ask("GET", "/v2.0/ports/" + instance("blue1").port_id).at("port");
  EXPECT_EQ(said, (std::multimap<std::string, std::string>{{"X-Forwarded-For", instance("blue1").addresses.front()},
                                                           {"X-Instance-ID", id},
                                                           {"X-Instance-ID-Signature", signed_text.substr(0, 64)},
                                                           {"X-Tenant-ID", text_at(port, "project_id")}}));
  host.stop(sandbox::metadata_name, SIGTERM);
  ASSERT_TRUE(host.start_metadata().has_value());
}

}  // namespace
}  // namespace tarn::testing
