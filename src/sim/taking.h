// The law of taking: what is sent to an address that several instances may take comes to the one that took it last,
// once, and to no other. Owned by the law of continuity, which tells it whom to trust.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/exits.h"

namespace tarn::sim {

class Taking {
 public:
  // The instance tells its network that it has the address now.
  void took(const Scene& scene, const Attachment& at, const Ip& address);
  // Once a way to whoever may take the address was ready between hosts at rest, all that goes that way follows whoever
  // takes it, at every instant until the wish is another: whatever is dead or away meanwhile.
  std::vector<std::string> look(const Scene& scene, const std::set<std::size_t>& settled);
  // The switch of the node lost its flows; it begins anew with them, and knows nobody.
  void forget(std::size_t node);
  void forget_neighbours(std::size_t node);

 private:
  struct Holder {
    Attachment at;
    std::set<Attachment> heard;  // others that might have it, and whose hosts heard that they have not
  };
  // Who sends, or the host where it comes in from outside and for which address; and who may take it.
  struct Way {
    std::optional<Attachment> from;
    std::size_t landing = 0;
    Ip called = {};
    Attachment to;
    auto operator<=>(const Way&) const = default;
  };
  class Look;

  std::map<Way, std::string> ready_;  // and on which terms
  std::map<std::pair<NetworkId, Ip>, Holder> holders_;
};

}  // namespace tarn::sim
