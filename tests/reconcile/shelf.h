// A domain and a target small enough to hold in the head: numbered boxes on a shelf, each with a text and an owner.
// The shelf can refuse, lose its line in the middle of a batch, be written to by others, and counts every write.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reconcile/lane.h"

namespace tarn::testing {

struct Box {
  using Key = int;
  struct Spec {
    std::string text;
    bool operator==(const Spec&) const = default;
  };
  struct Seen {
    std::string text;
    bool ours = true;
    bool operator==(const Seen&) const = default;
  };
  static constexpr std::string_view name = "box";
  static reconcile::Ownership ownership(const Key&, const Seen& seen) {
    return seen.ours ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return want.text == have.text ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static bool is_permission(const Key&, const Seen& have) { return have.text != "sign"; }
  static std::uint64_t group(const Key& key, const Spec&) { return static_cast<std::uint64_t>(key) / 4; }
  static std::uint64_t group(const Key& key, const Seen&) { return static_cast<std::uint64_t>(key) / 4; }
  static Seen as_applied(const Spec& want) { return {want.text, true}; }
};

// What stands outside any process: it survives every kill.
struct Shelf {
  std::map<int, Box::Seen> boxes;
  std::set<int> refuses;           // keys whose steps fail
  std::uint32_t break_one_in = 0;  // chance that the line breaks in a batch; 0 never
  bool connected = true;
  std::vector<std::string> log;  // every write that reached the shelf
};

// One process's way to the shelf; dies with its loop.
class ShelfTarget final : public reconcile::Target<Box> {
 public:
  ShelfTarget(Shelf& shelf, rt::Loop& loop, rt::Choice& choice) : shelf_(shelf), loop_(loop), choice_(choice) {}

  void list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<Box>>>> done) override {
    // Taken at some moment between the question and the answer.
    loop_.post([this, done = std::move(done)]() mutable {
      if (!shelf_.connected) return answer_list(std::move(done), fail(ErrorCode::unavailable, "no shelf"));
      reconcile::Collector<reconcile::Actual<Box>> collector;
      collector.so_far() = shelf_.boxes;
      answer_list(std::move(done), std::move(collector).finish());
    });
  }

  void apply(std::vector<reconcile::Step<Box>> batch, reconcile::Writes writes,
             reconcile::Completion<std::vector<reconcile::Outcome>> done) override {
    loop_.post([this, batch = std::move(batch), writes, done = std::move(done)]() mutable {
      std::vector<reconcile::Outcome> outcomes;
      const bool breaks = !shelf_.connected || (shelf_.break_one_in > 0 && choice_.below(shelf_.break_one_in) == 0);
      const std::size_t reached = breaks ? choice_.below(static_cast<std::uint32_t>(batch.size() + 1)) : batch.size();
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (writes == reconcile::Writes::forbid) {
          outcomes.push_back(reconcile::Refused{{ErrorCode::forbidden, {}, "writing is forbidden"}});
          continue;
        }
        const bool arrives = shelf_.connected && i < reached;
        const reconcile::Outcome outcome = arrives ? write(batch[i]) : reconcile::Outcome(reconcile::Unknown{});
        outcomes.push_back(breaks ? reconcile::Outcome(reconcile::Unknown{}) : outcome);
      }
      done(std::move(outcomes));
    });
  }

  void on_hint(std::function<void(reconcile::Hint<Box>)> heard) override { hint_ = std::move(heard); }
  // Hints and outcomes come in the order in which things happened, as on one connection.
  void hint(int key) {
    loop_.post([this, key] {
      const auto found = shelf_.boxes.find(key);
      reconcile::Hint<Box> hint{.everything = false, .changed = {}};
      hint.changed[key] = found == shelf_.boxes.end() ? std::nullopt : std::optional(found->second);
      hint_(hint);
    });
  }
  void hint_everything() {
    loop_.post([this] { hint_({}); });
  }

 private:
  using ListDone = reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<Box>>>>;
  void answer_list(ListDone done, Result<reconcile::Whole<reconcile::Actual<Box>>> answer) {
    loop_.post([done = std::move(done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
  }

  reconcile::Outcome write(const reconcile::Step<Box>& step) {
    const int key = reconcile::key_of<Box>(step);
    if (shelf_.refuses.contains(key)) return reconcile::Refused{{ErrorCode::conflict, {}, "stuck"}};
    if (const auto* create = std::get_if<reconcile::Create<Box>>(&step)) {
      shelf_.boxes[key] = {create->want.text, true};
      shelf_.log.push_back("+" + std::to_string(key));
    } else if (const auto* change = std::get_if<reconcile::Change<Box>>(&step)) {
      shelf_.boxes[key] = {change->want.text, true};
      shelf_.log.push_back("~" + std::to_string(key));
    } else {
      shelf_.boxes.erase(key);
      shelf_.log.push_back("-" + std::to_string(key));
    }
    return reconcile::Applied{};
  }

  Shelf& shelf_;
  rt::Loop& loop_;
  rt::Choice& choice_;
  std::function<void(reconcile::Hint<Box>)> hint_;
};

// A wish that came whole.
inline reconcile::Whole<reconcile::Desired<Box>> whole_wish(reconcile::Desired<Box> wish) {
  reconcile::Collector<reconcile::Desired<Box>> collector;
  collector.so_far() = std::move(wish);
  return std::move(collector).finish();
}

}  // namespace tarn::testing
