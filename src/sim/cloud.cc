#include "sim/cloud.h"

#include "base/check.h"

namespace tarn::sim {

using model::Kind;
using model::Verb;

Cloud::Cloud(Scheduler& scheduler, FeedNetwork& lines)
    : scheduler_(scheduler), lines_(lines), newest_(std::make_shared<const model::Snapshot>()) {}

Cloud::~Cloud() {
  crash();
}

void Cloud::start() {
  CHECK(!running());
  loop_ = scheduler_.make_loop("server");
  feed::ServerFeed::Hooks hooks;
  // Commits reach the feed by jobs of their own, as the store's watch does it: never inside a call of the feed.
  hooks.on_hello = [this](const feed::NodeFacts& facts) {
    loop_->post([this, facts] {
      model::Agent agent;
      agent.id = {Uuid::random(0x6167656e74U, ContentHash().add(facts.host).value())};
      agent.host = facts.host;
      agent.version = facts.version;
      agent.tunnel_address = facts.tunnel_address;
      agent.bridge_mappings = facts.bridge_mappings;
      agent.started_at_ms = facts.started_at_ms;
      const auto change = model::admit_agent(*newest_, {agent});
      CHECK(change.has_value());
      commit(*change);
    });
  };
  hooks.on_report = [this](const std::string& host, const feed::Report& report) {
    ++reports_made_;
    reports_[host] = report;
    loop_->post([this, host, ports = report.ports] {
      commit(model::admit_port_status(*newest_, host, ports, loop_->wall().unix_ms));
    });
  };
  hooks.on_presence = [](const std::string&, bool) {};
  hooks.on_trouble = [](const std::string&, const std::string&) {};
  feed_ = std::make_unique<feed::ServerFeed>(newest_, std::move(hooks));
  lines_.up(*feed_, *loop_);
}

void Cloud::crash() {
  lines_.down();
  feed_.reset();
  loop_.reset();
  reports_.clear();
}

Uuid Cloud::next_id() {
  return Uuid::random(0x636c6f7564U, ++ids_made_);
}

void Cloud::commit(const model::Change& change) {
  if (change.empty()) return;
  newest_ = std::make_shared<const model::Snapshot>(newest_->with(change, newest_->revision() + 1));
  if (!running()) return;
  loop_->post([this, snapshot = newest_] { feed_->advance(snapshot); });
}

Result<Uuid> Cloud::run(Verb verb, Kind kind, const Uuid& id, boost::json::object given) {
  const model::Batch batch{{{verb, kind, id, std::move(given), std::nullopt}}, {"admin", "root", true}, 0, ids_made_};
  const auto change = model::admit(*newest_, batch, model::Limits{});
  if (!change) return fail(change.error());
  commit(*change);
  return id;
}

Uuid Cloud::must(Verb verb, Kind kind, const Uuid& id, boost::json::object given) {
  const auto done = run(verb, kind, id, std::move(given));
  CHECK(done.has_value());
  return *done;
}

NetworkId Cloud::network() {
  return {must(Verb::create, Kind::network, next_id(), {})};
}
SubnetId Cloud::subnet(NetworkId network, const std::string& cidr) {
  return {must(Verb::create, Kind::subnet, next_id(), {{"network", network.text()}, {"cidr", cidr}})};
}
PortId Cloud::port(NetworkId network, const std::string& host, boost::json::object more) {
  more["network"] = network.text();
  if (!host.empty()) more["binding_host"] = host;
  return {must(Verb::create, Kind::port, next_id(), std::move(more))};
}
void Cloud::update(PortId id, boost::json::object given) {
  must(Verb::update, Kind::port, id.uuid, std::move(given));
}
void Cloud::remove(PortId id) {
  must(Verb::remove, Kind::port, id.uuid, {});
}
void Cloud::remove(SubnetId id) {
  must(Verb::remove, Kind::subnet, id.uuid, {});
}
void Cloud::remove(NetworkId id) {
  must(Verb::remove, Kind::network, id.uuid, {});
}

const feed::Report* Cloud::report_of(const std::string& host) const {
  const auto found = reports_.find(host);
  return found == reports_.end() ? nullptr : &found->second;
}

bool Cloud::active(PortId port) const {
  const auto* row = newest_->find(port);
  return row != nullptr && (*row)->status == model::PortStatus::active;
}

}  // namespace tarn::sim
