// The one thread of a brain: jobs run one after another, in order, never inside one another.
// The real loop is Asio's (asio_loop.h); the simulated one belongs to sim.
#pragma once

#include <functional>
#include <memory>

#include "rt/clock.h"

namespace tarn::rt {

using Job = std::move_only_function<void()>;

// A pending call. Destroying or resetting it cancels the call; after the call it is inert.
class Timer {
 public:
  virtual ~Timer() = default;
};
using TimerHandle = std::unique_ptr<Timer>;

class Loop {
 public:
  virtual ~Loop() = default;
  [[nodiscard]] virtual const Clock& clock() const = 0;

  // Runs `job` on the loop, later, after all jobs posted before it. The only member another thread may call.
  virtual void post(Job job) = 0;

  // Runs `job` on the loop once `delay` has passed, unless the handle is gone by then.
  [[nodiscard]] virtual TimerHandle after(Duration delay, Job job) = 0;
};

}  // namespace tarn::rt
