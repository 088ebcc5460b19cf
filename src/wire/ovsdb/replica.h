// Our copy of the monitored columns of a database: tables → row uuid → Row. Held by a Session, which shows it only
// while it is whole. Folding is all or nothing: a change that does not fit leaves the copy as it was and is an error.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_value.h"
#include "wire/ovsdb/schema.h"
#include "wire/ovsdb/value.h"

namespace tarn::wire::ovsdb {

// Rows are never changed in place: a copy of a table, or of a change, shares them.
using SharedRow = SharedValue<Row>;
using Table = std::map<Uuid, SharedRow>;

// One row that is not what it was. A row that came has a null `before`, a row that went a null `after`.
struct RowChange {
  std::string table;
  Uuid uuid;
  SharedRow before;
  SharedRow after;
};

class Replica {
 public:
  explicit Replica(Schema schema) : schema_(std::move(schema)) {}

  [[nodiscard]] const Schema& schema() const { return schema_; }
  [[nodiscard]] const Table& table(std::string_view name) const;  // empty when not monitored
  [[nodiscard]] const Row* find(std::string_view table, const Uuid& uuid) const;

  // Folds a <table-updates2> (ovsdb-server(7) section 4.1.14). Tables and columns outside the schema are passed over.
  Result<std::vector<RowChange>> fold(const boost::json::value& table_updates);

  // What would have to be told to somebody who saw `before` so that he sees this.
  [[nodiscard]] std::vector<RowChange> changes_since(const Replica& before) const;

  bool operator==(const Replica& other) const { return schema_ == other.schema_ && changes_since(other).empty(); }

 private:
  [[nodiscard]] SharedRow shared(std::string_view table, const Uuid& uuid) const;  // null when there is none
  Result<RowChange> judge(std::string_view table, const TableSchema& columns, const Uuid& uuid,
                          const boost::json::value& update) const;

  Schema schema_;
  std::map<std::string, Table, std::less<>> tables_;
};

// The value a column has after `diff`: the new value where it holds at most one element; otherwise the elements of
// exactly one side, and for maps the new value of keys on both (ovsdb-server(7) section 4.1.14).
Datum with_difference(const Datum& before, const Datum& diff, const ColumnType& type);

}  // namespace tarn::wire::ovsdb
