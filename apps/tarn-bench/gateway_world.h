// A cloud of three hosts with a router between a tenant's network and the outside, for whose address host 3 answers;
// the instances are on the other two, one on each. Ends it all again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench_cloud.h"
#include "probe.h"
#include "sandbox/upstream.h"

namespace tarn::bench {

class GatewayWorld {
 public:
  static constexpr int gateway_host = 3;

  // Errors: which part did not come up; no router whose gateway is that host's.
  static Result<std::unique_ptr<GatewayWorld>> raise(const Settings& settings);
  ~GatewayWorld();
  GatewayWorld(const GatewayWorld&) = delete;
  GatewayWorld& operator=(const GatewayWorld&) = delete;

  [[nodiscard]] BenchCloud& cloud() { return *cloud_; }
  [[nodiscard]] const std::vector<ProbeEnd>& instances() const { return instances_; }
  // Somebody outside for each instance: an end of a probe is for one alone.
  [[nodiscard]] std::vector<ProbeEnd> outside() const;

  // What happens to the gateway, and what ends it. The last waits until it answers again.
  Status kill();
  Status start();
  Status set_wire(const std::string& wire, bool up);
  Status await_active();

 private:
  GatewayWorld() = default;
  Status build(const Settings& settings);
  Status make_external();
  Status make_router();
  Status boot();
  [[nodiscard]] Result<bool> is_active() const;

  std::unique_ptr<BenchCloud> cloud_;
  sandbox::Upstream upstream_;
  std::string external_, router_;
  std::vector<ProbeEnd> instances_;
};

}  // namespace tarn::bench
