// Three hosts and a router between a tenant's network and the outside, for whose address host 3 answers; instances are
// on the other two, one on each. Ours, or a peer's on equal hosts. Ends it all again.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks.h"
#include "path_side.h"
#include "world_outside.h"

namespace tarn::bench {

// An instance, and the address by which others outside know it.
struct KnownAs {
  PathEnd end;
  Ip outside;
};

class GatewayWorld {
 public:
  static constexpr int gateway_host = 3;

  virtual ~GatewayWorld() = default;
  GatewayWorld(const GatewayWorld&) = delete;
  GatewayWorld& operator=(const GatewayWorld&) = delete;

  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::vector<sandbox::Host> hosts() const = 0;
  [[nodiscard]] const std::vector<PathEnd>& instances() const { return instances_; }
  // Somebody outside for each instance: an end of a probe is for one alone.
  [[nodiscard]] const WorldOutside& outside() const { return outside_; }

  // The first instance, by the router's own address; and one more beside it, with a floating IP.
  [[nodiscard]] virtual Result<KnownAs> by_gateway() const = 0;
  virtual Result<KnownAs> add_floating() = 0;
  // Whether what leaves without a floating IP passes the gateway's host, as all that comes back does.
  [[nodiscard]] virtual bool leaves_by_gateway() const = 0;

  // What happens to the gateway, and what ends it. The last waits until it answers again.
  virtual Status kill() = 0;
  virtual Status start() = 0;
  Status set_wire(const std::string& wire, bool up) const;
  virtual Status await_active() = 0;

 protected:
  GatewayWorld() = default;
  [[nodiscard]] virtual const sandbox::Layout& layout() const = 0;
  // One more instance, once the outside answers it.
  Status take(PathEnd instance);

  WorldOutside outside_;
  std::vector<PathEnd> instances_;
};

// Errors: which part did not come up; no router whose gateway is that host's.
Result<std::unique_ptr<GatewayWorld>> raise_own_gateways(const Settings& settings);
// By gateway chassis of three priorities, which watch each other by BFD: each as often as its defaults say, or at that
// interval.
Result<std::unique_ptr<GatewayWorld>> raise_ovn_gateways(std::optional<std::chrono::milliseconds> bfd_interval);

}  // namespace tarn::bench
