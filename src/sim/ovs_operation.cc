#include "sim/ovs_operation.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <string_view>

#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;
using ovsdb::Atom;
using ovsdb::ColumnType;

namespace {

constexpr const char* syntax = "syntax error";
constexpr const char* violation = "constraint violation";

std::unexpected<OvsRefusal> refuse(std::string error, std::string details) {
  return std::unexpected(OvsRefusal{std::move(error), std::move(details)});
}

struct Member {
  std::string_view name;
  json::kind kind{};
  bool optional = false;
};

const std::map<std::string, std::vector<Member>, std::less<>>& forms() {
  using enum json::kind;
  static const Member table{"table", string};
  static const Member where{"where", array};
  static const std::map<std::string, std::vector<Member>, std::less<>> all{
      {"insert", {table, {"row", object}, {"uuid-name", string, true}}},
      {"select", {table, where, {"columns", array, true}}},
      {"update", {table, where, {"row", object}}},
      {"mutate", {table, where, {"mutations", array}}},
      {"delete", {table, where}},
      {"wait", {table, where, {"timeout", int64, true}, {"columns", array, true}, {"until", string}, {"rows", array}}},
      {"comment", {{"comment", string}}},
      {"abort", {}},
  };
  return all;
}

// A column that a condition may name.
const ColumnType* type_of(const std::string& table, std::string_view column) {
  static const ColumnType uuid{ovsdb::AtomType::uuid, {}, true, false};
  if (column == "_uuid") return &uuid;
  const auto& columns = open_vswitch_schema().tables.at(table);
  const auto found = columns.find(column);
  return found == columns.end() ? nullptr : &found->second;
}

// The number of elements as they are written, before any is left out as a repetition.
std::size_t written_elements(const json::value& value) {
  const auto* pair = value.if_array();
  const bool many = pair != nullptr && pair->size() == 2 && (*pair)[1].is_array();
  return many ? (*pair)[1].get_array().size() : 1;
}

// A map without its later pairs of one key, which the reading of values takes for an error of another kind.
json::value without_repetitions(const json::value& value) {
  const auto* map = value.if_array();
  if (map == nullptr || map->size() != 2 || (*map)[0] != "map" || !(*map)[1].is_array()) return value;
  std::set<std::string> keys;
  json::array pairs;
  for (const auto& pair : (*map)[1].get_array()) {
    const bool fits = pair.is_array() && !pair.get_array().empty();
    if (!fits || keys.insert(json::serialize(pair.get_array()[0])).second) pairs.push_back(pair);
  }
  return json::array{"map", std::move(pairs)};
}

OvsRead<void> check_atom(const Atom& atom, const ColumnRule& rule) {
  if (const auto* number = std::get_if<std::int64_t>(&atom)) {
    if ((rule.lowest && *number < *rule.lowest) || (rule.highest && *number > *rule.highest)) {
      return refuse(violation, std::to_string(*number) + " is not in the valid range");
    }
  }
  const auto* word = std::get_if<std::string>(&atom);
  if (word != nullptr && !rule.words.empty() && !rule.words.contains(*word)) {
    return refuse(violation, *word + " is not one of the allowed values");
  }
  return {};
}

// Counts come first, then each element, then whether one stands twice.
OvsRead<Datum> read_datum(const json::value& value, const ColumnType& type, const ColumnRule& rule) {
  const std::size_t elements = written_elements(value);
  if (elements < rule.elements_min || elements > rule.elements_max)
    return refuse(syntax, "too few or too many members");
  auto datum = ovsdb::datum_from_json(without_repetitions(value), &type);
  if (!datum) return refuse(syntax, datum.error().message);
  for (const Atom& atom : datum->atoms()) {
    if (auto checked = check_atom(atom, rule); !checked) return std::unexpected(checked.error());
  }
  const std::size_t different = datum->is_map() ? datum->pairs().size() : datum->atoms().size();
  if (different != elements) return refuse("ovsdb error", "contains a duplicate");
  return std::move(*datum);
}

const ColumnRule& rule_for(const std::string& table, std::string_view column) {
  static const ColumnRule one;
  return column == "_uuid" ? one : rule_of(table, column);
}

// [column, word, value] (RFC 7047 section 5.1): a clause of a condition, a mutation.
struct Triple {
  std::string column;
  std::string word;
  const ColumnType* type;
  const json::value* value;
};
OvsRead<Triple> read_triple(const json::value& written, const std::string& table, const std::string& kind) {
  const auto* parts = written.if_array();
  if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string() || !(*parts)[1].is_string()) {
    return refuse(syntax, "parse error in " + kind);
  }
  const std::string column((*parts)[0].get_string());
  const ColumnType* type = type_of(table, column);
  if (type == nullptr) return refuse("unknown column", column);
  return Triple{column, std::string((*parts)[1].get_string()), type, &(*parts)[2]};
}

OvsRead<OvsMutation> read_mutation(const json::value& value, const std::string& table) {
  const auto triple = read_triple(value, table, "mutation");
  if (!triple) return std::unexpected(triple.error());
  const auto& [column, mutator, type, argument] = *triple;
  ColumnRule rule = rule_for(table, column);
  if (!rule.is_mutable) return refuse(violation, "cannot mutate immutable column " + column);
  if (mutator != "insert" && mutator != "delete") return refuse("unknown mutator", mutator + " is not modelled");
  if (rule.elements_min == 1 && rule.elements_max == 1) return refuse(syntax, column + " is no set and no map");
  rule.elements_min = 0;
  auto elements = read_datum(*argument, *type, rule);
  if (!elements && mutator == "delete" && type->value) {  // the keys alone
    const ColumnType keys{type->key, {}, false, true};
    elements = read_datum(*argument, keys, rule);
  }
  if (!elements) return std::unexpected(std::move(elements.error()));
  return OvsMutation{column, mutator == "insert", std::move(*elements)};
}

}  // namespace

OvsRead<void> check_members(const json::object& operation) {
  const auto* op = operation.if_contains("op");
  const auto form = op != nullptr && op->is_string() ? forms().find(std::string_view(op->get_string())) : forms().end();
  if (form == forms().end()) return refuse(syntax, "no such operation");
  std::size_t known = 1;
  for (const Member& member : form->second) {
    const auto* content = operation.if_contains(member.name);
    if (content == nullptr && member.optional) continue;
    if (content == nullptr || content->kind() != member.kind) return refuse(syntax, std::string(member.name));
    ++known;
  }
  if (known != operation.size()) return refuse(syntax, "a member that does not belong there");
  const auto* table = operation.if_contains("table");
  const bool exists = table == nullptr || open_vswitch_schema().tables.contains(std::string_view(table->get_string()));
  return exists ? OvsRead<void>() : refuse(syntax, "no such table");
}

OvsRead<Row> read_row(const json::value& value, const std::string& table) {
  const auto* content = value.if_object();
  if (content == nullptr) return refuse(syntax, "row must be an object");
  Row row;
  for (const auto& [column, written] : *content) {
    const ColumnType* type = column == "_uuid" ? nullptr : type_of(table, column);
    if (type == nullptr) return refuse("unknown column", std::string(column));
    auto datum = read_datum(written, *type, rule_of(table, column));
    if (!datum) return std::unexpected(std::move(datum.error()));
    row.emplace(column, std::move(*datum));
  }
  return row;
}

OvsRead<std::vector<OvsClause>> read_condition(const json::value& where, const std::string& table) {
  std::vector<OvsClause> clauses;
  for (const auto& each : where.as_array()) {
    const auto triple = read_triple(each, table, "condition");
    if (!triple) return std::unexpected(triple.error());
    const auto& [column, function, type, argument] = *triple;
    if (function != "==") return refuse("unknown function", "only == is modelled");
    auto value = read_datum(*argument, *type, rule_for(table, column));
    if (!value) return std::unexpected(std::move(value.error()));
    clauses.push_back({column, std::move(*value)});
  }
  return clauses;
}

OvsRead<std::vector<OvsMutation>> read_mutations(const json::value& mutations, const std::string& table) {
  std::vector<OvsMutation> read;
  for (const auto& each : mutations.as_array()) {
    auto mutation = read_mutation(each, table);
    if (!mutation) return std::unexpected(std::move(mutation.error()));
    read.push_back(std::move(*mutation));
  }
  return read;
}

OvsRead<std::vector<std::string>> read_columns(const json::value& columns, const std::string& table) {
  std::vector<std::string> names;
  for (const auto& each : columns.as_array()) {
    if (!each.is_string()) return refuse(syntax, "columns must be strings");
    names.emplace_back(each.get_string());
    if (type_of(table, names.back()) == nullptr) return refuse("unknown column", names.back());
  }
  return names;
}

}  // namespace tarn::sim
