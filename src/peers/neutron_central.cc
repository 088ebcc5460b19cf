#include "peers/neutron_central.h"

#include <poll.h>

#include <boost/json.hpp>
#include <fstream>
#include <functional>

#include "rt/machine_clock.h"
#include "sandbox/fabric.h"

namespace tarn::peers {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration start_within = 120s;
constexpr std::chrono::seconds schema_within = 300s;  // hundreds of migrations, one after the other
// A request for 50 ports takes 10 s on a quiet machine.
constexpr std::chrono::seconds answer_within = 300s;
constexpr int poll_ms = 200;

Status done(const sandbox::Argv& command, std::chrono::seconds timeout) {
  if (auto ran = sandbox::must_run(command, timeout); !ran) return std::unexpected(ran.error());
  return {};
}

}  // namespace

Result<std::unique_ptr<NeutronCentral>> NeutronCentral::raise(std::unique_ptr<Namespace> place,
                                                              const NeutronServer& server,
                                                              const StopAsked& stop_asked) {
  std::string folder = "/tmp/tarn-neutron.XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return fail(ErrorCode::unavailable, "cannot make a folder in /tmp");
  std::unique_ptr<NeutronCentral> central(new NeutronCentral(folder, std::move(place), stop_asked));
  if (Status started = central->start_database(); !started) return std::unexpected(started.error());
  if (Status started = central->start_queue(); !started) return std::unexpected(started.error());
  if (Status started = central->start_server(server); !started) return std::unexpected(started.error());
  return central;
}

NeutronCentral::~NeutronCentral() {
  end_processes_in(network_namespace());
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// Asks until the answer is yes: none of these programs says when it is ready.
Status NeutronCentral::await(const std::string& name, const std::function<bool()>& ready) const {
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + start_within;
  while (clock.now() < give_up) {
    if (stop_asked_()) return fail(ErrorCode::unavailable, "stopped");
    if (ready()) return {};
    poll(nullptr, 0, poll_ms);
  }
  return fail(ErrorCode::unavailable, name + " did not start");
}

Status NeutronCentral::launch(const std::string& name, const sandbox::Argv& words) const {
  const auto mark =
      sandbox::start_silent_daemon(sandbox::inside(network_namespace(), words), folder_ / (name + ".out"));
  if (!mark) return std::unexpected(mark.error());
  return {};
}

Status NeutronCentral::start_database() {
  const std::string data = "--datadir=" + (folder_ / "mariadb").string();
  const std::string socket = "--socket=" + neutron_database_socket(folder_).string();
  const Status made = done({"mariadb-install-db", "--no-defaults", "--user=root", data, "--skip-test-db",
                            "--auth-root-authentication-method=normal"},
                           schema_within);
  if (!made) return made;
  // Reached by its socket only; the pool is what a small deployment gives it.
  const Status launched =
      launch("mariadb", {"mariadbd", "--no-defaults", "--user=root", data, socket, "--skip-networking",
                         "--max-connections=500", "--innodb-buffer-pool-size=512M", "--character-set-server=utf8mb3"});
  if (!launched) return launched;
  const auto answers = [&socket] {
    const auto asked = sandbox::run({"mariadb-admin", "--no-defaults", socket, "ping"});
    return asked && asked->exit_code == 0;
  };
  if (Status started = await("MariaDB", answers); !started) return started;
  return done({"mariadb", "--no-defaults", "--user=root", socket, "--execute=CREATE DATABASE neutron"}, 30s);
}

Status NeutronCentral::start_queue() {
  const std::filesystem::path own = folder_ / "rabbitmq";
  std::filesystem::create_directory(own);
  std::ofstream(own / "rabbitmq.conf") << neutron_queue_config();
  std::ofstream(own / "enabled_plugins") << "[].";
  sandbox::Argv command{"env"};
  for (const auto& [variable, file] : {std::pair("HOME", ""),
                                       {"RABBITMQ_MNESIA_BASE", "mnesia"},
                                       {"RABBITMQ_LOG_BASE", "log"},
                                       {"RABBITMQ_CONFIG_FILE", "rabbitmq.conf"},
                                       {"RABBITMQ_CONF_ENV_FILE", "none"},
                                       {"RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins"},
                                       {"RABBITMQ_PID_FILE", "pid"}}) {
    command.push_back(std::string(variable) + "=" + (own / file).string());
  }
  command.emplace_back("RABBITMQ_NODENAME=tarn@localhost");
  sandbox::Argv server = command;
  server.emplace_back("/usr/lib/rabbitmq/bin/rabbitmq-server");  // the one in PATH becomes another user first
  if (Status launched = launch("rabbitmq", server); !launched) return launched;
  command.insert(command.end(), {"/usr/lib/rabbitmq/bin/rabbitmqctl", "wait", (own / "pid").string(), "--timeout",
                                 std::to_string(start_within / 1s)});
  return done(sandbox::inside(network_namespace(), command), std::chrono::seconds(start_within / 1s + 1));
}

Status NeutronCentral::start_server(const NeutronServer& server) {
  const std::string config = (folder_ / "neutron.conf").string();
  std::ofstream(config) << neutron_server_config(folder_, server);
  const sandbox::Argv schema{"neutron-db-manage", "--config-file", config, "upgrade", "head"};
  if (Status made = done(sandbox::inside(network_namespace(), schema), schema_within); !made) return made;
  if (Status launched = launch("neutron-server", {"neutron-server", "--config-file", config}); !launched) {
    return launched;
  }
  const Visit visit(network_namespace());
  const api::HttpClient client("127.0.0.1", neutron_api_port);
  return await("neutron-server", [&client] { return client.ask("GET", "/v2.0/networks").has_value(); });
}

Result<boost::json::value> NeutronCentral::ask_api(const std::string& method, const std::string& target,
                                                   const boost::json::value& body) const {
  const Visit visit(network_namespace());
  return api::HttpClient("127.0.0.1", neutron_api_port, answer_within).ask_api(method, target, body);
}

}  // namespace tarn::peers
