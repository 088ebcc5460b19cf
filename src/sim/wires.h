// What is beyond the machines: the wires between hosts, the physical segment that those with a provider bridge are on,
// and the router outside that is a neighbour there. Says what BFD over the wires tells each switch (RFC 5880), carries
// frames, and remembers on which port of the segment a MAC address was heard. Owned by a world, outlives all switches.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "sim/packet.h"
#include "sim/scheduler.h"

namespace tarn::sim {

// The segment as hosts know it, and the bridge that its operator gave each.
inline constexpr const char* physical_network = "physnet1";
inline constexpr const char* provider_bridge = "br-ex";

// The router outside: the next hop of everybody, and who is asked for what is far away.
struct Upstream {
  Mac mac;
  Ip address;  // in the subnet of the network with that tag
  Ip address6;  // the API's own choice for a subnet's gateway, the first of the prefix
};
// `tci`: of the frames on the segment, 0 where they are untagged.
Upstream upstream_of(std::uint64_t tci);

class Wires {
 public:
  explicit Wires(Scheduler& scheduler);

  // Of a switch while it runs, by its host's tunnel address: `changed` when it would be told something else now,
  // `frame` for what comes from the segment.
  struct Ends {
    std::function<void()> changed;
    std::function<void(const Packet&)> frame;
  };
  void up(const std::string& own, Ends ends);
  void down(const std::string& own);
  // Whom the switch sends BFD to, and whether it says that its own way on is down (cpath_down).
  using Sessions = std::map<std::string, bool>;
  void speak(const std::string& own, const Sessions& sessions);
  // The column bfd_status of the interface to `remote` (ovs-vswitchd.conf.db(5)).
  using Status = std::map<std::string, std::string>;
  [[nodiscard]] Status status(const std::string& own, const std::string& remote) const;

  // The wire of a host to the others, and the one to the segment. What is cut is cut until it is joined.
  void cut_from_hosts(const std::string& own, bool cut);
  void cut_from_segment(const std::string& own, bool cut);
  void heal();
  [[nodiscard]] bool connects(const std::string& a, const std::string& b) const;
  [[nodiscard]] bool reaches_segment(const std::string& own) const { return !severed_.contains(own); }

  // A frame in earnest; the segment's switches remember who sent it. The router outside answers questions.
  void emit(const std::string& own, const Packet& frame);
  // The host where a MAC address was heard last; the router outside has none.
  [[nodiscard]] const std::string* place(std::uint64_t tci, const Mac& mac) const;

  // BFD has told everybody what is so by now.
  [[nodiscard]] bool quiet() const;
  // A session that has never been up, where somebody is to be heard.
  [[nodiscard]] bool waits_for_somebody() const;
  // Another number: something else holds.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  struct Session {
    bool up = false;
    bool was_up = false;
    bool path_down = false;  // as the other end says of itself
    rt::TimerHandle pending;
  };
  using Pair = std::pair<std::string, std::string>;  // who is told, of whom

  [[nodiscard]] std::pair<bool, bool> truth(const Pair& pair) const;  // up, path_down
  void look();
  void tell(const Pair& pair);
  void deliver(const std::string& to, const Packet& frame);
  void answer(const Packet& question);
  void answer_to(const Packet& question, const Packet& answer);

  Scheduler& scheduler_;
  std::unique_ptr<SimLoop> loop_;
  std::map<std::string, std::shared_ptr<Ends>> ends_;
  std::map<std::string, Sessions> spoken_;
  std::map<Pair, Session> sessions_;
  std::set<std::string> lonely_;   // cut from the other hosts
  std::set<std::string> severed_;  // cut from the segment
  std::map<std::pair<std::uint64_t, Mac>, std::string> places_;
  std::uint64_t version_ = 0;
};

}  // namespace tarn::sim
