// The client side of OVSDB's JSON-RPC (RFC 7047 section 4, ovsdb-server(7)) as a state machine: bytes and ticks in,
// bytes and events out. Owned by a driver; it opens no socket and reads no clock. One Session outlives many
// connections: it keeps the last transaction id, so that a new connection resumes where the old one broke off.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/ovsdb/replica.h"
#include "wire/ovsdb/transaction.h"

namespace tarn::wire::ovsdb {

inline constexpr std::size_t transactions_outstanding_max = 64;

using RequestId = std::int64_t;

// The replica became whole, or a change was folded into it. `resumed` false: an earlier picture was dropped first, and
// `changes` is the difference from it (or every row, the first time).
struct Changed {
  bool became_whole = false;
  bool resumed = false;
  std::vector<RowChange> changes;
};
// The answer to a transaction; changes it made were told before (the server flushes monitors before it replies).
struct Replied {
  RequestId id = 0;
  Result<std::vector<OperationResult>> result;
};
// The line broke with this transaction under way: it may have happened, or not.
struct Lost {
  RequestId id = 0;
};
using Event = std::variant<Changed, Replied, Lost>;

class Session {
 public:
  Session(std::string database, MonitoredTables monitored);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A new connection stands: asks for the schema, then for the monitored tables.
  void on_connected();
  // The connection is gone: what was under way is Lost, the replica is shown no more.
  void on_disconnected();
  // An error means that this connection cannot go on: close it and call on_disconnected().
  [[nodiscard]] Status on_bytes(ByteView bytes);
  // To be called at an even pace. Asks a silent server for an echo; silent for two further ticks, it counts as away.
  [[nodiscard]] Status on_tick();

  // Requires replica() != nullptr. ErrorCode::exhausted when too many are under way.
  Result<RequestId> transact(const Transaction& transaction);

  [[nodiscard]] Bytes take_output();
  [[nodiscard]] std::vector<Event> take_events();

  // The whole picture, or nothing: absent until the first listing has ended and while the line is broken.
  [[nodiscard]] const Replica* replica() const;

 private:
  class Wire;
  struct Message;
  enum class Phase : std::uint8_t { away, asked_schema, asked_monitor, live };
  enum class Dialect : std::uint8_t { cond_since, cond };  // the second for servers before 2.12

  Status on_message(const Message& message);
  Status on_reply(const Message& message);
  Status on_request(const Message& message);
  Status on_schema(const Message& message);
  Status on_monitored(const Message& message);
  Status on_update(const Message& message);
  void on_transacted(RequestId id, std::size_t operations, const Message& message);
  void ask_monitor();
  Status start_over(Error why);

  const std::string database_;
  const MonitoredTables monitored_;
  std::unique_ptr<Wire> wire_;
  Phase phase_ = Phase::away;
  Dialect dialect_ = Dialect::cond_since;
  Schema schema_;                   // of this connection
  std::optional<Replica> replica_;  // kept while the line is broken, to resume from
  std::string last_transaction_;
  RequestId next_id_ = 1;
  RequestId awaited_ = 0;                         // the id of the schema or monitor request under way
  std::map<RequestId, std::size_t> outstanding_;  // transaction → its number of operations
  unsigned silent_ticks_ = 0;
  std::vector<Event> events_;
};

}  // namespace tarn::wire::ovsdb
