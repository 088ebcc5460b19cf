#include "sim/model_switch.h"

#include <algorithm>

#include "sim/switch_client.h"

namespace tarn::sim {

namespace of = wire::of;
namespace ovsdb = wire::ovsdb;

namespace {

constexpr std::uint32_t local_number = of::port_local;
constexpr std::uint32_t number_max = 0xfeff;  // ovs-vswitchd.conf.db(5), Interface: "ofport_request"

}  // namespace

ModelSwitch::ModelSwitch(Scheduler& scheduler, Network& network, OvsDatabase& database, Datapath& datapath,
                         Settings settings)
    : scheduler_(scheduler),
      network_(network),
      database_(database),
      datapath_(datapath),
      settings_(std::move(settings)),
      loop_(scheduler.make_loop("switch " + settings_.rundir)),
      flows_(settings_.restored) {
  datapath_.teach([this](const std::vector<Learned>& all) { learn(all); });
  join_wires();
  watch_ = database_.watch([this](const OvsDatabase::Commit&) { reconfigure_soon(); });
  reconfigure_soon();
}

ModelSwitch::~ModelSwitch() {
  datapath_.teach([](const std::vector<Learned>&) {});  // nobody is there to learn
  if (settings_.wires != nullptr) settings_.wires->down(settings_.address);
  database_.unwatch(watch_);
  listener_.reset();
  clients_.clear();
}

void ModelSwitch::reconfigure_soon() {
  if (std::exchange(look_posted_, true)) return;
  loop_->post([this] {
    look_posted_ = false;
    reconfigure();
  });
}

bool ModelSwitch::waits_for_flows() const {
  const auto config = ovsdb::column_of(*database_.find("Open_vSwitch", database_.root()), "other_config").strings();
  const auto found = config.find("flow-restore-wait");
  return found != config.end() && found->second == "true";
}

std::map<std::string, Uuid> ModelSwitch::interfaces_of(const Row& bridge) const {
  std::map<std::string, Uuid> interfaces;
  for (const Uuid& port : ovsdb::column_of(bridge, "ports").uuids()) {
    for (const Uuid& uuid : ovsdb::column_of(*database_.find("Port", port), "interfaces").uuids()) {
      interfaces.emplace(ovsdb::string_of(*database_.find("Interface", uuid), "name"), uuid);
    }
  }
  return interfaces;
}

// Numbers are not given twice in one life while others are left; a new life knows nothing of the old one's.
std::uint32_t ModelSwitch::free_number(const PortNumbers& taken) {
  const auto is_taken = [&](std::uint32_t number) {
    return std::ranges::any_of(taken, [&](const auto& port) { return port.second == number; });
  };
  while (is_taken(next_number_)) next_number_ = next_number_ % number_max + 1;
  return std::exchange(next_number_, next_number_ % number_max + 1);
}

// A requested number is given when it is free; a port that has another one is made anew under it (bridge.c does so).
PortNumbers ModelSwitch::number_ports(const std::map<std::string, Uuid>& interfaces) {
  PortNumbers now;
  std::map<std::string, std::int64_t> requests;
  for (const auto& [name, uuid] : interfaces) {
    const Row& row = *database_.find("Interface", uuid);
    if (name == settings_.bridge) now[name] = local_number;
    if (const auto request = ovsdb::column_of(row, "ofport_request").integer()) requests[name] = *request;
  }
  const auto is_free = [&now](std::int64_t number) {
    return number > 0 && number <= number_max &&
           std::ranges::none_of(now, [&](const auto& port) { return port.second == number; });
  };
  for (const auto& [name, number] : ports_) {
    const auto request = requests.find(name);
    if (interfaces.contains(name) && (request == requests.end() || request->second == number)) now[name] = number;
  }
  for (const auto& [name, number] : requests) {
    if (!now.contains(name) && is_free(number)) now[name] = static_cast<std::uint32_t>(number);
  }
  // Without a request the number that the database remembers is taken again, also by a new life of the process.
  for (const auto& [name, uuid] : interfaces) {
    if (now.contains(name)) continue;
    const auto before = ovsdb::column_of(*database_.find("Interface", uuid), "ofport").integer();
    if (before && is_free(*before)) now[name] = static_cast<std::uint32_t>(*before);
  }
  for (const auto& [name, uuid] : interfaces) {
    if (!now.contains(name)) now[name] = free_number(now);
  }
  return now;
}

void ModelSwitch::write(ovsdb::Transaction& writes, const char* table, const Uuid& uuid, const char* column,
                        const Datum& value) {
  if (ovsdb::column_of(*database_.find(table, uuid), column) == value) return;
  writes.emplace_back(ovsdb::Update{table, uuid, {{column, value}}});
}

void ModelSwitch::reconfigure() {
  ovsdb::Transaction writes;
  write(writes, "Open_vSwitch", database_.root(), "ovs_version", Datum::of("3.1.0"));
  PortNumbers ports;
  const auto bridge = database_.named("Bridge", settings_.bridge);
  if (bridge) {
    const auto interfaces = interfaces_of(*database_.find("Bridge", *bridge));
    ports = number_ports(interfaces);
    write(writes, "Bridge", *bridge, "datapath_id", Datum::of("0000000000000001"));
    for (const auto& [name, uuid] : interfaces) {
      const std::int64_t number = ports.at(name);
      write(writes, "Interface", uuid, "ofport", Datum::of(number));
      write(writes, "Interface", uuid, "link_state", Datum::of("up"));
      write(writes, "Interface", uuid, "admin_state", Datum::of("up"));
    }
    alive_ = speak(interfaces, ports, writes);
  } else {
    flows_.clear();
    clients_.clear();
  }
  look_at_segment(writes);
  ports_ = std::move(ports);
  bridge_there_ = bridge.has_value();
  forward();
  if (bridge_there_ && !listener_) {
    listener_ = network_.listen(settings_.rundir + "/" + settings_.bridge + ".mgmt", *loop_,
                                [this](std::unique_ptr<rt::Stream> stream) { accepted(std::move(stream)); });
  } else if (!bridge_there_) {
    listener_.reset();
  }
  if (!writes.empty()) database_.write(writes);
}

void ModelSwitch::forward() {
  if (!waits_for_flows()) datapath_.become(flows_, ports_, alive_);
}

void ModelSwitch::put(const of::FlowKey& key, of::FlowSpec spec) {
  if (!knows_meters_of(spec)) return;
  of::FlowSeen seen;
  seen.spec = std::move(spec);
  const of::ActionList before = std::exchange(flows_[key], std::move(seen)).spec.actions;
  unlearn(flows_, before);
  if (bridge_there_) forward();  // a switch that just started forwards once it has its ports
}

void ModelSwitch::apply(const of::AddFlow& add) {
  ++counters_.adds;
  of::FlowSeen& flow = flows_[add.key];  // keeps its counters
  const of::ActionList before = std::exchange(flow.spec, add.spec).actions;
  flow.idle_timeout = flow.hard_timeout = 0;
  unlearn(flows_, before);
}

void ModelSwitch::apply(const of::DeleteFlow& remove) {
  ++counters_.deletes;
  const auto found = flows_.find(remove.key);
  if (found == flows_.end() || found->second.spec.cookie != remove.cookie) return;
  const of::ActionList before = flows_.extract(found).mapped().spec.actions;
  unlearn(flows_, before);
}

void ModelSwitch::learn(const std::vector<Learned>& all) {
  for (const Learned& learned : all) sim::learn(flows_, learned);
  forward();
}

void ModelSwitch::packet_in(const of::PacketIn& packet) {
  for (const auto& [id, client] : clients_) client->packet_in(packet);
}

void ModelSwitch::accepted(std::unique_ptr<rt::Stream> stream) {
  ++counters_.connections;
  const std::uint64_t id = ++clients_made_;
  clients_.emplace(id, std::make_unique<Client>(*this, id, std::move(stream)));
}

// The client may be the caller: it goes once that has returned.
void ModelSwitch::gone(std::uint64_t client) {
  auto node = clients_.extract(client);
  if (node.empty()) return;
  loop_->post([left = std::shared_ptr<Client>(std::move(node.mapped()))] {});
}

}  // namespace tarn::sim
