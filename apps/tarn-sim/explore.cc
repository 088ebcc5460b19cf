#include "explore.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "around.h"
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
void play_drawn(const Wanted& wanted, Round& round, Found& found) {
  const auto story = [&](std::size_t task) { return sim::draw_story(wanted.seed + task); };
  run_tasks(
      wanted.runs, wanted.processes, [&](std::size_t task) { return violation_of(story(task)); },
      [&](const Outcome& outcome) {
        ++round.runs;
        if (outcome.died) found.emplace_back(story(outcome.task), "crash: " + outcome.text);
        if (!outcome.died && !outcome.text.empty()) found.emplace_back(story(outcome.task), outcome.text);
        return found.size() < wanted.failures_max;
      });
}

// Where a process died that played several stories: each in one of its own, until one of them breaks a law or dies.
std::pair<sim::Story, std::string> who_died(const std::vector<sim::Story>& stories, const std::string& last_words) {
  for (const sim::Story& story : stories) {
    if (std::string violation = violation_apart(story); !violation.empty()) return {story, std::move(violation)};
  }
  return {stories.front(), "crash: among the stories around this one: " + last_words};
}

std::size_t& count_of(sim::Explored& explored, const std::string& gear) {
  if (gear == "expansions") return explored.expansions;
  if (gear == "orders") return explored.orders;
  return gear == "crashes" ? explored.crashes : explored.schedules;
}

void play_scenarios(const Wanted& wanted, const std::string& gear, Round& round, Found& found, Explored& explored) {
  const auto& scenarios = sim::catalogue();
  const auto task = [&](std::size_t at) { return text(play_around(gear, scenarios[at])); };
  run_tasks(scenarios.size(), wanted.processes, task, [&](const Outcome& outcome) {
    const sim::Scenario& scenario = scenarios[outcome.task];
    if (outcome.died) {
      found.push_back(who_died(stories_around(gear, scenario), outcome.text));
      return found.size() < wanted.failures_max;
    }
    const Played played = parse_played(outcome.text);
    round.runs += played.runs;
    count_of(explored[scenario.name], gear) = played.runs;
    for (const auto& [acts, violation] : played.broken) {
      const sim::Story own = sim::story_of(scenario);
      if (found.size() < wanted.failures_max) found.emplace_back(sim::Story{own.seed, own.hosts, acts}, violation);
    }
    return found.size() < wanted.failures_max;
  });
}

Round play_gear(const Wanted& wanted, const std::string& gear, Explored& explored) {
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  Round round{gear, 0, 0, {}};
  Found found;
  if (gear == "random")
    play_drawn(wanted, round, found);
  else
    play_scenarios(wanted, gear, round, found, explored);
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
