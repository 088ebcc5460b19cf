// The names of ovs-vswitchd.conf.db(5) that the OVSDB driver reads and writes. Constants only; what they mean is said
// where they are used.
#pragma once

#include <string_view>

#include "domain/flow_export.h"

namespace tarn::host {

inline constexpr std::string_view ovsdb_database = "Open_vSwitch";
inline constexpr std::string_view bridge_mark = "tarn-bridge";  // key of Bridge.external_ids on a bridge we made
inline constexpr std::string_view flow_restore_wait_key = "flow-restore-wait";  // of Open_vSwitch.other_config

namespace table {
inline constexpr std::string_view open_vswitch = "Open_vSwitch";
inline constexpr std::string_view bridge = "Bridge";
inline constexpr std::string_view port = "Port";
inline constexpr std::string_view interface = "Interface";
inline constexpr std::string_view ipfix = "IPFIX";
inline constexpr std::string_view sflow = "sFlow";
inline constexpr std::string_view datapath = "Datapath";
inline constexpr std::string_view zone = "CT_Zone";
inline constexpr std::string_view timeout_policy = "CT_Timeout_Policy";
}  // namespace table

namespace column {
inline constexpr std::string_view admin_state = "admin_state";
inline constexpr std::string_view agent = "agent";
inline constexpr std::string_view bfd = "bfd";
inline constexpr std::string_view bfd_status = "bfd_status";
inline constexpr std::string_view bridges = "bridges";
inline constexpr std::string_view controller = "controller";
inline constexpr std::string_view ct_zones = "ct_zones";
inline constexpr std::string_view datapath_id = "datapath_id";
inline constexpr std::string_view datapath_type = "datapath_type";
inline constexpr std::string_view datapath_version = "datapath_version";
inline constexpr std::string_view datapaths = "datapaths";
inline constexpr std::string_view error = "error";
inline constexpr std::string_view external_ids = "external_ids";
inline constexpr std::string_view fail_mode = "fail_mode";
inline constexpr std::string_view interfaces = "interfaces";
inline constexpr std::string_view link_state = "link_state";
inline constexpr std::string_view mtu = "mtu";
inline constexpr std::string_view name = "name";
inline constexpr std::string_view ofport = "ofport";
inline constexpr std::string_view ofport_request = "ofport_request";
inline constexpr std::string_view options = "options";
inline constexpr std::string_view other_config = "other_config";
inline constexpr std::string_view ovs_version = "ovs_version";
inline constexpr std::string_view ports = "ports";
inline constexpr std::string_view protocols = "protocols";
inline constexpr std::string_view sampling = "sampling";
inline constexpr std::string_view targets = "targets";
inline constexpr std::string_view timeout_policy = "timeout_policy";
inline constexpr std::string_view timeouts = "timeouts";
inline constexpr std::string_view type = "type";
}  // namespace column

// The table that holds the rows of this kind of export.
constexpr std::string_view export_table(domain::FlowExport::Key kind) {
  return kind == domain::FlowExport::Key::ipfix ? table::ipfix : table::sflow;
}

}  // namespace tarn::host
