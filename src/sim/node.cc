#include "sim/node.h"

#include "base/check.h"
#include "feed/journal.h"

namespace tarn::sim {

namespace ovsdb = wire::ovsdb;

namespace {

const char* const bridge_name = "br-int";
// So few that small clouds are listed in as many questions, and written in as many bundles, as large ones are. A port
// that changes its security groups fits into one (docs/pipeline.md, limits).
constexpr wire::of::SessionBounds bounds{.answer_flows = 8, .answer_growth_max = 2};
constexpr std::size_t bundle_steps = 32;
constexpr std::size_t render_units = 3;
constexpr rt::Duration journal_delay_max = std::chrono::seconds(1);
constexpr std::uint32_t journal_read_ms_max = 20;

ovsdb::Mutate set_flag(const Uuid& root, bool on) {
  ovsdb::Mutate mutate{
      "Open_vSwitch", root, {{"other_config", ovsdb::Mutator::erase, Datum::set({std::string("flow-restore-wait")})}}};
  if (on) {
    mutate.mutations.push_back(
        {"other_config", ovsdb::Mutator::insert, Datum::map(ovsdb::StringMap{{"flow-restore-wait", "true"}})});
  }
  return mutate;
}

}  // namespace

Node::Node(Scheduler& scheduler, Network& network, FeedNetwork& lines, Wires& wires, std::string host,
           std::string tunnel_address)
    : scheduler_(scheduler),
      network_(network),
      lines_(lines),
      wires_(wires),
      host_(std::move(host)),
      tunnel_address_(std::move(tunnel_address)),
      rundir_("/run/" + host_) {
  if (scheduler_.choice().below(2) == 0) database_kind_ = ModelOvsdb::Kind::clustered;
  start_database();
  start_switch(Flows::lost);
}

Node::~Node() {
  crash_agent();
}

void Node::start_agent(reconcile::Writes writes) {
  CHECK(!agent_);
  agent_ = std::make_unique<Agent>();
  Agent& slot = *agent_;
  rt::Choice& choice = scheduler_.choice();
  slot.loop = scheduler_.make_loop("agent " + host_);
  slot.dialer = network_.dialer(*slot.loop);
  slot.database = std::make_unique<host::OvsdbDriver>(*slot.loop, *slot.dialer, choice,
                                                      host::OvsdbDriver::Options{database_path(), bridge_name});
  slot.flows = std::make_unique<host::OpenflowDriver>(*slot.loop, *slot.dialer, choice, switch_path(), bounds);
  slot.instances = std::make_unique<FileFolder<domain::InstanceFile>>(*slot.loop, choice, instance_files_);
  slot.names = std::make_unique<FileFolder<domain::NameFile>>(*slot.loop, choice, name_files_);
  slot.bgp = std::make_unique<ModelBgp>(*slot.loop, choice, bgp_);
  slot.servers = lines_.dialer(*slot.loop, host_);
  slot.client = std::make_unique<feed::AgentClient>(*slot.loop, choice, *slot.servers);
  agent::BrainSettings settings;
  settings.node.host = host_;
  settings.node.tunnel_address = Ip::parse(tunnel_address_).value();
  settings.node.integration_bridge = bridge_name;
  settings.node.datapath_type = "netdev";
  settings.node.service_interface = "tarn-metadata";
  settings.node.names = true;
  settings.node.bgp_router_id = settings.node.tunnel_address;
  if (offers_segment_) settings.node.bridge_mappings = {{physical_network, provider_bridge}};
  settings.node.ipfix.collectors = {"192.0.2.250:4739"};
  settings.node.sflow.collectors = {"192.0.2.250:6343"};
  settings.version = "simulated";
  settings.started_at_ms = slot.loop->wall().unix_ms;
  settings.lanes.writes = writes;
  settings.lanes.bundle_steps_max = bundle_steps;
  settings.render_units_max = render_units;
  slot.brain = std::make_unique<agent::Brain>(*slot.loop, choice, *slot.database, *slot.flows,
                                              agent::ServiceFolders{*slot.instances, *slot.names}, *slot.bgp,
                                              *slot.client, settings);
  slot.database->start();
  // A thread of its own reads the journal, meanwhile the agent talks to its switch and its database.
  const rt::Duration reading = std::chrono::milliseconds(choice.below(journal_read_ms_max + 1));
  slot.journal_read = slot.loop->after(reading, [this] { start_brain(*agent_->brain); });
}

void Node::start_brain(agent::Brain& brain) {
  std::optional<agent::Remembered> remembered;
  if (!disk_.empty()) {
    auto journal = feed::decode_journal(disk_);
    CHECK(journal.has_value());
    remembered = agent::Remembered{std::move(journal->slice), journal->revision};
  }
  brain.start(std::move(remembered), [this](const model::Slice& slice, model::Revision revision) {
    journaled_at_ = scheduler_.now();
    disk_before_ = std::exchange(disk_, feed::encode(feed::Journal{host_, revision, slice}));
  });
}

void Node::crash_agent() {
  if (!agent_) return;
  agent_->journal_read.reset();
  agent_->brain.reset();
  agent_->client.reset();
  agent_->servers.reset();
  agent_->names.reset();
  agent_->bgp.reset();
  agent_->instances.reset();
  agent_->flows.reset();
  agent_->database.reset();
  agent_->dialer.reset();
  agent_->loop.reset();
  agent_.reset();
  // A thread of its own writes the journal beside the old one and renames it: the last may not have come that far.
  if (scheduler_.now() - journaled_at_ < journal_delay_max && scheduler_.choice().below(2) == 0) disk_ = disk_before_;
}

void Node::stop_bgp() {
  bgp_.runs = false;
  bgp_.items.clear();
}

void Node::lose_power() {
  crash_agent();
  if (switch_) crash_switch();
  if (server_) crash_database();
  datapath_.become({}, {});
  bgp_.items.clear();
  powered_ = false;
}

void Node::boot() {
  CHECK(!powered_);
  powered_ = true;
  start_database();
  start_switch(Flows::lost);
  start_agent();
}

const agent::Brain& Node::brain() const {
  CHECK(agent_);
  return *agent_->brain;
}

bool Node::in_sync() const {
  return agent_ && agent_->brain->in_sync();
}

Node::Attempts Node::attempts() const {
  CHECK(agent_);
  Attempts attempts;
  attempts.made = agent_->database->writes().attempted + agent_->flows->counters().writes_attempted;
  attempts.forbidden = agent_->database->writes().forbidden;
  agent_->brain->lanes().for_each([&](const auto& lane) { attempts.forbidden += lane.counts().plans; });
  return attempts;
}

void Node::plug(PortId port, const std::string& interface, const std::string& mac) {
  const auto bridge = database_.named("Bridge", bridge_name);
  CHECK(bridge.has_value());
  const bool done = database_.write(
      {ovsdb::Insert{
           "Interface",
           {{"name", Datum::of(interface)},
            {"external_ids", Datum::map(ovsdb::StringMap{
                                 {"iface-id", port.text()}, {"attached-mac", mac}, {"iface-status", "active"}})}},
           "interface"},
       ovsdb::Insert{
           "Port", {{"name", Datum::of(interface)}, {"interfaces", Datum::of(ovsdb::NamedUuid{"interface"})}}, "port"},
       ovsdb::Mutate{"Bridge", *bridge, {{"ports", ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{"port"})}}}});
  CHECK(done);
}

void Node::unplug(const std::string& interface) {
  const auto bridge = database_.named("Bridge", bridge_name);
  const auto port = database_.named("Port", interface);
  CHECK(bridge.has_value() && port.has_value());
  CHECK(database_.write({ovsdb::Mutate{"Bridge", *bridge, {{"ports", ovsdb::Mutator::erase, Datum::of(*port)}}}}));
}

void Node::offer_segment(bool offered) {
  if (offered == offers_segment_) return;
  offers_segment_ = offered;
  if (offered && !database_.named("Bridge", provider_bridge)) {
    CHECK(database_.write(
        {ovsdb::Insert{"Interface", {{"name", Datum::of("eth1")}}, "interface"},
         ovsdb::Insert{
             "Port", {{"name", Datum::of("eth1")}, {"interfaces", Datum::of(ovsdb::NamedUuid{"interface"})}}, "port"},
         ovsdb::Insert{"Bridge",
                       {{"name", Datum::of(provider_bridge)}, {"ports", Datum::of(ovsdb::NamedUuid{"port"})}},
                       "bridge"},
         ovsdb::Mutate{"Open_vSwitch",
                       database_.root(),
                       {{"bridges", ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{"bridge"})}}}}));
  }
  if (!agent_) return;
  crash_agent();
  start_agent();
}

void Node::announce_restart() {
  CHECK(database_.write({set_flag(database_.root(), true)}));
}

bool Node::waits_for_flows() const {
  const Row& root = *database_.find("Open_vSwitch", database_.root());
  return ovsdb::column_of(root, "other_config").strings().contains("flow-restore-wait");
}

void Node::crash_switch() {
  saved_flows_ = switch_->flows();
  writes_of_earlier_lives_ += switch_->counters().adds + switch_->counters().deletes;
  switch_.reset();
}

void Node::start_switch(Flows flows) {
  CHECK(!switch_);
  if (flows != Flows::announced) CHECK(database_.write({set_flag(database_.root(), flows == Flows::awaited)}));
  ModelSwitch::Settings settings;
  settings.bridge = bridge_name;
  settings.rundir = rundir_;
  settings.wires = &wires_;
  settings.address = tunnel_address_;
  if (flows == Flows::restored) settings.restored = saved_flows_;
  // A switch that is not told to wait begins with an empty datapath.
  if (flows != Flows::restored && !waits_for_flows()) datapath_.become({}, {});
  switch_ = std::make_unique<ModelSwitch>(scheduler_, network_, database_, datapath_, std::move(settings));
}

void Node::crash_database() {
  writes_of_earlier_lives_ += server_->counters().transactions;
  server_.reset();
}

void Node::start_database() {
  CHECK(!server_);
  if (scheduler_.choice().below(2) == 0) database_.forget_history();  // it was kept in memory
  server_ = std::make_unique<ModelOvsdb>(scheduler_, network_, database_path(), database_, database_kind_);
}

std::uint64_t Node::writes_seen() const {
  std::uint64_t seen = writes_of_earlier_lives_ + bgp_.writes;
  if (switch_) seen += switch_->counters().adds + switch_->counters().deletes;
  if (server_) seen += server_->counters().transactions;
  return seen;
}

}  // namespace tarn::sim
