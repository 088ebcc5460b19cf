// What is said of one's own accord: each thing at once and some more times, at intervals of its own, so that
// what changes often does not make the rest be said again. Then no more, or for ever now and then. Decides only when;
// whoever owns it asks for what is due and wakes when it says. Not thread-safe; as large as the wish.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "render/outputs.h"
#include "rt/choice.h"
#include "rt/clock.h"

namespace tarn::agent {

// Whether `now` has to be said again after `before` was.
template <class Said>
bool is_news(const Said& before, const Said& now) {
  return before != now;
}

template <class Key, class Said>
class Sayings {
 public:
  // Said when it is new, and after each of `pauses`; then, where `for_ever` is given, at such intervals, jittered.
  explicit Sayings(std::span<const rt::Duration> pauses, std::optional<rt::Duration> for_ever = std::nullopt)
      : pauses_(pauses), for_ever_(for_ever) {}

  void fold(const render::PatchOf<Key, Said>& patch, rt::Instant now) {
    for (const auto& [key, said] : patch) {
      const auto before = all_.find(key);
      if (!said)
        due_.erase(key);
      else if (before == all_.end() || is_news(before->second, *said))
        due_.insert_or_assign(key, Due{now});
    }
    render::fold(all_, patch);
  }

  void say_all(rt::Instant now) {
    for (const auto& [key, said] : all_) due_.insert_or_assign(key, Due{now});
  }

  // Calls `say(said)` with each that is due.
  template <class Say>
  void say_due(rt::Instant now, rt::Choice& choice, const Say& say) {
    for (auto each = due_.begin(); each != due_.end();) {
      auto& [key, due] = *each;
      bool goes_on = true;
      if (due.at <= now) {
        say(all_.at(key));
        const bool again = due.said < pauses_.size();
        if (again || for_ever_) due.at = now + (again ? pauses_[due.said++] : choice.jitter(*for_ever_));
        goes_on = again || for_ever_.has_value();
      }
      each = goes_on ? std::next(each) : due_.erase(each);
    }
  }

  [[nodiscard]] std::optional<rt::Instant> next() const {
    std::optional<rt::Instant> first;
    for (const auto& [key, due] : due_)
      if (!first || due.at < *first) first = due.at;
    return first;
  }
  [[nodiscard]] const std::map<Key, Said>& all() const { return all_; }

 private:
  struct Due {
    rt::Instant at;
    std::size_t said = 0;  // times after the first
  };
  std::span<const rt::Duration> pauses_;
  std::optional<rt::Duration> for_ever_;
  std::map<Key, Said> all_;
  std::map<Key, Due> due_;
};

}  // namespace tarn::agent
