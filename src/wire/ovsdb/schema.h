// The types of a database's columns (RFC 7047 section 3.2), as the server itself states them in `get_schema`.
// Needed to read changes: what a <row-update2> says of a column depends on whether the column holds one value or many.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/ovsdb/value.h"

namespace tarn::wire::ovsdb {

enum class AtomType : std::uint8_t { integer, real, boolean, string, uuid };

struct ColumnType {
  AtomType key = AtomType::string;
  std::optional<AtomType> value;  // present: the column is a map
  bool at_least_one = true;       // "min" is 1
  bool many = false;              // "max" is above 1

  bool operator==(const ColumnType&) const = default;
  // What the server leaves out of an initial row: "the columns that hold default values" (ovsdb-server(7) 4.1.12).
  [[nodiscard]] Datum default_value() const;
};

using TableSchema = std::map<std::string, ColumnType, std::less<>>;

struct Schema {
  std::string version;
  std::map<std::string, TableSchema, std::less<>> tables;

  bool operator==(const Schema&) const = default;
};

// Which columns of which tables to keep a copy of.
using MonitoredTables = std::map<std::string, std::vector<std::string>, std::less<>>;

// The types of exactly the wanted columns. Columns the server does not know are left out (older schema);
// a table it does not know is ErrorCode::unsupported.
Result<Schema> select_columns(const Schema& schema, const MonitoredTables& wanted);

}  // namespace tarn::wire::ovsdb
