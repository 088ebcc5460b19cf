#include "wire/ovsdb/session.h"

#include <boost/json.hpp>
#include <utility>

#include "base/check.h"
#include "wire/ovsdb/json.h"
#include "wire/ovsdb/splitter.h"

namespace tarn::wire::ovsdb {
namespace {

namespace json = boost::json;

constexpr std::string_view monitor_name = "tarn";
constexpr std::string_view no_transaction = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view echo_id = "tarn-echo";
constexpr unsigned silent_ticks_max = 3;

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::corrupt, "OVSDB: " + std::move(what));
}

// The text of a JSON-RPC "error" member: ovsdb-server writes a string or an object with "error" and "details".
Error error_from(const json::value& error) {
  if (const auto* text = error.if_string()) return transaction_error(*text, {});
  const auto* object = error.if_object();
  const auto* word = object != nullptr ? object->if_contains("error") : nullptr;
  const auto* details = object != nullptr ? object->if_contains("details") : nullptr;
  const auto text_of = [](const json::value* value) {
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  return transaction_error(text_of(word), text_of(details));
}

}  // namespace

// The parts of one JSON-RPC message (RFC 7047 section 4); absent members are null.
struct Session::Message {
  explicit Message(const json::object& object)
      : id(member(object, "id")),
        method(member(object, "method")),
        params(member(object, "params")),
        result(member(object, "result")),
        error(member(object, "error")) {}

  static const json::value& member(const json::object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found != nullptr ? *found : nothing();
  }
  [[nodiscard]] const json::value& param(std::size_t index) const {
    const auto* array = params.if_array();
    return array != nullptr && index < array->size() ? (*array)[index] : nothing();
  }
  static const json::value& nothing() {
    static const json::value null;
    return null;
  }

  const json::value& id;
  const json::value& method;
  const json::value& params;
  const json::value& result;
  const json::value& error;
};

class Session::Wire {
 public:
  Splitter splitter;
  Bytes output;

  void send(const json::object& message) {
    const std::string text = json::serialize(message);
    output.insert(output.end(), text.begin(), text.end());
  }
  void request(json::value id, std::string_view method, json::array params) {
    json::object message;
    message["method"] = method;
    message["params"] = std::move(params);
    message["id"] = std::move(id);
    send(message);
  }
  void answer(const json::value& id, const json::value& result, const json::value& error) {
    json::object message;
    message["result"] = result;
    message["error"] = error;
    message["id"] = id;
    send(message);
  }
};

Session::Session(std::string database, MonitoredTables monitored)
    : database_(std::move(database)),
      monitored_(std::move(monitored)),
      wire_(std::make_unique<Wire>()),
      last_transaction_(no_transaction) {}

Session::~Session() = default;

const Replica* Session::replica() const {
  return phase_ == Phase::live && replica_.has_value() ? &*replica_ : nullptr;
}

Bytes Session::take_output() {
  return std::exchange(wire_->output, {});
}

std::vector<Event> Session::take_events() {
  return std::exchange(events_, {});
}

void Session::on_connected() {
  CHECK(phase_ == Phase::away);
  wire_ = std::make_unique<Wire>();
  silent_ticks_ = 0;
  phase_ = Phase::asked_schema;
  dialect_ = Dialect::cond_since;
  awaited_ = next_id_++;
  wire_->request(awaited_, "get_schema", {database_});
}

void Session::on_disconnected() {
  phase_ = Phase::away;
  wire_->output.clear();
  for (const auto& [id, operations] : outstanding_) events_.emplace_back(Lost{id});
  outstanding_.clear();
}

Status Session::on_bytes(ByteView bytes) {
  silent_ticks_ = 0;
  auto messages = wire_->splitter.push(bytes);
  if (!messages) return start_over(std::move(messages.error()));
  for (const json::value& message : *messages) {
    const Status done = on_message(Message(message.get_object()));
    if (!done) return start_over(done.error());
  }
  return {};
}

// Whatever we believed came from a peer that we no longer understand: the next connection lists everything again.
Status Session::start_over(Error why) {
  last_transaction_ = no_transaction;
  return fail(std::move(why));
}

Status Session::on_tick() {
  if (phase_ == Phase::away) return {};
  if (silent_ticks_ >= silent_ticks_max) return fail(ErrorCode::unavailable, "no answer to an echo request");
  if (silent_ticks_ == 1) wire_->request(json::value(echo_id), "echo", {});
  ++silent_ticks_;
  return {};
}

Result<RequestId> Session::transact(const Transaction& transaction) {
  CHECK(replica() != nullptr);
  if (outstanding_.size() >= transactions_outstanding_max) {
    return fail(ErrorCode::exhausted, "too many OVSDB transactions under way");
  }
  json::array params{database_};
  for (const Operation& operation : transaction) params.push_back(to_json(operation));
  const RequestId id = next_id_++;
  outstanding_.emplace(id, transaction.size());
  wire_->request(id, "transact", std::move(params));
  return id;
}

Status Session::on_message(const Message& message) {
  return message.method.is_string() ? on_request(message) : on_reply(message);
}

// A request has an id, a notification has null (RFC 7047 section 4.1.11: an echo is answered with what it carried).
Status Session::on_request(const Message& message) {
  const std::string_view method = message.method.get_string();
  if (method == "echo") {
    wire_->answer(message.id, message.params.is_array() ? message.params : json::array(), nullptr);
    return {};
  }
  if (method == "update3" || method == "update2") return on_update(message);
  if (method == "monitor_canceled") return corrupt("the server cancelled our monitor");
  if (!message.id.is_null()) wire_->answer(message.id, nullptr, "unknown method");
  return {};
}

Status Session::on_reply(const Message& message) {
  const auto* id = message.id.if_int64();
  if (id == nullptr) return {};  // the answer to our echo
  if (const auto transaction = outstanding_.find(*id); transaction != outstanding_.end()) {
    const std::size_t operations = transaction->second;
    outstanding_.erase(transaction);
    on_transacted(*id, operations, message);
    return {};
  }
  if (*id != awaited_) return {};
  if (phase_ == Phase::asked_schema) return on_schema(message);
  if (phase_ == Phase::asked_monitor) return on_monitored(message);
  return {};
}

Status Session::on_schema(const Message& message) {
  if (!message.error.is_null()) return fail(error_from(message.error));
  const auto schema = schema_from_json(message.result);
  if (!schema) return fail(schema.error());
  auto selected = select_columns(*schema, monitored_);
  if (!selected) return fail(std::move(selected.error()));
  // A picture of another schema cannot be resumed. It stays only as what the first listing is compared with.
  if (!replica_.has_value()) replica_.emplace(*selected);
  if (replica_->schema() != *selected) last_transaction_ = no_transaction;
  schema_ = std::move(*selected);
  ask_monitor();
  return {};
}

void Session::ask_monitor() {
  json::object requests;
  for (const auto& [table, columns] : schema_.tables) {
    json::array names;
    for (const auto& [column, type] : columns) names.push_back(json::value(column));
    json::object request;
    request["columns"] = std::move(names);
    requests[table] = json::array{std::move(request)};
  }
  json::array params{database_, monitor_name, std::move(requests)};
  if (dialect_ == Dialect::cond_since) params.push_back(json::value(last_transaction_));
  phase_ = Phase::asked_monitor;
  awaited_ = next_id_++;
  wire_->request(awaited_, dialect_ == Dialect::cond_since ? "monitor_cond_since" : "monitor_cond", std::move(params));
}

// [found, last-txn-id, updates] for monitor_cond_since, the updates alone for monitor_cond (ovsdb-server(7) 4.1.12-15).
Status Session::on_monitored(const Message& message) {
  if (!message.error.is_null()) {
    Error error = error_from(message.error);
    if (dialect_ == Dialect::cond || error.reason != "unknown method") return fail(std::move(error));
    dialect_ = Dialect::cond;
    ask_monitor();
    return {};
  }
  const bool since = dialect_ == Dialect::cond_since;
  const auto* answer = message.result.if_array();
  const bool fits =
      !since || (answer != nullptr && answer->size() == 3 && (*answer)[0].is_bool() && (*answer)[1].is_string());
  if (!fits) return corrupt("a monitor reply of no known form");
  const bool resumed = since && (*answer)[0].get_bool();
  if (resumed && last_transaction_ == no_transaction) return corrupt("a resumption nobody asked for");
  const json::value& updates = since ? (*answer)[2] : message.result;

  Changed changed{true, resumed, {}};
  if (resumed) {
    auto changes = replica_->fold(updates);
    if (!changes) return fail(std::move(changes.error()));
    changed.changes = std::move(*changes);
  } else {
    Replica fresh(schema_);
    const auto listed = fresh.fold(updates);
    if (!listed) return fail(listed.error());
    changed.changes = fresh.changes_since(*replica_);
    replica_ = std::move(fresh);
  }
  last_transaction_ = since ? std::string((*answer)[1].get_string()) : std::string(no_transaction);
  phase_ = Phase::live;
  events_.emplace_back(std::move(changed));
  return {};
}

// update3 is [monitor, last-txn-id, updates], update2 is [monitor, updates].
Status Session::on_update(const Message& message) {
  const bool since = message.method.get_string() == "update3";
  if (phase_ != Phase::live || since != (dialect_ == Dialect::cond_since)) return corrupt("an update nobody asked for");
  const json::value& last = message.param(1);
  if (since && !last.is_string()) return corrupt("an update without its transaction id");
  auto changes = replica_->fold(message.param(since ? 2 : 1));
  if (!changes) return fail(std::move(changes.error()));
  if (since) last_transaction_ = last.get_string();
  events_.emplace_back(Changed{false, false, std::move(*changes)});
  return {};
}

void Session::on_transacted(RequestId id, std::size_t operations, const Message& message) {
  if (!message.error.is_null()) {
    events_.emplace_back(Replied{id, fail(error_from(message.error))});
    return;
  }
  events_.emplace_back(Replied{id, results_from_json(message.result, operations)});
}

}  // namespace tarn::wire::ovsdb
