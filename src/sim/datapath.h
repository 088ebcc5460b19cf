// What a switch forwards by at this instant: its ports, flows and connections. Outlives the model of ovs-vswitchd, as
// the kernel's datapath outlives the process. Written by the model switch, read by the walker of packets and by laws.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "sim/learning.h"
#include "sim/pipeline.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

using PortNumbers = std::map<std::string, std::uint32_t>;  // of the integration bridge, by interface name

class Datapath {
 public:
  void become(const FlowTable& flows, const PortNumbers& ports, const LivePorts& alive = {});

  // What would come out if this came in, in order. Good until the next change. Asks only: no connection begins by it.
  [[nodiscard]] const std::vector<Emission>& emissions(std::uint32_t in_port, const Packet& packet) const;
  // The same for a packet that does come in: the switch remembers the connections that its flows commit, and learns.
  std::vector<Emission> send(std::uint32_t in_port, const Packet& packet);
  // The same for a packet of a controller's own.
  std::vector<Emission> send_out(const std::vector<wire::of::Action>& actions, const Packet& packet);
  // Who keeps the tables hears what packets make of them, in order, and comes back with what they become. With nobody
  // the datapath puts it into its own.
  using Pupil = std::function<void(const std::vector<Learned>&)>;
  void teach(Pupil pupil) { pupil_ = std::move(pupil); }
  // They outlive the flows that committed them.
  [[nodiscard]] const Conntrack& conntrack() const { return conntrack_; }
  [[nodiscard]] const PortNumbers& ports() const { return ports_; }
  [[nodiscard]] std::optional<std::uint32_t> number_of(const std::string& interface) const;
  [[nodiscard]] std::string name_of(std::uint32_t port) const;  // empty: no such port
  // What was met, since the last change, that no switch should be asked to do (pipeline.h).
  [[nodiscard]] std::set<std::string> faults() const;
  // Another number: packets may go another way now.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  const Pipeline& pipeline() const;
  void learn(const std::vector<Learned>& all);

  Pupil pupil_;
  Conntrack conntrack_;
  PortNumbers ports_;
  LivePorts alive_;
  std::map<wire::of::FlowKey, wire::of::FlowSpec> flows_;
  // Made when first asked for: laws send the same packets again and again through tables that did not change.
  mutable std::shared_ptr<const Pipeline> pipeline_;
  struct Walked {
    std::vector<Emission> emissions;
    std::vector<std::string> faults;
  };
  mutable std::map<std::pair<std::uint32_t, Packet>, Walked> walked_;
  std::uint64_t version_ = 0;
};

}  // namespace tarn::sim
