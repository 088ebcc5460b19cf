// An Open vSwitch of a test's own: ovsdb-server and ovs-vswitchd (userspace datapath) in a network namespace and a
// directory made for it, all gone when it is destroyed. Needs root and the openvswitch-switch package.
// Touches no other switch of the machine: every command is given this one's sockets.
#pragma once

#include <signal.h>

#include <string>
#include <utility>
#include <vector>

#include "support/run_command.h"

namespace tarn::test {

inline constexpr const char* open_vswitch_schema_file = "/usr/share/openvswitch/vswitch.ovsschema";

// Ends the daemon that wrote this pid file, by `signal` at first, and returns when it is gone.
void stop_daemon(const std::string& pid_file, int signal = SIGTERM);

class PrivateSwitch {
 public:
  // `name` prefixes the namespace, so that a leftover of a killed test says whose it was.
  explicit PrivateSwitch(const std::string& name);
  ~PrivateSwitch();
  PrivateSwitch(const PrivateSwitch&) = delete;
  PrivateSwitch& operator=(const PrivateSwitch&) = delete;

  [[nodiscard]] const std::string& directory() const { return directory_; }  // its OVS_RUNDIR
  [[nodiscard]] const std::string& netns() const { return netns_; }
  [[nodiscard]] std::string database_socket() const { return directory_ + "/db.sock"; }
  [[nodiscard]] std::string management_socket(const std::string& bridge) const {
    return directory_ + "/" + bridge + ".mgmt";
  }

  // Where ovs-vswitchd listens for ovs-appctl(8).
  [[nodiscard]] std::string control_socket() const;

  // Adds a secure-mode bridge with the netdev datapath; returns when the switch has made it.
  void add_bridge(const std::string& bridge);
  // ovs-vsctl and ovs-ofctl (-O OpenFlow15) on this switch. A failing command fails the test and answers its output.
  std::string vsctl(std::vector<std::string> arguments);
  std::string ofctl(std::vector<std::string> arguments, const std::string& input = {});
  // Runs a command inside the switch's namespace.
  CommandResult in_netns(std::vector<std::string> command);

  void start_database();
  void start_switch();
  void stop_switch();  // the database keeps running
  void stop_database();

 private:
  CommandResult run(std::vector<std::string> command, const std::string& input = {});
  std::string checked(std::vector<std::string> command, const std::string& input = {});

  std::string netns_;
  std::string directory_;
};

}  // namespace tarn::test
