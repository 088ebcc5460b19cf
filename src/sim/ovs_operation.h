// The operations of a model database's transaction as the server reads them (RFC 7047 section 5.2): what is wrong with
// one, in the server's own word, or what it says. Values only; ovs_draft.h carries them out.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>
#include <vector>

#include "sim/ovs_schema.h"
#include "wire/ovsdb/value.h"

namespace tarn::sim {

using wire::ovsdb::Datum;
using wire::ovsdb::Row;

struct OvsRefusal {
  std::string error;  // as in the answer: "syntax error", "constraint violation" …
  std::string details;
};
template <class T>
using OvsRead = std::expected<T, OvsRefusal>;

// Of what goes wrong when all operations went well: it stands behind their results.
inline constexpr const char* commit_failed = "I/O error";

struct OvsClause {  // column "==" value
  std::string column;
  Datum value;
};
struct OvsMutation {
  std::string column;
  bool inserts = false;  // or deletes
  Datum elements;        // of a map: pairs, or keys alone
};

// The operation's name and table, and that it has the members it must have and no others. Errors: syntax error.
OvsRead<void> check_members(const boost::json::object& operation);

// Each takes the member of a checked operation. Named uuids stay as they are.
OvsRead<Row> read_row(const boost::json::value& row, const std::string& table);
OvsRead<std::vector<OvsClause>> read_condition(const boost::json::value& where, const std::string& table);
OvsRead<std::vector<OvsMutation>> read_mutations(const boost::json::value& mutations, const std::string& table);
OvsRead<std::vector<std::string>> read_columns(const boost::json::value& columns, const std::string& table);

}  // namespace tarn::sim
