// A gateway that fails while two instances of other hosts speak through it, a packet each millisecond that the outside
// answers, and hold a stream: how long they hear nothing, what is lost when it is back, and whether streams go on.
#include <poll.h>

#include <algorithm>
#include <array>
#include <functional>

#include "gateway_world.h"
#include "held_stream.h"
#include "probe.h"
#include "rt/machine_clock.h"
#include "soak.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1ms;
constexpr rt::Duration before = 300ms;
constexpr rt::Duration after = 1500ms;
constexpr rt::Duration answered_within = 5s;   // and what is after: else nobody has taken over
constexpr rt::Duration stream_patience = 10s;  // TCP tries again after twice the outage at most (RFC 6298, 5.5)
constexpr int poll_ms = 5;
constexpr std::chrono::milliseconds own_interval = 50ms;  // of BFD (src/render/watch_unit.cc)

// A connection of the probes is new each time: ovs-vswitchd 3.1 aborts where one meets an old one of OVN's.
constexpr std::uint16_t first_port = 7000;
constexpr std::uint16_t port_count = 20'000;

void pass(rt::Duration duration) {
  poll(nullptr, 0, static_cast<int>(duration / 1ms));
}

struct Figures {
  std::vector<double> gap_ms, lost;
  std::int64_t tried = 0, answered = 0;
  std::array<std::int64_t, 3> streams{}, streams_kept{};  // of each kind
};

// What each instance holds: one that says little, one that says much, and one from a port that the other has too.
enum class StreamKind : std::uint8_t { small, large, same_port };
constexpr std::array stream_kinds{StreamKind::small, StreamKind::large, StreamKind::same_port};
constexpr std::size_t large_bytes = 8 << 10;

struct Event {
  const char* name;
  std::function<Status(GatewayWorld&)> happens;
};

// A world, and what became of those who spoke through it.
struct Side {
  std::unique_ptr<GatewayWorld> world;
  std::vector<Figures> figures;  // of each event
  bool answers = true;           // after the last event
  std::uint16_t ports_used = 0;
};

Result<std::vector<std::unique_ptr<Probe>>> start_probes(Side& side) {
  std::vector<std::unique_ptr<Probe>> probes;
  const std::vector<PathEnd>& outside = side.world->outside().ends();
  for (std::size_t i = 0; i < outside.size(); ++i) {
    const PathEnd& from = side.world->instances().at(i);
    const auto port = static_cast<std::uint16_t>(first_port + side.ports_used++ % port_count);
    auto probe = Probe::start({from.network_namespace, from.address, port},
                              {outside[i].network_namespace, outside[i].address}, interval, Journey::and_back);
    if (!probe) return std::unexpected(probe.error());
    probes.push_back(std::move(*probe));
  }
  return probes;
}

struct Held {
  StreamKind kind;
  std::unique_ptr<HeldStream> stream;
};
// None where nobody is answered: they would not be opened. Both instances speak to one address.
Result<std::vector<Held>> open_streams(Side& side) {
  std::vector<Held> streams;
  if (!side.answers) return streams;
  const auto port = static_cast<std::uint16_t>(first_port + side.ports_used++ % port_count);
  for (const StreamKind kind : stream_kinds) {
    const HeldStream::Shape shape{kind == StreamKind::large ? large_bytes : 1,
                                  kind == StreamKind::same_port ? port : std::uint16_t{0}};
    for (const std::size_t instance : {0U, 1U}) {
      auto stream = HeldStream::open(side.world->instances().at(instance), side.world->outside().ends().front(), shape);
      if (!stream) return std::unexpected(stream.error());
      streams.push_back({kind, std::move(*stream)});
    }
  }
  return streams;
}

// Whether every probe has an answer that came after this was asked.
bool await_answers(const std::vector<std::unique_ptr<Probe>>& probes) {
  std::vector<std::size_t> arrived;
  for (const auto& probe : probes) arrived.push_back(probe->arrived());
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + answered_within;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    while (probes[i]->arrived() == arrived[i] && clock.now() < give_up) poll(nullptr, 0, poll_ms);
    if (probes[i]->arrived() == arrived[i]) return false;
  }
  return true;
}

// Probes and streams from both instances while something happens; the longer of two gaps counts.
Status try_once(Side& side, const Event& event, Figures& figures) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const Result<std::vector<Held>> streams = open_streams(side);
  if (!streams) return std::unexpected(streams.error());
  const auto probes = start_probes(side);
  if (!probes) return std::unexpected(probes.error());
  const rt::MachineClock clock;
  pass(before);
  const rt::Instant begin = clock.now();
  const Status happened = event.happens(*side.world);
  pass(after);
  side.answers = await_answers(*probes);
  const rt::Instant end = clock.now();
  double gap = 0, lost = 0;
  for (const auto& probe : *probes) {
    const Passage passage = passage_of(probe->finish(), {begin, end});
    gap = std::max(gap, passage.longest_gap_ms);
    lost = std::max(lost, static_cast<double>(passage.lost));
  }
  figures.gap_ms.push_back(gap);
  figures.lost.push_back(lost);
  figures.tried += 1;
  figures.answered += side.answers ? 1 : 0;
  const rt::Instant give_up = side.answers ? clock.now() + stream_patience : clock.now();
  for (const Held& held : *streams) held.stream->end(give_up);
  for (const Held& held : *streams) {
    const auto kind = static_cast<std::size_t>(held.kind);
    figures.streams[kind] += 1;
    figures.streams_kept[kind] += held.stream->whole() ? 1 : 0;
  }
  return happened;
}

std::vector<Event> events() {
  const auto wire = [](const char* name, bool up) {
    return [=](GatewayWorld& world) { return world.set_wire(name, up); };
  };
  const auto rejoined = [](const char* name) {
    return [=](GatewayWorld& world) {
      const Status joined = world.set_wire(name, true);
      return joined ? world.await_active() : joined;
    };
  };
  return {{"host killed", [](GatewayWorld& world) { return world.kill(); }},
          {"... back",
           [](GatewayWorld& world) {
             const Status started = world.start();
             return started ? world.await_active() : started;
           }},
          {"wire outside cut", wire("p3", false)},
          {"... joined", rejoined("p3")},
          {"wire to the hosts cut", wire("u3", false)},
          {"... joined", rejoined("u3")}};
}

Sheet failover_sheet(int rounds) {
  return {"failovers",
          "The gateway's host fails; the longest gap and the losses of a probe each ms; median (least to most) of " +
              std::to_string(rounds),
          {{"event", "what happens"},
           {"side", "side"},
           {"gap_ms", "gap ms"},
           {"gap_p99_ms", "p99"},
           {"lost", "probes lost"},
           {"answered", "answered in the end"},
           {"small_kept", "streams that went on: small"},
           {"large_kept", "large"},
           {"same_port_kept", "of one port"}},
          {}};
}

std::string part_of(std::int64_t part, std::int64_t all) {
  return std::to_string(part) + " of " + std::to_string(all);
}

Result<std::vector<Side>> raise_sides(const Settings& settings) {
  std::vector<Side> sides;
  const auto add = [&sides](Result<std::unique_ptr<GatewayWorld>> world) -> Status {
    if (!world) return std::unexpected(world.error());
    sides.push_back({std::move(*world), std::vector<Figures>(events().size())});
    return {};
  };
  if (Status done = add(raise_own_gateways(settings)); !done) return std::unexpected(done.error());
  if (!settings.vs_ovn) return sides;
  if (Status done = add(raise_ovn_gateways(std::nullopt)); !done) return std::unexpected(done.error());
  if (Status done = add(raise_ovn_gateways(own_interval)); !done) return std::unexpected(done.error());
  return sides;
}

Status try_round(std::vector<Side>& sides, const std::vector<Event>& all) {
  for (Side& side : sides) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (Status done = try_once(side, all[i], side.figures[i]); !done)
        return fail(done.error().code, side.world->name() + ", " + all[i].name + ": " + done.error().message);
    }
  }
  return {};
}

}  // namespace

Result<Report> measure_failovers(const Settings& settings) {
  Result<std::vector<Side>> sides = raise_sides(settings);
  if (!sides) return std::unexpected(sides.error());
  const std::vector<Event> all = events();
  for (int round = 1; round <= settings.rounds; ++round) {
    tell("fail-over " + std::to_string(round));
    if (Status done = try_round(*sides, all); !done) return std::unexpected(done.error());
  }
  Report report{{failover_sheet(settings.rounds)}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Side& side : *sides) {
      const Figures& figures = side.figures[i];
      std::vector<Cell> row{std::string(all[i].name),  side.world->name(),
                            spread_of(figures.gap_ms), quantile_of(figures.gap_ms, 0.99),
                            spread_of(figures.lost),   part_of(figures.answered, figures.tried)};
      for (std::size_t kind = 0; kind < stream_kinds.size(); ++kind)
        row.emplace_back(part_of(figures.streams_kept[kind], figures.streams[kind]));
      report.sheets.front().rows.push_back(std::move(row));
    }
  }
  if (settings.soak_minutes == 0) return report;
  Result<Sheet> soaked = soak(*sides->front().world, std::chrono::minutes(settings.soak_minutes));
  if (!soaked) return std::unexpected(soaked.error());
  report.sheets.push_back(std::move(*soaked));
  return report;
}

}  // namespace tarn::bench
