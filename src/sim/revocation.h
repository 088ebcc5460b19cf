// The law of revocation: what security groups no longer let through ends once the agents know, new packets and answers
// alike, whatever is being built meanwhile. Owned by the world, which asks after every step.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rt/clock.h"
#include "sim/pipe.h"
#include "sim/traffic.h"

namespace tarn::sim {

class Revocation {
 public:
  std::vector<std::string> look(const Scene& scene, const Network& network, rt::Instant now);

 private:
  using Pair = std::pair<Attachment, Attachment>;
  struct Standing {
    std::pair<model::Revision, model::Revision> told;  // sender's and receiver's agent
    bool is_let = false;
    std::optional<rt::Instant> forbidden;  // since when, while it is
    bool judged = false;
  };
  std::map<Pair, Standing> standings_;
};

}  // namespace tarn::sim
