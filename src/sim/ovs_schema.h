// The part of the Open_vSwitch schema that Tarn and the model switch use, written as the real one is
// (vswitch.ovsschema of Open vSwitch 3.1): types, which tables are roots, what refers to what, what is unique.
// Constants only.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "wire/ovsdb/schema.h"

namespace tarn::sim {

inline constexpr std::string_view open_vswitch_database = "Open_vSwitch";

// As `get_schema` answers.
const boost::json::value& open_vswitch_schema_json();
const wire::ovsdb::Schema& open_vswitch_schema();

// What a column's type says beyond wire::ovsdb::ColumnType (RFC 7047 section 3.2).
struct ColumnRule {
  bool is_mutable = true;
  std::size_t elements_min = 1;
  std::size_t elements_max = 1;
  std::optional<std::int64_t> lowest;
  std::optional<std::int64_t> highest;
  std::set<std::string, std::less<>> words;  // the only ones allowed; empty: any
};
const ColumnRule& rule_of(std::string_view table, std::string_view column);

// Rows of a table that is no root live only while a row refers to them.
bool is_root(std::string_view table);
// The table that the UUIDs in this column name strongly; empty when it names none.
std::string_view referred_table(std::string_view table, std::string_view column);

}  // namespace tarn::sim
