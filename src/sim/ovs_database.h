// The contents of a model database and its transactions (RFC 7047 section 5): atomic, with an error for each operation,
// references and unique names kept, rows without a referrer collected. Values in memory that outlive every connection
// and, unless a scenario says otherwise, the server too. Written apart from the product's client of the same protocol.
#pragma once

#include <boost/json/array.hpp>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/ovs_operation.h"
#include "sim/ovs_schema.h"
#include "wire/ovsdb/transaction.h"
#include "wire/ovsdb/value.h"

namespace tarn::sim {

class OvsDatabase {
 public:
  using Rows = std::map<Uuid, Row>;
  using Tables = std::map<std::string, Rows, std::less<>>;
  // What one commit did to one row; a row that came has no `before`, one that went no `after`.
  struct Edit {
    std::string table;
    Uuid uuid;
    std::optional<Row> before;
    std::optional<Row> after;
  };
  struct Commit {
    std::uint64_t number = 0;
    std::vector<Edit> edits;  // never empty
  };
  static constexpr std::size_t history_max = 1000;

  OvsDatabase();  // with the one row of Open_vSwitch, as `ovs-vsctl init` makes it

  // The "result" array of a `transact`: one element for each operation, the failed one an error, the rest null. `judge`
  // may refuse an operation that is right.
  using Judge = std::function<std::optional<OvsRefusal>(const boost::json::object& operation)>;
  boost::json::array transact(const boost::json::array& operations, const Judge& judge = {});
  // The same for the model's own writers (the switch, the hypervisor); true when it was committed.
  bool write(const wire::ovsdb::Transaction& transaction);

  [[nodiscard]] const Tables& tables() const { return tables_; }
  [[nodiscard]] const Row* find(std::string_view table, const Uuid& uuid) const;
  [[nodiscard]] std::optional<Uuid> named(std::string_view table, std::string_view name) const;
  [[nodiscard]] Uuid root() const;

  [[nodiscard]] std::uint64_t last_commit() const { return commits_; }
  // Absent when the history does not reach back so far.
  [[nodiscard]] std::optional<std::vector<Commit>> since(std::uint64_t commit) const;
  // The history is gone, as after a compaction: clients must list again.
  void forget_history() { history_.clear(), forgotten_ = commits_; }

  // Called after each commit that changed anything; watchers live as long as the database or take themselves out.
  std::uint64_t watch(std::function<void(const Commit&)> watcher);
  void unwatch(std::uint64_t watcher) { watchers_.erase(watcher); }

 private:
  struct Draft;
  friend struct Draft;
  void commit(Tables after);
  Uuid new_uuid();

  Tables tables_;
  std::uint64_t commits_ = 0;
  std::uint64_t forgotten_ = 0;
  std::uint64_t uuids_made_ = 0;
  std::deque<Commit> history_;
  std::uint64_t watchers_made_ = 0;
  std::map<std::uint64_t, std::function<void(const Commit&)>> watchers_;
};

}  // namespace tarn::sim
