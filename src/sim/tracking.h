// What connection tracking leaves with a packet on its way through the walker: a verdict among its fields, and
// addresses that the tables do not see yet. Used by the pipeline only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/conntrack.h"
#include "sim/packet.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

void forget_verdict(Packet& packet);
void write_verdict(Packet& packet, std::uint16_t zone, const Conntrack::Verdict& verdict);

// Null, or what of this translation no switch should be asked to do.
const char* fault_of(const Passage& passage, const wire::of::Ct& action);

// What a zone remembers of a packet that it translated, for as long as no other zone sees it and nobody clears it.
struct Translated {
  std::uint16_t zone = 0;
  Tuple own;  // before
  Tuple now;
  std::uint32_t bit = 0;  // of ct_state
};

// What was rewritten beneath the tables. They go on with the packet as it was, and what they write counts only where it
// is something else than they see (xlate_commit_actions() in ofproto-dpif-xlate).
class Rewritten {
 public:
  // The packet as it is.
  [[nodiscard]] Packet beneath(const Packet& seen);
  // From now on it is `real`.
  void become(const Packet& seen, const Packet& real);

 private:
  struct Change {
    Field field{};
    Packet::Octets seen{};
    wire::of::FieldValue real{};
  };
  std::vector<Change> changes_;
};

}  // namespace tarn::sim
