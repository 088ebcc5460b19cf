// One simulated machine: its switch, its database, its datapath, a disk, and a slot in which the real agent runs just
// as apps/tarn-agent wires it. Crashing the agent destroys that slot between any two jobs and leaves all the rest.
#pragma once

#include <memory>
#include <string>

#include "agent/brain.h"
#include "feed/agent_client.h"
#include "sim/feed_line.h"
#include "sim/file_folder.h"
#include "sim/model_bgp.h"
#include "sim/model_ovsdb.h"
#include "sim/model_switch.h"

namespace tarn::sim {

class Node {
 public:
  Node(Scheduler& scheduler, Network& network, FeedNetwork& lines, Wires& wires, std::string host,
       std::string tunnel_address);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start_agent(reconcile::Writes writes = reconcile::Writes::allow);
  void crash_agent();
  [[nodiscard]] bool agent_runs() const { return agent_ != nullptr; }
  [[nodiscard]] const agent::Brain& brain() const;
  // Nothing differs on this machine; false without an agent.
  [[nodiscard]] bool in_sync() const;
  // The agent's line to its switch is up.
  [[nodiscard]] bool hears_switch() const { return agent_ && agent_->flows->connected(); }
  // Writes that the agent's drivers attempted, or were forbidden, since it was started.
  struct Attempts {
    std::uint64_t made = 0;
    std::uint64_t forbidden = 0;
  };
  [[nodiscard]] Attempts attempts() const;

  // The hypervisor: makes or removes a tap on the integration bridge, in the way of os-vif.
  void plug(PortId port, const std::string& interface, const std::string& mac);
  void unplug(const std::string& interface);

  // The operator has a bridge on the physical segment, and tells the agent so, or no longer; an agent that runs is
  // started anew for that.
  void offer_segment(bool offered);
  [[nodiscard]] bool offers_segment() const { return offers_segment_; }

  // The machine loses its power: everything ends, what its datapath had too.
  void lose_power();
  [[nodiscard]] bool powered() const { return powered_; }
  // The machine boots: database and switch, then the agent.
  void boot();

  enum class Flows : std::uint8_t { lost, restored, awaited, announced };
  // awaited: started with flow-restore-wait; announced: with whatever announce_restart and others left there
  void announce_restart();  // sets flow-restore-wait while the switch still runs, as ovs-ctl(8) would
  void crash_switch();
  void start_switch(Flows flows);
  [[nodiscard]] bool waits_for_flows() const;  // flow-restore-wait is set
  [[nodiscard]] bool switch_runs() const { return switch_ != nullptr; }
  void crash_database();
  void start_database();
  [[nodiscard]] bool database_runs() const { return server_ != nullptr; }

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] const std::string& tunnel_address() const { return tunnel_address_; }
  [[nodiscard]] std::string database_path() const { return rundir_ + "/db.sock"; }
  [[nodiscard]] std::string switch_path() const { return rundir_ + "/br-int.mgmt"; }
  [[nodiscard]] const Datapath& datapath() const { return datapath_; }
  [[nodiscard]] Datapath& datapath() { return datapath_; }
  OvsDatabase& database() { return database_; }
  [[nodiscard]] const OvsDatabase& database() const { return database_; }
  ModelSwitch& vswitchd() { return *switch_; }
  [[nodiscard]] const ModelSwitch& vswitchd() const { return *switch_; }
  ModelOvsdb& ovsdb() { return *server_; }
  [[nodiscard]] const ModelOvsdb& ovsdb() const { return *server_; }
  // Its BGP daemon ends, and begins anew; the agent finds out when it asks.
  void stop_bgp();
  void start_bgp() { bgp_.runs = true; }
  // What its BGP daemon is configured to.
  [[nodiscard]] const BgpConfiguration& bgp() const { return bgp_; }
  // The journal's file; empty: there is none.
  std::string& disk() { return disk_; }
  // The newest whole slice that the agent was given by a server, of the revision that its brain names; null while there
  // is none.
  [[nodiscard]] const model::Slice* wish() const { return agent_ ? agent_->brain->slice() : nullptr; }
  // Jobs that the agent has run in this life: what happens in it alone is gone when it is killed.
  [[nodiscard]] std::uint64_t agent_jobs() const { return agent_ ? agent_->loop->jobs_run() : 0; }
  // Every change that came over the sockets or to the BGP daemon, whoever made it: for "silence".
  [[nodiscard]] std::uint64_t writes_seen() const;

 private:
  // In the order of apps/tarn-agent/main.cc; destroyed in reverse.
  struct Agent {
    std::unique_ptr<SimLoop> loop;
    std::unique_ptr<rt::Dialer> dialer;
    std::unique_ptr<host::OvsdbDriver> database;
    std::unique_ptr<host::OpenflowDriver> flows;
    std::unique_ptr<FileFolder<domain::InstanceFile>> instances;
    std::unique_ptr<FileFolder<domain::NameFile>> names;
    std::unique_ptr<ModelBgp> bgp;
    std::unique_ptr<feed::AgentDialer> servers;
    std::unique_ptr<feed::AgentClient> client;
    std::unique_ptr<agent::Brain> brain;
    rt::TimerHandle journal_read;
  };

  void start_brain(agent::Brain& brain);

  Scheduler& scheduler_;
  Network& network_;
  FeedNetwork& lines_;
  Wires& wires_;
  std::string host_;
  std::string tunnel_address_;
  std::string rundir_;
  std::string disk_;
  std::string disk_before_;
  FileFolder<domain::InstanceFile>::Files instance_files_;
  FileFolder<domain::NameFile>::Files name_files_;
  BgpConfiguration bgp_;
  rt::Instant journaled_at_;
  bool powered_ = true;
  bool offers_segment_ = false;
  OvsDatabase database_;
  ModelOvsdb::Kind database_kind_ = ModelOvsdb::Kind::standalone;
  Datapath datapath_;
  FlowTable saved_flows_;
  std::uint64_t writes_of_earlier_lives_ = 0;
  std::unique_ptr<ModelOvsdb> server_;
  std::unique_ptr<ModelSwitch> switch_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace tarn::sim
