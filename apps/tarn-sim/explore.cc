#include "explore.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>

#include "pool.h"
#include "rt/machine_clock.h"
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
  rt::Seeded scheduling(story.seed);
  const sim::Life life = sim::play(story.hosts, story.acts, scheduling);
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

}  // namespace

int explore(const Wanted& wanted, bool as_json) {
  const rt::MachineClock clock;
  const rt::Instant begin = clock.now();
  std::size_t played = 0;
  std::vector<std::pair<sim::Story, std::string>> found;
  run_tasks(
      wanted.runs, wanted.processes,
      [&](std::size_t task) { return violation_of(sim::draw_story(wanted.seed + task)); },
      [&](const Outcome& outcome) {
        ++played;
        if (outcome.died || !outcome.text.empty()) {
          found.emplace_back(sim::draw_story(wanted.seed + outcome.task),
                             outcome.died ? "crash: " + outcome.text : outcome.text);
        }
        return found.size() < wanted.failures_max;
      });
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  std::vector<Failure> failures;
  for (auto& [story, violation] : found) failures.push_back(shortened(std::move(story), violation));
  if (as_json) {
    json::array listed;
    for (const Failure& failure : failures) {
      listed.push_back({{"violation", failure.violation}, {"replay", command_of(failure.story)}});
    }
    const json::object report{{"runs", played},
                              {"seconds", seconds},
                              {"runs_per_second", static_cast<double>(played) / seconds},
                              {"failures", std::move(listed)}};
    fmt::print("{}\n", json::serialize(report));
  } else {
    fmt::print("{} runs from seed {} in {:.1f} s in {} processes: {:.1f} runs a second; {} failures\n", played,
               wanted.seed, seconds, wanted.processes, static_cast<double>(played) / seconds, failures.size());
    for (const Failure& failure : failures) print(failure);
  }
  return failures.empty() ? 0 : 1;
}

int replay(const sim::Story& story) {
  const std::string violation = violation_apart(story);
  if (violation.empty()) {
    fmt::print("no law is broken\n");
    return 0;
  }
  print({story, violation, 0});
  return 1;
}

}  // namespace tarn::sim_app
