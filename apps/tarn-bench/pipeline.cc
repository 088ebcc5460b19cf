// What the flows of the pipeline cost a packet and a port, inside a network and by a router, and what it takes to add
// one rule to a group of 1,000 ports.
#include "benchmarks.h"
#include "exits.h"
#include "path_sheets.h"
#include "rule_trial.h"

namespace tarn::bench {

Result<Report> measure_pipeline(const Settings& settings) {
  Result<std::vector<Sheet>> paths = measure_paths(settings, Topology::one_network);
  if (!paths) return std::unexpected(paths.error());
  Result<std::vector<Sheet>> rules = measure_rules(settings);
  if (!rules) return std::unexpected(rules.error());
  Report report{std::move(*paths)};
  for (Sheet& sheet : *rules) report.sheets.push_back(std::move(sheet));
  return report;
}

Result<Report> measure_routing(const Settings& settings) {
  Result<std::vector<Sheet>> paths = measure_paths(settings, Topology::routed);
  if (!paths) return std::unexpected(paths.error());
  Result<std::vector<Sheet>> exits = measure_exits(settings);
  if (!exits) return std::unexpected(exits.error());
  Report report{std::move(*paths)};
  for (Sheet& sheet : *exits) report.sheets.push_back(std::move(sheet));
  return report;
}

}  // namespace tarn::bench
