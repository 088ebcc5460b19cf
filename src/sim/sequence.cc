#include "sim/sequence.h"

#include <algorithm>

#include "sim/gears.h"
#include "sim/recorder.h"

namespace tarn::sim {
namespace {

constexpr int steps_at_rest = 20;
constexpr int steps_max = 5'000;

std::vector<Said> record(const Scenario& scenario) {
  Story story = story_of(scenario);
  rt::Seeded scheduling(story.seed);
  Stage stage(scheduling, story.hosts);
  story.acts.resize(story.acts.size() - scenario.acts.size());
  for (const Act& act : story.acts) stage.perform(act);
  Recorder recorder(stage);
  const auto steps = [&](std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      stage.world().steps(1);
      recorder.look();
    }
  };
  for (const Act& act : scenario.acts) {
    if (act.deed == Deed::steps) {
      steps(act.numbers[0]);
      continue;
    }
    stage.perform(act);
    recorder.act(act);
  }
  int calm = 0;
  for (int i = 0; i < steps_max && calm < steps_at_rest; ++i) {
    steps(1);
    calm = stage.world().at_rest() ? calm + 1 : 0;
  }
  return recorder.said();
}

// Mermaid ends a line's text at a semicolon and reads "#" as an escape.
std::string plain(std::string words) {
  std::ranges::replace(words, ';', ',');
  std::ranges::replace(words, '#', ' ');
  return words;
}

std::string diagram(const std::vector<Said>& said) {
  std::vector<std::string> parts;
  const auto number = [&](const std::string& part) {
    const auto found = std::ranges::find(parts, part);
    if (found != parts.end()) return "p" + std::to_string(found - parts.begin());
    parts.push_back(part);
    return "p" + std::to_string(parts.size() - 1);
  };
  std::string lines;
  for (const Said& each : said) {
    const std::string from = number(each.from);
    lines += each.to.empty() ? "    Note over " + from + ": " : "    " + from + "->>" + number(each.to) + ": ";
    lines += plain(each.words) + "\n";
  }
  std::string out = "```mermaid\nsequenceDiagram\n";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += "    participant p" + std::to_string(i) + " as " + parts[i] + "\n";
  }
  return out + lines + "```\n";
}

}  // namespace

std::string page_of(const Scenario& scenario, const Explored& explored) {
  std::string page = "# " + std::string(scenario.title) + "\n\n";
  page += std::string(scenario.about) + "\n\n";
  page += "**Law.** " + std::string(scenario.law) + "\n\n";
  page += diagram(record(scenario)) + "\n";
  page +=
      "The laws were checked after every step of this run, and of the " +
      std::to_string(explored.expansions + explored.orders + explored.crashes + explored.schedules) +
      " runs around it: " + std::to_string(explored.expansions) +
      " with the scenario reversed, squashed, split, doubled or mixed with things that come to nothing; " +
      std::to_string(explored.orders) + " with its acts in every order; " + std::to_string(explored.crashes) +
      " with the agent, the server, its machine, the switch, the database or a line failing after one of its steps; " +
      std::to_string(explored.schedules) + " with every way through the first choices of the scheduler.\n\n";
  page += "The story: `" + text(story_of(scenario).acts) + "` on " + std::to_string(scenario.hosts) +
          (scenario.hosts == 1 ? " host" : " hosts") + ".\n\n";
  return page +
         "*Written by `tarn-sim --write-pages docs/sequences`; the test `sim.explore` fails when it no longer "
         "follows the code.*\n";
}

}  // namespace tarn::sim
