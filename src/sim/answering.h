// The law of who answers outside: for each address of a gateway or floating IP one host, which is there; as soon as the
// facts in its database say so; and for an address that moved or went nobody where it was. So it is with who lets out
// what others hand over. Owned by the world, which
// asks after every step; reads the wish of the cloud, the wires, and what the datapaths do with a question.
#pragma once

#include <string>
#include <vector>

#include "rt/clock.h"
#include "sim/pipe.h"
#include "sim/scene.h"

namespace tarn::sim {

class Answering {
 public:
  std::vector<std::string> look(const Scene& scene, const Network& network, rt::Instant now);

 private:
  std::uint64_t facts_ = 0;  // a hash of all that the answers may depend on
  rt::Instant since_;
  bool judged_ = false;
};

// Of a cloud at rest: the segment's switches know where an address of a gateway is, as those who answer announced it.
std::vector<std::string> announced_at_rest(const Scene& scene);

}  // namespace tarn::sim
