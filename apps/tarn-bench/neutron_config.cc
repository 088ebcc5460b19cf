#include "neutron_config.h"

#include <fmt/format.h>

namespace tarn::bench {
namespace {

std::string queue_address() {
  return fmt::format("rabbit://guest:guest@{}:5672/", neutron_central_address);
}

}  // namespace

std::filesystem::path neutron_database_socket(const std::filesystem::path& folder) {
  return folder / "mariadb.sock";
}

std::string neutron_server_config(const std::filesystem::path& folder) {
  // Two API workers for two processors; no Nova that wants to hear of ports.
  constexpr const char* text = R"([DEFAULT]
auth_strategy = noauth
bind_port = {port}
api_workers = 2
rpc_workers = 1
rpc_state_report_workers = 1
core_plugin = ml2
service_plugins =
api_paste_config = /etc/neutron/api-paste.ini
transport_url = {queue}
notify_nova_on_port_status_changes = False
notify_nova_on_port_data_changes = False
state_path = {folder}
log_file = {folder}/neutron-server.log

[database]
connection = mysql+pymysql://root@localhost/neutron?unix_socket={socket}&charset=utf8
max_pool_size = 30
max_overflow = 60

[oslo_concurrency]
lock_path = {folder}

[oslo_messaging_notifications]
driver = noop

[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1
quota_security_group_rule = -1

[ml2]
type_drivers = vxlan
tenant_network_types = vxlan
mechanism_drivers = openvswitch,l2population
extension_drivers = port_security

[ml2_type_vxlan]
vni_ranges = 1:60000
)";
  return fmt::format(fmt::runtime(text), fmt::arg("port", neutron_api_port), fmt::arg("queue", queue_address()),
                     fmt::arg("folder", folder.string()), fmt::arg("socket", neutron_database_socket(folder).string()));
}

std::string neutron_agent_config(const std::filesystem::path& folder) {
  // It is root already: its own rootwrap as in a deployment, but no sudo before it.
  constexpr const char* text = R"([DEFAULT]
host = {host}
transport_url = {queue}
state_path = {folder}

[agent]
tunnel_types = vxlan
l2_population = True
arp_responder = True
root_helper = neutron-rootwrap /etc/neutron/rootwrap.conf
root_helper_daemon = neutron-rootwrap-daemon /etc/neutron/rootwrap.conf

[ovs]
local_ip = {address}
datapath_type = netdev
ovsdb_connection = unix:{folder}/db.sock

[securitygroup]
enable_security_group = True
firewall_driver = openvswitch

[oslo_concurrency]
lock_path = {folder}
)";
  return fmt::format(fmt::runtime(text), fmt::arg("host", neutron_host), fmt::arg("queue", queue_address()),
                     fmt::arg("folder", folder.string()), fmt::arg("address", neutron_host_address));
}

std::string neutron_queue_config() {
  return "listeners.tcp.default = 0.0.0.0:5672\nloopback_users = none\nlog.file.level = warning\n";
}

}  // namespace tarn::bench
