// The world outside of a benchmark's hosts: an upstream router that answers, with two addresses for whoever speaks to
// it. Ends it again.
#pragma once

#include <vector>

#include "path_side.h"
#include "sandbox/upstream.h"

namespace tarn::bench {

class WorldOutside {
 public:
  WorldOutside() = default;
  ~WorldOutside();
  WorldOutside(const WorldOutside&) = delete;
  WorldOutside& operator=(const WorldOutside&) = delete;

  // On the hosts' provider switch, whose fabric must be there.
  Status raise(const sandbox::Layout& layout);
  // Of an address behind the upstream router, and of its own on the external network.
  [[nodiscard]] const std::vector<PathEnd>& ends() const { return ends_; }
  [[nodiscard]] const sandbox::Upstream& upstream() const { return upstream_; }
  // Whom instances send to that means these.
  void set_door(const Mac& door);
  // Whom these send to that means the address. Errors: nobody has answered for it yet.
  [[nodiscard]] Result<Mac> answers_for(const Ip& address) const;

 private:
  sandbox::Upstream upstream_;
  std::string network_namespace_;
  std::vector<PathEnd> ends_;
};

}  // namespace tarn::bench
