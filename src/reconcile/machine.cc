#include "reconcile/machine.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace tarn::reconcile {

Machine::Machine(rt::Loop& loop, const std::vector<Rank>& ranks, rt::Duration audit_every)
    : loop_(loop), audit_every_(audit_every) {
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    for (LaneBase* lane : ranks[rank]) lanes_.push_back({lane, rank});
  }
  for (const Standing& each : lanes_) each.lane->on_wake([this] { wake(); });
  audit_alarm_ = loop_.after(audit_every_, [this] { audit(); });
  wake();
}

Machine::~Machine() {
  *alive_ = false;
  for (const Standing& each : lanes_) each.lane->on_wake({});
}

void Machine::wake() {
  if (std::exchange(turn_posted_, true)) return;
  loop_.post([this, alive = alive_] {
    if (*alive) turn();
  });
}

void Machine::audit() {
  for (const Standing& each : lanes_) each.lane->relist();
  audit_alarm_ = loop_.after(audit_every_, [this] { audit(); });
  wake();
}

bool Machine::at_rest() const {
  return std::ranges::all_of(lanes_, [](const Standing& each) {
    return each.lane->whole() && !each.lane->busy() && each.lane->due_count() == 0;
  });
}

void Machine::turn() {
  turn_posted_ = false;
  for (const Standing& each : lanes_) each.lane->refresh();
  start_what_may_start();
  sleep();
  if (turned_) turned_();
}

void Machine::start_what_may_start() {
  const auto can_start = [](const Standing& each, Phase phase) { return !each.lane->busy() && each.lane->due(phase); };
  for (const Standing& each : std::views::reverse(lanes_)) {
    if (can_start(each, Phase::revoke)) each.lane->start_batch(Phase::revoke, may_build(each.rank));
  }
  for (const Standing& each : lanes_) {
    if (can_start(each, Phase::build) && may_build(each.rank)) each.lane->start_batch(Phase::build, false);
  }
  for (const Standing& each : std::views::reverse(lanes_)) {
    if (can_start(each, Phase::tear_down) && may_tear_down(each.rank)) each.lane->start_batch(Phase::tear_down, false);
  }
}

// A lane builds once the lanes below it have nothing left that could be tried now. A step below that keeps failing
// waits for its own retry and stops nobody.
bool Machine::may_build(std::size_t rank) const {
  return std::ranges::all_of(lanes_, [&](const Standing& each) {
    return each.rank >= rank || (!each.lane->busy() && !each.lane->due(Phase::build));
  });
}

// A lane removes once everything is built, and the lanes above it are known to hold nothing that is still to go:
// what they refer to must not vanish under them.
bool Machine::may_tear_down(std::size_t rank) const {
  const bool built = std::ranges::none_of(
      lanes_, [](const Standing& each) { return each.lane->busy() || each.lane->due(Phase::build); });
  return built && std::ranges::all_of(lanes_, [&](const Standing& each) {
           return each.rank <= rank || (each.lane->whole() && !each.lane->removals_left());
         });
}

void Machine::sleep() {
  const rt::Instant now = loop_.clock().now();
  std::optional<rt::Instant> next;
  for (const Standing& each : lanes_) {
    const std::optional<rt::Instant> due = each.lane->next_due(now);
    if (due && (!next || *due < *next)) next = due;
  }
  alarm_.reset();
  if (next) alarm_ = loop_.after(*next - now, [this] { wake(); });
}

}  // namespace tarn::reconcile
