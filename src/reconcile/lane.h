// One domain's way from difference to nothing: holds the wish, the listing and the steps still due, asks its target to
// list and to apply, and retries what was refused. Knows no other domain; the order between lanes is machine.h's.
// Runs on one loop. A step is due only while both the wish and the listing are whole (or the wish is journaled, and
// then nothing is ever removed).
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "reconcile/diff.h"
#include "reconcile/due_steps.h"
#include "reconcile/lane_base.h"
#include "reconcile/retry.h"
#include "reconcile/target.h"
#include "rt/loop.h"

namespace tarn::reconcile {

// A later change of a wish: the new spec of each key, or nullopt when it is no longer wanted.
template <Domain D>
using WishPatch = std::map<typename D::Key, std::optional<typename D::Spec>>;

template <Domain D>
class Lane final : public LaneBase {
 public:
  using Key = typename D::Key;
  using Spec = typename D::Spec;
  using Seen = typename D::Seen;

  Lane(Target<D>& target, rt::Loop& loop, rt::Choice& choice, LaneOptions options)
      : target_(target), loop_(loop), choice_(choice), options_(options) {
    target_.on_hint([this](Hint<D> hint) { heard(std::move(hint)); });
  }

  // The whole wish, replacing what was wished before. Ends a journaled wish.
  void want(Whole<Desired<D>> wish) {
    if (wish_) note_revoked(wish);
    wish_ = std::move(wish);
    journal_.reset();
    judge_all();
  }
  // A change of a whole wish.
  void want(const WishPatch<D>& patch) {
    CHECK(wish_.has_value());
    wish_->fold([&](Desired<D>& table) {
      for (const auto& [key, spec] : patch) {
        if (spec) {
          table.insert_or_assign(key, *spec);
          revoked_.erase(key);
        } else if (table.erase(key) > 0) {
          revoked_.insert(key);
        }
      }
    });
    for (const auto& [key, spec] : patch) judge(key);
    wake();
  }
  // A remembered wish, used only until a whole one comes.
  void want(Journaled<D> remembered) {
    CHECK(!wish_.has_value());
    journal_ = std::move(remembered);
    judge_all();
  }

  // While held it applies nothing: for a domain whose listing the wish is made from, from a change of the one until the
  // other follows from it.
  void hold(bool held) {
    held_ = held;
    wake();
  }

  // What is known to be there; empty while no listing is whole.
  [[nodiscard]] const std::optional<Whole<Actual<D>>>& actual() const { return actual_; }
  [[nodiscard]] const Spec* wanted(const Key& key) const {
    const Desired<D>* table = wish();
    return table == nullptr ? nullptr : detail::value_of(*table, key);
  }
  // True when the world is known to hold what is wished of `key` (or nothing, when nothing is).
  [[nodiscard]] bool settled(const Key& key) const { return actual_ && wish() != nullptr && !due_.contains(key); }
  // Why the last attempt at `key` failed, while it has not succeeded since.
  [[nodiscard]] const Error* refusal(const Key& key) const {
    const auto waiting = waiting_.find(key);
    return waiting != waiting_.end() && waiting->second.why ? &*waiting->second.why : nullptr;
  }
  // Everything that would be changed now. Empty means that a restart has nothing to do.
  [[nodiscard]] std::optional<Diff<D>> difference() const {
    if (!actual_) return std::nullopt;
    if (wish_) return diff<D>(*wish_, *actual_);
    if (journal_) return repair<D>(*journal_, *actual_);
    return std::nullopt;
  }
  // Called after the listing or a hint changed what is known: everything, or these keys.
  void on_actual(std::function<void(bool everything, const std::set<Key>& keys)> changed) {
    actual_changed_ = std::move(changed);
  }

  // LaneBase
  [[nodiscard]] std::string_view name() const override { return D::name; }
  [[nodiscard]] bool whole() const override { return actual_.has_value() && wish() != nullptr; }
  [[nodiscard]] bool busy() const override { return in_flight_; }
  [[nodiscard]] std::size_t due_count() const override { return due_.size(); }
  [[nodiscard]] std::size_t failing_count() const {
    return static_cast<std::size_t>(std::count_if(waiting_.begin(), waiting_.end(),
                                                  [](const auto& entry) { return entry.second.why.has_value(); }));
  }
  [[nodiscard]] bool listing() const { return listing_ || stale_; }
  [[nodiscard]] std::uint64_t listings() const { return counters_.listings; }
  void relist() override { stale_ = true; }

  void refresh() override {
    if (!stale_ || listing_ || in_flight_) return;
    if (list_retry_at_ && loop_.clock().now() < *list_retry_at_) return;
    listing_ = true;
    stale_ = false;
    overtaken_ = false;
    missed_.clear();
    ++counters_.listings;
    target_.list([this](Result<Whole<Actual<D>>> answer) { listed(std::move(answer)); });
  }

  [[nodiscard]] bool due(Phase phase) const override {
    const std::set<std::uint64_t>& groups = due_.groups_of(phase);
    return !held_ && std::any_of(groups.begin(), groups.end(),
                                 [this](std::uint64_t group) { return any_ready(due_.keys_of(group)); });
  }
  [[nodiscard]] bool removals_left() const override { return due_.removals() > 0; }

  void start_batch(Phase phase, bool with_rest) override {
    CHECK(!in_flight_);
    std::vector<Step<D>> batch;
    // A revocation goes with whatever takes its place, if that fits: nobody who keeps a permission shall miss it
    // between two batches.
    const bool all_at_once = with_rest && phase == Phase::revoke && due_.size() <= options_.batch_steps_max;
    for (const Phase each : {Phase::revoke, Phase::build, Phase::tear_down}) {
      if (each == phase || all_at_once) add_to_batch(batch, each);
    }
    if (batch.empty()) return;
    in_flight_ = true;
    overtaken_ = overtaken_ || listing_;  // a listing made meanwhile may show half of this batch
    ++counters_.plans;
    if (options_.writes == Writes::allow) counters_.writes_attempted += batch.size();
    std::vector<Step<D>> sent = batch;
    target_.apply(std::move(batch), options_.writes,
                  [this, sent = std::move(sent)](std::vector<Outcome> outcomes) { applied(sent, outcomes); });
  }

  [[nodiscard]] std::optional<rt::Instant> next_due(rt::Instant now) const override {
    std::optional<rt::Instant> next;
    const auto consider = [&](rt::Instant at) {
      if (at > now && (!next || at < *next)) next = at;
    };
    if (stale_ && !listing_ && list_retry_at_) consider(*list_retry_at_);
    for (const auto& [key, waiting] : waiting_) consider(waiting.due);
    return next;
  }

  [[nodiscard]] const std::optional<Error>& listing_error() const override { return listing_error_; }
  [[nodiscard]] LaneCounts counts() const override {
    LaneCounts counts = counters_;
    counts.whole = whole();
    counts.due = due_.size();
    counts.failing = failing_count();
    if (const Desired<D>* table = wish()) counts.wanted = table->size();
    if (!actual_) return counts;
    for (const auto& [key, seen] : **actual_) {
      ++(D::ownership(key, seen) == Ownership::ours ? counts.installed : counts.foreign);
    }
    return counts;
  }

 private:
  struct Waiting {
    std::uint32_t failures = 0;
    rt::Instant due;
    std::optional<Error> why;  // empty: applied, waiting for the world to show it
  };

  [[nodiscard]] const Desired<D>* wish() const {
    if (wish_) return &**wish_;
    return journal_ ? &journal_->wish : nullptr;
  }

  void note_revoked(const Whole<Desired<D>>& next) {
    for (const auto& [key, spec] : **wish_) {
      if (!next->contains(key)) revoked_.insert(key);
    }
  }

  // Decides what is due for one key, from the wish and the listing alone.
  std::optional<Due> difference_of(const Key& key) const {
    if (!actual_ || wish() == nullptr) return std::nullopt;
    const Diff<D> one = wish_ ? diff<D>(*wish_, *actual_, key) : repair<D>(*journal_, *actual_, key);
    if (!one.creates.empty()) return Due::create;
    if (!one.changes.empty()) return Due::change;
    if (!one.removes.empty()) return Due::remove;
    return std::nullopt;
  }

  // The wish or the world changed for this key, so that old failures say nothing any more.
  void judge(const Key& key) {
    due_.drop(key);
    waiting_.erase(key);
    if (const std::optional<Due> what = difference_of(key)) {
      note_due(key, *what);
    } else if (actual_) {
      revoked_.erase(key);
    }
  }

  void judge_all() {
    due_.clear();
    if (const std::optional<Diff<D>> all = difference()) {
      for (const auto& one : all->creates) note_due(one.key, Due::create);
      for (const auto& one : all->changes) note_due(one.key, Due::change);
      for (const auto& one : all->removes) note_due(one.key, Due::remove);
      std::erase_if(waiting_, [this](const auto& entry) { return !due_.contains(entry.first); });
      std::erase_if(revoked_, [this](const Key& key) { return !due_.contains(key); });
    }
    wake();
  }

  void note_due(const Key& key, Due what) {
    const Spec* want = wanted(key);
    const std::uint64_t group = want ? D::group(key, *want) : D::group(key, *detail::value_of(**actual_, key));
    const bool revoked = what == Due::remove && options_.grants && revoked_.contains(key) && is_permission(key);
    due_.add(key, revoked ? Due::revoke : what, group);
  }

  // A domain may tell objects that take a permission away when they go from those that others only refer to.
  [[nodiscard]] bool is_permission(const Key& key) const {
    if constexpr (requires(const Seen& have) { D::is_permission(key, have); }) {
      return D::is_permission(key, *detail::value_of(**actual_, key));
    }
    return true;
  }

  [[nodiscard]] bool ready(const Key& key) const {
    const auto waiting = waiting_.find(key);
    return waiting == waiting_.end() || waiting->second.due <= loop_.clock().now();
  }
  [[nodiscard]] bool any_ready(const std::set<Key>& keys) const {
    for (const Key& key : keys) {
      if (ready(key)) return true;
    }
    return false;
  }

  void add_to_batch(std::vector<Step<D>>& batch, Phase phase) const {
    for (const std::uint64_t group : due_.groups_of(phase)) {
      const std::set<Key>& keys = due_.keys_of(group);
      if (!batch.empty() && batch.size() + keys.size() > options_.batch_steps_max) break;
      for (const Key& key : keys) {
        if (ready(key)) batch.push_back(step(key));
      }
    }
  }

  Step<D> step(const Key& key) const {
    const Due what = due_.what(key);
    if (what == Due::create) return Create<D>{key, *wanted(key)};
    const Seen& have = *detail::value_of(**actual_, key);
    if (what != Due::change) return Remove<D>{key, have};
    const Spec& want = *wanted(key);
    return Change<D>{key, want, have, D::drift(want, have)};
  }

  void heard(Hint<D> hint) {
    if (hint.everything) {
      overtaken_ = true;
      list_retry_at_.reset();  // the line came or went: what kept us from listing before says nothing now
      forget();
      wake();
      return;
    }
    if (listing_) {
      for (auto& [key, seen] : hint.changed) missed_.insert_or_assign(key, seen);
    }
    if (actual_) fold(hint.changed);
  }

  void fold(const std::map<Key, std::optional<Seen>>& changed) {
    std::set<Key> keys;
    actual_->fold([&](Actual<D>& table) {
      for (const auto& [key, seen] : changed) {
        keys.insert(key);
        if (seen) {
          table.insert_or_assign(key, *seen);
        } else {
          table.erase(key);
        }
      }
    });
    for (const Key& key : keys) judge(key);
    if (actual_changed_) actual_changed_(false, keys);
    wake();
  }

  void listed(Result<Whole<Actual<D>>> answer) {
    listing_ = false;
    if (!answer || overtaken_) {
      if (!answer) {
        listing_error_ = answer.error();
        forget();
      }
      stale_ = true;
      ++list_failures_;
      list_retry_at_ = loop_.clock().now() + retry_delay(options_.list_retry, list_failures_, choice_);
      wake();
      return;
    }
    list_failures_ = 0;
    list_retry_at_.reset();
    listing_error_.reset();
    actual_ = std::move(*answer);
    judge_all();
    if (!missed_.empty()) fold(std::exchange(missed_, {}));
    if (actual_changed_) actual_changed_(true, {});
  }

  // The listing is not to be believed any more: nothing can be due until there is a new one.
  void forget() {
    const bool had = actual_.has_value();
    actual_.reset();
    due_.clear();
    stale_ = true;
    if (had && actual_changed_) actual_changed_(true, {});
  }

  void applied(const std::vector<Step<D>>& sent, const std::vector<Outcome>& outcomes) {
    CHECK(sent.size() == outcomes.size());
    in_flight_ = false;
    bool broken = false;
    std::map<Key, std::optional<Seen>> now;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      const Key& key = key_of<D>(sent[i]);
      if (std::holds_alternative<Unknown>(outcomes[i])) {
        broken = true;
      } else if (const auto* refused = std::get_if<Refused>(&outcomes[i])) {
        fail_later(key, refused->why);
      } else {
        ++counters_.writes_applied;
        succeeded(sent[i], now);
      }
    }
    if (!now.empty() && actual_) fold(now);
    if (broken) forget();
    wake();
  }

  void succeeded(const Step<D>& step, std::map<Key, std::optional<Seen>>& now) {
    const Key& key = key_of<D>(step);
    if constexpr (requires(const Spec& spec) { D::as_applied(spec); }) {
      // The target's acknowledgement is the fact: nothing else will tell us.
      if (is_removal<D>(step)) {
        now[key] = std::nullopt;
      } else if (const auto* create = std::get_if<Create<D>>(&step)) {
        now[key] = D::as_applied(create->want);
      } else {
        now[key] = D::as_applied(std::get<Change<D>>(step).want);
      }
    } else if (due_.contains(key)) {
      // The world will show it by a hint; until then (or for too long) it is not tried again.
      waiting_[key] = {0, loop_.clock().now() + options_.confirm_within, std::nullopt};
    }
  }

  void fail_later(const Key& key, const Error& why) {
    if (!due_.contains(key)) return;  // no longer wanted as it was
    Waiting& waiting = waiting_[key];
    ++waiting.failures;
    ++counters_.refusals;
    waiting.why = why;
    waiting.due = loop_.clock().now() + retry_delay(options_.retry, waiting.failures, choice_);
  }

  Target<D>& target_;
  rt::Loop& loop_;
  rt::Choice& choice_;
  LaneOptions options_;

  std::optional<Whole<Desired<D>>> wish_;
  std::optional<Journaled<D>> journal_;
  std::optional<Whole<Actual<D>>> actual_;
  DueSteps<Key> due_;               // what differs now
  std::map<Key, Waiting> waiting_;  // of those: not before a later time
  std::set<Key> revoked_;           // wanted earlier in this session, now not, still there

  bool stale_ = true;                          // a listing is needed
  bool listing_ = false;                       // one is being made
  bool in_flight_ = false;                     // a batch is being applied
  bool held_ = false;                          // the wish does not follow yet from what is known to be there
  bool overtaken_ = false;                     // the listing being made was overtaken by a write or a broken line
  std::map<Key, std::optional<Seen>> missed_;  // hints heard while a listing was made
  std::uint32_t list_failures_ = 0;
  std::optional<rt::Instant> list_retry_at_;
  std::optional<Error> listing_error_;
  LaneCounts counters_;
  std::function<void(bool, const std::set<Key>&)> actual_changed_;
};

}  // namespace tarn::reconcile
