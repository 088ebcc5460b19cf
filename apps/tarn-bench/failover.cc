// A gateway that fails while two instances of other hosts speak through it, a packet each millisecond that the outside
// answers: how long they hear nothing, and what is lost when it is back.
#include <poll.h>

#include <algorithm>
#include <boost/json.hpp>
#include <functional>

#include "gateway_world.h"
#include "rt/machine_clock.h"
#include "soak.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1ms;
constexpr rt::Duration before = 300ms;
constexpr rt::Duration after = 1500ms;
// Three packets of BFD, 50 ms apart, are missed before anybody may act (src/render/watch_unit.cc).
constexpr double detection_ms = 150;

void pass(rt::Duration duration) {
  poll(nullptr, 0, static_cast<int>(duration / 1ms));
}

struct Figures {
  std::vector<double> gap_ms, lost;
};

// Probes from both instances while something happens; the longer of two gaps counts.
Status try_once(GatewayWorld& world, const std::function<Status()>& happens, Figures& figures) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  std::vector<std::unique_ptr<Probe>> probes;
  const std::vector<ProbeEnd> outside = world.outside();
  for (std::size_t i = 0; i < outside.size(); ++i) {
    auto probe = Probe::start(world.instances().at(i), outside[i], interval, Journey::and_back);
    if (!probe) return std::unexpected(probe.error());
    probes.push_back(std::move(*probe));
  }
  const rt::MachineClock clock;
  pass(before);
  const rt::Instant begin = clock.now();
  const Status happened = happens();
  pass(after);
  const rt::Instant end = clock.now();
  double gap = 0, lost = 0;
  for (const auto& probe : probes) {
    const Passage passage = passage_of(probe->finish(), {begin, end});
    gap = std::max(gap, passage.longest_gap_ms);
    lost = std::max(lost, static_cast<double>(passage.lost));
  }
  figures.gap_ms.push_back(gap);
  figures.lost.push_back(lost);
  return happened;
}

struct Event {
  const char* name;
  bool detected;  // somebody must notice first
  std::function<Status(GatewayWorld&)> happens;
};

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
  return {{"host killed", true, [](GatewayWorld& world) { return world.kill(); }},
          {"... back", false,
           [](GatewayWorld& world) {
             const Status started = world.start();
             return started ? world.await_active() : started;
           }},
          {"wire outside cut", true, wire("p3", false)},
          {"... joined", false, rejoined("p3")},
          {"wire to the hosts cut", true, wire("u3", false)},
          {"... joined", false, rejoined("u3")}};
}

Sheet failover_sheet(int rounds) {
  return {"failovers",
          "The gateway's host fails; the longest gap and the losses of a probe each ms; median (least to most) of " +
              std::to_string(rounds),
          {{"event", "what happens"},
           {"gap_ms", "gap ms"},
           {"gap_p99_ms", "p99"},
           {"lost", "probes lost"},
           {"detection_ms", "detection ms"},
           {"gap_to_detection", "gap / detection"}},
          {}};
}

}  // namespace

Result<Report> measure_failovers(const Settings& settings) {
  Result<std::unique_ptr<GatewayWorld>> world = GatewayWorld::raise(settings);
  if (!world) return std::unexpected(world.error());
  const std::vector<Event> all = events();
  std::vector<Figures> figures(all.size());
  for (int round = 1; round <= settings.rounds; ++round) {
    tell("fail-over " + std::to_string(round));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (Status done = try_once(**world, [&] { return all[i].happens(**world); }, figures[i]); !done)
        return fail(done.error().code, std::string(all[i].name) + ": " + done.error().message);
    }
  }
  Report report{{failover_sheet(settings.rounds)}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Spread gap = spread_of(figures[i].gap_ms);
    std::vector<Cell> row{std::string(all[i].name), gap, quantile_of(figures[i].gap_ms, 0.99),
                          spread_of(figures[i].lost)};
    if (all[i].detected)
      row.insert(row.end(), {Cell(detection_ms), Cell(gap.median / detection_ms)});
    else
      row.insert(row.end(), {Cell(std::string("-")), Cell(std::string("-"))});
    report.sheets.front().rows.push_back(std::move(row));
  }
  if (settings.soak_minutes == 0) return report;
  Result<Sheet> soaked = soak(**world, std::chrono::minutes(settings.soak_minutes));
  if (!soaked) return std::unexpected(soaked.error());
  report.sheets.push_back(std::move(*soaked));
  return report;
}

}  // namespace tarn::bench
