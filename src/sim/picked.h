// A Choice whose next answers can be given beforehand, so that schedules can be listed one by one; the rest comes from
// another Choice. Remembers between how many ways it was asked to choose, for whoever lists what is left.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "rt/choice.h"

namespace tarn::sim {

class Picked final : public rt::Choice {
 public:
  explicit Picked(rt::Choice& rest) : rest_(rest) {}

  // The answer to the first question not answered yet that has a few answers: an order of jobs, not an id or a delay.
  // Too large ones mean the last way.
  void pick(std::uint32_t answer) {
    picks_.push_back(answer);
    recording_ = true;
  }
  // The bounds of such questions from the first pick on, the first `bounds_max` of them.
  [[nodiscard]] const std::vector<std::uint32_t>& bounds() const { return bounds_; }
  static constexpr std::size_t bounds_max = 64;
  static constexpr std::uint32_t few = 16;

  std::uint32_t below(std::uint32_t bound) override {
    if (bound <= 1) return 0;
    if (bound > few) return rest_.below(bound);
    if (recording_ && bounds_.size() < bounds_max) bounds_.push_back(bound);
    if (picks_.empty()) return rest_.below(bound);
    const std::uint32_t answer = picks_.front();
    picks_.pop_front();
    return answer < bound ? answer : bound - 1;
  }

 private:
  rt::Choice& rest_;
  std::deque<std::uint32_t> picks_;
  std::vector<std::uint32_t> bounds_;
  bool recording_ = false;
};

}  // namespace tarn::sim
