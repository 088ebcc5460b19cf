// The server of a simulated cloud: the real ledger, desk and feed over the real SQLite store, on a disk that outlives
// them. Crashing it destroys the process between any two jobs. Below the HTTP edge: requests are those that the API
// hands to the ledger.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "feed/server_feed.h"
#include "server/agent_desk.h"
#include "sim/feed_line.h"
#include "sim/sim_disk.h"
#include "store/ledger.h"
#include "store/sqlite_store.h"

namespace tarn::sim {

class Cloud {
 public:
  Cloud(Scheduler& scheduler, FeedNetwork& lines);
  ~Cloud();
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;

  enum class Crash : std::uint8_t { process, power };
  void start();
  void crash(Crash how = Crash::process);
  [[nodiscard]] bool running() const { return process_ != nullptr; }
  // The store is loaded, and agents are answered.
  [[nodiscard]] bool serving() const;

  // Requests of an administrator. They are on their way when this returns; without a server they are lost. Ids are
  // chosen here, as clients of the ledger do it.
  NetworkId network();
  SubnetId subnet(NetworkId network, const std::string& cidr, boost::json::object more = {});
  // `mode` as the API spells it, for advertisements and addresses alike.
  SubnetId subnet6(NetworkId network, const std::string& cidr, const std::string& mode, boost::json::object more = {});
  AddressScopeId address_scope(int ip_version);
  SubnetPoolId pool(const std::string& prefix);
  void update(SubnetPoolId pool, boost::json::object given);
  // `host` empty: not bound.
  PortId port(NetworkId network, const std::string& host, boost::json::object more = {});
  SecurityGroupId security_group(bool stateful);
  SecurityGroupRuleId rule(boost::json::object given);
  QosPolicyId qos_policy();
  QosRuleId qos_rule(QosPolicyId policy, boost::json::object given);
  TrunkId trunk(PortId parent);
  TapServiceId tap_service(PortId port);
  TapFlowId tap_flow(TapServiceId service, PortId source);
  LogId log(SecurityGroupId group);
  RouterId router();
  // On the physical segment: flat, or a VLAN.
  NetworkId external(std::uint32_t vlan);
  SubnetId outer_subnet(NetworkId network, const std::string& cidr, boost::json::object more = {});
  // A BGP speaker of the network, with one peer.
  void announce(NetworkId network);
  NdpProxyId ndp_proxy(RouterId router, PortId port);
  void remove(NdpProxyId proxy);
  FloatingIpId floating(NetworkId network);
  PortForwardingId forwarding(boost::json::object given);
  void update(PortId port, boost::json::object given);
  void update(TrunkId trunk, boost::json::object given);
  void update(QosRuleId rule, boost::json::object given);
  void update(RouterId router, boost::json::object given);
  void update(FloatingIpId floating, boost::json::object given);
  void remove(TapFlowId flow);
  void remove(LogId log);
  void remove(RouterId router);
  void remove(FloatingIpId floating);
  void remove(PortForwardingId forwarding);
  void remove(SecurityGroupId group);
  void remove(SecurityGroupRuleId rule);
  void remove(PortId port);
  void remove(SubnetId subnet);
  void remove(NetworkId network);
  [[nodiscard]] std::size_t unanswered() const { return unanswered_; }

  // The newest that a client could have read, also while no server runs.
  [[nodiscard]] const model::Snapshot& snapshot() const { return *newest_; }
  // As it was at that revision; null when there never was one.
  [[nodiscard]] const model::Snapshot* at(model::Revision revision) const;
  [[nodiscard]] bool active(PortId port) const;
  [[nodiscard]] std::uint64_t reports() const { return reports_made_; }
  SimDisk& disk() { return disk_; }
  [[nodiscard]] const SimDisk& disk() const { return disk_; }

  // What an answer or a start has shown to be wrong: acknowledged writes lost, a store that does not open.
  std::vector<std::string> take_violations() { return std::exchange(violations_, {}); }

 private:
  // In the order of server/server.cc; destroyed in reverse.
  struct Process {
    std::unique_ptr<SimLoop> loop;
    std::unique_ptr<store::SqliteStore> store;
    std::unique_ptr<store::Ledger> ledger;
    std::unique_ptr<server::AgentDesk> desk;
    std::unique_ptr<feed::ServerFeed> feed;
  };
  void loaded(Result<std::unique_ptr<store::Ledger>> ledger);
  void published(store::SnapshotPointer after);
  void compare_with_before(const model::Snapshot& loaded);
  Uuid next_id();
  void request(model::Verb verb, model::Kind kind, const Uuid& id, boost::json::object given);

  Scheduler& scheduler_;
  FeedNetwork& lines_;
  SimDisk disk_;
  std::unique_ptr<Process> process_;
  store::SnapshotPointer newest_;
  std::map<model::Revision, store::SnapshotPointer> history_;
  std::uint64_t ids_made_ = 0;
  std::size_t unanswered_ = 0;
  std::uint64_t reports_made_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace tarn::sim
