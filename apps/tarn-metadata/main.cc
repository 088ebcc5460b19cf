// tarn-metadata: answers the instances of this node by HTTP at 169.254.169.254 and fe80::a9fe:a9fe, in a network
// namespace of its own. The agent says who they are, by files, and leads them here, by flows; neither waits for the
// other, and a question needs no agent that runs. Starts as root, goes on as somebody who may do nothing.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "answer/identity.h"
#include "api/http_server.h"
#include "metadata/service.h"
#include "rt/asio_loop.h"
#include "rt/visit.h"
#include "services/folder.h"
#include "services/place.h"
#include "services/rights.h"

namespace tarn::metadata {
namespace {

struct Options {
  std::string instances = "/var/lib/tarn-agent/instances";
  services::Place place;
  std::string nova;
  std::string nova_ca_file;
  std::string secret_file;
  std::string user = "nobody";
};

constexpr std::chrono::milliseconds nova_timeout{20'000};
constexpr std::uint16_t http_port = 80;

Result<std::unique_ptr<Nova>> nova_of(const Options& options) {
  if (options.nova.empty()) return nullptr;
  std::ifstream file(options.secret_file);
  std::ostringstream secret;
  secret << file.rdbuf();
  if (!file) return fail(ErrorCode::not_found, "cannot read the secret file " + options.secret_file);
  auto line = api::make_peer(options.nova, options.nova_ca_file, nova_timeout);
  if (!line) return fail(line.error());
  std::string text = secret.str();
  text.erase(text.find_last_not_of("\r\n") + 1);
  if (text.empty()) return fail(ErrorCode::invalid, "the secret file " + options.secret_file + " is empty");
  return std::make_unique<Nova>(std::move(*line), std::move(text));
}

using Servers = std::vector<std::unique_ptr<api::HttpServer>>;

// What listens stays in the namespace; what asks Nova is made outside.
Result<Servers> listen(const Options& options, Service& service) {
  const rt::Visit inside(options.place.netns);
  if (!inside.ok()) return fail(ErrorCode::unavailable, "cannot enter the network namespace " + options.place.netns);
  api::HttpLimits limits;
  limits.header_bytes_max = 16 * 1024;
  limits.body_bytes_max = 64 * 1024;
  limits.idle_timeout = std::chrono::seconds(5);
  Servers servers;
  for (const std::string& address :
       {answer::service_address().text(), answer::service_address6().text() + "%" + services::service_interface}) {
    auto server = api::HttpServer::listen(service, address, http_port, 1, limits);
    if (!server) return fail(server.error());
    servers.push_back(std::move(*server));
  }
  return servers;
}

int failed(const Error& error) {
  spdlog::error("{}", error.message);
  return EXIT_FAILURE;
}

int run(const Options& options) {
  Result<std::unique_ptr<Nova>> nova = nova_of(options);
  if (!nova) return failed(nova.error());
  if (const Status ready = services::prepare(options.place); !ready) return failed(ready.error());
  Result<rt::Descriptor> folder = services::open_folder(options.instances);
  if (!folder) return failed(folder.error());
  rt::AsioLoop loop;
  loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  Service service(std::move(*folder), std::move(*nova));
  const Result<Servers> servers = listen(options, service);
  if (!servers) return failed(servers.error());
  if (const Status became = services::become(options.user); !became) return failed(became.error());
  std::printf("tarn-metadata ready namespace=%s\n", options.place.netns.c_str());
  std::fflush(stdout);
  loop.run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace tarn::metadata

int main(int argc, char** argv) {
  tarn::metadata::Options options;
  CLI::App app("Answers the instances of this node that ask for their metadata.", "tarn-metadata");
  app.set_version_flag("--version", TARN_VERSION);
  app.add_option("--instances", options.instances, "The agent's folder that says who they are")->capture_default_str();
  app.add_option("--namespace", options.place.netns, "Network namespace to listen in")->capture_default_str();
  app.add_option("--interface", options.place.interface, "The switch's end of the way there, as the agent is told it")
      ->capture_default_str();
  CLI::Option* secret = app.add_option("--secret-file", options.secret_file, "What is shared with Nova");
  CLI::Option* nova = app.add_option("--nova", options.nova,
                                     "URL of Nova's metadata API; none: this service says what the network knows")
                          ->needs(secret);
  app.add_option("--nova-ca-file", options.nova_ca_file, "Whose word is good for Nova's certificate")->needs(nova);
  app.add_option("--user", options.user, "Whose rights it keeps once it listens")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_default_logger(spdlog::stderr_logger_st("tarn-metadata"));
  return tarn::metadata::run(options);
}
