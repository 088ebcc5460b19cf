// Answers who asks: finds whose question it is and what is known of that network, and asks elsewhere what is not its
// own to know. Keeps nothing of a question once it is answered.
#pragma once

#include "names/upstream.h"
#include "names/zones.h"

namespace tarn::names {

class Resolver {
 public:
  // Absent: nothing is said.
  using Reply = std::move_only_function<void(std::optional<Bytes>)>;

  // `instances` and `names` are the agent's folders. `upstream` outlives this.
  Resolver(rt::Descriptor instances, rt::Descriptor names, Upstream& upstream)
      : instances_(std::move(instances)), zones_(std::move(names)), upstream_(upstream) {}

  // `client` is the address that the service sees. `reply` may be called at once or later.
  void ask(const std::string& client, Bytes message, Transport transport, Reply reply);

 private:
  rt::Descriptor instances_;
  Zones zones_;
  Upstream& upstream_;
};

}  // namespace tarn::names
