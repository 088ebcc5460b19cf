#include "own_restart.h"

#include <signal.h>

#include <boost/json.hpp>

#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

std::int64_t number_at(const boost::json::value& stats, std::string_view key) {
  const boost::json::value* found = stats.as_object().if_contains(key);
  return found != nullptr ? found->to_number<std::int64_t>() : -1;
}

Result<AgentRestart> restart_agent(const BenchCloud& cloud, const sandbox::Host& host) {
  const auto start = [&]() -> Status {
    if (Status started = host.start_agent(); !started) return started;
    if (auto synced = cloud.ask_agent("await_in_sync"); !synced) return std::unexpected(synced.error());
    return {};
  };
  return time_restart([&] { return cloud.cpu(); }, [&] { host.stop(sandbox::agent_name, SIGTERM); }, start);
}

Status note_what_it_did(const BenchCloud& cloud, const sandbox::Host& host, OwnRestarts& restarts) {
  const Result<boost::json::value> stats = cloud.ask_agent("stats");
  if (!stats) return std::unexpected(stats.error());
  restarts.writes += number_at(*stats, "writes_attempted");
  for (const boost::json::value& domain : stats->at("domains").as_array()) {
    if (domain.at("domain").as_string() == "flow") restarts.flows = number_at(domain, "installed");
  }
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  if (auto listed = sandbox::must_run(host.ofctl({"dump-flows", "br-int"})); !listed) {
    return std::unexpected(listed.error());
  }
  restarts.listing_ms.push_back(ms(clock.now() - begin));
  return {};
}

}  // namespace

// The listing comes under the same stream of probes as the restart.
Status restart_own(BenchCloud& cloud, const ProbePath& path, OwnRestarts& restarts) {
  const sandbox::Host host = cloud.sandbox().host(1);
  const Result<RestartTrial> trial = try_restart(path, [&]() -> Result<AgentRestart> {
    Result<AgentRestart> restart = restart_agent(cloud, host);
    if (!restart) return restart;
    if (Status noted = note_what_it_did(cloud, host, restarts); !noted) return std::unexpected(noted.error());
    return restart;
  });
  if (!trial) return std::unexpected(trial.error());
  restarts.trials.push_back(*trial);
  return {};
}

std::vector<Cell> own_restart_row(int ports, const OwnRestarts& restarts) {
  const RestartFigures figures = figures_of(restarts.trials);
  std::vector<double> in_sync_ms = figures.in_sync_s;
  for (double& figure : in_sync_ms) figure *= 1e3;
  const Spread ours = spread_of(std::move(in_sync_ms));
  const Spread limit = spread_of(restarts.listing_ms);
  return {std::int64_t{ports + 2},
          restarts.flows,
          ours,
          limit,
          ours.median / limit.median,
          restarts.writes,
          spread_of(figures.delay_ms),
          figures.sent,
          figures.lost,
          spread_of(figures.control_delay_ms),
          figures.control_lost};
}

Sheet own_restart_sheet(int rounds) {
  return {"restarts",
          "Agent restarted with nothing to do; median (least to most) of " + std::to_string(rounds),
          {{"ports", "ports"},
           {"flows", "flows"},
           {"in_sync_ms", "start to in sync ms"},
           {"listing_ms", "dump-flows ms"},
           {"times_listing", "times it"},
           {"writes_attempted", "writes"},
           {"longest_delay_ms", "longest delay ms"},
           {"probes_sent", "probes"},
           {"probes_lost", "lost"},
           {"control_longest_delay_ms", "control: delay ms"},
           {"control_probes_lost", "lost"}},
          {}};
}

}  // namespace tarn::bench
