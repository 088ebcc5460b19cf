#include "path_table.h"

#include <stdlib.h>

#include <algorithm>

namespace tarn::bench {
namespace {

// Round by round, so that what burdens a round burdens both.
Spread times_of(const std::vector<double>& values, const std::vector<double>& limits) {
  std::vector<double> times;
  for (std::size_t i = 0; i < values.size(); ++i) times.push_back(values[i] / limits[i]);
  return spread_of(std::move(times));
}

Sheet cost_sheet(const PathTitle& title, int rounds) {
  return {title.key + "packet_costs",
          "What a packet of an established connection costs each switch on its way" + title.what +
              "; median (least to most) of " + std::to_string(rounds),
          {{"way", "way"},
           {"side", "side"},
           {"switch", "switch"},
           {"table_lookups", "table lookups"},
           {"recirculations", "recirculations"},
           {"datapath_flows", "datapath flows"},
           {"us_one_flow", "us/packet: 1 flow"},
           {"us_many_flows", "1,024 flows"},
           {"us_many_times", "NORMAL's part of it"},
           {"subtables_per_hit", "lookups per megaflow hit"}},
          {}};
}

Sheet rate_sheet(const PathTitle& title, int rounds) {
  return {title.key + "rates",
          "What passes in all" + title.what +
              ", and how it compares to NORMAL in the same round; median (least to most) of " + std::to_string(rounds),
          {{"way", "way"},
           {"side", "side"},
           {"tcp_mbit_s", "TCP Mbit/s"},
           {"tcp_times", "x NORMAL"},
           {"one_flow_kpps", "60 B kpps, 1 flow"},
           {"one_flow_times", "x NORMAL"},
           {"many_flows_kpps", "1,024 flows"},
           {"many_flows_times", "x NORMAL"}},
          {}};
}

void add_costs(const PathLine& line, const PathFigures& limit, Sheet& sheet) {
  for (std::size_t i = 0; i < line.figures.switches.size(); ++i) {
    const SwitchFigures& figures = line.figures.switches[i];
    const SwitchFigures& beside = limit.switches[std::min(i, limit.switches.size() - 1)];
    sheet.rows.push_back({line.way, line.side, figures.whose, figures.cost->table_lookups, figures.cost->recirculations,
                          figures.cost->datapath_flows, spread_of(figures.us_one_flow),
                          spread_of(figures.us_many_flows), times_of(beside.us_many_flows, figures.us_many_flows),
                          spread_of(figures.subtables_per_hit)});
  }
}

void add_rates(const PathLine& line, const PathFigures& limit, Sheet& sheet) {
  const PathFigures& figures = line.figures;
  sheet.rows.push_back({line.way, line.side, spread_of(figures.tcp_mbit_s),
                        times_of(figures.tcp_mbit_s, limit.tcp_mbit_s), spread_of(figures.one_flow_kpps),
                        times_of(figures.one_flow_kpps, limit.one_flow_kpps), spread_of(figures.many_flows_kpps),
                        times_of(figures.many_flows_kpps, limit.many_flows_kpps)});
}

}  // namespace

std::vector<Sheet> path_sheets(const std::vector<PathLine>& lines, const PathTitle& title, int rounds) {
  std::vector<Sheet> sheets{cost_sheet(title, rounds), rate_sheet(title, rounds)};
  for (const PathLine& line : lines) {
    if (line.figures.switches.empty()) continue;
    add_costs(line, lines[line.limit].figures, sheets[0]);
    add_rates(line, lines[line.limit].figures, sheets[1]);
  }
  return sheets;
}

void keep_freed_memory() {
  setenv("MALLOC_TRIM_THRESHOLD_", "1073741824", 0);
  setenv("MALLOC_TOP_PAD_", "16777216", 0);
}

}  // namespace tarn::bench
