// What the flows of the pipeline cost a packet, a port and a router, inside a network, by a router and to the outside,
// and what it takes to add one rule to a group of 1,000 ports or one route to one of 1,000 routers.
#include "benchmarks.h"
#include "exits.h"
#include "path_sheets.h"
#include "route_trial.h"
#include "rule_trial.h"

namespace tarn::bench {

namespace {

// One after the other, each with sides of its own.
template <class... Measure>
Result<Report> report_of(const Settings& settings, Measure... measures) {
  Report report;
  Status failed;
  const auto add = [&](Result<std::vector<Sheet>> sheets) {
    if (!sheets) failed = std::unexpected(sheets.error());
    if (!sheets) return false;
    for (Sheet& sheet : *sheets) report.sheets.push_back(std::move(sheet));
    return true;
  };
  if (!(add(measures(settings)) && ...)) return std::unexpected(failed.error());
  return report;
}

Result<std::vector<Sheet>> measure_one_network(const Settings& settings) {
  return measure_paths(settings, Topology::one_network);
}
Result<std::vector<Sheet>> measure_routed(const Settings& settings) {
  return measure_paths(settings, Topology::routed);
}

}  // namespace

Result<Report> measure_pipeline(const Settings& settings) {
  return report_of(settings, measure_one_network, measure_rules);
}

Result<Report> measure_routing(const Settings& settings) {
  return report_of(settings, measure_routed, measure_exits, measure_routes);
}

}  // namespace tarn::bench
