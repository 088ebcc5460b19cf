// The gears of exploring beside chance: each makes, of a scenario, the stories that are to be played.
// Functions of scenarios; they judge nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sim/catalogue.h"
#include "sim/stage.h"

namespace tarn::sim {

// As it is written: what is there, rest, and the acts one right after the other.
Story story_of(const Scenario& scenario);

// The scenario reversed, squashed, split by rests, doubled, and with things in between that come to nothing.
std::vector<Story> expansions(const Scenario& scenario);

// Its acts in every order, each close together and with some steps between. At most `stories_max`.
std::vector<Story> orders(const Scenario& scenario, std::size_t stories_max);

// One part crashes after each step of the scenario until it is at rest, and is started again: the agent, the server,
// its machine, the switch, the database, or a line. Two crashes between which nothing has happened outside of the part
// that crashes are the same, and are there once.
std::vector<Story> crashes(const Scenario& scenario);

// Every way through the first choices of the scheduler after the acts, depth first, until `runs_max` are played or all
// are. Answers how many were played and the first violation with its story.
struct Schedules {
  std::size_t runs = 0;
  bool all = false;
  Story story;
  std::string violation;
};
// `play` performs the scenario's story and then these acts.
using PlayOn = std::function<Life(const Acts& more)>;
Schedules schedules(const Scenario& scenario, std::size_t depth, std::size_t runs_max, const PlayOn& play);

}  // namespace tarn::sim
