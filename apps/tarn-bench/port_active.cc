// From the request for a port to its being ACTIVE, with an interface plugged in between as a hypervisor does.
#include <poll.h>

#include <boost/json.hpp>

#include "bench_cloud.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

constexpr int ports_per_round = 10;

double ms(rt::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

struct Times {
  std::vector<double> answered, plugged, active, whole;
};

Status one_port(const BenchCloud& cloud, Times& times) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const rt::MachineClock clock;
  const rt::Instant asked = clock.now();
  const Result<boost::json::value> made = cloud.make_ports(1);
  if (!made) return std::unexpected(made.error());
  const rt::Instant answered = clock.now();
  if (Status done = cloud.plug(*made); !done) return done;
  const rt::Instant plugged = clock.now();
  if (Status done = cloud.await_active(); !done) return done;
  const rt::Instant active = clock.now();
  times.answered.push_back(ms(answered - asked));
  times.plugged.push_back(ms(plugged - answered));
  times.active.push_back(ms(active - plugged));
  times.whole.push_back(ms(active - asked));
  return {};
}

std::vector<Cell> row_of(const std::string& step, const std::vector<double>& values) {
  return {step, static_cast<std::int64_t>(values.size()), quantile_of(values, 0.5), quantile_of(values, 0.99),
          quantile_of(values, 1)};
}

}  // namespace

Result<Report> measure_ports(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  Times times;
  for (int round = 0; round < settings.rounds; ++round) {
    tell("round " + std::to_string(round + 1));
    for (int port = 0; port < ports_per_round; ++port) {
      if (Status done = one_port(**cloud, times); !done) return std::unexpected(done.error());
    }
  }
  Report report;
  report.sheets.push_back(
      {"ports",
       "One port after another, until ACTIVE",
       {{"step", "step"}, {"count", "ports"}, {"p50_ms", "p50 ms"}, {"p99_ms", "p99 ms"}, {"most_ms", "most ms"}},
       {row_of("POST answered", times.answered), row_of("ovs-vsctl add-port", times.plugged),
        row_of("plugged to ACTIVE", times.active), row_of("POST to ACTIVE", times.whole)}});
  return report;
}

}  // namespace tarn::bench
