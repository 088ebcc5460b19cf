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
  std::optional<Mac> router = std::nullopt;  // whom the first instance sends to that means this one
};

class PathSide {
 public:
  virtual ~PathSide() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::vector<sandbox::Host> hosts() const = 0;  // two
  // Two on the first host, one on the second.
  [[nodiscard]] const std::vector<PathEnd>& ends() const { return ends_; }

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
