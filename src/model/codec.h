// Rows and slice rows ↔ JSON, driven by `describe`: the one encoding of the store, the feed and the journal.
// Unknown fields are ignored and missing ones keep their defaults, so that neighbouring versions read each other.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/result.h"
#include "model/rows.h"

namespace tarn::model {

// Canonical spellings: ids, addresses, MACs and prefixes as text, enums by their lower-case names
// ("dhcpv6_stateful"), optionals as value or null, maps as objects. The fields of `standard` stand at the top level,
// beside the row's own. Errors: ErrorCode::invalid naming the field; ErrorCode::corrupt for text that is no JSON
// object.
boost::json::object to_json(const Row& row);
Result<Row> row_from_json(Kind kind, const boost::json::object& object);

std::string encode(const Row& row);
Result<Row> decode(Kind kind, std::string_view text);

// Sets the fields named in `given` (spelt as in to_json) on `row`; other fields stay. Errors: ErrorCode::invalid naming
// the field, also when the row has no such field; the row is then unchanged.
Status merge(Row& row, const boost::json::object& given);

}  // namespace tarn::model
