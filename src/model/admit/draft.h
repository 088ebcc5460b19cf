// One batch while it is being admitted: the cloud as the requests so far have made it, and what to commit at the end.
// Lives for one call of admit; keeps stamps and revision numbers so that no rule has to.
#pragma once

#include <set>
#include <utility>

#include "model/admit.h"

namespace tarn::model::admission {

class Draft {
 public:
  Draft(const Snapshot& before, const Batch& batch, const Limits& limits)
      : before_(before),
        now_(before),
        limits_(limits),
        caller_(batch.caller),
        now_ms_(batch.now_ms),
        chance_(batch.chance) {}

  [[nodiscard]] const Snapshot& now() const {
    settle();
    return now_;
  }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }

  [[nodiscard]] bool is_new(Kind kind, const Uuid& id) const { return !before_.row(kind, id); }  // of this batch

  std::uint64_t chance();  // the next number drawn from the batch's seed
  Uuid new_id(Kind kind);  // for a row that no request named: drawn, and nobody's

  void create(Row row);  // revision number 1, both stamps
  void put(Row row);     // as it is
  void update(Row row);  // next revision number and a stamp, unless the row is as it was
  template <class R>
  void bump(const Uuid& id);  // the same for a row whose children changed; nothing when it is gone
  void bump(NetworkId network) { bump<Network>(network.uuid); }
  void remove(Kind kind, const Uuid& id);

  // One edit for each row that differs from the beginning.
  [[nodiscard]] Change finish() const;

 private:
  void write(Kind kind, const Uuid& id, std::optional<Row> row);
  void settle() const;

  const Snapshot& before_;
  mutable Snapshot now_;                   // without the last write, until somebody asks: mostly nobody does
  mutable std::optional<RowEdit> latest_;  // the last write while it is not in `now_`
  const Limits& limits_;
  const Caller& caller_;
  std::int64_t now_ms_;
  std::uint64_t chance_;
  std::set<std::pair<Kind, Uuid>> touched_;
};

template <class R>
void Draft::bump(const Uuid& id) {
  const Versioned<R>* held = now().template find<R>(id);
  if (held == nullptr) return;
  R bumped = **held;
  ++bumped.standard.revision_number;
  bumped.standard.updated_at_ms = now_ms_;
  write(R::kind, id, std::move(bumped));
}

// What the row carries as a resource of the API; null for agents.
Standard* standard_of(Row& row);

}  // namespace tarn::model::admission
