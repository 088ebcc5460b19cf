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

  std::uint64_t chance();  // the next number drawn from the batch's seed

  void create(Row row);          // revision number 1, both stamps
  void update(Row row);          // next revision number and a stamp, unless the row is as it was
  void bump(NetworkId network);  // the same for a network whose children changed
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

// What the row carries as a resource of the API; null for agents.
Standard* standard_of(Row& row);

}  // namespace tarn::model::admission
