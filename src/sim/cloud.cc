#include "sim/cloud.h"

#include "base/check.h"
#include "sim/wires.h"

namespace tarn::sim {

using model::Kind;
using model::Verb;

namespace {

// So small that what goes to one node of a small cloud takes several, as that of a large one does.
constexpr feed::ServerEnd::Bounds small_pages{.page_rows_max = 3};
constexpr const char* store_path = "/state/state.db";

model::Limits limits() {
  model::Limits limits;
  limits.flat_networks = {physical_network};
  limits.vlan_ranges[physical_network] = {100, 199};
  return limits;
}

// The store's thread, as a loop of its own.
class SimWorker final : public rt::Worker {
 public:
  explicit SimWorker(Scheduler& scheduler) : loop_(scheduler.make_loop("store")) {}
  [[nodiscard]] bool run(rt::Job job) override {
    loop_->post(std::move(job));
    return true;
  }

 private:
  std::unique_ptr<SimLoop> loop_;
};

}  // namespace

Cloud::Cloud(Scheduler& scheduler, FeedNetwork& lines)
    : scheduler_(scheduler), lines_(lines), newest_(std::make_shared<const model::Snapshot>()) {}

Cloud::~Cloud() {
  crash();
}

bool Cloud::serving() const {
  return process_ && process_->feed;
}

void Cloud::start() {
  CHECK(!running());
  disk_.process_started();
  process_ = std::make_unique<Process>();
  process_->loop = scheduler_.make_loop("server");
  auto opened =
      store::SqliteStore::open(*process_->loop, store_path, {}, {disk_, std::make_unique<SimWorker>(scheduler_)});
  if (!opened) {
    // A full disk is a reason not to start; damage never is.
    if (!disk_.full()) violations_.push_back("durability: the store does not open: " + opened.error().message);
    return crash();
  }
  process_->store = std::move(*opened);
  store::Ledger::open(*process_->loop, *process_->store, scheduler_.choice(), limits(), {},
                      [this](auto ledger) { loaded(std::move(ledger)); });
}

void Cloud::loaded(Result<std::unique_ptr<store::Ledger>> ledger) {
  if (!ledger) {
    violations_.push_back("durability: the store cannot be read: " + ledger.error().message);
    return;
  }
  Process& process = *process_;
  process.ledger = std::move(*ledger);
  compare_with_before(*process.ledger->snapshot());
  published(process.ledger->snapshot());
  process.desk = std::make_unique<server::AgentDesk>(*process.loop, scheduler_.choice(), *process.ledger,
                                                     [](const std::string&) {});
  feed::ServerFeed::Hooks hooks = process.desk->hooks();
  hooks.on_report = [this, report = hooks.on_report](const std::string& host, const feed::Report& said) {
    ++reports_made_;
    report(host, said);
  };
  process.feed = std::make_unique<feed::ServerFeed>(process.ledger->snapshot(), std::move(hooks), small_pages);
  process.ledger->observe([this](const auto&, const store::SnapshotPointer& after) {
    published(after);
    process_->feed->advance(after);
  });
  lines_.up(*process.feed, *process.loop);
}

void Cloud::published(store::SnapshotPointer after) {
  newest_ = after;
  history_[after->revision()] = std::move(after);
}

// What was shown to anybody was durable first, so it must be there after any crash.
void Cloud::compare_with_before(const model::Snapshot& loaded) {
  if (loaded.revision() < newest_->revision()) {
    violations_.push_back("durability: revision " + std::to_string(newest_->revision()) +
                          " was acknowledged, the store has " + std::to_string(loaded.revision()));
  }
  if (loaded.revision() != newest_->revision()) return;
  for (const auto& [id, row] : newest_->agents()) {
    const std::string& host = row.row->host;
    if (model::difference(model::slice(*newest_, host), model::slice(loaded, host)).empty()) continue;
    violations_.push_back("durability: " + host + " has other rows than before the crash, at one revision");
  }
}

void Cloud::crash(Crash how) {
  if (!process_) return;
  lines_.down();
  disk_.process_died();
  process_->feed.reset();
  process_->desk.reset();
  process_->ledger.reset();
  process_->store.reset();
  process_.reset();
  unanswered_ = 0;
  if (how == Crash::power) disk_.power_lost(scheduler_.choice());
}

Uuid Cloud::next_id() {
  return Uuid::random(0x636c6f7564U, ++ids_made_);
}

void Cloud::request(Verb verb, Kind kind, const Uuid& id, boost::json::object given) {
  if (!serving()) return;
  ++unanswered_;
  process_->ledger->write({{verb, kind, id, std::move(given), std::nullopt}}, {"admin", true},
                          [this](const Result<store::SnapshotPointer>& answer) {
                            --unanswered_;
                            if (!answer || (*answer)->revision() <= newest_->revision()) return;
                            violations_.push_back("api: a write was answered before it can be read");
                          });
}

NetworkId Cloud::network() {
  const Uuid id = next_id();
  request(Verb::create, Kind::network, id, {});
  return {id};
}
SubnetId Cloud::subnet(NetworkId network, const std::string& cidr, boost::json::object more) {
  const Uuid id = next_id();
  more["network"] = network.text();
  more["cidr"] = cidr;
  request(Verb::create, Kind::subnet, id, std::move(more));
  return {id};
}
SubnetId Cloud::subnet6(NetworkId network, const std::string& cidr, const std::string& mode, boost::json::object more) {
  for (const std::string_view key : {"ra_mode", "address_mode"}) more[key] = mode;
  return subnet(network, cidr, std::move(more));
}
AddressScopeId Cloud::address_scope(int ip_version) {
  const Uuid id = next_id();
  request(Verb::create, Kind::address_scope, id, {{"ip_version", ip_version}});
  return {id};
}
SubnetPoolId Cloud::pool(const std::string& prefix) {
  const Uuid id = next_id();
  request(Verb::create, Kind::subnetpool, id, {{"prefixes", boost::json::array{prefix}}});
  return {id};
}
void Cloud::update(SubnetPoolId id, boost::json::object given) {
  request(Verb::update, Kind::subnetpool, id.uuid, std::move(given));
}
PortId Cloud::port(NetworkId network, const std::string& host, boost::json::object more) {
  const Uuid id = next_id();
  more["network"] = network.text();
  if (!host.empty()) more["binding_host"] = host;
  request(Verb::create, Kind::port, id, std::move(more));
  return {id};
}
SecurityGroupId Cloud::security_group(bool stateful) {
  const Uuid id = next_id();
  request(Verb::create, Kind::security_group, id, {{"stateful", stateful}});
  return {id};
}
SecurityGroupRuleId Cloud::rule(boost::json::object given) {
  const Uuid id = next_id();
  request(Verb::create, Kind::security_group_rule, id, std::move(given));
  return {id};
}
TrunkId Cloud::trunk(PortId parent) {
  const Uuid id = next_id();
  request(Verb::create, Kind::trunk, id, {{"port", parent.text()}});
  return {id};
}
void Cloud::update(TrunkId id, boost::json::object given) {
  request(Verb::update, Kind::trunk, id.uuid, std::move(given));
}
TapServiceId Cloud::tap_service(PortId port) {
  const Uuid id = next_id();
  request(Verb::create, Kind::tap_service, id, {{"port", port.text()}});
  return {id};
}
TapFlowId Cloud::tap_flow(TapServiceId service, PortId source) {
  const Uuid id = next_id();
  request(Verb::create, Kind::tap_flow, id,
          {{"service", service.text()}, {"source", source.text()}, {"direction", "both"}});
  return {id};
}
LogId Cloud::log(SecurityGroupId group) {
  const Uuid id = next_id();
  request(Verb::create, Kind::log, id, {{"resource_type", "security_group"}, {"resource", group.text()}});
  return {id};
}
RouterId Cloud::router() {
  const Uuid id = next_id();
  request(Verb::create, Kind::router, id, {});
  return {id};
}
void Cloud::update(RouterId id, boost::json::object given) {
  request(Verb::update, Kind::router, id.uuid, std::move(given));
}
void Cloud::remove(RouterId id) {
  request(Verb::remove, Kind::router, id.uuid, {});
}
NetworkId Cloud::external(std::uint32_t vlan) {
  const Uuid id = next_id();
  boost::json::object given{
      {"external", true}, {"type", vlan == 0 ? "flat" : "vlan"}, {"physical_network", physical_network}};
  if (vlan != 0) given["segmentation_id"] = vlan;
  request(Verb::create, Kind::network, id, std::move(given));
  return {id};
}
SubnetId Cloud::outer_subnet(NetworkId network, const std::string& cidr, boost::json::object more) {
  more["enable_dhcp"] = false;
  return subnet(network, cidr, std::move(more));
}
void Cloud::announce(NetworkId network) {
  const Uuid speaker = next_id();
  const Uuid peer = next_id();
  request(Verb::create, Kind::bgp_speaker, speaker, {{"local_as", 65'000}});
  request(Verb::create, Kind::bgp_peer, peer, {{"address", "203.0.113.254"}, {"remote_as", 65'001}});
  request(Verb::update, Kind::bgp_speaker, speaker, {{"add_network", network.text()}});
  request(Verb::update, Kind::bgp_speaker, speaker, {{"add_peer", peer.text()}});
}
NdpProxyId Cloud::ndp_proxy(RouterId router, PortId port) {
  const Uuid id = next_id();
  request(Verb::create, Kind::ndp_proxy, id, {{"router", router.text()}, {"port", port.text()}});
  return {id};
}
void Cloud::remove(NdpProxyId id) {
  request(Verb::remove, Kind::ndp_proxy, id.uuid, {});
}
FloatingIpId Cloud::floating(NetworkId network) {
  const Uuid id = next_id();
  request(Verb::create, Kind::floatingip, id, {{"network", network.text()}});
  return {id};
}
void Cloud::update(FloatingIpId id, boost::json::object given) {
  request(Verb::update, Kind::floatingip, id.uuid, std::move(given));
}
void Cloud::remove(FloatingIpId id) {
  request(Verb::remove, Kind::floatingip, id.uuid, {});
}
PortForwardingId Cloud::forwarding(boost::json::object given) {
  const Uuid id = next_id();
  request(Verb::create, Kind::port_forwarding, id, std::move(given));
  return {id};
}
void Cloud::remove(PortForwardingId id) {
  request(Verb::remove, Kind::port_forwarding, id.uuid, {});
}
void Cloud::remove(TapFlowId id) {
  request(Verb::remove, Kind::tap_flow, id.uuid, {});
}
void Cloud::remove(LogId id) {
  request(Verb::remove, Kind::log, id.uuid, {});
}
void Cloud::remove(SecurityGroupId id) {
  request(Verb::remove, Kind::security_group, id.uuid, {});
}
void Cloud::remove(SecurityGroupRuleId id) {
  request(Verb::remove, Kind::security_group_rule, id.uuid, {});
}
QosPolicyId Cloud::qos_policy() {
  const Uuid id = next_id();
  request(Verb::create, Kind::qos_policy, id, {});
  return {id};
}
QosRuleId Cloud::qos_rule(QosPolicyId policy, boost::json::object given) {
  const Uuid id = next_id();
  given["policy"] = policy.text();
  request(Verb::create, Kind::qos_rule, id, std::move(given));
  return {id};
}
void Cloud::update(QosRuleId id, boost::json::object given) {
  request(Verb::update, Kind::qos_rule, id.uuid, std::move(given));
}
void Cloud::update(PortId id, boost::json::object given) {
  request(Verb::update, Kind::port, id.uuid, std::move(given));
}
void Cloud::remove(PortId id) {
  request(Verb::remove, Kind::port, id.uuid, {});
}
void Cloud::remove(SubnetId id) {
  request(Verb::remove, Kind::subnet, id.uuid, {});
}
void Cloud::remove(NetworkId id) {
  request(Verb::remove, Kind::network, id.uuid, {});
}

const model::Snapshot* Cloud::at(model::Revision revision) const {
  const auto found = history_.find(revision);
  return found == history_.end() ? nullptr : found->second.get();
}

bool Cloud::active(PortId port) const {
  const auto* row = newest_->find(port);
  return row != nullptr && (*row)->status == model::PortStatus::active;
}

}  // namespace tarn::sim
