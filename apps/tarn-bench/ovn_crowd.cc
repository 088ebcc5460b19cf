// OVN's ports: the two instances, the crowd, and what becomes of them when ovn-controller is restarted.
#include <poll.h>
#include <signal.h>

#include "base/check.h"
#include "ovn_peer.h"

namespace tarn::bench {
namespace {

constexpr int poll_ms = 20;  // the switch tells no events of its flows

// Numbered from 1; the lab's instances, where there are any, have the first two numbers.
Plug plug_of(std::size_t number) {
  const std::string text = std::to_string(number);
  return {"tap" + text, "p" + text, identity_of(static_cast<std::uint32_t>(number)).mac.text()};
}

}  // namespace

Status OvnPeer::join_instances() {
  const std::vector<Plug> plugs{plug_of(1), plug_of(2)};
  const rt::Instant give_up = patience();
  if (Status done = add_ports(plugs, give_up); !done) return done;
  for (const Plug& plug : plugs) {
    const Status told = run_vsctl(lab_->database_socket(),
                                  {"set", "Interface", plug.interface, "external_ids:iface-id=" + plug.port_id});
    if (!told) return told;
  }
  return await_ports(plugs, "up=true", give_up);
}

Status OvnPeer::add_ports(std::span<const Plug> plugs, rt::Instant give_up) {
  for (const std::span<const Plug> part : parts_of(plugs)) {
    std::vector<std::string> words;
    for (const Plug& plug : part) {
      members_.push_back(plug.port_id);
      const auto number = static_cast<std::uint32_t>(members_.size());
      const std::string address = plug.mac + " " + identity_of(number).address.text();
      words.insert(words.end(), {"--", "lsp-add", "bench", plug.port_id, "--", "lsp-set-addresses", plug.port_id,
                                 address, "--", "lsp-set-port-security", plug.port_id, address});
    }
    if (Status done = nbctl(std::move(words), give_up); !done) return done;
  }
  std::vector<std::string> words;
  for (const char* group : {"pg_default", "pg_drop"}) {
    words.insert(words.end(), {"--", "pg-set-ports", group});
    words.insert(words.end(), members_.begin(), members_.end());
  }
  if (Status done = nbctl(std::move(words), give_up); !done) return done;
  return nbctl({"--wait=hv", "sync"}, give_up);
}

Status OvnPeer::await_ports(std::span<const Plug> plugs, const std::string& condition, rt::Instant give_up) const {
  for (const std::span<const Plug> part : parts_of(plugs)) {
    std::vector<std::string> words;
    for (const Plug& plug : part) {
      words.insert(words.end(), {"--", "wait-until", "Logical_Switch_Port", plug.port_id, condition});
    }
    if (Status done = nbctl(std::move(words), give_up); !done) return done;
  }
  return {};
}

Status OvnPeer::make_crowd(int count) {
  std::vector<Plug> more;
  while (crowd_.size() + more.size() < static_cast<std::size_t>(count)) {
    more.push_back(plug_of(members_.size() + more.size() + 1));
  }
  crowd_.insert(crowd_.end(), more.begin(), more.end());
  return more.empty() ? Status() : add_ports(more, patience());
}

Status OvnPeer::plug_crowd() {
  const rt::Instant give_up = patience();
  if (Status done = plug_all(lab_->database_socket(), crowd_); !done) return done;
  return await_ports(crowd_, "up=true", give_up);
}

Status OvnPeer::unplug_crowd() {
  const rt::Instant give_up = patience();
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
  const rt::Instant give_up = patience();
  const Result<std::int64_t> flows = lab_->flow_count();
  if (!flows) return std::unexpected(flows.error());
  CHECK(programs_.back().name == ovn_agent_name);
  const auto end = [this] {
    sandbox::stop_process(programs_.back().mark, SIGTERM);
    programs_.pop_back();
  };
  const auto start = [this, give_up, count = *flows]() -> Status {
    if (Status done = start_agent(); !done) return done;
    if (Status done = nbctl({"--wait=hv", "sync"}, give_up); !done) return done;
    return await_flows(count, give_up);
  };
  return time_restart([this] { return cpu(); }, end, start);
}

}  // namespace tarn::bench
