#include "around.h"

#include <boost/json.hpp>

#include "sim/gears.h"
#include "together.h"

namespace tarn::sim_app {
namespace {

namespace json = boost::json;

constexpr std::size_t orders_max = 60;      // of one scenario
constexpr std::size_t schedule_depth = 6;   // choices
constexpr std::size_t schedules_max = 300;  // of one scenario

Played play_schedules(const sim::Scenario& scenario) {
  sim::Performance begun(sim::story_of(scenario));
  sim::Schedules done = sim::schedules(scenario, schedule_depth, schedules_max,
                                       [&](const sim::Acts& more) { return play_on(begun, more); });
  Played played{done.runs, {}};
  if (!done.violation.empty()) played.broken.emplace_back(std::move(done.story.acts), done.violation);
  return played;
}

}  // namespace

std::string text(const Played& played) {
  json::array broken;
  for (const auto& [acts, violation] : played.broken) broken.push_back({sim::text(acts), violation});
  return json::serialize(json::object{{"runs", played.runs}, {"broken", std::move(broken)}});
}

Played parse_played(const std::string& text) {
  const json::value told = json::parse(text);
  Played played{told.at("runs").to_number<std::size_t>(), {}};
  for (const json::value& each : told.at("broken").as_array()) {
    played.broken.emplace_back(sim::parse_acts(std::string(each.at(0).as_string())).value(), each.at(1).as_string());
  }
  return played;
}

std::vector<sim::Story> stories_around(const std::string& gear, const sim::Scenario& scenario) {
  if (gear == "expansions") return sim::expansions(scenario);
  if (gear == "orders") return sim::orders(scenario, orders_max);
  if (gear == "crashes") return sim::crashes(scenario);
  return {sim::story_of(scenario)};
}

Played play_around(const std::string& gear, const sim::Scenario& scenario) {
  if (gear == "schedules") return play_schedules(scenario);
  const std::vector<sim::Story> stories = stories_around(gear, scenario);
  const std::vector<sim::Life> lives = play_together(stories);
  Played played{stories.size(), {}};
  for (std::size_t i = 0; i < stories.size(); ++i) {
    const std::vector<std::string>& violations = lives[i].violations;
    if (!violations.empty()) played.broken.emplace_back(stories[i].acts, violations.front());
  }
  return played;
}

}  // namespace tarn::sim_app
