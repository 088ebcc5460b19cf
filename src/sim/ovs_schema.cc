#include "sim/ovs_schema.h"

#include <boost/json.hpp>
#include <limits>
#include <map>

#include "base/check.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {
namespace {

constexpr std::string_view text = R"({
"name": "Open_vSwitch", "version": "8.3.1",
"tables": {
 "Open_vSwitch": {"isRoot": true, "maxRows": 1, "columns": {
  "bridges": {"type": {"key": {"type": "uuid", "refTable": "Bridge"}, "min": 0, "max": "unlimited"}},
  "datapaths": {"type": {"key": {"type": "string"}, "value": {"type": "uuid", "refTable": "Datapath"},
   "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "next_cfg": {"type": "integer"}, "cur_cfg": {"type": "integer"},
  "ovs_version": {"type": {"key": "string", "min": 0, "max": 1}},
  "db_version": {"type": {"key": "string", "min": 0, "max": 1}}}},
 "Bridge": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "datapath_type": {"type": "string"},
  "datapath_id": {"type": {"key": "string", "min": 0, "max": 1}, "ephemeral": true},
  "fail_mode": {"type": {"key": {"type": "string", "enum": ["set", ["standalone", "secure"]]}, "min": 0, "max": 1}},
  "ports": {"type": {"key": {"type": "uuid", "refTable": "Port"}, "min": 0, "max": "unlimited"}},
  "controller": {"type": {"key": {"type": "uuid", "refTable": "Controller"}, "min": 0, "max": "unlimited"}},
  "ipfix": {"type": {"key": {"type": "uuid", "refTable": "IPFIX"}, "min": 0, "max": 1}},
  "sflow": {"type": {"key": {"type": "uuid", "refTable": "sFlow"}, "min": 0, "max": 1}},
  "protocols": {"type": {"key": {"type": "string", "enum": ["set", ["OpenFlow10", "OpenFlow11", "OpenFlow12",
   "OpenFlow13", "OpenFlow14", "OpenFlow15"]]}, "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "Controller": {"columns": {
  "target": {"type": "string"},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "IPFIX": {"columns": {
  "targets": {"type": {"key": "string", "min": 0, "max": "unlimited"}},
  "sampling": {"type": {"key": {"type": "integer", "minInteger": 1, "maxInteger": 4294967295}, "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "sFlow": {"columns": {
  "targets": {"type": {"key": "string", "max": "unlimited"}},
  "sampling": {"type": {"key": "integer", "min": 0, "max": 1}},
  "agent": {"type": {"key": "string", "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "Port": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "interfaces": {"type": {"key": {"type": "uuid", "refTable": "Interface"}, "max": "unlimited"}},
  "tag": {"type": {"key": {"type": "integer", "minInteger": 0, "maxInteger": 4095}, "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "other_config": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "Interface": {"indexes": [["name"]], "columns": {
  "name": {"type": "string", "mutable": false},
  "type": {"type": "string"},
  "options": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "bfd": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "bfd_status": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}, "ephemeral": true},
  "ofport": {"type": {"key": "integer", "min": 0, "max": 1}},
  "ofport_request": {"type": {"key": {"type": "integer", "minInteger": 1, "maxInteger": 65279}, "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "admin_state": {"type": {"key": {"type": "string", "enum": ["set", ["up", "down"]]}, "min": 0, "max": 1},
   "ephemeral": true},
  "link_state": {"type": {"key": {"type": "string", "enum": ["set", ["up", "down"]]}, "min": 0, "max": 1},
   "ephemeral": true},
  "mtu": {"type": {"key": "integer", "min": 0, "max": 1}, "ephemeral": true},
  "error": {"type": {"key": "string", "min": 0, "max": 1}}}},
 "Datapath": {"columns": {
  "datapath_version": {"type": "string"},
  "ct_zones": {"type": {"key": {"type": "integer", "minInteger": 0, "maxInteger": 65535},
   "value": {"type": "uuid", "refTable": "CT_Zone"}, "min": 0, "max": "unlimited"}},
  "capabilities": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "CT_Zone": {"columns": {
  "timeout_policy": {"type": {"key": {"type": "uuid", "refTable": "CT_Timeout_Policy"}, "min": 0, "max": 1}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
 "CT_Timeout_Policy": {"columns": {
  "timeouts": {"type": {"key": {"type": "string", "enum": ["set", ["icmp_first", "icmp_reply", "tcp_close",
   "tcp_close_wait", "tcp_established", "tcp_fin_wait", "tcp_last_ack", "tcp_retransmit", "tcp_syn_recv",
   "tcp_syn_sent", "tcp_syn_sent2", "tcp_time_wait", "tcp_unack", "udp_first", "udp_multiple", "udp_single"]]},
   "value": {"type": "integer", "minInteger": 0, "maxInteger": 4294967295}, "min": 0, "max": "unlimited"}},
  "external_ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}}
}})";

ColumnRule rule_from(const boost::json::object& column) {
  ColumnRule rule;
  if (const auto* is_mutable = column.if_contains("mutable")) rule.is_mutable = is_mutable->as_bool();
  const auto* type = column.at("type").if_object();
  if (type == nullptr) return rule;
  if (const auto* min = type->if_contains("min")) rule.elements_min = min->to_number<std::size_t>();
  if (const auto* max = type->if_contains("max")) {
    rule.elements_max = max->is_string() ? std::numeric_limits<std::size_t>::max() : max->to_number<std::size_t>();
  }
  const auto* key = type->at("key").if_object();
  if (key == nullptr) return rule;
  if (const auto* lowest = key->if_contains("minInteger")) rule.lowest = lowest->as_int64();
  if (const auto* highest = key->if_contains("maxInteger")) rule.highest = highest->as_int64();
  if (const auto* words = key->if_contains("enum")) {
    for (const auto& word : words->at(1).as_array()) rule.words.emplace(word.as_string());
  }
  return rule;
}

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

const ColumnRule& rule_of(std::string_view table, std::string_view column) {
  using Rules = std::map<std::string, ColumnRule, std::less<>>;
  static const std::map<std::string, Rules, std::less<>> rules = [] {
    std::map<std::string, Rules, std::less<>> read;
    for (const auto& [name, content] : open_vswitch_schema_json().at("tables").as_object()) {
      Rules& columns = read[std::string(name)];
      for (const auto& [key, value] : content.at("columns").as_object())
        columns.emplace(key, rule_from(value.as_object()));
    }
    return read;
  }();
  return rules.find(table)->second.find(column)->second;
}

bool is_root(std::string_view table) {
  return table == "Open_vSwitch";
}

std::string_view referred_table(std::string_view table, std::string_view column) {
  if (table == "Open_vSwitch" && column == "bridges") return "Bridge";
  if (table == "Open_vSwitch" && column == "datapaths") return "Datapath";
  if (table == "Datapath" && column == "ct_zones") return "CT_Zone";
  if (table == "CT_Zone" && column == "timeout_policy") return "CT_Timeout_Policy";
  if (table == "Bridge" && column == "ports") return "Port";
  if (table == "Bridge" && column == "controller") return "Controller";
  if (table == "Bridge" && column == "ipfix") return "IPFIX";
  if (table == "Bridge" && column == "sflow") return "sFlow";
  if (table == "Port" && column == "interfaces") return "Interface";
  return {};
}

}  // namespace tarn::sim
