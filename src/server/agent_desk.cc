#include "server/agent_desk.h"

#include "base/hash.h"

namespace tarn::server {
namespace {

constexpr rt::Duration retry_mean = std::chrono::seconds(1);

}  // namespace

AgentId agent_id(const std::string& host, const std::string& binary) {
  const std::uint64_t high = ContentHash().add(std::uint64_t{1}).add(binary).add(std::uint64_t{0}).add(host).value();
  const std::uint64_t low = ContentHash().add(std::uint64_t{2}).add(binary).add(std::uint64_t{0}).add(host).value();
  return AgentId{Uuid::random(high, low)};
}

AgentDesk::AgentDesk(rt::Loop& loop, rt::Choice& choice, store::Ledger& ledger, Log log)
    : loop_(loop), choice_(choice), ledger_(ledger), log_(std::move(log)), open_(std::make_shared<bool>(true)) {}

AgentDesk::~AgentDesk() {
  *open_ = false;
}

feed::ServerFeed::Hooks AgentDesk::hooks() {
  return {[this](const feed::NodeFacts& facts) { hello(facts); },
          [this](const std::string& host, const feed::Report& said) { report(host, said); },
          [this](const std::string& host, bool connected) {
            heard(host, connected);
            log_("agent of " + host + (connected ? " connected" : " disconnected"));
          },
          [this](const std::string& host, const std::string& why) {
            log_("agent of " + (host.empty() ? "an unknown host" : host) + ": " + why);
          }};
}

std::optional<api::Cloud::Presence> AgentDesk::presence(const std::string& host) const {
  const std::scoped_lock lock(mutex_);
  const auto found = presence_.find(host);
  if (found == presence_.end()) return std::nullopt;
  api::Cloud::Presence presence = found->second;
  // A line that stands is heard: keepalive would have ended a dead one within seconds.
  if (presence.connected) presence.heard_at_ms = loop_.clock().wall().unix_ms;
  return presence;
}

void AgentDesk::heard(const std::string& host, std::optional<bool> connected) {
  const std::scoped_lock lock(mutex_);
  api::Cloud::Presence& presence = presence_[host];
  presence.heard_at_ms = loop_.clock().wall().unix_ms;
  if (connected) presence.connected = *connected;
}

void AgentDesk::hello(const feed::NodeFacts& facts) {
  model::Agent agent;
  agent.host = facts.host;
  agent.id = agent_id(facts.host, agent.binary);
  agent.version = facts.version;
  agent.tunnel_address = facts.tunnel_address;
  agent.bridge_mappings = facts.bridge_mappings;
  agent.speaks_bgp = facts.speaks_bgp;
  agent.started_at_ms = facts.started_at_ms;
  agent.created_at_ms = loop_.clock().wall().unix_ms;
  hosts_[facts.host].hello = model::AgentReport{agent};
  work(facts.host);
}

void AgentDesk::report(const std::string& host, const feed::Report& report) {
  heard(host, std::nullopt);
  hosts_[host].ports = report.ports;
  work(host);
}

void AgentDesk::work(const std::string& name) {
  Host& host = hosts_[name];
  if (host.busy || host.retry) return;
  if (host.hello) {
    host.busy = true;
    const model::AgentReport said = *std::exchange(host.hello, std::nullopt);
    ledger_.write(said, [this, open = open_, name, said](const Result<store::SnapshotPointer>& result) {
      if (!*open) return;
      worked(name, result, [said](Host& again) {
        if (!again.hello) again.hello = said;
      });
    });
  } else if (host.ports) {
    host.busy = true;
    store::Ledger::PortReport said{name, *std::exchange(host.ports, std::nullopt)};
    ledger_.write(said, [this, open = open_, name, said](const Result<store::SnapshotPointer>& result) {
      if (!*open) return;
      worked(name, result, [ports = said.ports](Host& again) {
        if (!again.ports) again.ports = ports;
      });
    });
  }
}

void AgentDesk::worked(const std::string& name, const Result<store::SnapshotPointer>& result,
                       std::function<void(Host&)> again) {
  Host& host = hosts_[name];
  host.busy = false;
  if (!result && result.error().code == ErrorCode::unavailable) {
    again(host);
    host.retry = loop_.after(choice_.jitter(retry_mean), [this, name] {
      hosts_[name].retry.reset();
      work(name);
    });
    return;
  }
  if (!result) log_("agent of " + name + ": " + result.error().message);
  work(name);
}

}  // namespace tarn::server
