// OVSDB values to and from JSON (RFC 7047 section 5.1). Used by the session's own files only; the rest of the product
// sees values. Never throws: what does not fit is an ErrorCode::corrupt that names what was found.
#pragma once

#include <boost/json/fwd.hpp>

#include "wire/ovsdb/schema.h"
#include "wire/ovsdb/transaction.h"
#include "wire/ovsdb/value.h"

namespace tarn::wire::ovsdb {

boost::json::value to_json(const Atom& atom);
boost::json::value to_json(const Datum& datum);
boost::json::object to_json(const Row& row);
boost::json::object to_json(const Operation& operation);

// `type` makes the value be of that type (a whole number in a <real> column becomes a Real); without it the value is
// taken as it is written.
Result<Atom> atom_from_json(const boost::json::value& json, std::optional<AtomType> type = {});
Result<Datum> datum_from_json(const boost::json::value& json, const ColumnType* type = nullptr);
// Reads the columns that `schema` names and passes over the others.
Result<Row> row_from_json(const boost::json::value& json, const TableSchema& schema);
Result<Schema> schema_from_json(const boost::json::value& json);
// The "result" of a `transact` of `operations` operations (RFC 7047 section 4.1.3).
Result<std::vector<OperationResult>> results_from_json(const boost::json::value& json, std::size_t operations);

}  // namespace tarn::wire::ovsdb
