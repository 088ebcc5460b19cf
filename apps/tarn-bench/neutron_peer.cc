#include "neutron_peer.h"

#include <poll.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "peers/namespaces.h"
#include "peers/neutron_config.h"
#include "sandbox/fabric.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr int poll_ms = 50;  // the log tells no events
// It ends between two rounds over its ports, and a round can be long.
constexpr std::chrono::milliseconds agent_grace = 120s;
// What the agent logs at the end of its first round; the number is that of its loop.
constexpr const char* in_sync_words = "iteration:0 completed";

bool says(const std::filesystem::path& log, const std::string& words) {
  std::ifstream file(log);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str().find(words) != std::string::npos;
}

}  // namespace

Result<std::unique_ptr<NeutronPeer>> NeutronPeer::raise(SwitchLab::Instances instances) {
  Result<std::unique_ptr<SwitchLab>> lab = SwitchLab::raise(instances);
  if (!lab) return std::unexpected(lab.error());
  Result<std::unique_ptr<peers::Namespace>> place =
      peers::Namespace::make((*lab)->dir().filename().string() + "-central");
  if (!place) return std::unexpected(place.error());
  Result<std::unique_ptr<peers::NeutronCentral>> central =
      peers::NeutronCentral::raise(std::move(*place), {}, stop_asked);
  if (!central) return std::unexpected(central.error());
  std::unique_ptr<NeutronPeer> peer(new NeutronPeer(std::move(*lab), std::move(*central)));
  if (Status started = peer->start(instances); !started) return std::unexpected(started.error());
  return peer;
}

NeutronPeer::~NeutronPeer() {
  peers::end_processes_in(lab_->switch_namespace(), switch_pids());
}

Status NeutronPeer::start(SwitchLab::Instances instances) {
  if (Status linked = link_central(); !linked) return linked;
  std::ofstream(lab_->dir() / "agent.ini") << peers::neutron_agent_config(lab_->dir());
  if (Status started = start_agent(patience()); !started) return started;
  if (Status made = make_network(); !made) return made;
  return instances == SwitchLab::Instances::two ? join_instances() : Status();
}

Status NeutronPeer::link_central() const {
  const std::string host = lab_->switch_namespace();
  const std::string& central = central_->network_namespace();
  const std::vector<sandbox::Argv> commands{
      sandbox::ip_in(host, {"link", "set", "lo", "up"}),
      sandbox::ip_in(host, {"link", "add", "central", "type", "veth", "peer", "name", "host", "netns", central}),
      sandbox::ip_in(host, {"addr", "add", std::string(peers::neutron_host_address) + "/30", "dev", "central"}),
      sandbox::ip_in(central, {"addr", "add", std::string(peers::neutron_central_address) + "/30", "dev", "host"}),
      sandbox::ip_in(host, {"link", "set", "central", "up"}),
      sandbox::ip_in(central, {"link", "set", "host", "up"})};
  for (const sandbox::Argv& command : commands) {
    if (auto done = sandbox::must_run(command); !done) return std::unexpected(done.error());
  }
  return {};
}

std::filesystem::path NeutronPeer::agent_log() const {
  return lab_->dir() / ("agent-" + std::to_string(agent_starts_) + ".log");
}

Status NeutronPeer::start_agent(rt::Instant give_up) {
  ++agent_starts_;  // a log of its own, so that no earlier agent's words are taken for its
  const sandbox::Argv command{"env",
                              "OVS_RUNDIR=" + lab_->dir().string(),
                              "neutron-openvswitch-agent",
                              "--config-file",
                              (lab_->dir() / "agent.ini").string(),
                              "--log-file",
                              agent_log().string()};
  const auto mark =
      sandbox::start_silent_daemon(sandbox::inside(lab_->switch_namespace(), command), lab_->dir() / "agent.out");
  if (!mark) return std::unexpected(mark.error());
  agent_ = *mark;
  while (!says(agent_log(), in_sync_words)) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    if (!sandbox::alive(*agent_)) return fail(ErrorCode::unavailable, "neutron-openvswitch-agent ended");
    if (clock_.now() >= give_up) return too_slow();
    poll(nullptr, 0, poll_ms);
  }
  return {};
}

// With whatever it started, as its service's control group would.
void NeutronPeer::end_agent() {
  sandbox::stop_process(*agent_, SIGTERM, agent_grace);
  peers::end_processes_in(lab_->switch_namespace(), switch_pids());
}

CloudCpu NeutronPeer::cpu() const {
  return {cpu_s_in(lab_->switch_namespace(), switch_pids()), lab_->cpu_s(), cpu_s_in(central_->network_namespace())};
}

Result<AgentRestart> NeutronPeer::restart_agent() {
  return time_restart([this] { return cpu(); }, [this] { end_agent(); }, [this] { return start_agent(patience()); });
}

}  // namespace tarn::bench
