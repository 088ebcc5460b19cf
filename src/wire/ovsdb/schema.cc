#include "wire/ovsdb/schema.h"

namespace tarn::wire::ovsdb {
namespace {

Atom zero_of(AtomType type) {
  switch (type) {
    case AtomType::integer:
      return std::int64_t{0};
    case AtomType::real:
      return Real(0);
    case AtomType::boolean:
      return false;
    case AtomType::string:
      return std::string();
    case AtomType::uuid:
      return Uuid();
  }
  return std::string();
}

}  // namespace

Datum ColumnType::default_value() const {
  if (value.has_value()) return at_least_one ? Datum::map({{zero_of(key), zero_of(*value)}}) : Datum::map(AtomMap());
  return at_least_one ? Datum::of(zero_of(key)) : Datum();
}

Result<Schema> select_columns(const Schema& schema, const MonitoredTables& wanted) {
  Schema selected{schema.version, {}};
  for (const auto& [table, columns] : wanted) {
    const auto known = schema.tables.find(table);
    if (known == schema.tables.end()) {
      return fail(ErrorCode::unsupported, "the database has no table '" + table + "'");
    }
    TableSchema& kept = selected.tables[table];
    for (const std::string& column : columns) {
      const auto type = known->second.find(column);
      if (type != known->second.end()) kept.insert(*type);
    }
  }
  return selected;
}

}  // namespace tarn::wire::ovsdb
