// Tasks run side by side in processes of their own, so that one which crashes is a finding and not the end.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace tarn::sim_app {

// What came of one task: its text, or how its process died.
struct Outcome {
  std::size_t task = 0;
  std::string text;
  bool died = false;  // then `text` says by what, and what it said last
};

// Runs `task(0)` … `task(count - 1)` in `processes` processes, each of which takes the next as soon as it is done with
// one, and hands each outcome to `done` as it comes, in no fixed order. When `done` answers false the rest is left
// undone. The tasks' own output goes nowhere.
void run_tasks(std::size_t count, std::size_t processes, const std::function<std::string(std::size_t)>& task,
               const std::function<bool(const Outcome&)>& done);

// One task in a process of its own.
Outcome run_apart(const std::function<std::string()>& task);

}  // namespace tarn::sim_app
