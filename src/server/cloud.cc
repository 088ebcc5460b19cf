#include "server/cloud.h"

namespace tarn::server {

LedgerCloud::LedgerCloud(rt::Loop& loop, store::Ledger& ledger, const AgentDesk& desk, model::Limits limits,
                         std::uint64_t seed, Bounds bounds)
    : loop_(loop),
      ledger_(ledger),
      desk_(desk),
      limits_(std::move(limits)),
      choice_(seed),
      calls_(loop, "writes", bounds.calls_waiting_max, [this](Call call) {
        ledger_.write(std::move(call.requests), std::move(call.caller),
                      [done = std::move(call.done)](Result<store::SnapshotPointer> result) {
                        if (!result) return done(fail(result.error()));
                        done(api::Written{std::move(*result)});
                      });
      }) {}

void LedgerCloud::write(std::vector<model::Request> requests, model::Caller caller,
                        std::function<void(Result<api::Written>)> done) {
  if (calls_.post({std::move(requests), std::move(caller), done})) return;
  done(fail(ErrorCode::unavailable, "Busy", "too many writes are waiting; try again"));
}

Uuid LedgerCloud::new_id() {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t high = choice_.bits();
  return Uuid::random(high, choice_.bits());
}

}  // namespace tarn::server
