#include "sim/gears.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "base/hash.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t seed_of_scenarios = 1;
constexpr std::uint32_t some_steps = 12;
constexpr std::size_t crash_steps_max = 2'000;  // a scenario is at rest long before

Story with(const Scenario& scenario, const Acts& acts) {
  Story story{seed_of_scenarios, scenario.hosts, scenario.before};
  story.acts.push_back({Deed::settle, {}});
  story.acts.insert(story.acts.end(), acts.begin(), acts.end());
  return story;
}

Acts between(const Acts& acts, const Acts& filling) {
  Acts out;
  for (const Act& act : acts) {
    out.push_back(act);
    out.insert(out.end(), filling.begin(), filling.end());
  }
  return out;
}

enum class Victim : std::uint8_t { agent, server, server_power, switch_awaited, database, openflow_line, feed };
constexpr std::size_t victims = static_cast<std::size_t>(Victim::feed) + 1;

Acts fall(Victim victim) {
  switch (victim) {
    case Victim::agent:
      return {{Deed::kill_agent, {1}}, {Deed::start_agent, {1}}};
    case Victim::server:
      return {{Deed::kill_server, {}}, {Deed::start_server, {}}};
    case Victim::server_power:
      return {{Deed::cut_server_power, {}}, {Deed::start_server, {}}};
    case Victim::switch_awaited:
      return {{Deed::kill_switch, {1}}, {Deed::start_switch_awaited, {1}}};
    case Victim::database:
      return {{Deed::kill_database, {1}}, {Deed::start_database, {1}}};
    case Victim::openflow_line:
      return {{Deed::cut_openflow, {1}}};
    default:
      return {{Deed::cut_feed, {}}};
  }
}

// What has happened so far anywhere but inside the victim: while it stays the same, a crash of the victim is the same.
std::uint64_t outside(World& world, Victim victim) {
  ContentHash hash;
  const bool agent = victim == Victim::agent;
  const std::uint64_t own = agent ? world.node().agent_jobs() : 0;
  hash.add(world.scheduler().steps() - own).add(world.network().bytes_sent()).add(world.lines().messages_sent());
  hash.add(world.node().disk());
  return hash.value();
}

}  // namespace

Story story_of(const Scenario& scenario) {
  return with(scenario, scenario.acts);
}

std::vector<Story> expansions(const Scenario& scenario) {
  std::vector<Story> out;
  Acts reversed = scenario.acts;
  std::ranges::reverse(reversed);
  Acts doubled;
  for (const Act& act : scenario.acts) doubled.insert(doubled.end(), 2, act);
  // Networks and ports that come to nothing.
  const Acts empties{{Deed::network, {3}}, {Deed::port, {8, 3, 1}},  {Deed::plug, {8}},          {Deed::steps, {5}},
                     {Deed::unplug, {8}},  {Deed::remove_port, {8}}, {Deed::remove_network, {3}}};
  Acts twice = scenario.acts;
  twice.insert(twice.end(), scenario.acts.begin(), scenario.acts.end());
  for (const Acts& acts : {scenario.acts, reversed, doubled, twice}) {
    out.push_back(with(scenario, acts));
    out.push_back(with(scenario, between(acts, {{Deed::steps, {some_steps}}})));
    out.push_back(with(scenario, between(acts, {{Deed::settle, {}}})));
    out.push_back(with(scenario, between(acts, empties)));
  }
  // Squashed: what was there already comes at the same time.
  Story squashed{seed_of_scenarios, scenario.hosts, scenario.before};
  squashed.acts.insert(squashed.acts.end(), scenario.acts.begin(), scenario.acts.end());
  out.push_back(squashed);
  return out;
}

std::vector<Story> orders(const Scenario& scenario, std::size_t stories_max) {
  std::vector<Story> out;
  std::vector<std::size_t> order(scenario.acts.size());
  std::iota(order.begin(), order.end(), 0);
  do {
    Acts acts;
    for (const std::size_t at : order) acts.push_back(scenario.acts[at]);
    out.push_back(with(scenario, acts));
    out.push_back(with(scenario, between(acts, {{Deed::steps, {some_steps}}})));
  } while (out.size() + 2 <= stories_max && std::ranges::next_permutation(order).found);
  return out;
}

std::vector<Story> crashes(const Scenario& scenario) {
  std::vector<Story> out;
  const Story story = story_of(scenario);
  rt::Seeded scheduling(story.seed);
  Stage stage(scheduling, story.hosts);
  for (const Act& act : story.acts) stage.perform(act);
  World& world = stage.world();
  std::array<std::optional<std::uint64_t>, victims> last;
  std::uint32_t calm = 0;
  for (std::uint32_t step = 0; step < crash_steps_max && calm < some_steps && world.violations().empty(); ++step) {
    for (std::size_t i = 0; i < victims; ++i) {
      const auto victim = static_cast<Victim>(i);
      const std::uint64_t now = outside(world, victim);
      if (std::exchange(last[i], now) == now) continue;
      Story& crash = out.emplace_back(story);
      crash.acts.push_back({Deed::steps, {step}});
      for (const Act& act : fall(victim)) crash.acts.push_back(act);
    }
    world.steps(1);
    calm = world.at_rest() ? calm + 1 : 0;
  }
  return out;
}

Schedules schedules(const Scenario& scenario, std::size_t depth, std::size_t runs_max, const PlayOn& play) {
  Schedules done;
  std::vector<std::uint32_t> picks(depth, 0);
  while (done.runs < runs_max) {
    Acts more;
    for (const std::uint32_t pick : picks) more.push_back({Deed::pick, {pick}});
    ++done.runs;
    const Life life = play(more);
    if (!life.violations.empty()) {
      done.violation = life.violations.front();
      done.story = story_of(scenario);
      done.story.acts.insert(done.story.acts.end(), more.begin(), more.end());
      return done;
    }
    picks.resize(std::min(depth, life.bounds.size()));
    while (!picks.empty() && picks.back() + 1 >= life.bounds[picks.size() - 1]) picks.pop_back();
    if (picks.empty()) {
      done.all = true;
      return done;
    }
    ++picks.back();
    picks.resize(depth, 0);
  }
  return done;
}

}  // namespace tarn::sim
