// The only impure interface of the engine: list what is there, apply steps, be woken. Implemented by the drivers in
// src/host and by nothing else; the simulator puts its models below the drivers, at the byte border.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "reconcile/step.h"
#include "reconcile/whole.h"

namespace tarn::reconcile {

// An argument of every write, never a global: a restarted agent can be run with writing forbidden.
enum class Writes : std::uint8_t { allow, forbid };

template <class T>
using Completion = std::move_only_function<void(T)>;

// What a hint knows: the keys that may have changed, or that anything may have (`everything`).
template <Domain D>
struct Hint {
  bool everything = true;
  std::map<typename D::Key, std::optional<typename D::Seen>> changed;  // with !everything: new value, or gone
};

template <Domain D>
class Target {
 public:
  virtual ~Target() = default;

  // Answers with the whole table, or with why it cannot be had now. `done` runs on the loop, never inside this call.
  // One listing is asked for at a time.
  virtual void list(Completion<Result<Whole<Actual<D>>>> done) = 0;

  // Applies the steps in order, one outcome for each, in the same order. A batch is applied as atomically as the target
  // can. With Writes::forbid nothing is attempted and every step is Refused. One batch is outstanding at a time.
  virtual void apply(std::vector<Step<D>> batch, Writes writes, Completion<std::vector<Outcome>> done) = 0;

  // Called on the loop when something may have changed outside. Hints may be lost; they only wake us.
  virtual void on_hint(std::function<void(Hint<D>)> maybe_changed) = 0;
};

}  // namespace tarn::reconcile
