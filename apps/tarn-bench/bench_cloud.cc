#include "bench_cloud.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "rt/line_client.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr rt::Duration active_within = 300s;
constexpr int poll_ms = 1;  // the API tells no events

// A port that nobody listens on now.
Result<std::uint16_t> free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(probe);
  if (!bound) return fail(ErrorCode::unavailable, "no free TCP port on 127.0.0.1");
  return ntohs(address.sin_port);
}

}  // namespace

Result<std::unique_ptr<BenchCloud>> BenchCloud::raise(const Settings& settings) {
  std::string folder = "/tmp/tarn-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return fail(ErrorCode::unavailable, "cannot make a folder in /tmp");
  std::unique_ptr<BenchCloud> cloud(new BenchCloud(folder));
  if (Status started = cloud->start(settings); !started) return std::unexpected(started.error());
  return cloud;
}

BenchCloud::~BenchCloud() {
  if (!name_.empty()) {
    const Status ended = sandbox::Sandbox::down(name_, folder_, [](const std::string&) {});
    if (!ended) tell(ended.error().message);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Status BenchCloud::start(const Settings& settings) {
  const Result<std::uint16_t> api_port = free_port();
  if (!api_port) return std::unexpected(api_port.error());
  sandbox::Wanted wanted;
  wanted.name = "b" + std::to_string(getpid());
  wanted.root = folder_;
  wanted.hosts = 1;
  wanted.api_port = *api_port;
  wanted.checkout = folder_.string();
  wanted.programs = settings.programs;
  name_ = wanted.name;
  Result<sandbox::Sandbox> up = sandbox::Sandbox::up(wanted, [](const std::string&) {});
  if (!up) return std::unexpected(up.error());
  sandbox_ = std::move(*up);
  if (Status ready = sandbox_->await_agents(30s); !ready) return ready;
  Result<std::string> network = sandbox_->ensure_network("bench", "10.0.0.0/16");
  if (!network) return std::unexpected(network.error());
  network_ = *network;
  return {};
}

Result<json::value> BenchCloud::make_ports(int count) const {
  json::array wanted;
  for (int i = 0; i < count; ++i) {
    wanted.push_back(json::object{{"network_id", network_},
                                  {"device_owner", "compute:nova"},
                                  {"device_id", "bench"},
                                  {"binding:host_id", sandbox::Layout::host_name(1)}});
  }
  Result<json::value> made = sandbox_->api().ask_api("POST", "/v2.0/ports", json::object{{"ports", std::move(wanted)}});
  if (!made) return made;
  return made->at("ports");
}

Status BenchCloud::plug(const json::value& ports) const {
  std::vector<std::string> words;
  for (const json::value& port : ports.as_array()) {
    const auto id = json::value_to<std::string>(port.at("id"));
    const auto mac = json::value_to<std::string>(port.at("mac_address"));
    const std::string tap = "tap" + id.substr(0, 11);
    const sandbox::Argv plugged = sandbox::plug_words(tap, id, mac, {"type=internal"});
    words.insert(words.end(), plugged.begin(), plugged.end());
  }
  if (Result<std::string> done = sandbox::must_run(sandbox_->host(1).vsctl(words), 60s); !done) {
    return std::unexpected(done.error());
  }
  return {};
}

Status BenchCloud::await_active() const {
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + active_within;
  while (clock.now() < give_up && !stop_asked()) {
    const Result<json::value> down =
        sandbox_->api().ask_api("GET", "/v2.0/ports?status=DOWN&fields=id&binding:vif_type=ovs&limit=1");
    if (!down) return std::unexpected(down.error());
    if (down->at("ports").as_array().empty()) return {};
    poll(nullptr, 0, poll_ms);
  }
  return fail(ErrorCode::unavailable, "not all ports became ACTIVE");
}

Result<json::value> BenchCloud::ask_agent(const std::string& method) const {
  const std::string request = json::serialize(json::object{{"method", method}, {"timeout_s", 60}});
  const Result<std::string> answer = rt::ask(sandbox_->layout().agent_socket(1).string(), request, 61s);
  if (!answer) return std::unexpected(answer.error());
  json::value parsed = json::parse(*answer);
  if (const json::value* error = parsed.as_object().if_contains("error")) {
    return fail(ErrorCode::unavailable, json::serialize(*error));
  }
  return parsed;
}

}  // namespace tarn::bench
