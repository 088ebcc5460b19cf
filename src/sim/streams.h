// The law of connections that move: what an instance opened to the outside by the address of a gateway goes on as it
// was, address and port, when the instance goes to another host, as often as it may; and its answers come, whether it
// said anything there or not. Of UDP, which has no first packets, it does so once an answer came there. Owned by the
// law of continuity outside, which finds the ways out and says whom to trust.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/exits.h"

namespace tarn::sim {

class Streams {
 public:
  // Whom the asker knows to be at rest, and where its words of what is broken go.
  struct Asker {
    std::function<bool(std::size_t)> is_settled;
    std::function<bool(std::size_t)> may_refuse;
    bool at_rest = false;
    std::vector<std::string>& broken;
  };

  // Before the others, each time: what the wish has ended since is no longer promised.
  void prune(const Scene& scene);
  // An instance that gets outside by the exit, IPv4, which translates to the gateway's own address.
  void look_at(const Scene& scene, const Attachment& at, const Exit& exit, const Asker& asker) {
    for (const bool datagrams : {false, true}) look_at(scene, at, exit, {at.port, exit.gateway, datagrams}, asker);
  }
  // It gets outside otherwise.
  void end(const Attachment& at, const PortId& gateway) {
    for (const bool datagrams : {false, true}) streams_.erase({at.port, gateway, datagrams});
  }
  // The switch of the node begins anew.
  void forget(std::size_t node);

 private:
  struct Key {
    PortId port;
    PortId gateway;
    bool datagrams = false;  // UDP; else TCP
    auto operator<=>(const Key&) const = default;
  };
  struct Stream {
    std::size_t began = 0;  // the node
    Packet opening;
    Packet seen;                         // outside
    std::string host;                    // of the instance, when it was last asked for
    std::vector<std::string> left = {};  // before that, the last first
    std::set<std::string> came = {};     // promises, each with its terms: of the look before
    std::set<std::string> comes = {};    // and of this one
  };
  void open(const Scene& scene, const Attachment& at, const Exit& exit, const Key& key);
  void look_at(const Scene& scene, const Attachment& at, const Exit& exit, const Key& key, const Asker& asker);
  void look_at(const Scene& scene, const Attachment& at, const Exit& by, Stream& stream, const std::string& terms,
               const Asker& asker);

  std::map<Key, Stream> streams_;
  std::uint16_t opened_ = 0;
};

}  // namespace tarn::sim
