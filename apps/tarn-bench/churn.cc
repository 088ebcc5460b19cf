// A long, seeded disturbance of a cloud with two hosts, and what is left of it: in the switches and on the hosts once
// everything is undone, and in the time that one rule takes. A second cloud in which nothing happens is timed before
// and after as well, so that what the machine does meanwhile counts for nobody.
#include <signal.h>

#include <boost/json.hpp>

#include "benchmarks.h"
#include "churn_world.h"
#include "residue.h"
#include "rule_clock.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int hosts = 2;
constexpr int standing_ports = 20;  // there all the time
constexpr int checks = 10;
constexpr int rules_in_turn = 5;  // few, so that the clouds take turns often
constexpr int turns = 60;
constexpr double times_most = 1.1;
constexpr std::size_t shown_most = 20;  // of what is left

struct Clouds {
  std::unique_ptr<BenchCloud> churned;
  std::unique_ptr<BenchCloud> still;
  std::string churned_group, still_group;
};

Status raise_cloud(const Settings& settings, const CloudShape& shape, std::unique_ptr<BenchCloud>& cloud,
                   std::string& group) {
  Result<std::unique_ptr<BenchCloud>> raised = BenchCloud::raise(settings, shape);
  if (!raised) return std::unexpected(raised.error());
  cloud = std::move(*raised);
  if (Status done = cloud->wire_ports(standing_ports); !done) return done;
  const Result<std::string> found = default_group(*cloud);
  if (!found) return std::unexpected(found.error());
  group = *found;
  return {};
}

Result<Clouds> raise_clouds(const Settings& settings) {
  Clouds clouds;
  const Status churned = raise_cloud(settings, {hosts, "churn"}, clouds.churned, clouds.churned_group);
  if (!churned) return std::unexpected(churned.error());
  const Status still = raise_cloud(settings, {1, "still"}, clouds.still, clouds.still_group);
  if (!still) return std::unexpected(still.error());
  return clouds;
}

struct RuleTimes {
  std::vector<double> churned, still;
};
Result<RuleTimes> time_both(const Clouds& clouds) {
  RuleTimes times;
  for (int turn = 0; turn < turns; ++turn) {
    const auto add = [](const BenchCloud& cloud, const std::string& group, std::vector<double>& all) -> Status {
      const Result<std::vector<double>> some = time_rules(cloud, group, rules_in_turn);
      if (!some) return std::unexpected(some.error());
      all.insert(all.end(), some->begin(), some->end());
      return {};
    };
    if (Status done = add(*clouds.churned, clouds.churned_group, times.churned); !done) {
      return std::unexpected(done.error());
    }
    if (Status done = add(*clouds.still, clouds.still_group, times.still); !done) return std::unexpected(done.error());
  }
  return times;
}

// An agent that wants nothing changed.
struct Rest {
  std::int64_t flows = 0;
  std::int64_t steps_left = 0;
  std::int64_t foreign = 0;
  std::int64_t writes = 0;  // attempted since its start
};
Result<Rest> await_rest(const BenchCloud& cloud, int host) {
  if (auto rests = cloud.ask_agent("await_in_sync", host); !rests) return std::unexpected(rests.error());
  if (auto listed = cloud.ask_agent("relist", host); !listed) return std::unexpected(listed.error());
  if (auto rests = cloud.ask_agent("await_in_sync", host); !rests) return std::unexpected(rests.error());
  const Result<json::value> plan = cloud.ask_agent("plan", host);
  if (!plan) return std::unexpected(plan.error());
  const Result<json::value> stats = cloud.ask_agent("stats", host);
  if (!stats) return std::unexpected(stats.error());
  Rest rest;
  rest.steps_left = std::ssize(plan->at("steps").as_array());
  rest.writes = stats->at("writes_attempted").to_number<std::int64_t>();
  for (const json::value& domain : stats->at("domains").as_array()) {
    if (domain.at("domain").as_string() != "flow") continue;
    rest.flows = domain.at("installed").to_number<std::int64_t>();
    rest.foreign = domain.at("foreign").to_number<std::int64_t>();
  }
  return rest;
}

Sheet check_sheet() {
  return {"checks",
          "After that many operations, once the agents rest",
          {{"operations", "operations"},
           {"ports", "ports"},
           {"host", "host"},
           {"flows", "flows"},
           {"steps_left", "steps left"},
           {"foreign", "foreign flows"}},
          {}};
}

Status check(ChurnWorld& world, const BenchCloud& cloud, int operations, Report& report) {
  if (Status healed = world.heal(); !healed) return healed;
  for (int host = 1; host <= hosts; ++host) {
    const Result<Rest> rest = await_rest(cloud, host);
    if (!rest) return std::unexpected(rest.error());
    report.sheets[1].rows.push_back({std::int64_t{operations}, static_cast<std::int64_t>(world.port_count()),
                                     std::int64_t{host}, rest->flows, rest->steps_left, rest->foreign});
    if (rest->steps_left + rest->foreign > 0) report.failure = "a switch was not as its agent wants it";
  }
  return {};
}

Status churn(const Settings& settings, ChurnWorld& world, const BenchCloud& cloud, Report& report) {
  const int between = std::max(1, settings.operations / checks);
  for (int done = 1; done <= settings.operations; ++done) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    if (Status stepped = world.step(); !stepped) return stepped;
    if (done % between != 0) continue;
    tell(std::to_string(done) + " operations, " + std::to_string(world.port_count()) + " ports");
    if (Status checked = check(world, cloud, done, report); !checked) return checked;
  }
  return {};
}

Sheet residue_sheet() {
  return {"residue",
          "What a host holds before, and after all was undone",
          {{"host", "host"},
           {"kind", "what"},
           {"before", "before"},
           {"after", "after"},
           {"left", "left over"},
           {"missing", "missing"}},
          {}};
}

void tell_of(const std::string& what, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < std::min(lines.size(), shown_most); ++i) tell(what + ": " + lines[i]);
}

// And the agents, started with nothing but what the server and the switch tell, find nothing to do.
Status start_from_scratch(const BenchCloud& cloud, Sheet& sheet, Report& report) {
  for (int number = 1; number <= hosts; ++number) {
    const sandbox::Host host = cloud.sandbox().host(number);
    host.stop(sandbox::agent_name, SIGKILL);
    std::error_code ignored;
    std::filesystem::remove(host.dir() / "journal", ignored);
    if (Status started = host.start_agent(); !started) return started;
    const Result<Rest> rest = await_rest(cloud, number);
    if (!rest) return std::unexpected(rest.error());
    sheet.rows.push_back({std::int64_t{number}, "writes of a fresh agent", std::int64_t{0}, rest->writes, rest->writes,
                          std::int64_t{0}});
    if (rest->writes > 0) report.failure = "an agent started from scratch found something to do";
  }
  return {};
}

Status find_residue(const BenchCloud& cloud, const std::vector<Holdings>& before, Report& report) {
  Sheet sheet = residue_sheet();
  for (int number = 1; number <= hosts; ++number) {
    const Result<Holdings> after = holdings_of(cloud.sandbox().host(number));
    if (!after) return std::unexpected(after.error());
    for (const Residue& residue : residue_of(before[static_cast<std::size_t>(number - 1)], *after)) {
      sheet.rows.push_back({std::int64_t{number}, residue.kind, residue.before, residue.after, std::ssize(residue.left),
                            std::ssize(residue.missing)});
      tell_of("left over on host " + std::to_string(number), residue.left);
      tell_of("missing on host " + std::to_string(number), residue.missing);
      if (!residue.left.empty() || !residue.missing.empty()) report.failure = "not everything is as it was before";
    }
  }
  if (Status done = start_from_scratch(cloud, sheet, report); !done) return done;
  report.sheets.push_back(std::move(sheet));
  return {};
}

void add_times(const RuleTimes& before, const RuleTimes& after, Report& report) {
  Sheet sheet{"rule_times",
              "One rule from its request to its flow, " + std::to_string(before.churned.size()) +
                  " times before and after; median (least to most)",
              {{"cloud", "cloud"}, {"before_ms", "before ms"}, {"after_ms", "after ms"}, {"times", "times"}},
              {}};
  const auto add = [&sheet](const std::string& name, const std::vector<double>& early,
                            const std::vector<double>& late) {
    const double times = spread_of(late).median / spread_of(early).median;
    sheet.rows.push_back({name, spread_of(early), spread_of(late), times});
    return times;
  };
  const double churned = add("churned", before.churned, after.churned);
  const double still = add("untouched", before.still, after.still);
  sheet.rows.push_back({"churned, of untouched", "-", "-", churned / still});
  report.sheets.push_back(std::move(sheet));
  if (churned / still > times_most && report.failure.empty()) report.failure = "a rule takes longer than before";
}

void add_counts(const ChurnWorld& world, Report& report) {
  for (const auto& [kind, count] : world.counts()) {
    report.sheets[0].rows.push_back({kind, count.done, count.refused});
  }
}

}  // namespace

Result<Report> measure_churn(const Settings& settings) {
  const Result<Clouds> clouds = raise_clouds(settings);
  if (!clouds) return std::unexpected(clouds.error());
  BenchCloud& cloud = *clouds->churned;
  Report report{{{"operations",
                  "Operations, chosen by seed " + std::to_string(settings.seed),
                  {{"operation", "operation"}, {"count", "count"}, {"refused", "refused by the API"}},
                  {}},
                 check_sheet()},
                {}};
  const Result<RuleTimes> times_before = time_both(*clouds);
  if (!times_before) return std::unexpected(times_before.error());
  std::vector<Holdings> before;
  for (int host = 1; host <= hosts; ++host) {
    if (auto rests = await_rest(cloud, host); !rests) return std::unexpected(rests.error());
    const Result<Holdings> held = holdings_of(cloud.sandbox().host(host));
    if (!held) return std::unexpected(held.error());
    before.push_back(*held);
  }
  ChurnWorld world(cloud, settings.seed);
  if (Status done = world.prepare(); !done) return std::unexpected(done.error());
  if (Status done = churn(settings, world, cloud, report); !done) return std::unexpected(done.error());
  if (Status done = world.undo(); !done) return std::unexpected(done.error());
  if (Status done = check(world, cloud, settings.operations, report); !done) return std::unexpected(done.error());
  const Result<RuleTimes> times_after = time_both(*clouds);
  if (!times_after) return std::unexpected(times_after.error());
  if (Status done = check(world, cloud, settings.operations, report); !done) return std::unexpected(done.error());
  add_counts(world, report);
  if (Status done = find_residue(cloud, before, report); !done) return std::unexpected(done.error());
  add_times(*times_before, *times_after, report);
  return report;
}

}  // namespace tarn::bench
