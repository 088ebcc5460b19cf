#include "notify/outbox.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::notify {

Outbox::Outbox(Bounds bounds, Pace pace, rt::Choice& choice) : bounds_(bounds), pace_(pace), choice_(choice) {
  CHECK(bounds.batch_max > 0 && bounds.events_max > bounds.batch_max);
}

Outbox::Lane Outbox::lane_of(const Event& event) {
  return {event.server, event.port, event.name == EventName::network_changed};
}

std::vector<Outbox::Lost> Outbox::add(std::span<const Event> events, rt::Instant now) {
  std::vector<Lost> lost;
  for (const Event& event : events) {
    add_one(event, now);
    if (entries_.size() > bounds_.events_max) make_room(lost);
  }
  return lost;
}

void Outbox::add_one(const Event& event, rt::Instant now) {
  ++numbers_.added;
  if (event.name == EventName::vif_deleted) {  // nobody needs to look at it any more
    const auto changes = lanes_.find({event.server, event.port, true});
    if (changes != lanes_.end() && !entries_.at(changes->second.back()).under_way) remove(changes->second.back());
  }
  std::vector<Number>& lane = lanes_[lane_of(event)];
  if (replaces(lane, event)) return;
  const Number number = next_++;
  entries_.emplace(number, Entry{event, now, 0, bounds_.batch_max, std::nullopt});
  lane.push_back(number);
  if (event.name == EventName::network_changed) changes_.insert(number);
  if (lane.front() == number) make_ready(number);
}

// True when one that waits last in the lane says the same from now on. An older one, with an opposite behind it, goes.
bool Outbox::replaces(std::vector<Number>& lane, const Event& event) {
  for (const Number number : std::vector<Number>(lane)) {
    Entry& entry = entries_.at(number);
    if (entry.event.name != event.name) continue;
    if (entry.under_way) {
      entry.outdated = true;
    } else if (number == lane.back()) {
      entry.event = event;
      entry.tries = 0;
      return true;
    } else {
      remove(number);
    }
  }
  return false;
}

void Outbox::make_ready(Number number) {
  Entry& entry = entries_.at(number);
  if (entry.event.name == EventName::network_changed) changes_.insert(number);
  ready_.insert(number);
}

// The next of its lane may go then.
void Outbox::remove(Number number) {
  const auto entry = entries_.find(number);
  const auto lane = lanes_.find(lane_of(entry->second.event));
  const bool was_first = lane->second.front() == number;
  std::erase(lane->second, number);
  ready_.erase(number);
  if (entry->second.held) held_.erase({*entry->second.held, number});
  changes_.erase(number);
  entries_.erase(entry);
  if (lane->second.empty())
    lanes_.erase(lane);
  else if (was_first)
    make_ready(lane->second.front());
}

void Outbox::make_room(std::vector<Lost>& lost) {
  const auto oldest =
      changes_.empty()
          ? std::ranges::find_if(entries_, [](const auto& entry) { return !entry.second.under_way; })->first
          : *changes_.begin();
  lose(oldest, Cause::no_room, "too many events wait for Nova", lost);
}

void Outbox::lose(Number number, Cause cause, const std::string& why, std::vector<Lost>& lost) {
  lost.push_back({entries_.at(number).event, cause, why});
  ++(cause == Cause::no_room        ? numbers_.no_room
     : cause == Cause::tried_enough ? numbers_.tried_enough
                                    : numbers_.refused);
  remove(number);
}

std::optional<rt::Instant> Outbox::due() const {
  if (!under_way_.empty() || (ready_.empty() && held_.empty())) return std::nullopt;
  if (ready_.size() >= bounds_.batch_max) return rest_until_;
  const rt::Instant some = ready_.empty() ? std::max(held_.begin()->first, gather_until_) : gather_until_;
  return std::max(some, rest_until_);
}

std::vector<Event> Outbox::take(rt::Instant now) {
  CHECK(under_way_.empty());
  if (const auto at = due(); !at || *at > now) return {};
  while (!held_.empty() && held_.begin()->first <= now) {
    const Number number = held_.begin()->second;
    held_.erase(held_.begin());
    entries_.at(number).held.reset();
    make_ready(number);
  }
  std::vector<Event> batch;
  std::size_t company = bounds_.batch_max;
  for (const Number number : ready_) {
    Entry& entry = entries_.at(number);
    company = std::min(company, entry.company_max);
    if (batch.size() >= company) break;
    entry.under_way = true;
    under_way_.push_back(number);
    batch.push_back(entry.event);
  }
  for (const Number number : under_way_) {
    ready_.erase(number);
    changes_.erase(number);
  }
  numbers_.sent += batch.size();
  gather_until_ = now + pace_.gather;
  return batch;
}

std::vector<Outbox::Lost> Outbox::settle(const Reading& reading, rt::Instant now) {
  CHECK(!under_way_.empty());
  std::vector<Lost> lost;
  const std::vector<Number> told = under_way_;
  for (const Number number : told) entries_.at(number).under_way = false;
  if (std::holds_alternative<Trouble>(reading)) {
    rest_until_ = now + reconcile::retry_delay(pace_.away, ++failures_, choice_);
    for (const Number number : told) again(number);
  } else {
    failures_ = 0;
    if (const auto* bad = std::get_if<Bad>(&reading)) halve(*bad, lost);
    if (const auto* judged = std::get_if<std::vector<Judged>>(&reading)) {
      CHECK(judged->size() == told.size());
      for (std::size_t i = 0; i < told.size(); ++i) judge(told[i], (*judged)[i], now, lost);
    }
  }
  under_way_.clear();
  return lost;
}

void Outbox::judge(Number number, const Judged& judged, rt::Instant now, std::vector<Lost>& lost) {
  Entry& entry = entries_.at(number);
  switch (judged.verdict) {
    case Verdict::acknowledged:
      ++numbers_.acknowledged;
      return remove(number);
    case Verdict::unknown:
      return lose(number, Cause::unknown, judged.why, lost);
    case Verdict::refused:
      return lose(number, Cause::refused, judged.why, lost);
    case Verdict::later:
      if (entry.outdated) return remove(number);
      if (++entry.tries >= bounds_.tries_max) return lose(number, Cause::tried_enough, judged.why, lost);
      entry.company_max = bounds_.batch_max;
      entry.held = now + reconcile::retry_delay(pace_.later, entry.tries, choice_);
      held_.emplace(*entry.held, number);
      if (entry.event.name == EventName::network_changed) changes_.insert(number);
  }
}

// The bad one is found by halves, at once, so that it alone is lost.
void Outbox::halve(const Bad& bad, std::vector<Lost>& lost) {
  if (under_way_.size() == 1) return lose(under_way_.front(), Cause::refused, bad.why, lost);
  for (const Number number : under_way_) {
    entries_.at(number).company_max = (under_way_.size() + 1) / 2;
    again(number);
  }
  gather_until_ = {};
}

void Outbox::again(Number number) {
  if (entries_.at(number).outdated) return remove(number);
  make_ready(number);
}

Outbox::Numbers Outbox::numbers() const {
  Numbers numbers = numbers_;
  numbers.waiting = entries_.size();
  return numbers;
}

std::optional<rt::Instant> Outbox::oldest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.begin()->second.since;
}

}  // namespace tarn::notify
