#include "sim/model_ovsdb.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "wire/ovsdb/json.h"
#include "wire/ovsdb/splitter.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;
using ovsdb::ColumnType;

namespace {

Uuid id_of_commit(ModelOvsdb::Kind kind, std::uint64_t commit) {
  if (kind == ModelOvsdb::Kind::standalone) return {};
  constexpr std::uint64_t of_commits = 0x74786e0000000000U;  // "txn"
  return Uuid::random(of_commits, commit);
}

// What is written of a changed column in a <row-update2>: ovsdb-server(7) section 4.1.14.
Datum difference(const Datum& before, const Datum& after, const ColumnType& type) {
  if (!type.many) return after;
  if (type.value) {
    ovsdb::AtomMap pairs;
    for (const auto& [key, value] : before.pairs()) {
      if (!after.pairs().contains(key)) pairs.emplace(key, value);
    }
    for (const auto& [key, value] : after.pairs()) {
      const auto old = before.pairs().find(key);
      if (old == before.pairs().end() || old->second != value) pairs.emplace(key, value);
    }
    return Datum::map(std::move(pairs));
  }
  std::vector<ovsdb::Atom> atoms;
  std::ranges::set_symmetric_difference(before.atoms(), after.atoms(), std::back_inserter(atoms));
  return Datum::set(std::move(atoms));
}

using Columns = std::map<std::string, std::vector<std::string>, std::less<>>;

// Gathers table updates of several commits as one; each row is told once.
class Updates {
 public:
  explicit Updates(const Columns& columns) : columns_(columns) {}

  void add(const std::string& table, const Uuid& uuid, const Row* before, const Row* after, bool initial = false) {
    const auto monitored = columns_.find(table);
    if (monitored == columns_.end() || (before == nullptr && after == nullptr)) return;
    const ovsdb::TableSchema& schema = open_vswitch_schema().tables.at(table);
    json::object change;
    if (after == nullptr) {
      change["delete"] = nullptr;
    } else {
      json::object row;
      for (const std::string& column : monitored->second) {
        const ColumnType& type = schema.at(column);
        const Datum& now = after->at(column);
        if (before == nullptr && now != type.default_value()) row[column] = ovsdb::to_json(now);
        if (before != nullptr && now != before->at(column)) {
          row[column] = ovsdb::to_json(difference(before->at(column), now, type));
        }
      }
      if (before != nullptr && row.empty()) return;
      change[before != nullptr ? "modify" : initial ? "initial" : "insert"] = std::move(row);
    }
    if (!tables_.contains(table)) tables_[table].emplace_object();
    tables_[table].get_object()[uuid.text()] = std::move(change);
  }
  [[nodiscard]] bool empty() const { return tables_.empty(); }
  json::object take() { return std::move(tables_); }

 private:
  const Columns& columns_;
  json::object tables_;
};

}  // namespace

class ModelOvsdb::Client {
 public:
  Client(ModelOvsdb& server, std::uint64_t id, std::unique_ptr<rt::Stream> stream)
      : server_(server), id_(id), stream_(std::move(stream)) {
    watch_ = server_.database_.watch([this](const OvsDatabase::Commit& commit) { tell(commit); });
    stream_->start({[this](ByteView bytes) { received(bytes); }, [this](const Error&) { server_.gone(id_); }, {}});
  }
  ~Client() { server_.database_.unwatch(watch_); }

 private:
  void received(ByteView bytes) {
    auto messages = splitter_.push(bytes);
    if (!messages) return server_.gone(id_);
    for (const json::value& message : *messages) {
      const auto& object = message.get_object();
      const auto* method = object.if_contains("method");
      if (method != nullptr && method->is_string()) {
        request(std::string(method->get_string()), object.at("params").as_array(), object.at("id"));
      }
    }
  }

  void request(const std::string& method, const json::array& params, const json::value& id) {
    if (method == "echo") return answer(id, params);
    if (method == "get_schema") return answer(id, open_vswitch_schema_json());
    if (method == "monitor_cond_since") return monitor(params, id);
    if (method == "transact") return transact(params, id);
    send({{"result", nullptr}, {"error", "unknown method"}, {"id", id}});
  }

  void transact(const json::array& params, const json::value& id) {
    ++server_.counters_.transactions;
    const json::array operations(params.begin() + 1, params.end());
    const OvsDatabase::Judge judge = [this](const json::object& operation) {
      const auto subject = subject_of(operation, server_.database_);
      return subject ? server_.refusal(*subject) : std::nullopt;
    };
    const bool judges = server_.refuses_anything();
    json::array results = server_.database_.transact(operations, judges ? judge : nullptr);  // tells the monitors first
    const bool refused = std::ranges::any_of(
        results, [](const json::value& each) { return each.is_object() && each.get_object().contains("error"); });
    server_.counters_.refused += refused ? 1 : 0;
    answer(id, std::move(results));
  }

  // [database, monitor id, {table: [{"columns": [...]}]}, last transaction id]
  void monitor(const json::array& params, const json::value& id) {
    monitor_ = params.at(1);
    columns_.emplace();
    for (const auto& [table, requests] : params.at(2).as_object()) {
      for (const auto& column : requests.as_array().at(0).as_object().at("columns").as_array()) {
        (*columns_)[table].emplace_back(column.as_string());
      }
    }
    const OvsDatabase& database = server_.database_;
    Updates updates(*columns_);
    const auto commits = commits_after(std::string(params.at(3).as_string()));
    if (commits) {
      ++server_.counters_.resumed;
      add_all(updates, *commits);
    } else {
      ++server_.counters_.listed;
      for (const auto& [table, rows] : database.tables()) {
        for (const auto& [uuid, row] : rows) updates.add(table, uuid, nullptr, &row, true);
      }
    }
    answer(id, json::array{commits.has_value(), id_of_commit(server_.kind_, database.last_commit()).text(),
                           updates.take()});
  }

  // The commits that somebody who saw `transaction` has not seen; absent when that transaction is not remembered.
  std::optional<std::vector<OvsDatabase::Commit>> commits_after(const std::string& transaction) {
    if (server_.kind_ == Kind::standalone) return std::nullopt;
    const OvsDatabase& database = server_.database_;
    for (std::uint64_t back = 0; back <= std::min<std::uint64_t>(OvsDatabase::history_max, database.last_commit());
         ++back) {
      const std::uint64_t commit = database.last_commit() - back;
      if (id_of_commit(server_.kind_, commit).text() == transaction) return database.since(commit);
    }
    return std::nullopt;
  }

  static void add_all(Updates& updates, const std::vector<OvsDatabase::Commit>& commits) {
    struct Ends {
      std::optional<Row> first;
      std::optional<Row> last;
    };
    std::map<std::pair<std::string, Uuid>, Ends> rows;
    for (const auto& commit : commits) {
      for (const auto& edit : commit.edits) {
        const auto [found, is_new] = rows.try_emplace({edit.table, edit.uuid});
        if (is_new) found->second.first = edit.before;
        found->second.last = edit.after;
      }
    }
    for (const auto& [key, ends] : rows) {
      updates.add(key.first, key.second, ends.first ? &*ends.first : nullptr, ends.last ? &*ends.last : nullptr);
    }
  }

  void tell(const OvsDatabase::Commit& commit) {
    if (!columns_) return;
    Updates updates(*columns_);
    add_all(updates, {commit});
    if (updates.empty()) return;
    const json::array params{monitor_, id_of_commit(server_.kind_, commit.number).text(), updates.take()};
    send({{"method", "update3"}, {"params", params}, {"id", nullptr}});
  }

  void answer(const json::value& id, json::value result) {
    send({{"result", std::move(result)}, {"error", nullptr}, {"id", id}});
  }
  void send(const json::object& message) {
    const std::string text = json::serialize(message);
    stream_->write(Bytes(text.begin(), text.end()));
  }

  ModelOvsdb& server_;
  std::uint64_t id_;
  std::unique_ptr<rt::Stream> stream_;
  std::uint64_t watch_ = 0;
  ovsdb::Splitter splitter_;
  std::optional<Columns> columns_;  // once it monitors
  json::value monitor_;
};

ModelOvsdb::ModelOvsdb(Scheduler& scheduler, Network& network, std::string path, OvsDatabase& database, Kind kind)
    : database_(database), kind_(kind), loop_(scheduler.make_loop("ovsdb " + path)) {
  listener_ = network.listen(path, *loop_, [this](std::unique_ptr<rt::Stream> stream) { accepted(std::move(stream)); });
}

ModelOvsdb::~ModelOvsdb() {
  listener_.reset();
  clients_.clear();
}

void ModelOvsdb::accepted(std::unique_ptr<rt::Stream> stream) {
  const std::uint64_t id = ++clients_made_;
  clients_.emplace(id, std::make_unique<Client>(*this, id, std::move(stream)));
}

// The client may be the caller: it goes once that has returned.
void ModelOvsdb::gone(std::uint64_t client) {
  auto node = clients_.extract(client);
  if (node.empty()) return;
  loop_->post([left = std::shared_ptr<Client>(std::move(node.mapped()))] {});
}

}  // namespace tarn::sim
