// OVN's programs as Debian has them: its databases and ovn-northd in one folder and namespace, and an ovn-controller
// for each host. One logical switch with the port groups and ACLs that Neutron writes for its default security group.
// Nothing of a machine's own OVN is touched. The switches belong to whoever made them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "process_cost.h"
#include "rt/machine_clock.h"
#include "sandbox/process.h"

namespace tarn::bench {

inline constexpr const char* ovn_agent_name = "ovn-controller";

// A switch that an ovn-controller is for.
struct OvnHost {
  std::string name;               // as OVN's databases call it
  std::filesystem::path dir;      // of its sockets
  std::string network_namespace;  // where its switch runs
  std::string tunnel_address;     // of its Geneve tunnels
  std::string bridge_mappings{};  // "NETWORK:BRIDGE", where it has a wire outside
};

struct OvnPort {
  std::string name;
  std::string address;  // "MAC IP"
  std::string logical_switch = "bench";
};

// Where a router is in a logical switch, which is there already.
struct OvnRouterPort {
  std::string logical_switch;
  std::string mac;
  std::string address;  // "IP/LENGTH"

  [[nodiscard]] std::string name(const std::string& router) const { return router + "-" + logical_switch; }
};
// The words of ovn-nbctl that make a router with such ports, for a longer command.
std::vector<std::string> router_words(const std::string& router, std::span<const OvnRouterPort> ports);
std::vector<std::string> joined_words(std::span<const std::vector<std::string>> commands);

class OvnPrograms {
 public:
  OvnPrograms(std::filesystem::path dir, std::string network_namespace)
      : dir_(std::move(dir)), network_namespace_(std::move(network_namespace)) {}
  ~OvnPrograms();  // ends them, the last started first
  OvnPrograms(const OvnPrograms&) = delete;
  OvnPrograms& operator=(const OvnPrograms&) = delete;

  // Databases, ovn-northd, the logical switch and its groups.
  Status start_central();
  // Tells the host's switch who it is, and starts its agent.
  Status start_agent(const OvnHost& host);
  Status start_agent_again(const OvnHost& host);
  void stop_agent(const OvnHost& host, int signal);

  // With port security, as members of the default group. Waits until every agent has taken them.
  Status add_ports(std::span<const OvnPort> ports, rt::Instant give_up);
  Status await_ports(std::span<const std::string> names, const std::string& condition, rt::Instant give_up) const;
  // Waits until every agent has confirmed the newest configuration.
  Status sync(rt::Instant give_up) const { return nbctl({"--wait=hv", "sync"}, give_up); }
  // Errors: too_slow(); what ovn-nbctl complained of.
  Status nbctl(std::vector<std::string> words, rt::Instant give_up) const;
  [[nodiscard]] CloudCpu cpu() const;  // without switches
  [[nodiscard]] std::size_t port_count() const { return members_.size(); }
  [[nodiscard]] rt::Instant patience() const;

 private:
  Status start_program(const std::string& name, const std::filesystem::path& dir, const std::string& network_namespace,
                       std::vector<std::string> words);
  Status start_database(const std::string& name, const std::string& schema);
  [[nodiscard]] std::string at(const std::string& file) const { return (dir_ / file).string(); }

  rt::MachineClock clock_;
  std::filesystem::path dir_;
  std::string network_namespace_;
  struct Program {
    std::string name;
    std::filesystem::path dir;
    sandbox::ProcessMark mark;
  };
  std::vector<Program> programs_;     // in the order of their starts
  std::vector<std::string> members_;  // of both port groups
};

}  // namespace tarn::bench
