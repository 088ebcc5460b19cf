#include "live_oracle/random_transactions.h"

#include <boost/json.hpp>

#include "wire/ovsdb/json.h"

namespace tarn::test {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;

namespace {

const std::vector<std::string> tables{"Open_vSwitch", "Bridge", "Port", "Interface", "Controller", "IPFIX"};
const std::vector<std::string> words{"", "a", "b", "secure", "standalone", "up", "OpenFlow15", "new0"};

const ovsdb::TableSchema& schema_of(const std::string& table) {
  return sim::open_vswitch_schema().tables.at(table);
}

json::array named(const std::string& name) {
  return {"named-uuid", name};
}

json::array one_clause(json::array clause) {
  json::array where;  // not in braces: compilers differ on whether an array of one array is its copy (CWG 2137)
  where.push_back(std::move(clause));
  return where;
}

}  // namespace

std::vector<std::string> columns_of(const std::string& table) {
  std::vector<std::string> columns{"_uuid"};
  for (const auto& [column, type] : schema_of(table)) columns.push_back(column);
  return columns;
}

std::string RandomTransactions::any_of(const std::vector<std::string>& pool) {
  return pool[choice_.below(static_cast<std::uint32_t>(pool.size()))];
}

std::string RandomTransactions::table() {
  return any_of(tables);
}

std::string RandomTransactions::column(const std::string& table) {
  const auto columns = columns_of(table);
  return columns[1 + choice_.below(static_cast<std::uint32_t>(columns.size() - 1))];
}

// A row of the table, a new row of this transaction (of whatever table), or none.
json::value RandomTransactions::reference(std::string_view table) {
  if (!names_.empty() && one_in(8)) return named(any_of(names_));
  const auto rows = database_.tables().find(table);
  if (rows == database_.tables().end() || rows->second.empty() || one_in(20))
    return json::array{"uuid", "00000000-0000-4000-8000-00000000000" + std::to_string(choice_.below(3))};
  const auto row = std::next(rows->second.begin(), choice_.below(static_cast<std::uint32_t>(rows->second.size())));
  return json::array{"uuid", row->first.text()};
}

json::value RandomTransactions::atom(const std::string& table, const std::string& column) {
  const ovsdb::ColumnType& type = schema_of(table).find(column)->second;
  if (type.key == ovsdb::AtomType::integer) {
    constexpr std::int64_t numbers[] = {1, 2, 3, 7, 100, 4000, 4095, 0, -1, 4096, 65279, 65280};
    return numbers[choice_.below(one_in(4) ? 12 : 7)];
  }
  if (type.key == ovsdb::AtomType::uuid) return reference(sim::referred_table(table, column));
  const auto& allowed = sim::rule_of(table, column).words;
  if (!allowed.empty() && !one_in(6)) return json::value(any_of({allowed.begin(), allowed.end()}));
  return column == "name" ? json::value("n" + std::to_string(choice_.below(40))) : json::value(any_of(words));
}

// Mostly of the column's type and within its bounds.
json::value RandomTransactions::value(const std::string& table, const std::string& column) {
  const ovsdb::ColumnType& type = schema_of(table).find(column)->second;
  if (one_in(10)) return stored(table, column);
  json::array elements;
  for (std::uint32_t count = choice_.below(type.many ? 4 : 2); count > 0; --count) {
    if (type.value) {
      elements.push_back(json::array{any_of({"k1", "k2", "k3"}), any_of(words)});
    } else {
      elements.push_back(atom(table, column));
    }
  }
  if (type.value) return json::array{"map", std::move(elements)};
  if (elements.empty() && type.at_least_one && !one_in(8)) elements.push_back(atom(table, column));
  if (elements.size() == 1 && one_in(2)) return elements.front();
  return json::array{"set", std::move(elements)};
}

// What some row has there.
json::value RandomTransactions::stored(const std::string& table, const std::string& column) {
  const auto rows = database_.tables().find(table);
  if (rows == database_.tables().end() || rows->second.empty())
    return ovsdb::to_json(schema_of(table).find(column)->second.default_value());
  const auto row = std::next(rows->second.begin(), choice_.below(static_cast<std::uint32_t>(rows->second.size())));
  return ovsdb::to_json(row->second.at(column));
}

json::array RandomTransactions::where(const std::string& table) {
  if (one_in(10)) return {};  // every row
  if (one_in(2)) return one_clause({"_uuid", "==", reference(table)});
  const std::string first = column(table);
  json::array clauses = one_clause({first, "==", one_in(2) ? stored(table, first) : value(table, first)});
  if (one_in(6)) {
    const std::string second = column(table);
    clauses.push_back(json::array{second, "==", stored(table, second)});
  }
  return clauses;
}

json::object RandomTransactions::row(const std::string& table, std::size_t columns) {
  json::object row;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::string name = column(table);
    // At most one value may be wrong: which of two the server finds first is its secret.
    row[name] = i == 0 ? value(table, name) : stored(table, name);
  }
  return row;
}

void RandomTransactions::plug(json::array& operations) {
  const std::string interface = fresh_name();
  names_.push_back(interface);
  const std::string port = fresh_name();
  names_.push_back(port);
  const std::string name = "n" + std::to_string(choice_.below(40));
  operations.push_back(json::object{{"op", "insert"},
                                    {"table", "Interface"},
                                    {"row", {{"name", name}, {"external_ids", value("Interface", "external_ids")}}},
                                    {"uuid-name", interface}});
  operations.push_back(json::object{{"op", "insert"},
                                    {"table", "Port"},
                                    {"row", {{"name", name}, {"interfaces", named(interface)}}},
                                    {"uuid-name", port}});
  json::array mutations = one_clause({"ports", "insert", named(port)});
  operations.push_back(json::object{{"op", "mutate"},
                                    {"table", "Bridge"},
                                    {"where", one_clause({"_uuid", "==", reference("Bridge")})},
                                    {"mutations", std::move(mutations)}});
}

void RandomTransactions::make_bridge(json::array& operations) {
  const std::string bridge = fresh_name();
  names_.push_back(bridge);
  operations.push_back(json::object{{"op", "insert"},
                                    {"table", "Bridge"},
                                    {"row", {{"name", "n" + std::to_string(choice_.below(20))}}},
                                    {"uuid-name", bridge}});
  operations.push_back(json::object{{"op", "mutate"},
                                    {"table", "Open_vSwitch"},
                                    {"where", json::array()},
                                    {"mutations", one_clause({"bridges", "insert", named(bridge)})}});
}

// Takes one reference away, and with it what hung on it.
void RandomTransactions::let_go(json::array& operations) {
  const bool bridge = one_in(4);
  operations.push_back(json::object{
      {"op", "mutate"},
      {"table", bridge ? "Open_vSwitch" : "Bridge"},
      {"where", json::array()},
      {"mutations", one_clause({bridge ? "bridges" : "ports", "delete", reference(bridge ? "Bridge" : "Port")})}});
}

json::object RandomTransactions::insert() {
  const std::string into = table();
  json::object operation{{"op", "insert"}, {"table", into}, {"row", row(into, choice_.below(4))}};
  if (one_in(2)) {
    names_.push_back(one_in(6) && !names_.empty() ? names_.back() : fresh_name());
    operation["uuid-name"] = names_.back();
  }
  return operation;
}

json::object RandomTransactions::update() {
  const std::string of = table();
  return {{"op", "update"}, {"table", of}, {"where", where(of)}, {"row", row(of, 1 + choice_.below(2))}};
}

json::object RandomTransactions::mutate() {
  const std::string of = table();
  json::array mutations;
  for (std::uint32_t count = 1 + choice_.below(2); count > 0; --count) {
    const std::string at = column(of);
    const bool erases = one_in(2);
    json::value elements = value(of, at);
    // To take from a map, its keys are enough.
    if (erases && schema_of(of).find(at)->second.value && one_in(2)) elements = json::array{"set", {"k1", "k3"}};
    mutations.push_back(json::array{at, erases ? "delete" : "insert", std::move(elements)});
  }
  return {{"op", "mutate"}, {"table", of}, {"where", where(of)}, {"mutations", std::move(mutations)}};
}

json::object RandomTransactions::wait() {
  const std::string of = table();
  const std::string seen = column(of);
  json::array rows;
  for (std::uint32_t count = choice_.below(3); count > 0; --count)
    rows.push_back(json::object{{seen, stored(of, seen)}});
  return {{"op", "wait"},  {"table", of},  {"where", where(of)},          {"timeout", 0},
          {"until", "=="}, {"rows", rows}, {"columns", json::array{seen}}};
}

// What no honest client sends.
json::object RandomTransactions::spoilt(json::object operation) {
  switch (choice_.below(8)) {
    case 0:
      operation["table"] = "Nothing";
      break;
    case 1:
      operation["op"] = "frobnicate";
      break;
    case 2:
      operation.erase(any_of({"table", "where", "row", "mutations", "op"}));
      break;
    case 3:
      operation["where"] = one_clause({"nothing", "==", 1});
      break;
    case 4:
      operation["row"] = json::object{{"nothing", "x"}};
      break;
    case 5:
      operation["mutations"] = one_clause({"external_ids", "insert", "x"});
      break;
    case 6:
      operation["row"] = json::object{{"external_ids", 5}};
      break;
    default:
      operation["superfluous"] = true;
      break;
  }
  return operation;
}

json::object RandomTransactions::random_operation() {
  const std::string of = table();
  switch (choice_.below(10)) {
    case 0:
    case 1:
      return insert();
    case 2:
    case 3:
      return update();
    case 4:
    case 5:
      return mutate();
    case 6:
      if (of != "Open_vSwitch") return {{"op", "delete"}, {"table", of}, {"where", where(of)}};
      return {{"op", "comment"}, {"comment", "why"}};
    case 7: {
      json::array columns;
      for (const std::string& each : columns_of(of)) columns.push_back(json::value(each));
      return {{"op", "select"}, {"table", of}, {"where", where(of)}, {"columns", std::move(columns)}};
    }
    case 8:
      return wait();
    default:
      return one_in(4) ? json::object{{"op", "abort"}} : json::object{{"op", "comment"}, {"comment", ""}};
  }
}

json::array RandomTransactions::next() {
  names_.clear();
  json::array operations;
  if (one_in(8)) make_bridge(operations);
  if (one_in(3)) plug(operations);
  if (one_in(8)) let_go(operations);
  for (std::uint32_t count = choice_.below(3); count > 0; --count) {
    json::object operation = random_operation();
    operations.push_back(one_in(12) ? spoilt(std::move(operation)) : std::move(operation));
  }
  return operations;
}

}  // namespace tarn::test
