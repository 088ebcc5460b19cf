#include "peers/neutron_config.h"

#include <fmt/format.h>

namespace tarn::peers {
namespace {

constexpr const char* all_plugins =
    "router,segments,trunk,qos,metering,flavors,auto_allocate,network_ip_availability,network_segment_range,"
    "port_forwarding,conntrack_helper,ndp_proxy,local_ip,log,tag";
// subnet_dns_publish_fixed_ip contains dns_domain_ports: with both, every write of a DNS name makes a row twice.
constexpr const char* all_drivers =
    "port_security,qos,data_plane_status,uplink_status_propagation,port_device_profile,port_numa_affinity_policy,"
    "tag_ports_during_bulk_creation,subnet_dns_publish_fixed_ip";

constexpr const char* no_quotas = R"(
[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1
quota_security_group_rule = -1
)";

constexpr const char* keystone_text = R"(
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:{port}/v3
auth_url = http://127.0.0.1:{port}/v3
auth_type = password
project_domain_name = Default
user_domain_name = Default
project_name = admin
username = admin
password = admin
)";

std::string queue_at(const char* address) {
  return fmt::format("rabbit://guest:guest@{}:5672/", address);
}

}  // namespace

std::filesystem::path neutron_database_socket(const std::filesystem::path& folder) {
  return folder / "mariadb.sock";
}

std::string neutron_server_config(const std::filesystem::path& folder, const NeutronServer& server) {
  // Two API workers for two processors; no Nova that wants to hear of ports.
  constexpr const char* text = R"([DEFAULT]
auth_strategy = {auth}
bind_port = {port}
api_workers = 2
rpc_workers = 1
rpc_state_report_workers = 1
core_plugin = ml2
service_plugins = {plugins}
api_paste_config = /etc/neutron/api-paste.ini
transport_url = {queue}
notify_nova_on_port_status_changes = False
notify_nova_on_port_data_changes = False
dns_domain = {domain}
l3_ha = False
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

[ml2]
type_drivers = flat,vlan,vxlan
tenant_network_types = vxlan
mechanism_drivers = openvswitch,l2population
extension_drivers = {drivers}

[ml2_type_flat]
flat_networks = public

[ml2_type_vlan]
network_vlan_ranges = physnet1:100:3000

[ml2_type_vxlan]
vni_ranges = 1:60000
{rest})";
  const std::string keystone =
      server.keystone_port ? fmt::format(fmt::runtime(keystone_text), fmt::arg("port", *server.keystone_port)) : "";
  return fmt::format(fmt::runtime(text), fmt::arg("auth", server.keystone_port ? "keystone" : "noauth"),
                     fmt::arg("port", neutron_api_port), fmt::arg("plugins", server.every_plugin ? all_plugins : ""),
                     fmt::arg("queue", queue_at("127.0.0.1")), fmt::arg("domain", neutron_dns_domain),
                     fmt::arg("folder", folder.string()), fmt::arg("socket", neutron_database_socket(folder).string()),
                     fmt::arg("drivers", server.every_plugin ? all_drivers : "port_security"),
                     fmt::arg("rest", (server.every_plugin ? "" : no_quotas) + keystone));
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
  return fmt::format(fmt::runtime(text), fmt::arg("host", neutron_host),
                     fmt::arg("queue", queue_at(neutron_central_address)), fmt::arg("folder", folder.string()),
                     fmt::arg("address", neutron_host_address));
}

std::string neutron_queue_config() {
  return "listeners.tcp.default = 0.0.0.0:5672\nloopback_users = none\nlog.file.level = warning\n";
}

}  // namespace tarn::peers
