#include "ovn_programs.h"

#include <signal.h>

#include <algorithm>

#include "base/check.h"
#include "peer.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t words_at_once = 1'000;  // ports in one command

// As Neutron writes them: what a group lets through, and a drop for all who are in any group.
std::vector<std::string> default_group_words() {
  std::vector<std::string> words{"ls-add", "bench", "--", "pg-add", "pg_default", "--", "pg-add", "pg_drop"};
  const auto rule = [&words](std::vector<std::string> acl) {
    words.insert(words.end(), {"--", "--type=port-group", "acl-add"});
    words.insert(words.end(), acl.begin(), acl.end());
  };
  for (const std::string family : {"ip4", "ip6"}) {
    rule({"pg_default", "from-lport", "1002", "inport == @pg_default && " + family, "allow-related"});
    rule({"pg_default", "to-lport", "1002",
          "outport == @pg_default && " + family + " && " + family + ".src == $pg_default_" + family, "allow-related"});
  }
  rule({"pg_drop", "from-lport", "1001", "inport == @pg_drop && ip", "drop"});
  rule({"pg_drop", "to-lport", "1001", "outport == @pg_drop && ip", "drop"});
  return words;
}

template <class Item>
std::vector<std::span<const Item>> in_commands(std::span<const Item> items) {
  std::vector<std::span<const Item>> parts;
  for (std::size_t from = 0; from < items.size(); from += words_at_once) {
    parts.push_back(items.subspan(from, std::min(words_at_once, items.size() - from)));
  }
  return parts;
}

}  // namespace

std::vector<std::string> joined_words(std::span<const std::vector<std::string>> commands) {
  std::vector<std::string> words;
  for (const std::vector<std::string>& command : commands) {
    if (!words.empty()) words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
  }
  return words;
}

std::vector<std::string> router_words(const std::string& router, std::span<const OvnRouterPort> ports) {
  std::vector<std::vector<std::string>> commands{{"lr-add", router}};
  for (const OvnRouterPort& port : ports) {
    const std::string name = port.name(router);
    const std::string peer = port.logical_switch + "-" + router;
    commands.push_back({"lrp-add", router, name, port.mac, port.address});
    commands.push_back({"lsp-add", port.logical_switch, peer});
    commands.push_back({"lsp-set-type", peer, "router"});
    commands.push_back({"lsp-set-addresses", peer, "router"});
    commands.push_back({"lsp-set-options", peer, "router-port=" + name});
  }
  return joined_words(commands);
}

OvnPrograms::~OvnPrograms() {
  for (auto program = programs_.rbegin(); program != programs_.rend(); ++program) {
    sandbox::stop_process(program->mark, SIGTERM);
  }
}

rt::Instant OvnPrograms::patience() const {
  return clock_.now() + peer_patience;
}

Status OvnPrograms::nbctl(std::vector<std::string> words, rt::Instant give_up) const {
  const auto left = std::chrono::ceil<std::chrono::seconds>(give_up - clock_.now());
  if (left < 1s) return too_slow();
  words.insert(words.begin(), {"ovn-nbctl", "--timeout=" + std::to_string(left.count()), "--db=unix:" + at("nb.sock")});
  const Result<sandbox::Finished> done = sandbox::run(words, left + 1s);
  if (done && done->exit_code == 0) return {};
  if (clock_.now() >= give_up) return too_slow();
  return fail(ErrorCode::unavailable, "ovn-nbctl failed: " + (done ? done->complaint : "it did not end"));
}

Status OvnPrograms::start_program(const std::string& name, const std::filesystem::path& dir,
                                  const std::string& network_namespace, std::vector<std::string> words) {
  std::vector<std::string> command{"env"};
  for (const char* variable : {"OVS_RUNDIR", "OVN_RUNDIR", "OVS_LOGDIR", "OVN_LOGDIR"}) {
    command.push_back(std::string(variable) + "=" + dir.string());
  }
  command.insert(command.end(), words.begin(), words.end());
  for (const std::string& word :
       {"--pidfile=" + (dir / (name + ".pid")).string(), "--log-file=" + (dir / (name + ".log")).string(),
        std::string("-vconsole:off"), std::string("--detach"), std::string("--no-chdir")}) {
    command.push_back(word);
  }
  const auto started = sandbox::must_run(sandbox::inside(network_namespace, command));
  if (!started) return std::unexpected(started.error());
  const std::optional<pid_t> pid = sandbox::pid_in(dir / (name + ".pid"));
  const std::optional<sandbox::ProcessMark> mark = pid ? sandbox::mark_of(*pid) : std::nullopt;
  if (!mark) return fail(ErrorCode::unavailable, name + " did not start");
  programs_.push_back({name, dir, *mark});
  return {};
}

Status OvnPrograms::start_database(const std::string& name, const std::string& schema) {
  if (auto made = sandbox::must_run({"ovsdb-tool", "create", at(name + ".db"), schema}); !made) {
    return std::unexpected(made.error());
  }
  return start_program(name, dir_, network_namespace_,
                       {"ovsdb-server", at(name + ".db"), "--remote=punix:" + at(name + ".sock")});
}

Status OvnPrograms::start_central() {
  if (Status done = start_database("nb", "/usr/share/ovn/ovn-nb.ovsschema"); !done) return done;
  if (Status done = start_database("sb", "/usr/share/ovn/ovn-sb.ovsschema"); !done) return done;
  if (Status done = nbctl({"init"}, patience()); !done) return done;
  if (Status done =
          start_program("northd", dir_, network_namespace_,
                        {"ovn-northd", "--ovnnb-db=unix:" + at("nb.sock"), "--ovnsb-db=unix:" + at("sb.sock")});
      !done) {
    return done;
  }
  return nbctl(default_group_words(), patience());
}

Status OvnPrograms::start_agent(const OvnHost& host) {
  sandbox::Argv tell_switch{"ovs-vsctl",
                            "--timeout=20",
                            "--db=unix:" + (host.dir / "db.sock").string(),
                            "set",
                            "Open_vSwitch",
                            ".",
                            "external_ids:system-id=" + host.name,
                            "external_ids:hostname=" + host.name,
                            "external_ids:ovn-remote=unix:" + at("sb.sock"),
                            "external_ids:ovn-encap-type=geneve",
                            "external_ids:ovn-encap-ip=" + host.tunnel_address,
                            "external_ids:ovn-bridge-datapath-type=netdev"};
  if (!host.bridge_mappings.empty()) tell_switch.push_back("external_ids:ovn-bridge-mappings=" + host.bridge_mappings);
  if (auto told = sandbox::must_run(tell_switch); !told) return std::unexpected(told.error());
  return start_agent_again(host);
}

Status OvnPrograms::start_agent_again(const OvnHost& host) {
  return start_program(ovn_agent_name, host.dir, host.network_namespace,
                       {ovn_agent_name, "unix:" + (host.dir / "db.sock").string()});
}

void OvnPrograms::stop_agent(const OvnHost& host, int signal) {
  const auto agent = std::find_if(programs_.begin(), programs_.end(), [&](const Program& program) {
    return program.name == ovn_agent_name && program.dir == host.dir;
  });
  CHECK(agent != programs_.end());
  sandbox::stop_process(agent->mark, signal);
  programs_.erase(agent);
}

Status OvnPrograms::add_ports(std::span<const OvnPort> ports, rt::Instant give_up) {
  for (const std::span<const OvnPort> part : in_commands(ports)) {
    std::vector<std::string> words;
    for (const OvnPort& port : part) {
      members_.push_back(port.name);
      words.insert(words.end(), {"--", "lsp-add", port.logical_switch, port.name, "--", "lsp-set-addresses", port.name,
                                 port.address, "--", "lsp-set-port-security", port.name, port.address});
    }
    if (Status done = nbctl(std::move(words), give_up); !done) return done;
  }
  std::vector<std::string> words;
  for (const char* group : {"pg_default", "pg_drop"}) {
    words.insert(words.end(), {"--", "pg-set-ports", group});
    words.insert(words.end(), members_.begin(), members_.end());
  }
  if (Status done = nbctl(std::move(words), give_up); !done) return done;
  return sync(give_up);
}

Status OvnPrograms::await_ports(std::span<const std::string> names, const std::string& condition,
                                rt::Instant give_up) const {
  for (const std::span<const std::string> part : in_commands(names)) {
    std::vector<std::string> words;
    for (const std::string& name : part) {
      words.insert(words.end(), {"--", "wait-until", "Logical_Switch_Port", name, condition});
    }
    if (Status done = nbctl(std::move(words), give_up); !done) return done;
  }
  return {};
}

CloudCpu OvnPrograms::cpu() const {
  CloudCpu spent;
  for (const Program& program : programs_) {
    double& share = program.name == ovn_agent_name ? spent.agent_s : spent.central_s;
    share += cpu_ms(program.mark.pid) / 1e3;
  }
  return spent;
}

}  // namespace tarn::bench
