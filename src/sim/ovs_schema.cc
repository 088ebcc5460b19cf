#include "sim/ovs_schema.h"

#include <boost/json/parse.hpp>

#include "base/check.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {
namespace {

constexpr std::string_view text = R"({
"name": "Open_vSwitch", "version": "8.3.1",
"tables": {
 "Open_vSwitch": {"isRoot": true, "maxRows": 1, "columns": {
  "bridges": {"type": {"key": {"type": "uuid", "refTable": "Bridge"}, "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "next_cfg": {"type": "integer"}, "cur_cfg": {"type": "integer"},
  "ovs_version": {"type": {"key": "string", "min": 0, "max": 1}},
  "db_version": {"type": {"key": "string", "min": 0, "max": 1}}}},
 "Bridge": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "datapath_type": {"type": "string"},
  "datapath_id": {"type": {"key": "string", "min": 0, "max": 1}, "ephemeral": true},
  "fail_mode": {"type": {"key": "string", "min": 0, "max": 1}},
  "ports": {"type": {"key": {"type": "uuid", "refTable": "Port"}, "min": 0, "max": "unlimited"}},
  "controller": {"type": {"key": {"type": "uuid", "refTable": "Controller"}, "min": 0, "max": "unlimited"}},
  "protocols": {"type": {"key": "string", "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "Controller": {"columns": {"target": {"type": "string"}}},
 "Port": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "interfaces": {"type": {"key": {"type": "uuid", "refTable": "Interface"}, "max": "unlimited"}},
  "tag": {"type": {"key": "integer", "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "Interface": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "type": {"type": "string"},
  "options": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "ofport": {"type": {"key": "integer", "min": 0, "max": 1}},
  "ofport_request": {"type": {"key": "integer", "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "admin_state": {"type": {"key": "string", "min": 0, "max": 1}, "ephemeral": true},
  "link_state": {"type": {"key": "string", "min": 0, "max": 1}, "ephemeral": true},
  "mtu": {"type": {"key": "integer", "min": 0, "max": 1}, "ephemeral": true},
  "error": {"type": {"key": "string", "min": 0, "max": 1}}}}
}})";

}  // namespace

const boost::json::value& open_vswitch_schema_json() {
  static const boost::json::value parsed = boost::json::parse(text);
  return parsed;
}

const wire::ovsdb::Schema& open_vswitch_schema() {
  static const wire::ovsdb::Schema schema = [] {
    auto read = wire::ovsdb::schema_from_json(open_vswitch_schema_json());
    CHECK(read.has_value());
    return std::move(*read);
  }();
  return schema;
}

bool is_root(std::string_view table) {
  return table == "Open_vSwitch";
}

std::string_view referred_table(std::string_view table, std::string_view column) {
  if (table == "Open_vSwitch" && column == "bridges") return "Bridge";
  if (table == "Bridge" && column == "ports") return "Port";
  if (table == "Bridge" && column == "controller") return "Controller";
  if (table == "Port" && column == "interfaces") return "Interface";
  return {};
}

}  // namespace tarn::sim
