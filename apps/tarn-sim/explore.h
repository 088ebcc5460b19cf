// The gears of exploring, and what is printed of them.
#pragma once

#include <unistd.h>

#include <filesystem>

#include "sim/draw.h"

namespace tarn::sim_app {

struct Wanted {
  std::string gear = "all";
  std::size_t runs = 1'000;
  std::uint64_t seed = 1;
  std::size_t processes = static_cast<std::size_t>(sysconf(_SC_NPROCESSORS_ONLN));
  std::size_t failures_max = 3;
  std::filesystem::path pages;  // folder of the sequence pages to compare with what was explored; empty: none
  bool write_pages = false;     // … or to write
  bool first_only = false;      // ends with the first gear that finds something, and shortens nothing
};

inline const std::vector<std::string> gear_names{"expansions", "random", "orders", "crashes", "schedules"};

// Plays the stories of a gear, or of all; prints runs per second and, for each failure, a short story with the command
// that replays it. Answers the exit code: 1 when a law was broken.
int explore(const Wanted& wanted, bool json);
// Plays one story and tells it, or prints it as the only round of a gear.
int replay(const sim::Story& story, bool as_json);

}  // namespace tarn::sim_app
