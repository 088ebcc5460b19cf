#include "sim/ovs_draft.h"

#include <algorithm>

#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;
using ovsdb::Atom;
using ovsdb::AtomMap;
using ovsdb::NamedUuid;

Uuid OvsDatabase::Draft::named(const std::string& name) {
  const auto [found, is_new] = names.try_emplace(name);
  if (is_new) found->second = database.new_uuid();
  return found->second;
}

Atom OvsDatabase::Draft::resolved(const Atom& atom) {
  const auto* name = std::get_if<NamedUuid>(&atom);
  return name != nullptr ? Atom(named(name->name)) : atom;
}

Datum OvsDatabase::Draft::resolved(const Datum& datum) {
  if (datum.is_map()) {
    AtomMap pairs;
    for (const auto& [key, value] : datum.pairs()) pairs.emplace(key, resolved(value));
    return Datum::map(std::move(pairs));
  }
  std::vector<Atom> atoms;
  for (const Atom& atom : datum.atoms()) atoms.push_back(resolved(atom));
  return Datum::set(std::move(atoms));
}

std::optional<Row> OvsDatabase::Draft::row_from(const json::value& content, const std::string& table) {
  auto row = taken(read_row(content, table));
  if (!row) return std::nullopt;
  for (auto& [column, datum] : *row) datum = resolved(datum);
  return row;
}

std::optional<std::vector<Uuid>> OvsDatabase::Draft::where(const json::object& operation) {
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

Datum OvsDatabase::Draft::seen(const json::object& operation, const Uuid& uuid, const std::string& column) {
  return column == "_uuid" ? Datum::of(uuid) : rows_of(operation).at(uuid).at(column);
}

json::object OvsDatabase::Draft::run(const json::object& operation) {
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

json::object OvsDatabase::Draft::insert(const json::object& operation) {
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

json::object OvsDatabase::Draft::update(const json::object& operation) {
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

json::object OvsDatabase::Draft::select(const json::object& operation) {
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

json::object OvsDatabase::Draft::mutate(const json::object& operation) {
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

Datum OvsDatabase::Draft::mutated(const Datum& value, const Datum& elements, bool inserts) {
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

json::object OvsDatabase::Draft::wait(const json::object& operation) {
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

void OvsDatabase::Draft::finish() {
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

void OvsDatabase::Draft::check_references(const std::string& table, const Uuid& own, const Row& row) {
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

void OvsDatabase::Draft::collect() {
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

}  // namespace tarn::sim
