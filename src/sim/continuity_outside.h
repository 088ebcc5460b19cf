// The law of continuity towards the outside: who got out gets out, is called, and hears answers, and a connection keeps
// the address and port that it was translated to. Owned by the law of continuity, which tells it whom to trust.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/exits.h"
#include "sim/streams.h"

namespace tarn::sim {

class ContinuityOutside {
 public:
  // `settled`: nodes where nothing can change any more what they do with a packet.
  std::vector<std::string> look(const Scene& scene, const std::set<std::size_t>& settled);
  // Of a cloud at rest: all of it, promised or not.
  std::vector<std::string> at_rest(const Scene& scene);
  // The switch of the node begins anew, and whom it knew outside with it.
  void forget(std::size_t node);

 private:
  enum class Way : std::uint8_t { out, connection, answer, call, answered, forwarded };
  struct Probe {
    Attachment at;
    PortId gateway;
    Family family{};
    Way way{};
    std::size_t landing = 0;  // where it comes in
    std::uint16_t port = 0;   // of those that are forwarded
    bool by_others = false;   // another host lets it out
    auto operator<=>(const Probe&) const = default;
  };
  // A connection that was opened in earnest, and as what its packets leave.
  struct Opened {
    std::string terms;
    Packet packet;
    Packet seen;
  };
  // A call that came in earnest.
  struct Called {
    std::string terms;
    std::uint16_t port = 0;  // that it came from
  };
  struct Connection {
    Attachment at;
    PortId gateway;
    Family family{};
    auto operator<=>(const Connection&) const = default;
  };
  class Look;

  std::map<Probe, std::string> came_;  // and on which terms
  std::map<Connection, Opened> opened_;
  std::map<Connection, Called> called_;
  std::uint16_t connections_ = 0;
  Streams streams_;
};

}  // namespace tarn::sim
