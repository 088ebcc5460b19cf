// An agent restarted on a host with many ports and nothing to do: how long until it is in sync, beside one listing of
// the same switch by ovs-ofctl, what it wrote, and what two instances of the host noticed.
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <boost/json.hpp>

#include "bench_cloud.h"
#include "probe.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr int ports_at_once = 100;
constexpr rt::Duration quiet = 1s;
// A userspace switch that polls 1,000 interfaces forwards little; more would measure only that.
constexpr std::chrono::microseconds probe_interval = 1ms;

double ms(rt::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Status plug_crowd(const BenchCloud& cloud, int from, int ports) {
  for (int plugged = from; plugged < ports; plugged += ports_at_once) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    tell(std::to_string(std::min(plugged + ports_at_once, ports)) + " ports");
    const Result<boost::json::value> made = cloud.make_ports(std::min(ports_at_once, ports - plugged));
    if (!made) return std::unexpected(made.error());
    if (Status done = cloud.plug(*made); !done) return done;
    if (Status done = cloud.await_active(); !done) return done;
  }
  return {};
}

Result<std::unique_ptr<Probe>> probe_two_instances(BenchCloud& cloud) {
  std::vector<ProbeEnd> ends;
  for (const std::string name : {"a", "b"}) {
    const Result<sandbox::Instance> booted = cloud.sandbox().boot({name, 1, cloud.network(), true});
    if (!booted) return std::unexpected(booted.error());
    const Result<Ip> address = Ip::parse(booted->addresses.front());
    if (!address) return std::unexpected(address.error());
    ends.push_back({cloud.sandbox().layout().instance_namespace(name), *address});
  }
  return Probe::start(ends[0], ends[1], probe_interval);
}

struct Restart {
  double in_sync_ms = 0;
  double listing_ms = 0;  // by ovs-ofctl, as text
  std::int64_t writes = 0;
  std::int64_t flows = 0;
  Window window;
  Window control;
};

std::int64_t number_at(const boost::json::value& stats, std::string_view key) {
  const boost::json::value* found = stats.as_object().if_contains(key);
  return found != nullptr ? found->to_number<std::int64_t>() : -1;
}

Result<Restart> restart_once(BenchCloud& cloud) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const rt::MachineClock clock;
  Restart restart;
  const sandbox::Host host = cloud.sandbox().host(1);
  restart.window.begin = clock.now();
  host.stop(sandbox::agent_name, SIGTERM);
  const rt::Instant begin = clock.now();
  if (Status started = host.start_agent(); !started) return std::unexpected(started.error());
  if (auto synced = cloud.ask_agent("await_in_sync"); !synced) return std::unexpected(synced.error());
  restart.in_sync_ms = ms(clock.now() - begin);
  restart.window.end = clock.now();
  const Result<boost::json::value> stats = cloud.ask_agent("stats");
  if (!stats) return std::unexpected(stats.error());
  restart.writes = number_at(*stats, "writes_attempted");
  for (const boost::json::value& domain : stats->at("domains").as_array()) {
    if (domain.at("domain").as_string() == "flow") restart.flows = number_at(domain, "installed");
  }
  const rt::Instant listing = clock.now();
  if (auto listed = sandbox::must_run(host.ofctl({"dump-flows", "br-int"})); !listed) {
    return std::unexpected(listed.error());
  }
  restart.listing_ms = ms(clock.now() - listing);
  restart.control.begin = clock.now();
  poll(nullptr, 0, static_cast<int>(quiet / 1ms));  // the control interval itself
  restart.control.end = clock.now();
  return restart;
}

std::vector<Cell> row_of(int ports, const std::vector<Restart>& restarts, const std::vector<Sample>& samples) {
  std::vector<double> in_sync, listing, delay, control_delay;
  std::int64_t writes = 0, sent = 0, lost = 0, control_lost = 0;
  for (const Restart& restart : restarts) {
    const Passage during = passage_of(samples, restart.window);
    const Passage control = passage_of(samples, restart.control);
    in_sync.push_back(restart.in_sync_ms);
    listing.push_back(restart.listing_ms);
    delay.push_back(during.longest_delay_ms);
    control_delay.push_back(control.longest_delay_ms);
    writes += restart.writes;
    sent += during.sent;
    lost += during.lost;
    control_lost += control.lost;
  }
  const Spread ours = spread_of(in_sync);
  const Spread limit = spread_of(listing);
  return {std::int64_t{ports + 2},
          restarts.back().flows,
          ours,
          limit,
          ours.median / limit.median,
          writes,
          spread_of(delay),
          sent,
          lost,
          spread_of(control_delay),
          control_lost};
}

Result<std::vector<Restart>> restart_often(BenchCloud& cloud, int rounds) {
  std::vector<Restart> restarts;
  for (int round = 0; round < rounds; ++round) {
    tell("restart " + std::to_string(round + 1));
    Result<Restart> restart = restart_once(cloud);
    if (!restart) return std::unexpected(restart.error());
    restarts.push_back(*restart);
  }
  return restarts;
}

}  // namespace

Result<Report> measure_restarts(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  Result<std::unique_ptr<Probe>> probe = probe_two_instances(**cloud);
  if (!probe) return std::unexpected(probe.error());
  std::vector<int> sizes = settings.ports.empty() ? std::vector<int>{1'000} : settings.ports;
  std::ranges::sort(sizes);  // the crowd only grows
  std::vector<std::vector<Restart>> all;
  int plugged = 0;
  for (const int size : sizes) {
    if (Status done = plug_crowd(**cloud, plugged, size); !done) return std::unexpected(done.error());
    plugged = size;
    Result<std::vector<Restart>> restarts = restart_often(**cloud, settings.rounds);
    if (!restarts) return std::unexpected(restarts.error());
    all.push_back(std::move(*restarts));
  }
  const std::vector<Sample> samples = (*probe)->finish();
  Sheet sheet{"restarts",
              "Agent restarted with nothing to do; median (least to most) of " + std::to_string(settings.rounds),
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
  for (std::size_t i = 0; i < sizes.size(); ++i) sheet.rows.push_back(row_of(sizes[i], all[i], samples));
  return Report{{std::move(sheet)}};
}

}  // namespace tarn::bench
