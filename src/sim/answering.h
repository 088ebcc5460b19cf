// The law of who answers outside: for each address of a gateway or floating IP one host, which is there; as soon as the
// facts in its database say so; and for an address that moved or went nobody where it was. So it is with who lets out
// what others hand over, and that without any agent of theirs. Owned by the world, which asks after every step; reads
// the wish of the cloud, the wires, and what the datapaths do with a question.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "rt/clock.h"
#include "sim/pipe.h"
#include "sim/scene.h"

namespace tarn::sim {

class Answering {
 public:
  std::vector<std::string> look(const Scene& scene, const Network& network, rt::Instant now);
  // The switch of the node begins anew.
  void forget(std::size_t node) { known_.erase(node); }

 private:
  // A way by which something was handed over and let out.
  struct Handing {
    Attachment from;
    PortId gateway;
    Family family{};
    auto operator<=>(const Handing&) const = default;
  };
  // Of a node that knew all there was to know: what that was, and what got outside then.
  struct Known {
    model::Slice told;
    bool joined = false;  // it was on the segment
    std::set<Handing> handed;
  };
  class Look;
  void doubt(const Scene& scene);

  std::uint64_t facts_ = 0;  // a hash of all that the answers may depend on
  rt::Instant since_;
  bool judged_ = false;
  bool judged_alone_ = false;  // those without an agent
  std::map<std::size_t, Known> known_;
  std::uint64_t doubted_ = 0;
};

// Of a cloud at rest: the segment's switches know where an address of a gateway is, as those who answer announced it.
std::vector<std::string> announced_at_rest(const Scene& scene);

}  // namespace tarn::sim
