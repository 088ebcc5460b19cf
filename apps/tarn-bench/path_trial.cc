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

constexpr std::uint16_t first_source = 10'000;
constexpr std::uint16_t first_destination = 20'000;  // two new ones with each round: no connection is an old one
constexpr std::uint16_t back_offset = 2 * 1'000;     // of at most so many rounds: as those out

void pass(rt::Duration duration) {
  poll(nullptr, 0, static_cast<int>(duration / 1ms));
}

Result<std::vector<DatapathLook>> looks_at(const Path& path) {
  std::vector<DatapathLook> looks;
  for (const PathSwitch& passed : path.switches) {
    Result<DatapathLook> look = DatapathLook::at(passed.host);
    if (!look) return std::unexpected(look.error());
    looks.push_back(std::move(*look));
  }
  return looks;
}

Status note_costs(const std::vector<DatapathLook>& looks, PathFigures& figures) {
  for (std::size_t i = 0; i < looks.size(); ++i) {
    if (figures.switches[i].cost) continue;
    const Result<PathCost> cost = looks[i].cost(carries_traffic, [] { pass(measured); });
    if (!cost) return std::unexpected(cost.error());
    if (cost->datapath_flows == 0) return fail(ErrorCode::unavailable, "a switch on the way carried nothing");
    figures.switches[i].cost = *cost;
  }
  return {};
}

struct Flooded {
  double kpps = 0;
  std::vector<ForwardingFigures> switches;
};
Result<Flooded> flood(const Path& path, FloodPorts ports, std::vector<DatapathLook>& looks, PathFigures& figures) {
  const Result<std::unique_ptr<PacketFlood>> packets = PacketFlood::start(path.from, path.to, ports, path.travel);
  if (!packets) return std::unexpected(packets.error());
  pass(warm_up);
  for (DatapathLook& look : looks) {
    if (Status done = look.zero(); !done) return std::unexpected(done.error());
  }
  const rt::MachineClock clock;
  const std::int64_t before = (*packets)->arrived();
  const rt::Instant begin = clock.now();
  pass(measured);
  const std::int64_t arrived = (*packets)->arrived() - before;
  Flooded flooded{static_cast<double>(arrived) / 1e3 / seconds(clock.now() - begin), {}};
  for (const DatapathLook& look : looks) {
    const Result<ForwardingFigures> told = look.figures();
    if (!told) return std::unexpected(told.error());
    flooded.switches.push_back(*told);
  }
  if (arrived == 0) return fail(ErrorCode::unavailable, "no packet arrived");
  if (ports.count == 1) {
    if (Status noted = note_costs(looks, figures); !noted) return std::unexpected(noted.error());
  }
  return flooded;
}

}  // namespace

Status try_path(const Path& path, PathFigures& figures) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  Result<std::vector<DatapathLook>> looks = looks_at(path);
  if (!looks) return std::unexpected(looks.error());
  figures.switches.resize(looks->size());
  const Result<double> tcp = tcp_mbit_s(path.from, path.to, path.travel, measured);
  if (!tcp) return std::unexpected(tcp.error());
  const auto to = static_cast<std::uint16_t>(first_destination + 2 * figures.tcp_mbit_s.size() +
                                             (path.travel == Travel::back ? back_offset : 0));
  const Result<Flooded> one = flood(path, {first_source, 1, to}, *looks, figures);
  if (!one) return std::unexpected(one.error());
  const auto next = static_cast<std::uint16_t>(to + 1);
  const Result<Flooded> many = flood(path, {first_source, many_flows, next}, *looks, figures);
  if (!many) return std::unexpected(many.error());
  figures.tcp_mbit_s.push_back(*tcp);
  figures.one_flow_kpps.push_back(one->kpps);
  figures.many_flows_kpps.push_back(many->kpps);
  for (std::size_t i = 0; i < looks->size(); ++i) {
    figures.switches[i].whose = path.switches[i].whose;
    figures.switches[i].us_one_flow.push_back(one->switches[i].us_per_packet);
    figures.switches[i].us_many_flows.push_back(many->switches[i].us_per_packet);
    figures.switches[i].subtables_per_hit.push_back(many->switches[i].subtables_per_hit);
  }
  return {};
}

}  // namespace tarn::bench
