#include "sim/ovs_database.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <set>

#include "base/check.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;
using ovsdb::Atom;
using ovsdb::AtomMap;
using ovsdb::ColumnType;
using ovsdb::NamedUuid;
using ovsdb::TableSchema;

// One transaction in the making: a copy of the tables, changed operation by operation.
struct OvsDatabase::Draft {
  struct Failure {
    std::string error;
    std::string details;
  };

  OvsDatabase& database;
  Tables tables;
  std::map<std::string, Uuid> names;  // uuid-name → the row it stands for
  std::optional<Failure> failure;

  std::nullopt_t refuse(std::string error, std::string details) {
    if (!failure) failure = Failure{std::move(error), std::move(details)};
    return std::nullopt;
  }

  const TableSchema* schema_of(const json::object& operation) {
    const auto* name = operation.if_contains("table");
    if (name == nullptr || !name->is_string()) return refuse("syntax error", "no table"), nullptr;
    const auto& all = open_vswitch_schema().tables;
    const auto found = all.find(std::string_view(name->get_string()));
    if (found == all.end()) return refuse("syntax error", "no such table"), nullptr;
    return &found->second;
  }
  Rows& rows_of(const json::object& operation) { return tables[std::string(operation.at("table").get_string())]; }

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
    if (datum.is_map()) {
      AtomMap pairs;
      for (const auto& [key, value] : datum.pairs()) pairs.emplace(resolved(key), resolved(value));
      return Datum::map(std::move(pairs));
    }
    std::vector<Atom> atoms;
    for (const Atom& atom : datum.atoms()) atoms.push_back(resolved(atom));
    return Datum::set(std::move(atoms));
  }
  std::optional<Row> row_from(const json::object& operation, const char* member, const TableSchema& schema) {
    const auto* content = operation.if_contains(member);
    if (content == nullptr || !content->is_object()) return refuse("syntax error", "no row");
    for (const auto& [column, value] : content->get_object()) {
      if (!schema.contains(std::string_view(column))) return refuse("unknown column", std::string(column));
    }
    auto row = ovsdb::row_from_json(*content, schema);
    if (!row) return refuse("syntax error", row.error().message);
    for (auto& [column, datum] : *row) datum = resolved(datum);
    return std::move(*row);
  }

  // Rows that every clause [column, "==", value] holds for.
  std::optional<std::vector<Uuid>> where(const json::object& operation, const TableSchema& schema) {
    const auto* clauses = operation.if_contains("where");
    if (clauses == nullptr || !clauses->is_array()) return refuse("syntax error", "no where");
    std::vector<Uuid> selected;
    for (const auto& [uuid, row] : rows_of(operation)) selected.push_back(uuid);
    for (const auto& each : clauses->get_array()) {
      const auto* clause = each.if_array();
      if (clause == nullptr || clause->size() != 3 || (*clause)[1] != "==") {
        return refuse("syntax error", "only == is modelled");
      }
      const std::string column((*clause)[0].as_string());
      const ColumnType uuid_type{ovsdb::AtomType::uuid, {}, true, false};
      const auto type = schema.find(column);
      if (column != "_uuid" && type == schema.end()) return refuse("unknown column", column);
      auto value = ovsdb::datum_from_json((*clause)[2], column == "_uuid" ? &uuid_type : &type->second);
      if (!value) return refuse("syntax error", value.error().message);
      const Datum wanted = resolved(*value);
      std::erase_if(selected, [&](const Uuid& uuid) {
        return column == "_uuid" ? Datum::of(uuid) != wanted : rows_of(operation).at(uuid).at(column) != wanted;
      });
    }
    return selected;
  }

  json::object run(const json::object& operation) {
    const auto* op = operation.if_contains("op");
    const std::string_view name = op != nullptr && op->is_string() ? std::string_view(op->get_string()) : "";
    if (name == "comment") return {};
    if (name == "abort") return refuse("aborted", "aborted by request"), json::object();
    const TableSchema* schema = schema_of(operation);
    if (schema == nullptr) return {};
    if (name == "insert") return insert(operation, *schema);
    const auto selected = where(operation, *schema);
    if (!selected) return {};
    if (name == "select") return select(operation, *selected);
    if (name == "update") return update(operation, *schema, *selected);
    if (name == "mutate") return mutate(operation, *schema, *selected);
    if (name == "wait") return wait(operation, *schema, *selected);
    if (name != "delete") return refuse("syntax error", "no operation " + std::string(name)), json::object();
    for (const Uuid& uuid : *selected) rows_of(operation).erase(uuid);
    return {{"count", selected->size()}};
  }

  json::object insert(const json::object& operation, const TableSchema& schema) {
    auto row = row_from(operation, "row", schema);
    if (!row) return {};
    for (const auto& [column, type] : schema) row->try_emplace(column, type.default_value());
    const auto* name = operation.if_contains("uuid-name");
    const Uuid uuid = name != nullptr ? named(std::string(name->as_string())) : database.new_uuid();
    if (rows_of(operation).contains(uuid)) return refuse("duplicate uuid-name", ""), json::object();
    rows_of(operation).emplace(uuid, std::move(*row));
    return {{"uuid", json::array{"uuid", uuid.text()}}};
  }
  json::object update(const json::object& operation, const TableSchema& schema, const std::vector<Uuid>& selected) {
    const auto row = row_from(operation, "row", schema);
    if (!row) return {};
    for (const Uuid& uuid : selected) {
      for (const auto& [column, datum] : *row) rows_of(operation).at(uuid)[column] = datum;
    }
    return {{"count", selected.size()}};
  }
  json::object select(const json::object& operation, const std::vector<Uuid>& selected) {
    json::array rows;
    for (const Uuid& uuid : selected) {
      json::object row = ovsdb::to_json(rows_of(operation).at(uuid));
      row["_uuid"] = json::array{"uuid", uuid.text()};
      rows.push_back(std::move(row));
    }
    return {{"rows", std::move(rows)}};
  }

  json::object mutate(const json::object& operation, const TableSchema& schema, const std::vector<Uuid>& selected) {
    const auto* mutations = operation.if_contains("mutations");
    if (mutations == nullptr || !mutations->is_array()) return refuse("syntax error", "no mutations"), json::object();
    for (const auto& each : mutations->get_array()) {
      const auto* mutation = each.if_array();
      if (mutation == nullptr || mutation->size() != 3) return refuse("syntax error", "no mutation"), json::object();
      const auto type = schema.find(std::string_view((*mutation)[0].as_string()));
      if (type == schema.end()) return refuse("unknown column", "in a mutation"), json::object();
      // Deleting from a map may name keys alone (RFC 7047 section 5.1, <mutation>), so the type is not insisted on.
      const auto elements = ovsdb::datum_from_json((*mutation)[2]);
      if (!elements) return refuse("syntax error", elements.error().message), json::object();
      const bool inserts = (*mutation)[1] == "insert";
      for (const Uuid& uuid : selected) {
        Datum& value = rows_of(operation).at(uuid).at(type->first);
        value = mutated(value, resolved(*elements), inserts);
      }
    }
    return {{"count", selected.size()}};
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

  // The selected rows, seen through the named columns, are exactly the given ones. Only timeout 0 is modelled.
  json::object wait(const json::object& operation, const TableSchema& schema, const std::vector<Uuid>& selected) {
    if (operation.at("timeout") != 0 || operation.at("until") != "==") {
      return refuse("syntax error", "only an immediate == is modelled"), json::object();
    }
    std::vector<Row> have;
    for (const Uuid& uuid : selected) {
      Row& seen = have.emplace_back();
      for (const auto& column : operation.at("columns").as_array()) {
        const std::string name(column.as_string());
        seen.emplace(name, rows_of(operation).at(uuid).at(name));
      }
    }
    std::vector<Row> wanted;
    for (const auto& each : operation.at("rows").as_array()) {
      auto row = ovsdb::row_from_json(each, schema);
      if (!row) return refuse("syntax error", row.error().message), json::object();
      wanted.push_back(std::move(*row));
    }
    std::ranges::sort(have);
    std::ranges::sort(wanted);
    if (have != wanted) refuse("timed out", "\"where\" clause test failed");
    return {};
  }

  // What is checked at the commit (RFC 7047 section 4.1.3): collection, references, unique names, one root row.
  void finish() {
    collect();
    for (const auto& [table, rows] : tables) {
      std::set<std::string> seen;
      for (const auto& [uuid, row] : rows) {
        const auto name = row.find("name");
        if (name != row.end() && !seen.insert(ovsdb::string_of(row, "name")).second) {
          refuse("constraint violation", "two rows of " + table + " have one name");
        }
        check_references(table, row);
      }
    }
    if (tables["Open_vSwitch"].size() > 1) refuse("constraint violation", "Open_vSwitch has one row");
  }
  void check_references(const std::string& table, const Row& row) {
    for (const auto& [column, datum] : row) {
      const std::string_view target = referred_table(table, column);
      if (target.empty()) continue;
      for (const Uuid& uuid : datum.uuids()) {
        const auto found = tables.find(target);
        if (found == tables.end() || !found->second.contains(uuid)) {
          refuse("referential integrity violation", table + "." + column);
        }
      }
    }
    if (table == "Port" && row.at("interfaces").empty()) refuse("constraint violation", "a port needs an interface");
  }
  void collect() {
    for (bool again = true; again;) {
      again = false;
      std::set<Uuid> referred;
      for (const auto& [table, rows] : tables) {
        for (const auto& [uuid, row] : rows) {
          for (const auto& [column, datum] : row) {
            if (referred_table(table, column).empty()) continue;
            for (const Uuid& target : datum.uuids()) referred.insert(target);
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
  Draft draft{*this, tables_, {}, {}};
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
    json::object result =
        operation.is_object() ? draft.run(operation.get_object()) : (draft.refuse("syntax error", ""), json::object());
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
