// A TCP connection that somebody holds while the way between its ends breaks: it says something every few milliseconds
// and hears as much again. What counts is whether it goes on afterwards.
#pragma once

#include <cstdint>
#include <memory>

#include "path_side.h"
#include "rt/clock.h"

namespace tarn::bench {

class HeldStream {
 public:
  virtual ~HeldStream() = default;  // ends it
  struct Shape {
    std::size_t bytes = 1;     // said at once, each 10 ms
    std::uint16_t source = 0;  // port; 0: any
  };
  // Errors: it was not opened within some seconds.
  static Result<std::unique_ptr<HeldStream>> open(const PathEnd& from, const PathEnd& to, const Shape& shape);
  // Says no more from now on.
  virtual void end(rt::Instant give_up) = 0;
  // Once ended: whether all that was said has been heard again by then.
  virtual bool whole() = 0;
};

}  // namespace tarn::bench
