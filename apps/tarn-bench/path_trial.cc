#include "path_trial.h"

#include <poll.h>

#include "benchmarks.h"
#include "packet_flood.h"
#include "rt/machine_clock.h"
#include "tcp_stream.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

// The first packets make the datapath's flows, the connections and the caches' entries: the exact-match cache takes
// one packet in a hundred (emc-insert-inv-prob).
constexpr rt::Duration warm_up = 500ms;
constexpr rt::Duration measured = 1s;          // short, so that sides take turns often
constexpr std::int64_t carries_traffic = 200;  // packets within one `measured`: what else happens has a few

constexpr std::uint16_t first_port = 10'000;
constexpr std::size_t rounds_until_old = 50;  // all source ports above the first have been used then

void pass(rt::Duration duration) {
  poll(nullptr, 0, static_cast<int>(duration / 1ms));
}

struct Way {
  const PathEnd& from;
  const PathEnd& to;
  std::vector<DatapathLook> switches;
};

Result<Way> way_of(const PathSide& side, Reach reach) {
  Way way{side.ends()[0], side.ends()[reach == Reach::inside ? 1 : 2], {}};
  std::vector<sandbox::Host> hosts = side.hosts();
  if (reach == Reach::inside) hosts.erase(hosts.begin() + 1, hosts.end());
  for (const sandbox::Host& host : hosts) {
    Result<DatapathLook> look = DatapathLook::at(host);
    if (!look) return std::unexpected(look.error());
    way.switches.push_back(std::move(*look));
  }
  return way;
}

Status note_costs(const Way& way, PathFigures& figures) {
  for (std::size_t i = 0; i < way.switches.size(); ++i) {
    if (figures.switches[i].cost) continue;
    const Result<PathCost> cost = way.switches[i].cost(carries_traffic, [] { pass(measured); });
    if (!cost) return std::unexpected(cost.error());
    figures.switches[i].cost = *cost;
  }
  return {};
}

struct Flooded {
  double kpps = 0;
  std::vector<ForwardingFigures> switches;
};
Result<Flooded> flood(Way& way, FloodPorts ports, PathFigures& figures) {
  const Result<std::unique_ptr<PacketFlood>> packets = PacketFlood::start(way.from, way.to, ports);
  if (!packets) return std::unexpected(packets.error());
  pass(warm_up);
  for (DatapathLook& look : way.switches) {
    if (Status done = look.zero(); !done) return std::unexpected(done.error());
  }
  const rt::MachineClock clock;
  const std::int64_t before = (*packets)->arrived();
  const rt::Instant begin = clock.now();
  pass(measured);
  const std::int64_t arrived = (*packets)->arrived() - before;
  Flooded flooded{static_cast<double>(arrived) / 1e3 / seconds(clock.now() - begin), {}};
  for (const DatapathLook& look : way.switches) {
    const Result<ForwardingFigures> told = look.figures();
    if (!told) return std::unexpected(told.error());
    flooded.switches.push_back(*told);
  }
  if (arrived == 0) return fail(ErrorCode::unavailable, "no packet arrived");
  if (ports.count == 1) {
    if (Status noted = note_costs(way, figures); !noted) return std::unexpected(noted.error());
  }
  return flooded;
}

}  // namespace

Status try_path(const PathSide& side, Reach reach, PathFigures& figures) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  Result<Way> way = way_of(side, reach);
  if (!way) return std::unexpected(way.error());
  figures.switches.resize(way->switches.size());
  const Result<double> tcp = tcp_mbit_s(way->from, way->to, measured);
  if (!tcp) return fail(tcp.error().code, side.name() + ": " + tcp.error().message);
  const auto round = figures.tcp_mbit_s.size() % rounds_until_old;
  const auto first = static_cast<std::uint16_t>(first_port + round * (many_flows + 1));
  const Result<Flooded> one = flood(*way, {first, 1}, figures);
  if (!one) return fail(one.error().code, side.name() + ": " + one.error().message);
  const Result<Flooded> many = flood(*way, {static_cast<std::uint16_t>(first + 1), many_flows}, figures);
  if (!many) return fail(many.error().code, side.name() + ": " + many.error().message);
  figures.tcp_mbit_s.push_back(*tcp);
  figures.one_flow_kpps.push_back(one->kpps);
  figures.many_flows_kpps.push_back(many->kpps);
  for (std::size_t i = 0; i < way->switches.size(); ++i) {
    figures.switches[i].us_one_flow.push_back(one->switches[i].us_per_packet);
    figures.switches[i].us_many_flows.push_back(many->switches[i].us_per_packet);
    figures.switches[i].subtables_per_hit.push_back(many->switches[i].subtables_per_hit);
  }
  return {};
}

}  // namespace tarn::bench
