#include "explore.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "pool.h"
#include "rt/machine_clock.h"
#include "sim/gears.h"
#include "sim/sequence.h"
#include "sim/shrink.h"
#include "sim/stage.h"

namespace tarn::sim_app {
namespace {

namespace json = boost::json;

constexpr std::size_t shrinking_runs_max = 600;
constexpr std::size_t orders_max = 60;      // of one scenario
constexpr std::size_t schedule_depth = 6;   // choices
constexpr std::size_t schedules_max = 300;  // of one scenario

struct Failure {
  sim::Story story;
  std::string violation;
  std::size_t shrinking_runs = 0;
};

// The first violation; empty: none.
std::string violation_of(const sim::Story& story) {
  const sim::Life life = sim::play(story);
  return life.violations.empty() ? "" : life.violations.front();
}

std::string violation_apart(const sim::Story& story) {
  const Outcome outcome = run_apart([&] { return violation_of(story); });
  return outcome.died ? "crash: " + outcome.text : outcome.text;
}

std::string command_of(const sim::Story& story) {
  return fmt::format("tarn-sim --hosts {} --seed {} --story '{}'", story.hosts, story.seed, sim::text(story.acts));
}

Failure shortened(sim::Story story, const std::string& violation) {
  const std::string law = sim::law_of(violation);
  const auto breaks = [&](const sim::Story& candidate) { return sim::law_of(violation_apart(candidate)) == law; };
  sim::Shrunk shrunk = sim::shrink(std::move(story), breaks, shrinking_runs_max);
  const std::string now = violation_apart(shrunk.story);
  return {std::move(shrunk.story), now, shrunk.runs};
}

void print(const Failure& failure) {
  fmt::print("\nA law is broken: {}\n", failure.violation);
  for (const sim::Act& act : failure.story.acts) fmt::print("  - {}\n", sim::tale(act));
  fmt::print("  shortened in {} runs; replay: {}\n", failure.shrinking_runs, command_of(failure.story));
}

using Explored = std::map<std::string_view, sim::Explored>;  // by scenario

struct Round {
  std::string gear;
  std::size_t runs = 0;
  double seconds = 0;
  std::vector<Failure> failures;
};

using Found = std::vector<std::pair<sim::Story, std::string>>;

// Stories by their number, so that millions need not be held.
void play_stories(const Wanted& wanted, std::size_t count, const std::function<sim::Story(std::size_t)>& story,
                  Round& round, Found& found) {
  run_tasks(
      count, wanted.processes, [&](std::size_t task) { return violation_of(story(task)); },
      [&](const Outcome& outcome) {
        ++round.runs;
        if (outcome.died) found.emplace_back(story(outcome.task), "crash: " + outcome.text);
        if (!outcome.died && !outcome.text.empty()) found.emplace_back(story(outcome.task), outcome.text);
        return found.size() < wanted.failures_max;
      });
}

// Which schedule comes next depends on the one before, so each scenario is one task.
void play_schedules(const Wanted& wanted, Round& round, Found& found, Explored& explored) {
  const auto& scenarios = sim::catalogue();
  const auto task = [&](std::size_t at) {
    const sim::Schedules done = sim::schedules(scenarios[at], schedule_depth, schedules_max);
    return std::to_string(done.runs) + "\n" + sim::text(done.story.acts) + "\n" + done.violation;
  };
  run_tasks(scenarios.size(), wanted.processes, task, [&](const Outcome& outcome) {
    if (outcome.died) {
      found.emplace_back(sim::story_of(scenarios[outcome.task]), "crash: " + outcome.text);
      return true;
    }
    const std::size_t first = outcome.text.find('\n');
    const std::size_t second = outcome.text.find('\n', first + 1);
    const std::size_t runs = std::stoul(outcome.text.substr(0, first));
    round.runs += runs;
    explored[scenarios[outcome.task].name].schedules = runs;
    const std::string violation = outcome.text.substr(second + 1);
    if (violation.empty()) return true;
    sim::Story story = sim::story_of(scenarios[outcome.task]);
    story.acts = sim::parse_acts(outcome.text.substr(first + 1, second - first - 1)).value();
    found.emplace_back(std::move(story), violation);
    return true;
  });
}

std::vector<sim::Story> stories_around_scenarios(const std::string& gear, Explored& explored) {
  std::vector<sim::Story> stories;
  for (const sim::Scenario& scenario : sim::catalogue()) {
    const auto more = gear == "expansions" ? sim::expansions(scenario)
                      : gear == "orders"   ? sim::orders(scenario, orders_max)
                                           : sim::crashes(scenario);
    sim::Explored& counts = explored[scenario.name];
    (gear == "expansions" ? counts.expansions : gear == "orders" ? counts.orders : counts.crashes) = more.size();
    stories.insert(stories.end(), more.begin(), more.end());
  }
  return stories;
}

Round play_gear(const Wanted& wanted, const std::string& gear, Explored& explored) {
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  Round round{gear, 0, 0, {}};
  Found found;
  if (gear == "random") {
    play_stories(
        wanted, wanted.runs, [&](std::size_t task) { return sim::draw_story(wanted.seed + task); }, round, found);
  } else if (gear == "schedules") {
    play_schedules(wanted, round, found, explored);
  } else {
    const std::vector<sim::Story> stories = stories_around_scenarios(gear, explored);
    play_stories(wanted, stories.size(), [&](std::size_t task) { return stories[task]; }, round, found);
  }
  round.seconds = std::chrono::duration<double>(clock.now() - begin).count();
  for (auto& [story, violation] : found) {
    round.failures.push_back(wanted.first_only ? Failure{std::move(story), violation, 0}
                                               : shortened(std::move(story), violation));
  }
  return round;
}

json::object json_of(const Round& round) {
  json::array listed;
  for (const Failure& failure : round.failures) {
    listed.push_back({{"violation", failure.violation}, {"replay", command_of(failure.story)}});
  }
  return {{"gear", round.gear},
          {"runs", round.runs},
          {"seconds", round.seconds},
          {"runs_per_second", static_cast<double>(round.runs) / round.seconds},
          {"failures", std::move(listed)}};
}

// Writes the pages, or compares them with what would be written.
bool pages_follow(const Wanted& wanted, const Explored& explored) {
  bool follow = true;
  for (const sim::Scenario& scenario : sim::catalogue()) {
    const std::filesystem::path path = wanted.pages / (std::string(scenario.name) + ".md");
    const std::string page = sim::page_of(scenario, explored.at(scenario.name));
    if (wanted.write_pages) {
      std::ofstream(path) << page;
      continue;
    }
    std::ostringstream there;
    there << std::ifstream(path).rdbuf();
    if (there.str() == page) continue;
    follow = false;
    fmt::print("{} no longer follows the code; tarn-sim --write-pages {} writes it\n", path.string(),
               wanted.pages.string());
  }
  return follow;
}

void print_json(std::uint64_t seed, json::array gears) {
  fmt::print("{}\n", json::serialize(json::object{{"seed", seed}, {"gears", std::move(gears)}}));
}

}  // namespace

int explore(const Wanted& wanted, bool as_json) {
  json::array report;
  bool failed = false;
  Explored explored;
  for (const std::string& gear : gear_names) {
    if (wanted.gear != "all" && wanted.gear != gear) continue;
    if (failed && wanted.first_only) break;
    const Round round = play_gear(wanted, gear, explored);
    failed = failed || !round.failures.empty();
    if (as_json) {
      report.push_back(json_of(round));
      continue;
    }
    fmt::print("{:<10}  {} runs in {:.1f} s in {} processes: {:.0f} a minute; {} failures\n", gear, round.runs,
               round.seconds, wanted.processes, 60 * static_cast<double>(round.runs) / round.seconds,
               round.failures.size());
    std::fflush(stdout);
    for (const Failure& failure : round.failures) print(failure);
  }
  if (!failed && !wanted.pages.empty()) failed = !pages_follow(wanted, explored);
  if (as_json) print_json(wanted.seed, std::move(report));
  return failed ? 1 : 0;
}

int replay(const sim::Story& story, bool as_json) {
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  const std::string violation = violation_apart(story);
  if (as_json) {
    Round round{"story", 1, std::chrono::duration<double>(clock.now() - begin).count(), {}};
    if (!violation.empty()) round.failures.push_back({story, violation, 0});
    print_json(story.seed, {json_of(round)});
    return violation.empty() ? 0 : 1;
  }
  if (violation.empty()) {
    fmt::print("no law is broken\n");
    return 0;
  }
  print({story, violation, 0});
  return 1;
}

}  // namespace tarn::sim_app
