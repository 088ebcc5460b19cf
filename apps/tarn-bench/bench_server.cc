#include "bench_server.h"

#include <signal.h>

#include <boost/json.hpp>
#include <charconv>
#include <fstream>

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int ports_at_once = 1'000;

}  // namespace

Result<std::unique_ptr<BenchServer>> BenchServer::raise(const Settings& settings) {
  const Result<std::string> folder = make_folder("/tmp");
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<BenchServer> server(new BenchServer(*folder, settings.programs / "tarn-server"));
  std::ofstream(server->folder_ / "server.yaml") << "quotas: {network: -1, subnet: -1, port: -1}\n";
  if (Status started = server->start(); !started) return std::unexpected(started.error());
  if (Status made = server->make_network(); !made) return std::unexpected(made.error());
  return server;
}

BenchServer::~BenchServer() {
  if (mark_) sandbox::stop_process(*mark_, SIGTERM);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Status BenchServer::start() {
  const Result<sandbox::Daemon> daemon =
      sandbox::start_daemon({program_.string(), "--state-dir", folder_.string(), "--api", "127.0.0.1:0", "--config",
                             (folder_ / "server.yaml").string()},
                            folder_ / "tarn-server.log", "tarn-server ready");
  if (!daemon) return std::unexpected(daemon.error());
  mark_ = daemon->mark;
  const std::string& line = daemon->ready_line;  // "tarn-server ready api=127.0.0.1:4711 feed=…"
  const std::size_t digits = line.find(':') + 1;
  const auto [end, error] = std::from_chars(line.data() + digits, line.data() + line.size(), port_);
  if (error != std::errc()) return fail(ErrorCode::internal, "tarn-server names no port: " + line);
  return {};
}

Status BenchServer::start_again() {
  sandbox::stop_process(*mark_, SIGTERM);
  mark_.reset();
  return start();
}

Status BenchServer::make_network() {
  const Result<json::value> network =
      api().ask_api("POST", "/v2.0/networks", json::object{{"network", json::object{{"name", "bench"}}}});
  if (!network) return std::unexpected(network.error());
  network_ = json::value_to<std::string>(network->at("network").at("id"));
  const Result<json::value> subnet = api().ask_api(
      "POST", "/v2.0/subnets",
      json::object{{"subnet", json::object{{"network_id", network_}, {"cidr", "10.0.0.0/8"}, {"ip_version", 4}}}});
  if (!subnet) return std::unexpected(subnet.error());
  return {};
}

json::object BenchServer::port_wish() const {
  return {{"network_id", network_},
          {"device_owner", "compute:nova"},
          {"device_id", "5e0b1a52-3f36-4a34-8c0e-4a1f0f6d7a11"},
          {"binding:host_id", "host1"}};
}

Result<std::vector<std::string>> BenchServer::make_ports(int count) const {
  std::vector<std::string> ids;
  while (static_cast<int>(ids.size()) < count) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const int now = std::min(ports_at_once, count - static_cast<int>(ids.size()));
    json::array wanted;
    for (int i = 0; i < now; ++i) wanted.push_back(port_wish());
    const Result<json::value> made = api().ask_api("POST", "/v2.0/ports", json::object{{"ports", std::move(wanted)}});
    if (!made) return std::unexpected(made.error());
    for (const json::value& port : made->at("ports").as_array()) {
      ids.push_back(json::value_to<std::string>(port.at("id")));
    }
  }
  return ids;
}

}  // namespace tarn::bench
