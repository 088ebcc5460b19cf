// One transaction of the model database in the making: a copy of the tables, changed operation by operation, and what
// is checked at the end. Belongs to ovs_database.cc, which shows it or drops it as a whole.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/ovs_database.h"
#include "sim/ovs_operation.h"

namespace tarn::sim {

struct OvsDatabase::Draft {
  OvsDatabase& database;
  Tables tables;
  std::map<std::string, Uuid> names;  // uuid-name → the row it stands for
  std::set<std::string> named_rows;   // the uuid-names of rows inserted so far
  std::optional<OvsRefusal> failure;

  std::nullopt_t refuse(OvsRefusal why) {
    if (!failure) failure = std::move(why);
    return std::nullopt;
  }
  std::nullopt_t refuse(std::string error, std::string details) {
    return refuse(OvsRefusal{std::move(error), std::move(details)});
  }
  template <class T>
  std::optional<T> taken(OvsRead<T> read) {
    if (!read) return refuse(std::move(read.error()));
    return std::move(*read);
  }
  static std::string table_of(const boost::json::object& operation) {
    return std::string(operation.at("table").get_string());
  }
  static const wire::ovsdb::TableSchema& schema_of(const boost::json::object& operation) {
    return open_vswitch_schema().tables.at(table_of(operation));
  }
  Rows& rows_of(const boost::json::object& operation) { return tables[table_of(operation)]; }

  Uuid named(const std::string& name);
  wire::ovsdb::Atom resolved(const wire::ovsdb::Atom& atom);
  Datum resolved(const Datum& datum);
  std::optional<Row> row_from(const boost::json::value& content, const std::string& table);
  // Rows that every clause [column, "==", value] holds for.
  std::optional<std::vector<Uuid>> where(const boost::json::object& operation);
  Datum seen(const boost::json::object& operation, const Uuid& uuid, const std::string& column);

  // The result of an operation; when it is refused, `failure` says why and the result says nothing.
  boost::json::object run(const boost::json::object& operation);
  boost::json::object insert(const boost::json::object& operation);
  boost::json::object update(const boost::json::object& operation);
  boost::json::object select(const boost::json::object& operation);
  boost::json::object mutate(const boost::json::object& operation);
  static Datum mutated(const Datum& value, const Datum& elements, bool inserts);
  // The selected rows, seen through the named columns, are the given ones; equal ones count once. Only an immediate
  // "==" is modelled.
  boost::json::object wait(const boost::json::object& operation);

  // What is checked at the commit, in the server's order: references of all rows, also of those that are about to be
  // collected; then the collection, the number of rows and unique names.
  void finish();
  void check_references(const std::string& table, const Uuid& own, const Row& row);
  void collect();
};

}  // namespace tarn::sim
