#include "sim/ovs_database.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <set>

#include "sim/ovs_operation.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;
using ovsdb::Atom;
using ovsdb::AtomMap;
using ovsdb::NamedUuid;
using ovsdb::TableSchema;

// One transaction in the making: a copy of the tables, changed operation by operation.
struct OvsDatabase::Draft {
  OvsDatabase& database;
  Tables tables;
  std::map<std::string, Uuid> names;  // uuid-name → the row it stands for
  std::set<std::string> named_rows;   // the uuid-names of rows inserted so far
  std::optional<OvsRefusal> failure;

  std::nullopt_t refuse(OvsRefusal why) {
    if (!failure) failure = std::move(why);
    return std::nullopt;
  }
  std::nullopt_t refuse(std::string error, std::string details) {
    return refuse(OvsRefusal{std::move(error), std::move(details)});
  }
  template <class T>
  std::optional<T> taken(OvsRead<T> read) {
    if (!read) return refuse(std::move(read.error()));
    return std::move(*read);
  }

  static std::string table_of(const json::object& operation) { return std::string(operation.at("table").get_string()); }
  static const TableSchema& schema_of(const json::object& operation) {
    return open_vswitch_schema().tables.at(table_of(operation));
  }
  Rows& rows_of(const json::object& operation) { return tables[table_of(operation)]; }

  Uuid named(const std::string& name) {
    const auto [found, is_new] = names.try_emplace(name);
    if (is_new) found->second = database.new_uuid();
    return found->second;
  }
  Atom resolved(const Atom& atom) {
    const auto* name = std::get_if<NamedUuid>(&atom);
    return name != nullptr ? Atom(named(name->name)) : atom;
  }
  Datum resolved(const Datum& datum) {
    if (datum.is_map()) return datum;  // no column of the model maps to rows
    std::vector<Atom> atoms;
    for (const Atom& atom : datum.atoms()) atoms.push_back(resolved(atom));
    return Datum::set(std::move(atoms));
  }
  std::optional<Row> row_from(const json::value& content, const std::string& table) {
    auto row = taken(read_row(content, table));
    if (!row) return std::nullopt;
    for (auto& [column, datum] : *row) datum = resolved(datum);
    return row;
  }

  // Rows that every clause [column, "==", value] holds for.
  std::optional<std::vector<Uuid>> where(const json::object& operation) {
    const auto clauses = taken(read_condition(operation.at("where"), table_of(operation)));
    if (!clauses) return std::nullopt;
    std::vector<Uuid> selected;
    for (const auto& [uuid, row] : rows_of(operation)) selected.push_back(uuid);
    for (const OvsClause& clause : *clauses) {
      const Datum wanted = resolved(clause.value);
      std::erase_if(selected, [&](const Uuid& uuid) { return seen(operation, uuid, clause.column) != wanted; });
    }
    return selected;
  }
  Datum seen(const json::object& operation, const Uuid& uuid, const std::string& column) {
    return column == "_uuid" ? Datum::of(uuid) : rows_of(operation).at(uuid).at(column);
  }

  json::object run(const json::object& operation) {
    if (const auto checked = check_members(operation); !checked) return refuse(checked.error()), json::object();
    const std::string_view name = operation.at("op").get_string();
    if (name == "comment") return {};
    if (name == "abort") return refuse("aborted", "aborted by request"), json::object();
    if (name == "insert") return insert(operation);
    if (name == "select") return select(operation);
    if (name == "update") return update(operation);
    if (name == "mutate") return mutate(operation);
    if (name == "wait") return wait(operation);
    const auto selected = where(operation);
    if (!selected) return {};
    for (const Uuid& uuid : *selected) rows_of(operation).erase(uuid);
    return {{"count", selected->size()}};
  }

  json::object insert(const json::object& operation) {
    std::optional<Uuid> uuid;
    if (const auto* name = operation.if_contains("uuid-name")) {
      const std::string text(name->get_string());
      if (!named_rows.insert(text).second) return refuse("duplicate uuid-name", text), json::object();
      uuid = named(text);
    }
    auto row = row_from(operation.at("row"), table_of(operation));
    if (!row) return {};
    for (const auto& [column, type] : schema_of(operation)) row->try_emplace(column, type.default_value());
    if (!uuid) uuid = database.new_uuid();
    rows_of(operation).emplace(*uuid, std::move(*row));
    return {{"uuid", json::array{"uuid", uuid->text()}}};
  }

  json::object update(const json::object& operation) {
    const auto row = row_from(operation.at("row"), table_of(operation));
    if (!row) return {};
    for (const auto& [column, datum] : *row) {
      if (!rule_of(table_of(operation), column).is_mutable) {
        return refuse("constraint violation", "cannot update immutable column " + column), json::object();
      }
    }
    const auto selected = where(operation);
    if (!selected) return {};
    for (const Uuid& uuid : *selected) {
      for (const auto& [column, datum] : *row) rows_of(operation).at(uuid)[column] = datum;
    }
    return {{"count", selected->size()}};
  }

  json::object select(const json::object& operation) {
    const auto selected = where(operation);
    if (!selected) return {};
    std::vector<std::string> columns{"_uuid"};
    for (const auto& [column, type] : schema_of(operation)) columns.push_back(column);
    if (const auto* wanted = operation.if_contains("columns")) {
      auto read = taken(read_columns(*wanted, table_of(operation)));
      if (!read) return {};
      columns = std::move(*read);
    }
    json::array rows;
    for (const Uuid& uuid : *selected) {
      json::object row;
      for (const std::string& column : columns) row[column] = ovsdb::to_json(seen(operation, uuid, column));
      rows.push_back(std::move(row));
    }
    return {{"rows", std::move(rows)}};
  }

  json::object mutate(const json::object& operation) {
    const auto mutations = taken(read_mutations(operation.at("mutations"), table_of(operation)));
    if (!mutations) return {};
    const auto selected = where(operation);
    if (!selected) return {};
    for (const Uuid& uuid : *selected) {
      for (const OvsMutation& mutation : *mutations) {
        Datum& value = rows_of(operation).at(uuid).at(mutation.column);
        value = mutated(value, resolved(mutation.elements), mutation.inserts);
        const ColumnRule& rule = rule_of(table_of(operation), mutation.column);
        const std::size_t elements = value.is_map() ? value.pairs().size() : value.atoms().size();
        if (elements < rule.elements_min || elements > rule.elements_max) {
          return refuse("constraint violation", "too few or too many elements"), json::object();
        }
      }
    }
    return {{"count", selected->size()}};
  }
  static Datum mutated(const Datum& value, const Datum& elements, bool inserts) {
    if (value.is_map()) {
      AtomMap pairs = value.pairs();
      for (const auto& [key, content] : elements.pairs()) {
        if (inserts) pairs.try_emplace(key, content);
        const auto found = pairs.find(key);
        if (!inserts && found != pairs.end() && found->second == content) pairs.erase(found);
      }
      for (const Atom& key : elements.atoms()) {
        if (!inserts) pairs.erase(key);
      }
      return Datum::map(std::move(pairs));
    }
    std::set<Atom> atoms(value.atoms().begin(), value.atoms().end());
    for (const Atom& atom : elements.atoms()) {
      if (inserts) atoms.insert(atom);
      if (!inserts) atoms.erase(atom);
    }
    return Datum::set({atoms.begin(), atoms.end()});
  }

  // The selected rows, seen through the named columns, are the given ones; equal ones count once. Only an immediate
  // "==" is modelled.
  json::object wait(const json::object& operation) {
    const auto* timeout = operation.if_contains("timeout");
    if (timeout == nullptr || *timeout != 0 || operation.at("until") != "==" || !operation.contains("columns")) {
      return refuse("syntax error", "only an immediate == is modelled"), json::object();
    }
    const auto selected = where(operation);
    if (!selected) return {};
    const auto columns = taken(read_columns(operation.at("columns"), table_of(operation)));
    if (!columns) return {};
    std::set<Row> have;
    for (const Uuid& uuid : *selected) {
      Row row;
      for (const std::string& column : *columns) row.emplace(column, seen(operation, uuid, column));
      have.insert(std::move(row));
    }
    std::set<Row> wanted;
    for (const auto& each : operation.at("rows").as_array()) {
      const auto given = row_from(each, table_of(operation));
      if (!given) return {};
      Row row;
      for (const std::string& column : *columns) {
        const auto found = given->find(column);
        row.emplace(column, found != given->end() ? found->second : schema_of(operation).at(column).default_value());
      }
      wanted.insert(std::move(row));
    }
    if (have != wanted) refuse("timed out", "\"where\" clause test failed");
    return {};
  }

  // What is checked at the commit, in the server's order: references of all rows, also of those that are about to be
  // collected; then the collection, the number of rows and unique names.
  void finish() {
    for (const auto& [table, rows] : tables) {
      for (const auto& [uuid, row] : rows) check_references(table, uuid, row);
    }
    collect();
    if (tables["Open_vSwitch"].size() > 1) refuse("constraint violation", "Open_vSwitch has one row");
    for (const auto& [table, rows] : tables) {
      std::set<std::string> seen;
      for (const auto& [uuid, row] : rows) {
        if (row.contains("name") && !seen.insert(ovsdb::string_of(row, "name")).second) {
          refuse("constraint violation", "two rows of " + table + " have one name");
        }
      }
    }
  }
  void check_references(const std::string& table, const Uuid& own, const Row& row) {
    for (const auto& [column, datum] : row) {
      const std::string_view target = referred_table(table, column);
      if (target.empty()) continue;
      for (const Uuid& uuid : datum.uuids()) {
        if (uuid == own) continue;  // a row's own uuid is never looked up, whatever table it names
        const auto found = tables.find(target);
        if (found == tables.end() || !found->second.contains(uuid)) {
          refuse("referential integrity violation", table + "." + column);
        }
      }
    }
  }
  void collect() {
    for (bool again = true; again;) {
      again = false;
      std::set<Uuid> referred;
      for (const auto& [table, rows] : tables) {
        for (const auto& [uuid, row] : rows) {
          for (const auto& [column, datum] : row) {
            if (referred_table(table, column).empty()) continue;
            for (const Uuid& target : datum.uuids()) {
              if (target != uuid) referred.insert(target);
            }
          }
        }
      }
      for (auto& [table, rows] : tables) {
        if (is_root(table)) continue;
        again = std::erase_if(rows, [&](const auto& row) { return !referred.contains(row.first); }) > 0 || again;
      }
    }
  }
};

OvsDatabase::OvsDatabase() {
  Row root;
  for (const auto& [column, type] : open_vswitch_schema().tables.at("Open_vSwitch")) {
    root.emplace(column, type.default_value());
  }
  tables_["Open_vSwitch"].emplace(new_uuid(), std::move(root));
}

Uuid OvsDatabase::new_uuid() {
  constexpr std::uint64_t of_databases = 0x6f76736462000000U;  // "ovsdb"
  return Uuid::random(of_databases, ++uuids_made_);
}

json::array OvsDatabase::transact(const json::array& operations) {
  Draft draft{*this, tables_, {}, {}, {}};
  json::array results;
  const auto failed = [&] {
    json::object error{{"error", draft.failure->error}};
    if (!draft.failure->details.empty()) error["details"] = draft.failure->details;
    return error;
  };
  for (const auto& operation : operations) {
    if (draft.failure) {
      results.push_back(nullptr);
      continue;
    }
    if (!operation.is_object()) draft.refuse("syntax error", "an operation is an object");
    json::object result = draft.failure ? json::object() : draft.run(operation.get_object());
    results.push_back(draft.failure ? failed() : std::move(result));
  }
  if (draft.failure) return results;
  draft.finish();
  if (draft.failure) {
    results.push_back(failed());
  } else {
    commit(std::move(draft.tables));
  }
  return results;
}

bool OvsDatabase::write(const ovsdb::Transaction& transaction) {
  json::array operations;
  for (const ovsdb::Operation& operation : transaction) operations.push_back(ovsdb::to_json(operation));
  const json::array results = transact(operations);
  return std::ranges::none_of(
      results, [](const json::value& result) { return !result.is_object() || result.get_object().contains("error"); });
}

void OvsDatabase::commit(Tables after) {
  Commit commit{commits_ + 1, {}};
  for (const auto& [table, rows] : after) {
    const Rows& old = tables_[table];
    for (const auto& [uuid, row] : rows) {
      const auto before = old.find(uuid);
      if (before == old.end()) commit.edits.push_back({table, uuid, {}, row});
      if (before != old.end() && before->second != row) commit.edits.push_back({table, uuid, before->second, row});
    }
    for (const auto& [uuid, row] : old) {
      if (!rows.contains(uuid)) commit.edits.push_back({table, uuid, row, {}});
    }
  }
  tables_ = std::move(after);
  if (commit.edits.empty()) return;
  ++commits_;
  history_.push_back(commit);
  if (history_.size() > history_max) {
    forgotten_ = history_.front().number;
    history_.pop_front();
  }
  const auto watchers = watchers_;
  for (const auto& [id, watcher] : watchers) {
    if (watchers_.contains(id)) watcher(commit);
  }
}

const Row* OvsDatabase::find(std::string_view table, const Uuid& uuid) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return nullptr;
  const auto row = rows->second.find(uuid);
  return row == rows->second.end() ? nullptr : &row->second;
}

std::optional<Uuid> OvsDatabase::named(std::string_view table, std::string_view name) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return std::nullopt;
  for (const auto& [uuid, row] : rows->second) {
    if (ovsdb::string_of(row, "name") == name) return uuid;
  }
  return std::nullopt;
}

Uuid OvsDatabase::root() const {
  return tables_.at("Open_vSwitch").begin()->first;
}

std::optional<std::vector<OvsDatabase::Commit>> OvsDatabase::since(std::uint64_t commit) const {
  if (commit < forgotten_ || commit > commits_) return std::nullopt;
  std::vector<Commit> later;
  std::ranges::copy_if(history_, std::back_inserter(later), [&](const Commit& each) { return each.number > commit; });
  return later;
}

std::uint64_t OvsDatabase::watch(std::function<void(const Commit&)> watcher) {
  watchers_.emplace(++watchers_made_, std::move(watcher));
  return watchers_made_;
}

}  // namespace tarn::sim
