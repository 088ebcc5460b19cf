#include "wire/ovsdb/json.h"

#include <boost/json.hpp>

namespace tarn::wire::ovsdb {
namespace {

namespace json = boost::json;

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::corrupt, "OVSDB: " + std::move(what));
}

// ["tag", content] as RFC 7047 section 5.1 writes everything that is not a plain JSON scalar.
struct Tagged {
  std::string_view tag;
  const json::value* content = nullptr;
};

std::optional<Tagged> tagged(const json::value& value) {
  const auto* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string()) return std::nullopt;
  return Tagged{(*pair)[0].get_string(), &(*pair)[1]};
}

Result<Atom> uuid_atom(const Tagged& from) {
  const auto* text = from.content->if_string();
  if (text == nullptr) return corrupt("a uuid that is not a string");
  if (from.tag == "named-uuid") return Atom(NamedUuid{std::string(*text)});
  if (from.tag != "uuid") return corrupt("'" + std::string(from.tag) + "' where an atom was expected");
  auto uuid = Uuid::parse(*text);
  if (!uuid) return fail(std::move(uuid.error()));
  return Atom(*uuid);
}

Result<Atom> plain_atom(const json::value& value) {
  if (const auto* text = value.if_string()) return Atom(std::string(*text));
  if (const auto* number = value.if_int64()) return Atom(*number);
  if (const auto* real = value.if_double()) return Atom(Real(*real));
  if (const auto* truth = value.if_bool()) return Atom(*truth);
  if (const auto from = tagged(value)) return uuid_atom(*from);
  return corrupt("a value that is no atom");
}

bool is_of(const Atom& atom, AtomType type) {
  switch (type) {
    case AtomType::integer:
      return std::holds_alternative<std::int64_t>(atom);
    case AtomType::real:
      return std::holds_alternative<Real>(atom);
    case AtomType::boolean:
      return std::holds_alternative<bool>(atom);
    case AtomType::string:
      return std::holds_alternative<std::string>(atom);
    case AtomType::uuid:
      return std::holds_alternative<Uuid>(atom) || std::holds_alternative<NamedUuid>(atom);
  }
  return false;
}

Result<Datum> set_from(const json::array& elements, const ColumnType* type) {
  std::vector<Atom> atoms;
  atoms.reserve(elements.size());
  for (const auto& element : elements) {
    auto atom = atom_from_json(element, type != nullptr ? std::optional(type->key) : std::nullopt);
    if (!atom) return fail(std::move(atom.error()));
    atoms.push_back(std::move(*atom));
  }
  return Datum::set(std::move(atoms));
}

Result<Datum> map_from(const json::array& elements, const ColumnType* type) {
  AtomMap pairs;
  for (const auto& element : elements) {
    const auto* pair = element.if_array();
    if (pair == nullptr || pair->size() != 2) return corrupt("a map element that is no pair");
    auto key = atom_from_json((*pair)[0], type != nullptr ? std::optional(type->key) : std::nullopt);
    if (!key) return fail(std::move(key.error()));
    auto value = atom_from_json((*pair)[1], type != nullptr ? type->value : std::nullopt);
    if (!value) return fail(std::move(value.error()));
    if (!pairs.emplace(std::move(*key), std::move(*value)).second) return corrupt("a map that names a key twice");
  }
  return Datum::map(std::move(pairs));
}

Result<AtomType> atom_type_from(const json::value& value) {
  // <base-type> is a name, or an object whose "type" is the name (RFC 7047 section 3.2).
  const json::value* name = &value;
  if (const auto* object = value.if_object()) name = object->if_contains("type");
  const auto* text = name != nullptr ? name->if_string() : nullptr;
  if (text == nullptr) return corrupt("a schema type without a name");
  if (*text == "integer") return AtomType::integer;
  if (*text == "real") return AtomType::real;
  if (*text == "boolean") return AtomType::boolean;
  if (*text == "string") return AtomType::string;
  if (*text == "uuid") return AtomType::uuid;
  return corrupt("the unknown type '" + std::string(*text) + "'");
}

Result<ColumnType> column_type_from(const json::value& value) {
  ColumnType type;
  const auto* object = value.if_object();
  const json::value* key = object != nullptr ? object->if_contains("key") : &value;
  if (key == nullptr) return corrupt("a column type without a key");
  auto key_type = atom_type_from(*key);
  if (!key_type) return fail(std::move(key_type.error()));
  type.key = *key_type;
  if (object == nullptr) return type;
  if (const auto* mapped = object->if_contains("value")) {
    auto value_type = atom_type_from(*mapped);
    if (!value_type) return fail(std::move(value_type.error()));
    type.value = *value_type;
  }
  if (const auto* min = object->if_contains("min")) type.at_least_one = !(min->is_int64() && min->get_int64() == 0);
  if (const auto* max = object->if_contains("max")) type.many = !(max->is_int64() && max->get_int64() == 1);
  return type;
}

Result<TableSchema> table_schema_from(const json::value& value) {
  const auto* table = value.if_object();
  const auto* columns = table != nullptr ? table->if_contains("columns") : nullptr;
  if (columns == nullptr || !columns->is_object()) return corrupt("a table schema without columns");
  TableSchema schema;
  for (const auto& [name, column] : columns->get_object()) {
    const auto* object = column.if_object();
    const auto* type_json = object != nullptr ? object->if_contains("type") : nullptr;
    if (type_json == nullptr) return corrupt("a column without a type");
    auto type = column_type_from(*type_json);
    if (!type) return fail(std::move(type.error()));
    schema.emplace(name, *type);
  }
  return schema;
}

json::array by_uuid(const Atom& uuid) {
  json::array conditions;  // not in braces: compilers differ on whether an array of one array is its copy (CWG 2137)
  conditions.push_back(json::array{"_uuid", "==", to_json(uuid)});
  return conditions;
}

json::object start(std::string_view op, std::string_view table) {
  json::object object;
  object["op"] = op;
  object["table"] = table;
  return object;
}

struct OperationWriter {
  json::object operator()(const Insert& insert) const {
    auto object = start("insert", insert.table);
    object["row"] = to_json(insert.row);
    if (!insert.name.empty()) object["uuid-name"] = insert.name;
    return object;
  }
  json::object operator()(const Update& update) const {
    auto object = start("update", update.table);
    object["where"] = by_uuid(update.uuid);
    object["row"] = to_json(update.row);
    return object;
  }
  json::object operator()(const Mutate& mutate) const {
    auto object = start("mutate", mutate.table);
    object["where"] = by_uuid(std::visit([](const auto& name) { return Atom(name); }, mutate.row));
    auto& mutations = object["mutations"].emplace_array();
    for (const Mutation& each : mutate.mutations) {
      mutations.push_back(
          json::array{each.column, each.mutator == Mutator::insert ? "insert" : "delete", to_json(each.elements)});
    }
    return object;
  }
  json::object operator()(const Delete& removal) const {
    auto object = start("delete", removal.table);
    object["where"] = by_uuid(removal.uuid);
    return object;
  }
  json::object operator()(const Wait& wait) const {
    auto object = start("wait", wait.table);
    object["timeout"] = 0;
    auto& where = object["where"].emplace_array();
    for (const Clause& clause : wait.where) where.push_back(json::array{clause.column, "==", to_json(clause.value)});
    auto& columns = object["columns"].emplace_array();
    for (const std::string& column : wait.columns) columns.push_back(json::value(column));
    object["until"] = "==";
    auto& rows = object["rows"].emplace_array();
    for (const Row& row : wait.rows) rows.push_back(to_json(row));
    return object;
  }
  json::object operator()(const Comment& comment) const {
    json::object object;
    object["op"] = "comment";
    object["comment"] = comment.text;
    return object;
  }
};

Error error_of(const json::object& result, std::size_t index) {
  const auto* word = result.at("error").if_string();
  const auto* details = result.if_contains("details");
  const auto* text = details != nullptr ? details->if_string() : nullptr;
  Error error = transaction_error(word != nullptr ? std::string_view(*word) : std::string_view("unknown error"),
                                  text != nullptr ? std::string_view(*text) : std::string_view());
  error.message += " (operation " + std::to_string(index) + ")";
  return error;
}

}  // namespace

json::value to_json(const Atom& atom) {
  struct Writer {
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(const Real& real) const { return real.value; }
    json::value operator()(bool truth) const { return truth; }
    json::value operator()(const std::string& text) const { return json::value(text); }
    json::value operator()(const Uuid& uuid) const { return json::array{"uuid", uuid.text()}; }
    json::value operator()(const NamedUuid& named) const { return json::array{"named-uuid", named.name}; }
  };
  return std::visit(Writer{}, atom);
}

json::value to_json(const Datum& datum) {
  json::array elements;
  if (datum.is_map()) {
    for (const auto& [key, value] : datum.pairs()) elements.push_back(json::array{to_json(key), to_json(value)});
    return json::array{"map", std::move(elements)};
  }
  if (datum.atoms().size() == 1) return to_json(datum.atoms().front());
  for (const Atom& atom : datum.atoms()) elements.push_back(to_json(atom));
  return json::array{"set", std::move(elements)};
}

json::object to_json(const Row& row) {
  json::object object;
  for (const auto& [column, datum] : row) object[column] = to_json(datum);
  return object;
}

json::object to_json(const Operation& operation) {
  return std::visit(OperationWriter{}, operation);
}

Result<Atom> atom_from_json(const json::value& value, std::optional<AtomType> type) {
  auto atom = plain_atom(value);
  if (!atom || !type.has_value()) return atom;
  if (*type == AtomType::real && std::holds_alternative<std::int64_t>(*atom)) {
    return Atom(Real(static_cast<double>(std::get<std::int64_t>(*atom))));
  }
  if (!is_of(*atom, *type)) return corrupt("an atom of another type than its column's");
  return atom;
}

Result<Datum> datum_from_json(const json::value& value, const ColumnType* type) {
  const auto from = tagged(value);
  const bool is_set = from && from->tag == "set";
  const bool is_map = from && from->tag == "map";
  if ((is_set || is_map) && !from->content->is_array()) return corrupt("a set or map without its array");
  if (type != nullptr && type->value.has_value() != is_map)
    return corrupt("a set where a map belongs, or a map where a set belongs");
  if (is_map) return map_from(from->content->get_array(), type);
  if (is_set) return set_from(from->content->get_array(), type);
  auto atom = atom_from_json(value, type != nullptr ? std::optional(type->key) : std::nullopt);
  if (!atom) return fail(std::move(atom.error()));
  return Datum::of(std::move(*atom));
}

Result<Row> row_from_json(const json::value& value, const TableSchema& schema) {
  const auto* object = value.if_object();
  if (object == nullptr) return corrupt("a row that is no object");
  Row row;
  for (const auto& [column, content] : *object) {
    const auto type = schema.find(std::string_view(column));
    if (type == schema.end()) continue;
    auto datum = datum_from_json(content, &type->second);
    if (!datum) return corrupt("column '" + std::string(column) + "': " + datum.error().message);
    row.emplace(column, std::move(*datum));
  }
  return row;
}

Result<Schema> schema_from_json(const json::value& value) {
  const auto* object = value.if_object();
  const auto* tables = object != nullptr ? object->if_contains("tables") : nullptr;
  if (tables == nullptr || !tables->is_object()) return corrupt("a schema without tables");
  Schema schema;
  if (const auto* version = object->if_contains("version"); version != nullptr && version->is_string()) {
    schema.version = version->get_string();
  }
  for (const auto& [name, table] : tables->get_object()) {
    auto columns = table_schema_from(table);
    if (!columns) return corrupt("table '" + std::string(name) + "': " + columns.error().message);
    schema.tables.emplace(name, std::move(*columns));
  }
  return schema;
}

Result<std::vector<OperationResult>> results_from_json(const json::value& value, std::size_t operations) {
  const auto* array = value.if_array();
  if (array == nullptr) return corrupt("a transaction reply without results");
  std::vector<OperationResult> results;
  // One more element than operations carries an error of the commit itself (RFC 7047 section 4.1.3).
  for (std::size_t index = 0; index < array->size(); ++index) {
    const auto* object = (*array)[index].if_object();
    if (object == nullptr) {
      if (!(*array)[index].is_null()) return corrupt("an operation's result that is no object");
      return corrupt("an operation without result, and no error before it");
    }
    if (object->contains("error")) return fail(error_of(*object, index));
    OperationResult& result = results.emplace_back();
    if (const auto* count = object->if_contains("count"); count != nullptr && count->is_int64()) {
      result.count = count->get_int64();
    }
    if (const auto* uuid = object->if_contains("uuid")) {
      auto atom = atom_from_json(*uuid, AtomType::uuid);
      if (!atom || !std::holds_alternative<Uuid>(*atom)) return corrupt("an insertion's result without its uuid");
      result.inserted = std::get<Uuid>(*atom);
    }
  }
  if (results.size() != operations) return corrupt("a transaction reply of another length than the transaction");
  return results;
}

}  // namespace tarn::wire::ovsdb
