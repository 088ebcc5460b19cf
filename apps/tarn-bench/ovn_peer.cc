#include "ovn_peer.h"

#include <signal.h>

#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

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

}  // namespace

Result<std::unique_ptr<OvnPeer>> OvnPeer::raise(SwitchLab::Instances instances) {
  Result<std::unique_ptr<SwitchLab>> lab = SwitchLab::raise(instances);
  if (!lab) return std::unexpected(lab.error());
  std::unique_ptr<OvnPeer> peer(new OvnPeer(std::move(*lab)));
  if (Status started = peer->start(instances); !started) return std::unexpected(started.error());
  return peer;
}

OvnPeer::~OvnPeer() {
  for (auto program = programs_.rbegin(); program != programs_.rend(); ++program) {
    sandbox::stop_process(program->mark, SIGTERM);
  }
}

Status OvnPeer::nbctl(std::vector<std::string> words, rt::Instant give_up) const {
  const auto left = std::chrono::ceil<std::chrono::seconds>(give_up - clock_.now());
  if (left < 1s) return too_slow();
  words.insert(words.begin(), {"ovn-nbctl", "--timeout=" + std::to_string(left.count()), "--db=unix:" + at("nb.sock")});
  const Result<sandbox::Finished> done = sandbox::run(words, left + 1s);
  if (done && done->exit_code == 0) return {};
  if (clock_.now() >= give_up) return too_slow();
  return fail(ErrorCode::unavailable, "ovn-nbctl failed: " + (done ? done->complaint : "it did not end"));
}

Status OvnPeer::start_program(const std::string& name, std::vector<std::string> words) {
  std::vector<std::string> command{"env"};
  for (const char* variable : {"OVS_RUNDIR", "OVN_RUNDIR", "OVS_LOGDIR", "OVN_LOGDIR"}) {
    command.push_back(std::string(variable) + "=" + lab_->dir().string());
  }
  command.insert(command.end(), words.begin(), words.end());
  for (const std::string& word : {"--pidfile=" + at(name + ".pid"), "--log-file=" + at(name + ".log"),
                                  std::string("-vconsole:off"), std::string("--detach"), std::string("--no-chdir")}) {
    command.push_back(word);
  }
  const auto started = sandbox::must_run(sandbox::inside(lab_->switch_namespace(), command));
  if (!started) return std::unexpected(started.error());
  const std::optional<pid_t> pid = sandbox::pid_in(lab_->dir() / (name + ".pid"));
  const std::optional<sandbox::ProcessMark> mark = pid ? sandbox::mark_of(*pid) : std::nullopt;
  if (!mark) return fail(ErrorCode::unavailable, name + " did not start");
  programs_.push_back({name, *mark});
  return {};
}

Status OvnPeer::start_database(const std::string& name, const std::string& schema) {
  if (auto made = sandbox::must_run({"ovsdb-tool", "create", at(name + ".db"), schema}); !made) {
    return std::unexpected(made.error());
  }
  return start_program(name, {"ovsdb-server", at(name + ".db"), "--remote=punix:" + at(name + ".sock")});
}

Status OvnPeer::start_agent() {
  return start_program(ovn_agent_name, {ovn_agent_name, "unix:" + lab_->database_socket()});
}

Status OvnPeer::start(SwitchLab::Instances wanted) {
  const std::string nb = "unix:" + at("nb.sock");
  const std::string sb = "unix:" + at("sb.sock");
  if (Status done = start_database("nb", "/usr/share/ovn/ovn-nb.ovsschema"); !done) return done;
  if (Status done = start_database("sb", "/usr/share/ovn/ovn-sb.ovsschema"); !done) return done;
  if (Status done = nbctl({"init"}, patience()); !done) return done;
  if (Status done = start_program("northd", {"ovn-northd", "--ovnnb-db=" + nb, "--ovnsb-db=" + sb}); !done) return done;
  const Status told =
      run_vsctl(lab_->database_socket(),
                {"set", "Open_vSwitch", ".", "external_ids:system-id=bench", "external_ids:hostname=bench",
                 "external_ids:ovn-remote=" + sb, "external_ids:ovn-encap-type=geneve",
                 "external_ids:ovn-encap-ip=127.0.0.1", "external_ids:ovn-bridge-datapath-type=netdev"});
  if (!told) return told;
  if (Status done = start_agent(); !done) return done;
  if (Status done = nbctl(default_group_words(), patience()); !done) return done;
  if (wanted == SwitchLab::Instances::two) return join_instances();
  return nbctl({"--wait=hv", "sync"}, patience());
}

CloudCpu OvnPeer::cpu() const {
  CloudCpu spent;
  spent.switch_s = lab_->cpu_s();
  for (const Program& program : programs_) {
    double& share = program.name == ovn_agent_name ? spent.agent_s : spent.central_s;
    share += cpu_ms(program.mark.pid) / 1e3;
  }
  return spent;
}

}  // namespace tarn::bench
