#include "reconcile/machine.h"

#include <algorithm>
#include <utility>

namespace tarn::reconcile {

Machine::Machine(rt::Loop& loop, std::vector<LaneBase*> lanes, rt::Duration audit_every)
    : loop_(loop), lanes_(std::move(lanes)), audit_every_(audit_every) {
  for (LaneBase* lane : lanes_) lane->on_wake([this] { wake(); });
  audit_alarm_ = loop_.after(audit_every_, [this] { audit(); });
  wake();
}

Machine::~Machine() {
  *alive_ = false;
  for (LaneBase* lane : lanes_) lane->on_wake({});
}

void Machine::wake() {
  if (std::exchange(turn_posted_, true)) return;
  loop_.post([this, alive = alive_] {
    if (*alive) turn();
  });
}

void Machine::audit() {
  for (LaneBase* lane : lanes_) lane->relist();
  audit_alarm_ = loop_.after(audit_every_, [this] { audit(); });
  wake();
}

bool Machine::at_rest() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const LaneBase* lane) { return lane->whole() && !lane->busy() && lane->due_count() == 0; });
}

void Machine::turn() {
  turn_posted_ = false;
  for (LaneBase* lane : lanes_) lane->refresh();
  start_what_may_start();
  sleep();
  if (turned_) turned_();
}

void Machine::start_what_may_start() {
  for (std::size_t i = lanes_.size(); i-- > 0;) {
    if (!lanes_[i]->busy() && lanes_[i]->due(Phase::revoke)) lanes_[i]->start_batch(Phase::revoke);
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i]->busy() && lanes_[i]->due(Phase::build) && may_build(i)) lanes_[i]->start_batch(Phase::build);
  }
  for (std::size_t i = lanes_.size(); i-- > 0;) {
    if (!lanes_[i]->busy() && lanes_[i]->due(Phase::tear_down) && may_tear_down(i)) {
      lanes_[i]->start_batch(Phase::tear_down);
    }
  }
}

// A lane builds once the lanes below it have nothing left that could be tried now. A step below that keeps failing
// waits for its own retry and stops nobody.
bool Machine::may_build(std::size_t lane) const {
  return std::all_of(lanes_.begin(), lanes_.begin() + static_cast<std::ptrdiff_t>(lane),
                     [](const LaneBase* below) { return !below->busy() && !below->due(Phase::build); });
}

// A lane removes once everything is built, and the lanes above it are known to hold nothing that is still to go:
// what they refer to must not vanish under them.
bool Machine::may_tear_down(std::size_t lane) const {
  const bool built = std::none_of(lanes_.begin(), lanes_.end(),
                                  [](const LaneBase* any) { return any->busy() || any->due(Phase::build); });
  return built && std::all_of(lanes_.begin() + static_cast<std::ptrdiff_t>(lane) + 1, lanes_.end(),
                              [](const LaneBase* above) { return above->whole() && !above->removals_left(); });
}

void Machine::sleep() {
  const rt::Instant now = loop_.clock().now();
  std::optional<rt::Instant> next;
  for (const LaneBase* lane : lanes_) {
    const std::optional<rt::Instant> due = lane->next_due(now);
    if (due && (!next || *due < *next)) next = due;
  }
  alarm_.reset();
  if (next) alarm_ = loop_.after(*next - now, [this] { wake(); });
}

}  // namespace tarn::reconcile
