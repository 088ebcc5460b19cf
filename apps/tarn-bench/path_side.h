// One way to join three instances on two hosts, in one network or by a router between two: ours, a peer's, or plain
// switching. All have the same hosts, instances and MTU; only what programs br-int differs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "sandbox/host.h"

namespace tarn::bench {

struct Settings;

// Routed: the first instance is in a network of its own, the others in another one behind a router.
enum class Topology { one_network, routed };

struct PathEnd {
  std::string network_namespace;
  Mac mac;
  Ip address;
  std::uint32_t number = 0;                  // on its side, from 1
  std::optional<Mac> router = std::nullopt;  // whom the other end sends to that means this one
};

// What is carried: what the end sends that opened the connection, or what it is answered.
enum class Travel { out, back };

// From whoever opens each connection, and the switches that the packets carried pass, the first one first.
struct PathSwitch {
  std::string whose;
  sandbox::Host host;
};
struct Path {
  PathEnd from;
  PathEnd to;
  Travel travel = Travel::out;
  std::vector<PathSwitch> switches;
};

enum class Reach { inside, across };  // one host, or two

class PathSide {
 public:
  virtual ~PathSide() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::vector<sandbox::Host> hosts() const = 0;  // two
  // Two on the first host, one on the second.
  [[nodiscard]] const std::vector<PathEnd>& ends() const { return ends_; }
  // From the first instance to the second or the third one.
  [[nodiscard]] Path path(Reach reach) const;

  // Room for every tunnel's header below the 1,500 octets of Ethernet, the same for all sides.
  // Then waits until each instance reaches each other one.
  Status make_ready() const;

 protected:
  std::vector<PathEnd> ends_;
};

Result<std::unique_ptr<PathSide>> raise_own_side(const Settings& settings, Topology topology);
Result<std::unique_ptr<PathSide>> raise_ovn_side(Topology topology);

enum class Tunnel { vxlan, geneve };
class PlainSide : public PathSide {
 public:
  // By one flow, actions=NORMAL.
  static Result<std::unique_ptr<PlainSide>> raise();
  // Turns the tunnel between the hosts into another kind.
  virtual Status use(Tunnel tunnel) = 0;
};

}  // namespace tarn::bench
