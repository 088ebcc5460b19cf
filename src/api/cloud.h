// What the API stands on: committed snapshots to read, one writer to ask. Implemented by the server, and by an
// in-memory cloud in the API's own tests. Every member may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/admit.h"

namespace tarn::api {

struct Written {
  std::shared_ptr<const model::Snapshot> after;  // contains the change, committed and durable
};

class Cloud {
 public:
  virtual ~Cloud() = default;

  // The newest committed snapshot; never null.
  [[nodiscard]] virtual std::shared_ptr<const model::Snapshot> snapshot() const = 0;

  // Admits and commits `requests` as one batch (clock and chance are added by the writer). `done` runs once, on any
  // thread, after the commit is durable or the batch was refused. ErrorCode::unavailable: the queue is full or the
  // store cannot be written; nothing happened.
  virtual void write(std::vector<model::Request> requests, model::Caller caller,
                     std::function<void(Result<Written>)> done) = 0;

  // Ids for new rows.
  virtual Uuid new_id() = 0;

  // Now, UTC milliseconds since 1970 (for agents' heartbeat arithmetic and headers).
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;

  // When the agent of `host` was last heard; nullopt: not since this server started.
  struct Presence {
    bool connected = false;
    std::int64_t heard_at_ms = 0;
  };
  [[nodiscard]] virtual std::optional<Presence> presence(const std::string& host) const = 0;

  // The operator's limits (quotas, address limits), for answers that show them.
  [[nodiscard]] virtual const model::Limits& limits() const = 0;
};

}  // namespace tarn::api
