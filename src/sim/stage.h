// Where acts are performed: a world, and what the story's small numbers stand for in it. Owned by a run. Checks nothing
// itself: the world does after every step.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sim/act.h"
#include "sim/picked.h"
#include "sim/world.h"

namespace tarn::sim {

inline constexpr std::uint32_t networks_max = 3;
inline constexpr std::uint32_t routers_max = 2;
inline constexpr std::uint32_t ports_max = 8;
inline constexpr std::uint32_t groups_max = 3;
inline constexpr std::uint32_t policies_max = 2;  // of QoS
inline constexpr std::uint32_t rules_max = 8;     // kinds of rules; a group has one of each at most
inline constexpr std::uint32_t hosts_max = 3;
inline constexpr std::uint32_t externals_max = 2;
inline constexpr std::uint32_t floatings_max = 3;
inline constexpr std::uint32_t forwards_max = 2;  // of a floating IP

class Stage {
 public:
  // Everything at rest on `hosts` hosts. `choice` outlives it.
  Stage(rt::Choice& choice, std::uint32_t hosts);

  void perform(const Act& act);
  World& world() { return world_; }
  [[nodiscard]] const Picked& choice() const { return choice_; }
  // "port 3": what the story calls the row of this id; empty when it names none.
  [[nodiscard]] std::string name_of(const std::string& uuid) const;
  [[nodiscard]] const std::string& host_of_port(std::uint32_t number) {
    return world_.node(ports_.at(number).node).host();
  }

 private:
  struct Port {
    PortId id;
    std::size_t node = 0;
  };
  void of_cloud(const Act& act);
  void of_security(const Act& act);
  void of_port(const Act& act);
  void of_limits(const Act& act);
  void of_trunks(const Act& act);
  void of_listeners(const Act& act);
  void of_records(const Act& act);
  void of_routers(const Act& act);
  void of_outside(const Act& act);
  void second_gateway(RouterId router, std::uint32_t external);
  void of_external(const Act& act);
  void limit_gateway(std::uint32_t router, const boost::json::value& policy);
  void of_floating(const Act& act);
  void of_proxies(const Act& act, RouterId router);
  void of_virtual(const Act& act);
  void of_hypervisor(const Act& act);
  void of_server(Deed deed);
  void of_agent(Deed deed, std::size_t node);
  void of_switch(Deed deed, std::size_t node);
  void of_database(Deed deed, std::size_t node);
  void of_lines(const Act& act);
  void of_wires(Deed deed, std::size_t node);
  void of_machines(const Act& act);
  void of_gateway_hosts(const Act& act);
  void create_network(std::uint32_t number, bool pooled);
  void create_external(std::uint32_t number, bool pooled);
  void of_scopes(const Act& act);
  // What a subnet of the network says of the pool that it is from.
  [[nodiscard]] boost::json::object from_pool(NetworkId network, Family family) const;
  // The port that holds the virtual address of the network of that number.
  PortId holder_on(std::uint32_t network);
  void unplug(const PortId& port);
  // The host that a number stands for; absent while there is none of that number.
  [[nodiscard]] std::optional<std::size_t> host(std::uint32_t number) const;
  [[nodiscard]] const Attachment* attachment(const PortId& port) const;

  Picked choice_;
  World world_;
  std::map<std::uint32_t, NetworkId> networks_;
  std::map<std::uint32_t, std::vector<SubnetId>> subnets_;     // of a network, all that there ever were
  std::map<NetworkId, std::map<Family, SubnetPoolId>> pools_;  // of networks that are from pools
  std::map<Family, AddressScopeId> scopes_;
  std::map<std::uint32_t, RouterId> routers_;
  std::map<std::uint32_t, NetworkId> externals_;
  std::map<std::uint32_t, FloatingIpId> floatings_;
  std::map<NetworkId, PortId> holders_;                                              // of virtual addresses
  std::map<std::pair<std::uint32_t, std::uint32_t>, PortForwardingId> forwardings_;  // of floating IP and kind
  std::map<std::pair<RouterId, PortId>, NdpProxyId> proxies_;
  std::map<std::uint32_t, std::size_t> lost_gateways_;  // of routers
  std::set<RouterId> widened_;                          // that got a second gateway
  std::map<std::uint32_t, Port> ports_;
  std::map<PortId, TrunkId> trunks_;                         // by parent
  std::map<PortId, TapServiceId> services_;                  // by the port that copies are for
  std::map<std::pair<PortId, PortId>, TapFlowId> listened_;  // whose traffic, for whom
  std::map<std::uint32_t, SecurityGroupId> groups_;
  std::map<std::uint32_t, LogId> logs_;                                           // of a group
  std::map<std::pair<std::uint32_t, std::uint32_t>, SecurityGroupRuleId> rules_;  // of group and kind
  std::map<std::uint32_t, std::pair<QosPolicyId, QosRuleId>> policies_;           // and the rule that changes
};

// What came of a story.
struct Life {
  std::vector<std::string> violations;
  std::uint64_t trace = 0;            // equal runs have equal traces
  std::uint64_t steps = 0;            // jobs of the scheduler
  std::vector<std::uint32_t> bounds;  // of the choices since the first one picked (picked.h)
};

struct Story {
  std::uint64_t seed = 0;  // of everything that the acts leave open
  std::uint32_t hosts = 1;
  Acts acts;
};

// A story while it is played. After a broken law nothing more is performed.
class Performance {
 public:
  // All acts of the story are performed.
  explicit Performance(const Story& story);

  void perform(const Act& act);
  // Heals everything and demands rest, silence and adoption. Nothing is performed after it.
  Life finish();

 private:
  rt::Seeded scheduling_;
  Stage stage_;
};

// Performs the acts, and finishes.
Life play(const Story& story);

}  // namespace tarn::sim
