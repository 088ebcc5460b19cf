// OVN as Debian has it, on a host like ours: its databases, ovn-northd and ovn-controller over a switch of the
// benchmark's own, in a namespace and folder made for it; ended with it. One logical switch, whose ports have port
// security and the ACLs that Neutron writes for its default security group.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "switch_lab.h"

namespace tarn::bench {

class OvnPeer {
 public:
  // Errors: the command that failed; a program that is not installed (tools/install-packages peers).
  static Result<std::unique_ptr<OvnPeer>> raise();
  ~OvnPeer();
  OvnPeer(const OvnPeer&) = delete;
  OvnPeer& operator=(const OvnPeer&) = delete;

  // Logical ports p1, p2, …, not yet plugged.
  Status make_ports(int count) const;
  // Interfaces of the switch itself for them, in one transaction; then waits until the northbound database says that
  // all are up, which ovn-controller reports once their flows are in.
  Status plug_until_up(int count) const;
  Status take_away(int count) const;

  struct Cpu {
    double agent_s = 0, switch_s = 0, central_s = 0;
  };
  [[nodiscard]] Cpu cpu() const;

 private:
  explicit OvnPeer(std::unique_ptr<SwitchLab> lab) : lab_(std::move(lab)) {}
  Status start();
  Status start_database(const std::string& name, const std::string& schema);
  Status start_program(const std::string& name, std::vector<std::string> words);
  [[nodiscard]] std::string at(const std::string& file) const { return (lab_->dir() / file).string(); }
  Status nbctl(std::vector<std::string> words) const;

  std::unique_ptr<SwitchLab> lab_;
  struct Program {
    std::string name;
    sandbox::ProcessMark mark;
  };
  std::vector<Program> programs_;
};

}  // namespace tarn::bench
