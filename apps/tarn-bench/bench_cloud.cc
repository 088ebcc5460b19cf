#include "bench_cloud.h"

#include <netinet/in.h>
#include <poll.h>
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

std::string tap_of(const json::value& port) {
  return "tap" + json::value_to<std::string>(port.at("id")).substr(0, 11);
}

}  // namespace

sandbox::Argv plug_all_words(const json::value& ports) {
  sandbox::Argv words;
  for (const json::value& port : ports.as_array()) {
    const sandbox::Argv plugged =
        sandbox::plug_words(tap_of(port), json::value_to<std::string>(port.at("id")),
                            json::value_to<std::string>(port.at("mac_address")), {"type=internal"});
    words.insert(words.end(), plugged.begin(), plugged.end());
  }
  return words;
}

sandbox::Argv unplug_all_words(const json::value& ports) {
  sandbox::Argv words;
  for (const json::value& port : ports.as_array()) {
    words.insert(words.end(), {"--", "--if-exists", "del-port", "br-int", tap_of(port)});
  }
  return words;
}

Status run_vsctl(const std::string& database_socket, sandbox::Argv words) {
  words.insert(words.begin(), {"ovs-vsctl", "--timeout=300", "--db=unix:" + database_socket});
  const Result<sandbox::Finished> done = sandbox::run(words, 301s);
  if (!done) return fail(done.error().code, "ovs-vsctl did not end in time");  // not its thousands of words
  if (done->exit_code != 0) return fail(ErrorCode::unavailable, "ovs-vsctl failed: " + done->complaint);
  return {};
}

Result<std::unique_ptr<BenchCloud>> BenchCloud::raise(const Settings& settings) {
  const Result<std::string> folder = make_folder("/tmp");
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<BenchCloud> cloud(new BenchCloud(*folder));
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

Result<json::value> BenchCloud::make_ports(int count, Binding binding) const {
  json::object wish{{"network_id", network_}, {"device_owner", "compute:nova"}, {"device_id", "bench"}};
  if (binding == Binding::host) wish["binding:host_id"] = sandbox::Layout::host_name(1);
  json::array wanted(static_cast<std::size_t>(count), wish);
  Result<json::value> made = sandbox_->api().ask_api("POST", "/v2.0/ports", json::object{{"ports", std::move(wanted)}});
  if (!made) return made;
  return made->at("ports");
}

Status BenchCloud::bind(const json::value& port) const {
  const json::object wish{{"binding:host_id", sandbox::Layout::host_name(1)}};
  const std::string target = "/v2.0/ports/" + json::value_to<std::string>(port.at("id"));
  const Result<json::value> bound = sandbox_->api().ask_api("PUT", target, json::object{{"port", wish}});
  if (!bound) return std::unexpected(bound.error());
  return {};
}

Status BenchCloud::plug(const json::value& ports) const {
  return run_vsctl(sandbox_->host(1).database_socket().string(), plug_all_words(ports));
}

Status BenchCloud::take_away(const json::value& ports) const {
  for (const json::value& port : ports.as_array()) {
    const std::string target = "/v2.0/ports/" + json::value_to<std::string>(port.at("id"));
    if (auto gone = sandbox_->api().ask_api("DELETE", target); !gone) return std::unexpected(gone.error());
  }
  const Status off = run_vsctl(sandbox_->host(1).database_socket().string(), unplug_all_words(ports));
  if (!off) return off;
  if (auto rests = ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
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
