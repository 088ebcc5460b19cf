#include "live/live_cloud.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "base/demand.h"
#include "rt/line_client.h"
#include "rt/machine_clock.h"
#include "sandbox/free_port.h"

namespace tarn::testing {

namespace json = boost::json;

void let_pass(std::chrono::milliseconds duration) {
  poll(nullptr, 0, static_cast<int>(duration.count()));
}

std::filesystem::path LiveCloud::programs() {
  return TARN_PROGRAMS;
}

bool LiveCloud::is_emulated() {
  const char* wanted = std::getenv("TARN_LIVE_LOAD");
  return wanted != nullptr && std::string_view(wanted) == "light";
}

sandbox::Datapath LiveCloud::datapath() {
  const char* wanted = std::getenv("TARN_LIVE_DATAPATH");
  return wanted != nullptr && std::string_view(wanted) == "system" ? sandbox::Datapath::kernel
                                                                   : sandbox::Datapath::userspace;
}

LiveCloud::LiveCloud(int hosts) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tarn-live-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  sandbox::Wanted wanted;
  wanted.name = "t" + std::to_string(getpid());
  wanted.root = folder_;
  wanted.hosts = hosts;
  wanted.datapath = datapath();
  wanted.api_port = demand(sandbox::free_port());
  wanted.checkout = folder_.string();
  wanted.programs = programs();
  sandbox_ = demand(sandbox::Sandbox::up(wanted, [](const std::string&) {}));
  demand(sandbox_->await_agents(std::chrono::seconds(30)));
}

LiveCloud::~LiveCloud() {
  const sandbox::Layout layout = sandbox_->layout();
  demand(sandbox::Sandbox::down(layout.name, layout.root, [](const std::string&) {}));
  std::filesystem::remove_all(folder_);
}

json::value LiveCloud::ask(const std::string& method, const std::string& target, const json::value& body) const {
  return demand(sandbox_->api().ask_api(method, target, body));
}

std::string LiveCloud::make_network(const std::string& name, const std::string& cidr, const std::string& type,
                                    int segment) const {
  json::object network{{"name", name}};
  if (!type.empty()) {
    network["provider:network_type"] = type;
    network["provider:physical_network"] = sandbox::physical_network;
    if (segment != 0) network["provider:segmentation_id"] = segment;
  }
  const json::value made = ask("POST", "/v2.0/networks", json::object{{"network", network}});
  const std::string id = json::value_to<std::string>(made.at("network").at("id"));
  const json::object subnet{{"network_id", id}, {"ip_version", 4}, {"cidr", cidr}};
  ask("POST", "/v2.0/subnets", json::object{{"subnet", subnet}});
  return id;
}

void LiveCloud::plug_crowd(const std::string& network, int host, int count, Patience patience) const {
  json::array wanted;
  for (int i = 0; i < count; ++i) {
    wanted.push_back(json::object{{"network_id", network},
                                  {"device_owner", "compute:nova"},
                                  {"device_id", "crowd"},
                                  {"binding:host_id", sandbox::Layout::host_name(host)}});
  }
  const json::value made = ask("POST", "/v2.0/ports", json::object{{"ports", std::move(wanted)}});
  std::vector<std::string> words;
  if (patience == Patience::leave) words.emplace_back("--no-wait");
  for (const json::value& port : made.at("ports").as_array()) {
    const auto id = json::value_to<std::string>(port.at("id"));
    const auto mac = json::value_to<std::string>(port.at("mac_address"));
    const std::string tap = "tap" + id.substr(0, 11);
    const sandbox::Argv plugged = sandbox::plug_words(tap, id, mac, {"type=internal"});
    words.insert(words.end(), plugged.begin(), plugged.end());
  }
  demand(sandbox::must_run(this->host(host).vsctl(words), std::chrono::seconds(120)));
}

bool LiveCloud::await_all_active(std::chrono::seconds timeout) const {
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + timeout;
  while (clock.now() < give_up) {
    const json::value down = ask("GET", "/v2.0/ports?status=DOWN&fields=id&binding:vif_type=ovs");
    if (down.at("ports").as_array().empty()) return true;
    let_pass(std::chrono::milliseconds(50));  // the API tells no events
  }
  return false;
}

json::value LiveCloud::ask_agent(int host, const std::string& method) const {
  const std::string request = json::serialize(json::object{{"method", method}, {"timeout_s", 60}});
  return json::parse(
      demand(rt::ask(sandbox_->layout().agent_socket(host).string(), request, std::chrono::seconds(61))));
}

std::vector<std::string> LiveCloud::flows(int number) const {
  const std::string dump = demand(sandbox::must_run(host(number).ofctl({"--no-stats", "dump-flows", "br-int"})));
  std::vector<std::string> lines;
  std::istringstream text(dump);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::uint64_t LiveCloud::packets_counted(int number) const {
  const std::string dump = demand(sandbox::must_run(host(number).ofctl({"dump-aggregate", "br-int"})));
  std::smatch found;
  CHECK(std::regex_search(dump, found, std::regex("packet_count=([0-9]+)")));
  return std::stoull(found[1]);
}

std::string LiveCloud::ask_switch(int number, std::vector<std::string> words) const {
  const auto daemon = host(number).running(sandbox::switch_name);
  CHECK(daemon.has_value());
  const std::string socket = host(number).dir() / ("ovs-vswitchd." + std::to_string(daemon->pid) + ".ctl");
  words.insert(words.begin(), {"ovs-appctl", "-t", socket});
  return demand(sandbox::must_run(words));
}

}  // namespace tarn::testing
