// OVN as Debian has it: its databases, ovn-northd and ovn-controller over a switch of the benchmark's own, in one
// namespace and folder. One logical switch, whose ports have port security and the ACLs that Neutron writes for its
// default security group. Nothing of a machine's own OVN is touched.
#pragma once

#include "peer.h"
#include "plugging.h"
#include "rt/machine_clock.h"

namespace tarn::bench {

inline constexpr const char* ovn_agent_name = "ovn-controller";

class OvnPeer final : public Peer {
 public:
  static Result<std::unique_ptr<OvnPeer>> raise(SwitchLab::Instances instances);
  ~OvnPeer() override;
  OvnPeer(const OvnPeer&) = delete;
  OvnPeer& operator=(const OvnPeer&) = delete;

  [[nodiscard]] std::string name() const override { return "OVN"; }
  [[nodiscard]] const SwitchLab& lab() const override { return *lab_; }
  [[nodiscard]] CloudCpu cpu() const override;
  Status make_crowd(int count) override;
  // Up is the northbound database's word, which it has from ovn-controller once a port's flows are in.
  Status plug_crowd() override;
  Status unplug_crowd() override;
  // In sync: the new ovn-controller has confirmed the newest configuration, and all flows are there again.
  Result<AgentRestart> restart_agent() override;

 private:
  explicit OvnPeer(std::unique_ptr<SwitchLab> lab) : lab_(std::move(lab)) {}
  Status start(SwitchLab::Instances instances);
  Status start_database(const std::string& name, const std::string& schema);
  Status start_program(const std::string& name, std::vector<std::string> words);
  Status start_agent();
  Status join_instances();
  Status add_ports(std::span<const Plug> plugs, rt::Instant give_up);
  Status await_ports(std::span<const Plug> plugs, const std::string& condition, rt::Instant give_up) const;
  Status await_flows(std::int64_t count, rt::Instant give_up) const;
  [[nodiscard]] std::string at(const std::string& file) const { return (lab_->dir() / file).string(); }
  Status nbctl(std::vector<std::string> words, rt::Instant give_up) const;
  [[nodiscard]] rt::Instant patience() const { return clock_.now() + peer_patience; }

  rt::MachineClock clock_;
  std::unique_ptr<SwitchLab> lab_;
  struct Program {
    std::string name;
    sandbox::ProcessMark mark;
  };
  std::vector<Program> programs_;     // ovn-controller last
  std::vector<std::string> members_;  // of both port groups
  std::vector<Plug> crowd_;
};

}  // namespace tarn::bench
