// From a request of the API to the port's flows in the switch and its being ACTIVE, one port after another.
// The switch itself tells when flows are in; ACTIVE is asked for each millisecond.
#include "bench_cloud.h"
#include "flow_watch.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

constexpr int ports_per_round = 10;

// As Nova does it: the port is made for a host, then its interface is plugged there.
struct MadeThenPlugged {
  std::vector<double> answered, plugged, flows_in, active, ours;
};
// The interface is there already when the port is bound to its host.
struct Bound {
  std::vector<double> answered, flows_in, active;
};

Status make_then_plug(const BenchCloud& cloud, FlowWatch& watch, MadeThenPlugged& times) {
  const rt::MachineClock clock;
  const rt::Instant asked = clock.now();
  const Result<std::vector<Plug>> made = cloud.make_ports(1);
  if (!made) return std::unexpected(made.error());
  const rt::Instant answered = clock.now();
  if (Status done = cloud.plug(*made); !done) return done;
  const rt::Instant plugged = clock.now();
  if (Status done = cloud.await_active(); !done) return done;
  const rt::Instant active = clock.now();
  const Result<rt::Instant> in = watch.last_added();
  if (!in) return std::unexpected(in.error());
  const rt::Duration after_plug =
      std::max(rt::Duration::zero(), *in - plugged);  // they may be in before ovs-vsctl ends
  times.answered.push_back(ms(answered - asked));
  times.plugged.push_back(ms(plugged - answered));
  times.flows_in.push_back(ms(after_plug));
  times.active.push_back(ms(active - plugged));
  times.ours.push_back(ms(answered - asked + after_plug));
  return {};
}

Status bind_the_plugged(const BenchCloud& cloud, FlowWatch& watch, Bound& times) {
  const Result<std::vector<Plug>> made = cloud.make_ports(1, Binding::none);
  if (!made) return std::unexpected(made.error());
  if (Status done = cloud.plug(*made); !done) return done;
  // What the plugging costs the switch is over when the agent has listed anew.
  if (auto listed = cloud.ask_agent("relist"); !listed) return std::unexpected(listed.error());
  const rt::MachineClock clock;
  const rt::Instant asked = clock.now();
  if (Status done = cloud.bind(made->front()); !done) return done;
  const rt::Instant answered = clock.now();
  if (Status done = cloud.await_active(); !done) return done;
  const rt::Instant active = clock.now();
  const Result<rt::Instant> in = watch.last_added();
  if (!in) return std::unexpected(in.error());
  times.answered.push_back(ms(answered - asked));
  times.flows_in.push_back(ms(*in - asked));
  times.active.push_back(ms(active - asked));
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
  const Result<std::unique_ptr<FlowWatch>> watch = FlowWatch::start((*cloud)->switch_socket());
  if (!watch) return std::unexpected(watch.error());
  MadeThenPlugged made;
  Bound bound;
  for (int round = 0; round < settings.rounds; ++round) {
    tell("round " + std::to_string(round + 1));
    for (int port = 0; port < ports_per_round; ++port) {
      if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
      if (Status done = make_then_plug(**cloud, **watch, made); !done) return std::unexpected(done.error());
      if (Status done = bind_the_plugged(**cloud, **watch, bound); !done) return std::unexpected(done.error());
    }
  }
  const std::vector<Column> columns{
      {"step", "step"}, {"count", "ports"}, {"p50_ms", "p50 ms"}, {"p99_ms", "p99 ms"}, {"most_ms", "most ms"}};
  return Report{{{"made_then_plugged",
                  "Made for a host, then plugged there, one port after another",
                  columns,
                  {row_of("POST answered", made.answered), row_of("ovs-vsctl add-port", made.plugged),
                   row_of("plugged to flows in", made.flows_in), row_of("plugged to ACTIVE", made.active),
                   row_of("POST answered + plugged to flows in", made.ours)}},
                 {"bound",
                  "Bound to a host where it is plugged already, one port after another",
                  columns,
                  {row_of("PUT answered", bound.answered), row_of("PUT to flows in", bound.flows_in),
                   row_of("PUT to ACTIVE", bound.active)}}}};
}

}  // namespace tarn::bench
