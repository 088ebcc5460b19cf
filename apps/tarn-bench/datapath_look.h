// What the userspace datapath of one ovs-vswitchd does with packets, as it tells itself (ovs-vswitchd(8), dpif-netdev,
// dpctl and ofproto commands). Looks only, and sets its counters to zero.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/host.h"

namespace tarn::bench {

// Since the counters were zeroed. Its cycles the datapath counts in threads that do nothing else (PMD); here it has
// none.
struct ForwardingFigures {
  double us_per_packet = 0;      // processor time of the whole switch, for each packet received
  double subtables_per_hit = 0;  // lookups for one hit among the megaflows; 0 when the exact-match cache had all
};

// Of the datapath flows that carry the traffic.
struct PathCost {
  std::int64_t datapath_flows = 0;
  std::int64_t recirculations = 0;
  std::int64_t table_lookups = 0;  // OpenFlow tables asked to make those flows, each recirculation's counted
};

class DatapathLook {
 public:
  // Errors: no switch runs there.
  static Result<DatapathLook> at(const sandbox::Host& host);

  Status zero();
  [[nodiscard]] Result<ForwardingFigures> figures() const;
  // The flows whose packets grew by at least `packets_least` while `pass` ran; each is traced through the tables.
  template <class Pass>
  [[nodiscard]] Result<PathCost> cost(std::int64_t packets_least, Pass pass) const {
    const Result<std::vector<std::string>> before = flows();
    if (!before) return std::unexpected(before.error());
    pass();
    return cost_since(*before, packets_least);
  }
  // How many flows there are after `pass` that were not there before.
  template <class Pass>
  [[nodiscard]] Result<std::int64_t> made(Pass pass) const {
    const Result<std::vector<std::string>> before = flows();
    if (!before) return std::unexpected(before.error());
    pass();
    return made_since(*before);
  }

 private:
  DatapathLook(std::string socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}
  [[nodiscard]] Result<std::string> ask(std::vector<std::string> words) const;
  [[nodiscard]] Result<std::vector<std::string>> flows() const;
  [[nodiscard]] Result<PathCost> cost_since(const std::vector<std::string>& before, std::int64_t packets_least) const;
  [[nodiscard]] Result<std::int64_t> made_since(const std::vector<std::string>& before) const;

  std::string socket_;
  pid_t pid_;
  double zeroed_at_us_ = 0;  // of its processor time
};

}  // namespace tarn::bench
