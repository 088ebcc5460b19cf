// OVN on one host, over a switch of the benchmark's own, in one namespace and folder: a crowd of ports, and
// ovn-controller restarted.
#pragma once

#include "ovn_programs.h"
#include "peer.h"
#include "plugging.h"

namespace tarn::bench {

class OvnPeer final : public Peer {
 public:
  static Result<std::unique_ptr<OvnPeer>> raise(SwitchLab::Instances instances);
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

  // For what a benchmark changes by itself.
  [[nodiscard]] const OvnPrograms& programs() const { return programs_; }

 private:
  explicit OvnPeer(std::unique_ptr<SwitchLab> lab)
      : lab_(std::move(lab)), programs_(lab_->dir(), lab_->switch_namespace()) {}
  Status start(SwitchLab::Instances instances);
  Status join_instances();
  Status add_ports(std::span<const Plug> plugs, rt::Instant give_up);
  Status await_ports(std::span<const Plug> plugs, const std::string& condition, rt::Instant give_up) const;
  Status await_flows(std::int64_t count, rt::Instant give_up) const;
  [[nodiscard]] OvnHost host() const;

  rt::MachineClock clock_;
  std::unique_ptr<SwitchLab> lab_;
  OvnPrograms programs_;  // ends before its switch
  std::vector<Plug> crowd_;
};

}  // namespace tarn::bench
