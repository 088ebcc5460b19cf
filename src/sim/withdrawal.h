// Law 5, its second half: what was granted and is withdrawn ends at once, and waits for nothing that is being built.
// Owned by the world, which asks after every step; reads what the agent was told and what the datapath does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rt/clock.h"
#include "sim/pipe.h"
#include "sim/traffic.h"

namespace tarn::sim {

// The agent knows its wish and its switch, and nothing but itself keeps it from telling the one to the other.
bool can_act(const Node& node, const Network& network);
// Messages on good lines take no time here, so what comes later than this has waited for something else.
inline constexpr rt::Duration at_once = std::chrono::milliseconds(20);

class Withdrawal {
 public:
  std::vector<std::string> look(const Scene& scene, const Network& network, rt::Instant now);

 private:
  // A port that the node's agent was told to wire, as it was told; and since when it is told otherwise.
  struct Grant {
    model::Port port;
    model::Revision told = 0;  // by the newest revision that said so
    std::optional<rt::Instant> withdrawn;
    bool judged = false;
  };
  std::vector<std::string> judge(const Scene& scene, const Attachment& at, const Grant& grant) const;
  std::map<Attachment, Grant> grants_;
};

}  // namespace tarn::sim
