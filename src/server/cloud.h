// The API's cloud over the ledger: reads from committed snapshots on any thread, writes handed to the loop.
// Belongs to the server's wiring; holds no rule.
#pragma once

#include <mutex>

#include "api/cloud.h"
#include "rt/mailbox.h"
#include "server/agent_desk.h"
#include "store/ledger.h"

namespace tarn::server {

class LedgerCloud final : public api::Cloud {
 public:
  struct Bounds {
    std::size_t calls_waiting_max = 1'024;  // writes on their way to the loop
  };
  LedgerCloud(rt::Loop& loop, store::Ledger& ledger, const AgentDesk& desk, model::Limits limits, std::uint64_t seed,
              Bounds bounds);

  [[nodiscard]] std::shared_ptr<const model::Snapshot> snapshot() const override { return ledger_.snapshot(); }
  void write(std::vector<model::Request> requests, model::Caller caller,
             std::function<void(Result<api::Written>)> done) override;
  Uuid new_id() override;
  [[nodiscard]] std::int64_t now_ms() const override { return loop_.clock().wall().unix_ms; }
  [[nodiscard]] std::optional<Presence> presence(const std::string& host) const override {
    return desk_.presence(host);
  }
  [[nodiscard]] const model::Limits& limits() const override { return limits_; }

 private:
  struct Call {
    std::vector<model::Request> requests;
    model::Caller caller;
    std::function<void(Result<api::Written>)> done;
  };

  rt::Loop& loop_;
  store::Ledger& ledger_;
  const AgentDesk& desk_;
  const model::Limits limits_;
  std::mutex mutex_;  // guards choice_
  rt::Seeded choice_;
  rt::Mailbox<Call> calls_;
};

}  // namespace tarn::server
