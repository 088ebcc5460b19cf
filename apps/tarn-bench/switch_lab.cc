#include "switch_lab.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>

#include "benchmarks.h"
#include "process_cost.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

constexpr const char* schema = "/usr/share/openvswitch/vswitch.ovsschema";

Status all(const std::vector<sandbox::Argv>& commands) {
  for (const sandbox::Argv& command : commands) {
    if (Result<std::string> done = sandbox::must_run(command); !done) return std::unexpected(done.error());
  }
  return {};
}

}  // namespace

PortIdentity identity_of(std::uint32_t ofport) {
  const auto byte = [&](unsigned shift) { return static_cast<std::uint8_t>(ofport >> shift); };
  return {ofport, {{0xfa, 0x16, 0x3e, byte(16), byte(8), byte(0)}}, Ip::from_v4(0x0a000000U + 16 + ofport)};
}

Result<std::unique_ptr<SwitchLab>> SwitchLab::raise(Instances instances) {
  const Result<std::string> dir = make_folder("/run");
  if (!dir) return std::unexpected(dir.error());
  std::unique_ptr<SwitchLab> lab(new SwitchLab(*dir, std::filesystem::path(*dir).filename().string()));
  if (Status started = lab->start(instances); !started) return std::unexpected(started.error());
  return lab;
}

SwitchLab::~SwitchLab() {
  if (switch_) sandbox::stop_process(*switch_, SIGTERM);
  if (database_) sandbox::stop_process(*database_, SIGTERM);
  for (const std::string& name : {instance_namespace(1), instance_namespace(2), switch_namespace()}) {
    static_cast<void>(sandbox::remove_namespace(name));
  }
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

std::string SwitchLab::instance_namespace(std::uint32_t ofport) const {
  return prefix_ + "-" + std::to_string(ofport);
}

sandbox::Argv SwitchLab::vsctl(std::vector<std::string> words) const {
  words.insert(words.begin(), {"ovs-vsctl", "--timeout=20", "--db=unix:" + (dir_ / "db.sock").string()});
  return words;
}

Result<std::int64_t> flow_count(const std::string& management_socket) {
  const Result<std::string> said =
      sandbox::must_run({"ovs-ofctl", "-O", "OpenFlow15", "dump-aggregate", "unix:" + management_socket});
  if (!said) return std::unexpected(said.error());
  constexpr std::string_view key = "flow_count=";
  const std::size_t at = said->find(key);
  std::int64_t count = 0;
  if (at == std::string::npos) return fail(ErrorCode::unavailable, "ovs-ofctl tells no flow count: " + *said);
  std::from_chars(said->data() + at + key.size(), said->data() + said->size(), count);
  return count;
}

double SwitchLab::cpu_s() const {
  return (cpu_ms(switch_pid()) + cpu_ms(database_pid())) / 1e3;
}

Status SwitchLab::start(Instances instances) {
  const std::string database = (dir_ / "conf.db").string();
  const std::string socket = (dir_ / "db.sock").string();
  if (Status done = all({{"ip", "netns", "add", switch_namespace()}, {"ovsdb-tool", "create", database, schema}});
      !done) {
    return done;
  }
  if (Status done = start_daemon("ovsdb-server", {database, "--remote=punix:" + socket}, database_); !done) return done;
  if (Status done = all({vsctl({"--no-wait", "init"})}); !done) return done;
  if (Status done = start_daemon("ovs-vswitchd", {"unix:" + socket}, switch_); !done) return done;
  if (Status done = all(
          {vsctl({"add-br", "br-int", "--", "set", "Bridge", "br-int", "datapath_type=netdev", "fail-mode=secure"})});
      !done) {
    return done;
  }
  if (instances == Instances::none) return {};
  if (Status done = plug(1); !done) return done;
  return plug(2);
}

Status SwitchLab::start_daemon(const std::string& name, std::vector<std::string> words,
                               std::optional<sandbox::ProcessMark>& mark) const {
  std::vector<std::string> command{"env"};
  for (const char* variable : {"OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"}) {
    command.push_back(std::string(variable) + "=" + dir_.string());
  }
  // The priority that the sandbox's hosts give it.
  if (name == "ovs-vswitchd") command.insert(command.end(), {"nice", "-n", "-10"});
  command.push_back(name);
  command.insert(command.end(), words.begin(), words.end());
  for (const char* word : {"--pidfile", "--log-file", "-vconsole:off", "--detach", "--no-chdir"}) {
    command.emplace_back(word);
  }
  if (Status done = all({sandbox::inside(switch_namespace(), command)}); !done) return done;
  const std::optional<pid_t> pid = sandbox::pid_in(dir_ / (name + ".pid"));
  if (pid) mark = sandbox::mark_of(*pid);
  if (!mark) return fail(ErrorCode::unavailable, name + " did not start");
  return {};
}

Status SwitchLab::plug(std::uint32_t ofport) const {
  const PortIdentity port = identity_of(ofport);
  const std::string inner = instance_namespace(ofport);
  const std::string tap = "tap" + std::to_string(ofport);
  // Transmit checksums must be real: a userspace switch forwards the packet as it is.
  return all(
      {{"ip", "netns", "add", inner},
       sandbox::ip_in(switch_namespace(), {"link", "add", tap, "type", "veth", "peer", "name", "eth0", "netns", inner}),
       sandbox::ip_in(inner, {"link", "set", "eth0", "address", port.mac.text()}),
       sandbox::ip_in(inner, {"addr", "add", port.address.text() + "/16", "dev", "eth0"}),
       sandbox::inside(inner, {"ethtool", "-K", "eth0", "tx", "off"}),
       sandbox::ip_in(switch_namespace(), {"link", "set", tap, "up"}),
       sandbox::ip_in(inner, {"link", "set", "eth0", "up"}),
       vsctl({"add-port", "br-int", tap, "--", "set", "Interface", tap, "ofport_request=" + std::to_string(ofport)})});
}

}  // namespace tarn::bench
