#include "wire/ovsdb/replica.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "wire/ovsdb/json.h"

namespace tarn::wire::ovsdb {
namespace {

std::unexpected<Error> corrupt(std::string_view table, const Uuid& uuid, std::string_view what) {
  return fail(ErrorCode::corrupt, "OVSDB: row " + uuid.text() + " of " + std::string(table) + " " + std::string(what));
}

Row with_defaults(Row row, const TableSchema& columns) {
  for (const auto& [column, type] : columns) row.try_emplace(column, type.default_value());
  return row;
}

// A map's difference pair removes an equal pair, replaces a pair of the same key, and adds itself otherwise.
Datum map_difference(const Datum& before, const Datum& diff) {
  AtomMap pairs = before.pairs();
  for (const auto& [key, value] : diff.pairs()) {
    const auto found = pairs.find(key);
    if (found == pairs.end()) {
      pairs.emplace(key, value);
    } else if (found->second == value) {
      pairs.erase(found);
    } else {
      found->second = value;
    }
  }
  return Datum::map(std::move(pairs));
}

}  // namespace

Datum with_difference(const Datum& before, const Datum& diff, const ColumnType& type) {
  if (!type.many) return diff;
  if (type.value.has_value()) return map_difference(before, diff);
  std::vector<Atom> atoms;
  std::ranges::set_symmetric_difference(before.atoms(), diff.atoms(), std::back_inserter(atoms));
  return Datum::set(std::move(atoms));
}

const Table& Replica::table(std::string_view name) const {
  static const Table none;
  const auto found = tables_.find(name);
  return found != tables_.end() ? found->second : none;
}

const Row* Replica::find(std::string_view table_name, const Uuid& uuid) const {
  const Table& rows = table(table_name);
  const auto found = rows.find(uuid);
  return found != rows.end() ? found->second.get() : nullptr;
}

SharedRow Replica::shared(std::string_view table_name, const Uuid& uuid) const {
  const Table& rows = table(table_name);
  const auto found = rows.find(uuid);
  return found != rows.end() ? found->second : SharedRow();
}

Result<RowChange> Replica::judge(std::string_view table_name, const TableSchema& columns, const Uuid& uuid,
                                 const boost::json::value& update) const {
  const auto* object = update.if_object();
  if (object == nullptr || object->size() != 1) return corrupt(table_name, uuid, "has a change of no known form");
  const std::string_view kind = object->begin()->key();
  const boost::json::value& content = object->begin()->value();
  const SharedRow known = shared(table_name, uuid);
  RowChange change{std::string(table_name), uuid, known, {}};

  if (kind == "delete") {
    if (!known) return corrupt(table_name, uuid, "is deleted, but was never there");
    return change;
  }
  auto row = row_from_json(content, columns);
  if (!row) return corrupt(table_name, uuid, "does not fit: " + row.error().message);
  if (kind == "initial" || kind == "insert") {
    if (known) return corrupt(table_name, uuid, "comes, but was there already");
    change.after = SharedRow::make(with_defaults(std::move(*row), columns));
    return change;
  }
  if (kind != "modify")
    return corrupt(table_name, uuid, "has a change of the unknown kind '" + std::string(kind) + "'");
  if (!known) return corrupt(table_name, uuid, "is changed, but was never there");
  Row changed = *known;
  for (const auto& [column, diff] : *row) {
    Datum& value = changed[column];
    value = with_difference(value, diff, columns.at(column));
  }
  change.after = SharedRow::make(std::move(changed));
  return change;
}

Result<std::vector<RowChange>> Replica::fold(const boost::json::value& table_updates) {
  const auto* tables = table_updates.if_object();
  if (tables == nullptr) return fail(ErrorCode::corrupt, "OVSDB: table updates that are no object");
  std::vector<RowChange> changes;
  for (const auto& [name, rows] : *tables) {
    const auto columns = schema_.tables.find(std::string_view(name));
    if (columns == schema_.tables.end()) continue;
    if (!rows.is_object()) return fail(ErrorCode::corrupt, "OVSDB: a table update that is no object");
    for (const auto& [id, update] : rows.get_object()) {
      const auto uuid = Uuid::parse(id);
      if (!uuid) return fail(ErrorCode::corrupt, "OVSDB: " + uuid.error().message);
      auto change = judge(name, columns->second, *uuid, update);
      if (!change) return fail(std::move(change.error()));
      changes.push_back(std::move(*change));
    }
  }
  for (const RowChange& change : changes) {
    Table& rows = tables_[change.table];
    if (change.after) {
      rows[change.uuid] = change.after;
    } else {
      rows.erase(change.uuid);
    }
  }
  return changes;
}

std::vector<RowChange> Replica::changes_since(const Replica& before) const {
  std::vector<RowChange> changes;
  for (const auto& [name, rows] : tables_) {
    for (const auto& [uuid, row] : rows) {
      const SharedRow old = before.shared(name, uuid);
      if (old && (old == row || *old == *row)) continue;
      changes.push_back({name, uuid, old, row});
    }
  }
  for (const auto& [name, rows] : before.tables_) {
    for (const auto& [uuid, row] : rows) {
      if (find(name, uuid) == nullptr) changes.push_back({name, uuid, row, {}});
    }
  }
  return changes;
}

}  // namespace tarn::wire::ovsdb
