#include "sandbox/host.h"

#include <signal.h>

#include "sandbox/fabric.h"

namespace tarn::sandbox {
namespace {

constexpr const char* schema_file = "/usr/share/openvswitch/vswitch.ovsschema";

Status status_of(const Result<std::string>& done) {
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace

Argv Host::with_directories(std::vector<std::string> words) const {
  // Open vSwitch finds its sockets, files and logs by these; nothing of the machine's own Open vSwitch is touched.
  Argv argv{"env"};
  for (const char* variable : {"OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"}) {
    argv.push_back(std::string(variable) + "=" + dir().string());
  }
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

Argv Host::vsctl(std::vector<std::string> words) const {
  Argv argv{"ovs-vsctl", "--timeout=20", "--db=unix:" + database_socket().string()};
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

Argv Host::ofctl(std::vector<std::string> words) const {
  Argv argv{"ovs-ofctl", "-O", "OpenFlow15"};
  argv.insert(argv.end(), words.begin(), words.end());
  return with_directories(std::move(argv));
}

std::optional<ProcessMark> Host::running(const std::string& process) const {
  const std::optional<ProcessMark> mark = recall(mark_file(process));
  return mark && alive(*mark) ? mark : std::nullopt;
}

Status Host::up() const {
  std::error_code error;
  fs::create_directories(dir(), error);
  if (error) return fail(ErrorCode::unavailable, "cannot make " + dir().string() + ": " + error.message());
  if (Status done = wire_host(layout_, number_); !done) return done;
  if (Status done = start_database(); !done) return done;
  if (Status done = start_switch(); !done) return done;
  if (Status done = start_agent(); !done) return done;
  if (Status done = start_metadata(); !done) return done;
  return start_names();
}

Status Host::start_database() const {
  if (running(database_name)) return {};
  const fs::path file = dir() / "conf.db";
  if (!fs::exists(file)) {
    if (Status done = status_of(must_run({"ovsdb-tool", "create", file.string(), schema_file})); !done) return done;
  }
  Argv argv{"ip", "netns", "exec", netns()};
  const Argv server = with_directories({"ovsdb-server", file.string(), "--remote=punix:" + database_socket().string(),
                                        "--pidfile", "--log-file", "-vconsole:off", "--detach", "--no-chdir"});
  argv.insert(argv.end(), server.begin(), server.end());
  if (Status done = status_of(must_run(argv)); !done) return done;
  if (Status done = mark_from_pid_file(database_name); !done) return done;
  return status_of(must_run(vsctl({"--no-wait", "init", "--", "set", "Open_vSwitch", ".",
                                   "external_ids:system-id=" + name(), "external_ids:hostname=" + name()})));
}

Status Host::start_switch() const {
  if (running(switch_name)) return {};
  Argv argv{"ip", "netns", "exec", netns()};
  // The priority that Debian's own start script gives it (ovs-ctl, --ovs-vswitchd-priority).
  const Argv daemon = with_directories({"nice", "-n", "-10", "ovs-vswitchd", "unix:" + database_socket().string(),
                                        "--pidfile", "--log-file", "-vconsole:off", "--detach", "--no-chdir"});
  argv.insert(argv.end(), daemon.begin(), daemon.end());
  if (Status done = status_of(must_run(argv)); !done) return done;
  if (Status done = mark_from_pid_file(switch_name); !done) return done;
  if (Status done = make_bridges(); !done) return done;
  return give_tunnel_address();
}

Status Host::make_bridges() const {
  const std::string type = datapath_ == Datapath::userspace ? "netdev" : "system";
  Argv words;
  for (const auto& [bridge, nic] : {std::pair(underlay_bridge, "eth0"), std::pair(provider_bridge, "eth1")}) {
    for (const char* word : {"--", "--may-exist", "add-br"}) words.emplace_back(word);
    words.emplace_back(bridge);
    for (const std::string& word : {std::string("--"), std::string("set"), std::string("Bridge"), std::string(bridge),
                                    "datapath_type=" + type, std::string("--"), std::string("--may-exist"),
                                    std::string("add-port"), std::string(bridge), std::string(nic)}) {
      words.push_back(word);
    }
  }
  return status_of(must_run(vsctl(std::move(words))));
}

Status Host::give_tunnel_address() const {
  const std::string address = Layout::tunnel_address(number_).text() + "/24";
  if (Status done = status_of(must_run(ip_in(netns(), {"addr", "replace", address, "dev", underlay_bridge}))); !done) {
    return done;
  }
  return status_of(must_run(ip_in(netns(), {"link", "set", underlay_bridge, "mtu", "9000", "up"})));
}

Status Host::start_agent() const {
  return start_agent(agent_program());
}

Status Host::start_agent(const fs::path& program, const Argv& more, bool offers) const {
  if (running(agent_name)) return {};
  Argv argv{"ip",
            "netns",
            "exec",
            netns(),
            program.string(),
            "--host",
            name(),
            "--feed",
            layout_.feed(),
            "--ovs-rundir",
            dir().string(),
            "--state-dir",
            dir().string(),
            "--tunnel-address",
            Layout::tunnel_address(number_).text(),
            "--control",
            layout_.agent_socket(number_).string(),
            "--metadata-interface",
            metadata_interface,
            "--names",
            "--datapath-type",
            datapath_ == Datapath::userspace ? "netdev" : "system"};
  if (offers) argv.insert(argv.end(), {"--bridge-mapping", std::string(physical_network) + ":" + provider_bridge});
  argv.insert(argv.end(), more.begin(), more.end());
  const Result<Daemon> daemon = start_daemon(argv, dir() / "tarn-agent.log", "tarn-agent ready");
  if (!daemon) return std::unexpected(daemon.error());
  return remember(mark_file(agent_name), daemon->mark);
}

Status Host::start_metadata(const Argv& more) const {
  return start_service(metadata_name, more);
}

Status Host::start_names(const Argv& more) const {
  Argv words{"--names", (dir() / "names").string()};
  words.insert(words.end(), more.begin(), more.end());
  return start_service(names_name, words);
}

Status Host::start_service(const std::string& program, const Argv& more) const {
  if (running(program)) return {};
  Argv argv{"ip",
            "netns",
            "exec",
            netns(),
            (programs_ / program).string(),
            "--instances",
            (dir() / "instances").string(),
            "--namespace",
            layout_.metadata_namespace(number_),
            "--interface",
            metadata_interface};
  argv.insert(argv.end(), more.begin(), more.end());
  const Result<Daemon> daemon = start_daemon(argv, dir() / (program + ".log"), program + " ready");
  if (!daemon) return std::unexpected(daemon.error());
  return remember(mark_file(program), daemon->mark);
}

Status Host::mark_from_pid_file(const std::string& process) const {
  const std::optional<pid_t> pid = pid_in(dir() / (process + ".pid"));
  const std::optional<ProcessMark> mark = pid ? mark_of(*pid) : std::nullopt;
  if (!mark) {
    return fail(ErrorCode::unavailable,
                process + " did not start on " + name() + " (log: " + (dir() / (process + ".log")).string() + ")");
  }
  return remember(mark_file(process), *mark);
}

void Host::stop(const std::string& process, int signal) const {
  if (const std::optional<ProcessMark> mark = running(process)) stop_process(*mark, signal);
}

void Host::cut_power() const {
  for (const char* process : {agent_name, metadata_name, names_name, switch_name, database_name})
    stop(process, SIGKILL);
}

Status Host::down() const {
  stop(agent_name, SIGTERM);
  stop(metadata_name, SIGTERM);
  stop(names_name, SIGTERM);
  stop(switch_name, SIGTERM);
  stop(database_name, SIGTERM);
  if (Status done = remove_namespace(layout_.metadata_namespace(number_)); !done) return done;
  return remove_namespace(netns());
}

}  // namespace tarn::sandbox
