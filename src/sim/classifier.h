// One flow table as Open vSwitch's classifier looks flows up, conjunctive matches included (lib/classifier.c,
// ovs-fields(7) "Conjunctive match fields"). A value that does not change; it runs no actions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/packet.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

class Classifier {
 public:
  struct Flow {
    wire::of::FlowKey key;
    wire::of::FlowSpec spec;
  };

  explicit Classifier(std::vector<Flow> flows);  // of one table, any order
  // The flow that the packet meets, or null; never one with a conjunction action. A choice that the switch leaves open
  // is told in `faults`.
  const Flow* lookup(const Packet& packet, std::vector<std::string>& faults) const;

 private:
  // A flow is soft when it is but a clause of conjunctions.
  struct Entry {
    Flow flow;
    bool soft = false;
    bool hidden = false;  // behind a soft flow of the same match and higher priority
  };
  using Entries = std::vector<Entry>;

  const Flow* best_hard(const Packet& packet, std::uint32_t conj_id, std::vector<std::string>& faults) const;
  const Flow* satisfied(const std::vector<const Flow*>& soft, const Packet& packet,
                        std::vector<std::string>& faults) const;

  Entries entries_;  // highest priority first
};

}  // namespace tarn::sim
