#include "path_sheets.h"

#include <stdlib.h>

#include <optional>

#include "path_trial.h"

namespace tarn::bench {
namespace {

struct Sides {
  std::unique_ptr<PathSide> own;
  std::unique_ptr<PathSide> ovn;  // none where nobody asked for it
  std::unique_ptr<PlainSide> plain;
};

// A row of the sheets: a side on a way, and whom it is compared to.
struct Line {
  std::string way;
  std::string side;
  std::size_t limit;  // the line of plain switching on the same way
  PathFigures figures;
};
enum LineNumber : std::size_t {
  plain_inside,
  own_inside,
  ovn_inside,
  plain_vxlan,
  own_across,
  plain_geneve,
  ovn_across,
};
std::vector<Line> make_lines() {
  return {{"one host", "NORMAL", plain_inside, {}},      {"one host", "Tarn", plain_inside, {}},
          {"one host", "OVN", plain_inside, {}},         {"two hosts, VXLAN", "NORMAL", plain_vxlan, {}},
          {"two hosts, VXLAN", "Tarn", plain_vxlan, {}}, {"two hosts, Geneve", "NORMAL", plain_geneve, {}},
          {"two hosts, Geneve", "OVN", plain_geneve, {}}};
}

// For every switch that is started from here on: ovs-vswitchd frees each batch of packets, and where these lie at the
// end of its heap glibc gives the pages back (mallopt(3), M_TRIM_THRESHOLD) and asks for them anew with the next batch.
// That is a matter of luck, and costs several times what all tables together do.
void keep_freed_memory() {
  setenv("MALLOC_TRIM_THRESHOLD_", "1073741824", 0);
  setenv("MALLOC_TOP_PAD_", "16777216", 0);
}

Result<Sides> raise_sides(const Settings& settings, Topology topology) {
  Sides sides;
  Result<std::unique_ptr<PathSide>> own = raise_own_side(settings, topology);
  if (!own) return std::unexpected(own.error());
  sides.own = std::move(*own);
  Result<std::unique_ptr<PlainSide>> plain = PlainSide::raise();
  if (!plain) return std::unexpected(plain.error());
  sides.plain = std::move(*plain);
  if (!settings.vs_ovn) return sides;
  Result<std::unique_ptr<PathSide>> ovn = raise_ovn_side(topology);
  if (!ovn) return std::unexpected(ovn.error());
  sides.ovn = std::move(*ovn);
  return sides;
}

Status try_all(const Sides& sides, std::vector<Line>& lines) {
  const auto turn = [&lines](const PathSide& side, Reach reach, LineNumber line) {
    return try_path(side, reach, lines[line].figures);
  };
  if (Status done = sides.plain->use(Tunnel::vxlan); !done) return done;
  if (Status done = turn(*sides.plain, Reach::inside, plain_inside); !done) return done;
  if (Status done = turn(*sides.own, Reach::inside, own_inside); !done) return done;
  if (sides.ovn) {
    if (Status done = turn(*sides.ovn, Reach::inside, ovn_inside); !done) return done;
  }
  if (Status done = turn(*sides.plain, Reach::across, plain_vxlan); !done) return done;
  if (Status done = turn(*sides.own, Reach::across, own_across); !done) return done;
  if (!sides.ovn) return {};
  if (Status done = sides.plain->use(Tunnel::geneve); !done) return done;
  if (Status done = turn(*sides.plain, Reach::across, plain_geneve); !done) return done;
  return turn(*sides.ovn, Reach::across, ovn_across);
}

// Round by round, so that what burdens a round burdens both.
Spread times_of(const std::vector<double>& values, const std::vector<double>& limits) {
  std::vector<double> times;
  for (std::size_t i = 0; i < values.size(); ++i) times.push_back(values[i] / limits[i]);
  return spread_of(std::move(times));
}

Sheet cost_sheet(int rounds) {
  return {"packet_costs",
          "What a packet of an established connection costs each switch on its way; median (least to most) of " +
              std::to_string(rounds),
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

Sheet rate_sheet(int rounds) {
  return {"rates",
          "What passes in all, and how it compares to NORMAL in the same round; median (least to most) of " +
              std::to_string(rounds),
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

void add_costs(const Line& line, const PathFigures& limit, Sheet& sheet) {
  for (std::size_t i = 0; i < line.figures.switches.size(); ++i) {
    const SwitchFigures& figures = line.figures.switches[i];
    const bool alone = line.figures.switches.size() == 1;
    sheet.rows.push_back({line.way, line.side,
                          std::string(alone    ? "both"
                                      : i == 0 ? "sender's"
                                               : "receiver's"),
                          figures.cost->table_lookups, figures.cost->recirculations, figures.cost->datapath_flows,
                          spread_of(figures.us_one_flow), spread_of(figures.us_many_flows),
                          times_of(limit.switches[i].us_many_flows, figures.us_many_flows),
                          spread_of(figures.subtables_per_hit)});
  }
}

void add_rates(const Line& line, const PathFigures& limit, Sheet& sheet) {
  const PathFigures& figures = line.figures;
  sheet.rows.push_back({line.way, line.side, spread_of(figures.tcp_mbit_s),
                        times_of(figures.tcp_mbit_s, limit.tcp_mbit_s), spread_of(figures.one_flow_kpps),
                        times_of(figures.one_flow_kpps, limit.one_flow_kpps), spread_of(figures.many_flows_kpps),
                        times_of(figures.many_flows_kpps, limit.many_flows_kpps)});
}

}  // namespace

Result<std::vector<Sheet>> measure_paths(const Settings& settings, Topology topology) {
  keep_freed_memory();
  const Result<Sides> sides = raise_sides(settings, topology);
  if (!sides) return std::unexpected(sides.error());
  std::vector<Line> lines = make_lines();
  for (int round = 0; round < settings.rounds; ++round) {
    tell("packets, round " + std::to_string(round + 1));
    if (Status done = try_all(*sides, lines); !done) return std::unexpected(done.error());
  }
  std::vector<Sheet> sheets{cost_sheet(settings.rounds), rate_sheet(settings.rounds)};
  for (const Line& line : lines) {
    if (line.figures.switches.empty()) continue;
    add_costs(line, lines[line.limit].figures, sheets[0]);
    add_rates(line, lines[line.limit].figures, sheets[1]);
  }
  return sheets;
}

}  // namespace tarn::bench
