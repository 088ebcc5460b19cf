#include "keystone_cloud.h"

#include <poll.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>

#include "base/demand.h"
#include "rt/machine_clock.h"
#include "sandbox/free_port.h"

namespace tarn::test {

namespace json = boost::json;

KeystoneCloud& KeystoneCloud::of_all_tests() {
  static KeystoneCloud cloud;
  return cloud;
}

KeystoneCloud::KeystoneCloud() {
  sandbox::Wanted wanted;
  wanted.name = "c" + std::to_string(getpid());
  wanted.root = dir_.file("tarn");
  wanted.hosts = 1;
  wanted.api_port = demand(sandbox::free_port());
  wanted.checkout = dir_.file("tarn");
  wanted.programs = TARN_PROGRAMS;
  const sandbox::Layout layout{wanted.name, wanted.root};
  std::filesystem::create_directories(layout.server_dir());
  std::ofstream(dir_.file("password")) << "admin\n";
  std::ofstream(layout.server_dir() / "server.yaml")
      << "vlan_ranges: {physnet1: \"100:3000\"}\nflat_networks: [physnet1]\nl3_ha: false\nrouter_distributed: "
         "false\nquotas: {security_group: 10}\nidentity:\n  mode: keystone\n  auth_url: "
      << "\"http://127.0.0.1:" << keystone_.port()
      << "\"\n  username: admin\n  project_name: admin\n  password_file: \"" << dir_.file("password") << "\"\n";
  sandbox_ = demand(sandbox::Sandbox::up(wanted, [](const std::string&) {}));
  keystone_.add_service("network", "http://127.0.0.1:" + std::to_string(wanted.api_port));
  keystone_.add_service("identity", keystone_url());
  static_cast<void>(keystone_.project_id("demo"));  // for which openstackclient's suite makes networks
  make_public_network();
  make_default_pools();
  await_agent();
}

KeystoneCloud::~KeystoneCloud() {
  const sandbox::Layout layout = sandbox_->layout();
  static_cast<void>(sandbox::Sandbox::down(layout.name, layout.root, [](const std::string&) {}));
}

std::string KeystoneCloud::keystone_url() const {
  return "http://127.0.0.1:" + std::to_string(keystone_.port()) + "/v3";
}

api::HttpClient KeystoneCloud::api() const {
  api::HttpClient client("127.0.0.1", sandbox_->state().api_port);
  keystone_.log_in(client);
  return client;
}

void KeystoneCloud::make_public_network() {
  const json::object network{{"name", "public"},
                             {"router:external", true},
                             {"is_default", true},
                             {"provider:network_type", "flat"},
                             {"provider:physical_network", "physnet1"}};
  public_network_ = json::value_to<std::string>(
      demand(api().ask_api("POST", "/v2.0/networks", json::object{{"network", network}})).at("network").at("id"));
  for (const auto& [version, cidr] : {std::pair(4, "172.24.4.0/22"), std::pair(6, "2001:db8::/64")}) {
    const json::object subnet{
        {"network_id", public_network_}, {"ip_version", version}, {"cidr", cidr}, {"enable_dhcp", false}};
    demand(api().ask_api("POST", "/v2.0/subnets", json::object{{"subnet", subnet}}));
  }
}

void KeystoneCloud::make_default_pools() {
  for (const auto& [prefix, length] : {std::pair("10.0.0.0/10", 26), std::pair("fd4b::/48", 64)}) {
    const json::object pool{{"name", prefix},
                            {"prefixes", json::array{prefix}},
                            {"default_prefixlen", length},
                            {"is_default", true},
                            {"shared", true}};
    demand(api().ask_api("POST", "/v2.0/subnetpools", json::object{{"subnetpool", pool}}));
  }
}

void KeystoneCloud::await_agent() {
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + std::chrono::seconds(30);
  while (demand(api().ask_api("GET", "/v2.0/agents?alive=True")).at("agents").as_array().empty()) {
    CHECK(clock.now() < give_up);
    poll(nullptr, 0, 50);  // nobody tells it
  }
}

std::filesystem::path KeystoneCloud::folder(const std::string& name) const {
  const std::filesystem::path folder = dir_.file(name);
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace tarn::test
