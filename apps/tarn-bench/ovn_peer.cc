#include "ovn_peer.h"

#include <poll.h>
#include <signal.h>

namespace tarn::bench {
namespace {

constexpr int poll_ms = 20;  // the switch tells no events of its flows

// Numbered from 1; the lab's instances, where there are any, have the first two numbers.
Plug plug_of(std::size_t number) {
  const std::string text = std::to_string(number);
  return {"tap" + text, "p" + text, identity_of(static_cast<std::uint32_t>(number)).mac.text()};
}

}  // namespace

Result<std::unique_ptr<OvnPeer>> OvnPeer::raise(SwitchLab::Instances instances) {
  Result<std::unique_ptr<SwitchLab>> lab = SwitchLab::raise(instances);
  if (!lab) return std::unexpected(lab.error());
  std::unique_ptr<OvnPeer> peer(new OvnPeer(std::move(*lab)));
  if (Status started = peer->start(instances); !started) return std::unexpected(started.error());
  return peer;
}

OvnHost OvnPeer::host() const {
  return {"bench", lab_->dir(), lab_->switch_namespace(), "127.0.0.1"};
}

Status OvnPeer::start(SwitchLab::Instances wanted) {
  if (Status done = programs_.start_central(); !done) return done;
  if (Status done = programs_.start_agent(host()); !done) return done;
  if (wanted == SwitchLab::Instances::two) return join_instances();
  return programs_.sync(programs_.patience());
}

CloudCpu OvnPeer::cpu() const {
  CloudCpu spent = programs_.cpu();
  spent.switch_s = lab_->cpu_s();
  return spent;
}

Status OvnPeer::join_instances() {
  const std::vector<Plug> plugs{plug_of(1), plug_of(2)};
  const rt::Instant give_up = programs_.patience();
  if (Status done = add_ports(plugs, give_up); !done) return done;
  for (const Plug& plug : plugs) {
    const Status told = run_vsctl(lab_->database_socket(),
                                  {"set", "Interface", plug.interface, "external_ids:iface-id=" + plug.port_id});
    if (!told) return told;
  }
  return await_ports(plugs, "up=true", give_up);
}

Status OvnPeer::add_ports(std::span<const Plug> plugs, rt::Instant give_up) {
  std::vector<OvnPort> ports;
  for (const Plug& plug : plugs) {
    const auto number = static_cast<std::uint32_t>(programs_.port_count() + ports.size() + 1);
    ports.push_back({plug.port_id, plug.mac + " " + identity_of(number).address.text()});
  }
  return programs_.add_ports(ports, give_up);
}

Status OvnPeer::await_ports(std::span<const Plug> plugs, const std::string& condition, rt::Instant give_up) const {
  std::vector<std::string> names;
  for (const Plug& plug : plugs) names.push_back(plug.port_id);
  return programs_.await_ports(names, condition, give_up);
}

Status OvnPeer::make_crowd(int count) {
  std::vector<Plug> more;
  while (crowd_.size() + more.size() < static_cast<std::size_t>(count)) {
    more.push_back(plug_of(programs_.port_count() + more.size() + 1));
  }
  crowd_.insert(crowd_.end(), more.begin(), more.end());
  return more.empty() ? Status() : add_ports(more, programs_.patience());
}

Status OvnPeer::plug_crowd() {
  const rt::Instant give_up = programs_.patience();
  if (Status done = plug_all(lab_->database_socket(), crowd_); !done) return done;
  return await_ports(crowd_, "up=true", give_up);
}

Status OvnPeer::unplug_crowd() {
  const rt::Instant give_up = programs_.patience();
  if (Status done = unplug_all(lab_->database_socket(), crowd_); !done) return done;
  return await_ports(crowd_, "up!=true", give_up);
}

Status OvnPeer::await_flows(std::int64_t count, rt::Instant give_up) const {
  while (clock_.now() < give_up) {
    const Result<std::int64_t> now = lab_->flow_count();
    if (!now) return std::unexpected(now.error());
    if (*now >= count) return {};
    poll(nullptr, 0, poll_ms);
  }
  return too_slow();
}

Result<AgentRestart> OvnPeer::restart_agent() {
  const rt::Instant give_up = programs_.patience();
  const Result<std::int64_t> flows = lab_->flow_count();
  if (!flows) return std::unexpected(flows.error());
  const auto start = [this, give_up, count = *flows]() -> Status {
    if (Status done = programs_.start_agent_again(host()); !done) return done;
    if (Status done = programs_.sync(give_up); !done) return done;
    return await_flows(count, give_up);
  };
  return time_restart([this] { return cpu(); }, [this] { programs_.stop_agent(host(), SIGTERM); }, start);
}

}  // namespace tarn::bench
