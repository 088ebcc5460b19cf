// tarn-names: answers the instances of this node that ask for names, by DNS at 169.254.169.254 and fe80::a9fe:a9fe, in
// the network namespace where the services of the node are. The agent says how who is called, by files, and leads
// questions here, by flows; neither waits for the other. What is nobody's name goes to the operator's forwarders, from
// the namespace that this program was started in. Starts as root, goes on as somebody who may do nothing.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "answer/identity.h"
#include "names/asio_upstream.h"
#include "names/doors.h"
#include "names/resolver.h"
#include "rt/asio_loop.h"
#include "rt/visit.h"
#include "services/folder.h"
#include "services/place.h"
#include "services/rights.h"

namespace tarn::names {
namespace {

struct Options {
  std::string instances = "/var/lib/tarn-agent/instances";
  std::string names = "/var/lib/tarn-agent/names";
  services::Place place;
  std::vector<std::string> forwarders;
  std::string user = "nobody";
};

constexpr const char* resolv_conf = "/etc/resolv.conf";

Result<std::vector<Forwarder>> forwarders_of(const Options& options) {
  std::vector<Forwarder> forwarders;
  for (const std::string& text : options.forwarders) {
    const Result<Forwarder> forwarder = parse_forwarder(text);
    if (!forwarder) return fail(forwarder.error());
    forwarders.push_back(*forwarder);
  }
  if (!forwarders.empty()) return forwarders;
  std::ifstream file(resolv_conf);
  std::ostringstream text;
  text << file.rdbuf();
  return forwarders_in(text.str());
}

// What listens stays in the namespace; what asks forwarders is made outside.
Result<std::unique_ptr<Doors>> open_doors(rt::AsioLoop& loop, const Options& options, Resolver& resolver) {
  const rt::Visit inside(options.place.netns);
  if (!inside.ok()) return fail(ErrorCode::unavailable, "cannot enter the network namespace " + options.place.netns);
  return Doors::open(
      loop, {answer::service_address().text(), answer::service_address6().text() + "%" + services::service_interface},
      names_port, [&resolver](const std::string& client, Bytes message, Transport transport, Doors::Reply reply) {
        resolver.ask(client, std::move(message), transport, std::move(reply));
      });
}

int failed(const Error& error) {
  spdlog::error("{}", error.message);
  return EXIT_FAILURE;
}

int run(const Options& options) {
  Result<std::vector<Forwarder>> forwarders = forwarders_of(options);
  if (!forwarders) return failed(forwarders.error());
  if (forwarders->empty()) spdlog::warn("no forwarder is named: nothing but the networks' own names is answered");
  if (const Status ready = services::prepare(options.place); !ready) return failed(ready.error());
  Result<rt::Descriptor> instances = services::open_folder(options.instances);
  if (!instances) return failed(instances.error());
  Result<rt::Descriptor> names = services::open_folder(options.names);
  if (!names) return failed(names.error());
  rt::AsioLoop loop;
  loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  AsioUpstream upstream(loop, std::move(*forwarders));
  Resolver resolver(std::move(*instances), std::move(*names), upstream);
  const Result<std::unique_ptr<Doors>> doors = open_doors(loop, options, resolver);
  if (!doors) return failed(doors.error());
  if (const Status became = services::become(options.user); !became) return failed(became.error());
  std::printf("tarn-names ready namespace=%s\n", options.place.netns.c_str());
  std::fflush(stdout);
  loop.run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace tarn::names

int main(int argc, char** argv) {
  tarn::names::Options options;
  CLI::App app("Answers the instances of this node that ask for names.", "tarn-names");
  app.set_version_flag("--version", TARN_VERSION);
  app.add_option("--instances", options.instances, "The agent's folder that says who they are")->capture_default_str();
  app.add_option("--names", options.names, "The agent's folder that says how they are called")->capture_default_str();
  app.add_option("--namespace", options.place.netns, "Network namespace to listen in")->capture_default_str();
  app.add_option("--interface", options.place.interface, "The switch's end of the way there, as the agent is told it")
      ->capture_default_str();
  app.add_option("--forwarder", options.forwarders,
                 "ADDRESS or ADDRESS#PORT that other names are asked of, repeatable; none: those of /etc/resolv.conf");
  app.add_option("--user", options.user, "Whose rights it keeps once it listens")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  spdlog::set_default_logger(spdlog::stderr_logger_st("tarn-names"));
  return tarn::names::run(options);
}
