// Neutron as Debian has it, on one host like ours: its central programs, and neutron-openvswitch-agent over a switch of
// the benchmark's own, in namespaces and folders made for them. One VXLAN network, whose ports have Neutron's default
// security group by the Open vSwitch firewall. Nothing of a machine's own Neutron is touched.
#pragma once

#include "peer.h"
#include "peers/neutron_central.h"
#include "plugging.h"
#include "rt/machine_clock.h"

namespace tarn::bench {

class NeutronPeer final : public Peer {
 public:
  static Result<std::unique_ptr<NeutronPeer>> raise(SwitchLab::Instances instances);
  ~NeutronPeer() override;
  NeutronPeer(const NeutronPeer&) = delete;
  NeutronPeer& operator=(const NeutronPeer&) = delete;

  [[nodiscard]] std::string name() const override { return "Neutron"; }
  [[nodiscard]] const SwitchLab& lab() const override { return *lab_; }
  [[nodiscard]] CloudCpu cpu() const override;
  Status make_crowd(int count) override;
  // Up is the API's word: ACTIVE.
  Status plug_crowd() override;
  Status unplug_crowd() override;
  // In sync: the new agent's log says that its first round over all ports is complete.
  Result<AgentRestart> restart_agent() override;

 private:
  NeutronPeer(std::unique_ptr<SwitchLab> lab, std::unique_ptr<peers::NeutronCentral> central)
      : lab_(std::move(lab)), central_(std::move(central)) {}
  Status start(SwitchLab::Instances instances);
  Status link_central() const;
  Status start_agent(rt::Instant give_up);
  void end_agent();
  Status make_network();
  Status join_instances();
  // Ports of `wishes` (port objects), in bulk.
  Result<std::vector<Plug>> make_ports(const boost::json::array& wishes, rt::Instant give_up) const;
  // Until no port is of one of `statuses`: a part of a query.
  Status await_no_port(const std::string& statuses, rt::Instant give_up) const;
  [[nodiscard]] boost::json::object port_wish(const std::string& device) const;
  [[nodiscard]] std::vector<pid_t> switch_pids() const { return {lab_->switch_pid(), lab_->database_pid()}; }
  [[nodiscard]] std::filesystem::path agent_log() const;
  [[nodiscard]] rt::Instant patience() const { return clock_.now() + peer_patience; }

  rt::MachineClock clock_;
  std::unique_ptr<SwitchLab> lab_;
  std::unique_ptr<peers::NeutronCentral> central_;
  std::optional<sandbox::ProcessMark> agent_;
  int agent_starts_ = 0;
  std::string network_;
  std::vector<Plug> crowd_;
};

}  // namespace tarn::bench
