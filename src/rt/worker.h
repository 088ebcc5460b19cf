// Where calls that block are made (fsync, a resolver): a thread of the real machine, a turn of the simulated one.
// Owned by whoever has such calls to make; knows nothing of what they are.
#pragma once

#include "rt/loop.h"

namespace tarn::rt {

class Worker {
 public:
  virtual ~Worker() = default;
  // From any thread; jobs run in order. False when too many wait: the job was not taken, the caller must push back.
  [[nodiscard]] virtual bool run(Job job) = 0;
};

}  // namespace tarn::rt
