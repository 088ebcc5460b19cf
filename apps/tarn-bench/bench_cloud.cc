#include "bench_cloud.h"

#include <poll.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "rt/line_client.h"
#include "rt/machine_clock.h"
#include "sandbox/free_port.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::size_t ports_at_once = 1'000;  // in one POST: the API takes 4,096
constexpr rt::Duration active_within = 900s;
constexpr std::int64_t in_sync_within_s = 300;
constexpr int poll_ms = 1;  // the API tells no events

double cpu_s(const std::optional<sandbox::ProcessMark>& mark) {
  return mark ? cpu_ms(mark->pid) / 1e3 : 0;
}

}  // namespace

Result<std::unique_ptr<BenchCloud>> BenchCloud::raise(const Settings& settings, const CloudShape& shape) {
  const Result<std::string> folder = make_folder("/tmp");
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<BenchCloud> cloud(new BenchCloud(*folder));
  if (Status started = cloud->start(settings, shape); !started) return std::unexpected(started.error());
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

Status BenchCloud::start(const Settings& settings, const CloudShape& shape) {
  const Result<std::uint16_t> api_port = sandbox::free_port();
  if (!api_port) return std::unexpected(api_port.error());
  sandbox::Wanted wanted;
  wanted.name = shape.name + std::to_string(getpid());
  wanted.root = folder_;
  wanted.hosts = shape.hosts;
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

Result<json::value> BenchCloud::ask_api(const std::string& method, const std::string& target,
                                        const json::value& body) const {
  const std::string text = body.is_null() ? std::string() : json::serialize(body);
  const Result<api::HttpClient::Answer> answer = sandbox_->api().ask(method, "/v2.0/" + target, text);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status >= 300) return fail(ErrorCode::invalid, method + " " + target + ": " + answer->body);
  return answer->body.empty() ? json::value() : json::parse(answer->body);
}

Result<std::vector<Plug>> BenchCloud::make_ports(int count, Binding binding) const {
  json::object wish{{"network_id", network_}, {"device_owner", "compute:nova"}, {"device_id", "bench"}};
  if (binding == Binding::host) wish["binding:host_id"] = sandbox::Layout::host_name(1);
  std::vector<Plug> plugs;
  while (plugs.size() < static_cast<std::size_t>(count)) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const json::array wanted(std::min(ports_at_once, static_cast<std::size_t>(count) - plugs.size()), wish);
    const Result<json::value> made = sandbox_->api().ask_api("POST", "/v2.0/ports", json::object{{"ports", wanted}});
    if (!made) return std::unexpected(made.error());
    for (Plug& plug : plugs_of(made->at("ports"))) plugs.push_back(std::move(plug));
  }
  return plugs;
}

Status BenchCloud::bind(const Plug& plug) const {
  const json::object wish{{"binding:host_id", sandbox::Layout::host_name(1)}};
  const Result<json::value> bound =
      sandbox_->api().ask_api("PUT", "/v2.0/ports/" + plug.port_id, json::object{{"port", wish}});
  if (!bound) return std::unexpected(bound.error());
  return {};
}

Status BenchCloud::plug(std::span<const Plug> plugs, Patience patience) const {
  return plug_all(sandbox_->host(1).database_socket().string(), plugs, patience);
}

Status BenchCloud::take_away(std::span<const Plug> plugs) const {
  for (const Plug& plug : plugs) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    if (auto gone = sandbox_->api().ask_api("DELETE", "/v2.0/ports/" + plug.port_id); !gone) {
      return std::unexpected(gone.error());
    }
  }
  if (Status off = unplug_all(sandbox_->host(1).database_socket().string(), plugs); !off) return off;
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

Status BenchCloud::wire_ports(int count) const {
  const Result<std::vector<Plug>> made = make_ports(count);
  if (!made) return std::unexpected(made.error());
  if (Status done = plug(*made); !done) return done;
  return await_active();
}

CloudCpu BenchCloud::cpu() const {
  const sandbox::Host host = sandbox_->host(1);
  return {cpu_s(host.running(sandbox::agent_name)),
          cpu_s(host.running(sandbox::switch_name)) + cpu_s(host.running(sandbox::database_name)),
          cpu_s(sandbox_->server())};
}

Result<json::value> BenchCloud::ask_agent(const std::string& method, int host) const {
  const std::string request = json::serialize(json::object{{"method", method}, {"timeout_s", in_sync_within_s}});
  const Result<std::string> answer =
      rt::ask(sandbox_->layout().agent_socket(host).string(), request, std::chrono::seconds(in_sync_within_s + 1));
  if (!answer) return std::unexpected(answer.error());
  json::value parsed = json::parse(*answer);
  if (const json::value* error = parsed.as_object().if_contains("error")) {
    return fail(ErrorCode::unavailable, json::serialize(*error));
  }
  return parsed;
}

}  // namespace tarn::bench
