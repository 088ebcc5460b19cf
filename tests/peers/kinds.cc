#include "kinds.h"

#include "values.h"

namespace tarn::test {
namespace {

using enum KindAttribute::Need;

std::vector<Kind> networks() {
  return {
      {"network",
       "networks",
       "/v2.0/networks",
       {{"name", name(), often},
        {"description", text()},
        {"admin_state_up", flag()},
        {"shared", flag()},
        {"mtu", number(1000, 1600)},
        {"port_security_enabled", flag()},
        {"dns_domain", of({"", "a.example.", "b.example", "-bad-."})},
        {"provider:network_type", of({"vlan", "vxlan", "flat", "geneve", "local"}), when_made},
        {"provider:physical_network", of({"physnet1", "public", "other"}), when_made},
        {"provider:segmentation_id", number(98, 130), when_made},
        {"router:external", flag()},
        {"is_default", flag()},
        {"availability_zone_hints", list(of({"nova", "moon"}), 2), when_made},
        {"qos_policy_id", object("policy")},
        {"project_id", of({"${project-a}", "${project-b}"}), when_made},
        {"tenant_id", of({"${project-a}", "${project-b}"}), when_made}},
       "",
       5},
  };
}

std::vector<Kind> subnets() {
  return {
      {"subnet",
       "subnets",
       "/v2.0/subnets",
       {{"network_id", object("network"), always},
        {"ip_version", of({4, 4, 4, 6}), always},
        {"cidr", any_of({cidr(), of({"2001:db8:1::/64", "2001:db8:2::/64", "2001:db8:3::/48"})}), often},
        {"name", name()},
        {"gateway_ip", any_of({address(), none()})},
        {"enable_dhcp", flag()},
        {"allocation_pools", list(struct_of({{"start", address()}, {"end", address()}}), 2)},
        {"dns_nameservers", list(address(), 6)},
        {"host_routes", list(struct_of({{"destination", cidr()}, {"nexthop", address()}}), 2)},
        {"ipv6_ra_mode", of({"slaac", "dhcpv6-stateful", "dhcpv6-stateless"}), when_made},
        {"ipv6_address_mode", of({"slaac", "dhcpv6-stateful", "dhcpv6-stateless"}), when_made},
        {"subnetpool_id", object("subnetpool"), when_made},
        {"prefixlen", number(22, 30), when_made},
        {"use_default_subnetpool", flag(), when_made},
        {"service_types", list(of({"network:router_gateway", "compute:nova", "network:bad"}), 2)},
        {"description", text()}},
       "",
       6},
  };
}

std::vector<Kind> ports() {
  return {
      {"port",
       "ports",
       "/v2.0/ports",
       {{"network_id", object("network"), always},
        {"name", name()},
        {"description", text()},
        {"admin_state_up", flag()},
        {"fixed_ips",
         list(any_of({struct_of({{"subnet_id", object("subnet")}, {"ip_address", address()}}),
                      struct_of({{"ip_address", address()}}), struct_of({{"subnet_id", object("subnet")}})}),
              2),
         often},
        {"mac_address", of({"fa:16:3e:00:00:01", "FA:16:3E:00:00:02", "01:00:5e:00:00:01"})},
        {"device_id", of({"5e0b1a52-3f36-4a34-8c0e-4a1f0f6d7a11", "x"})},
        {"device_owner", of({"compute:nova", "network:router_interface", ""})},
        {"security_groups", list(object("security_group"), 2)},
        {"port_security_enabled", flag()},
        {"allowed_address_pairs", list(struct_of({{"ip_address", any_of({address(), cidr()})}}), 3)},
        {"extra_dhcp_opts",
         list(struct_of({{"opt_name", of({"mtu", "router", "a-b"})}, {"opt_value", of({"1400", "x"})}}), 2)},
        {"binding:vnic_type", of({"normal", "odd"})},
        {"binding:profile", any_of({struct_of({{"a", number(1, 3)}}), none()})},
        {"dns_name", of({"web", "-bad"})},
        {"propagate_uplink_status", flag()},
        {"qos_policy_id", object("policy")},
        {"tags", list(of({"red", "blue"}), 2), when_made},
        {"project_id", of({"${project-a}", "${project-b}"}), when_made}},
       "",
       8},
  };
}

std::vector<Kind> address_plan() {
  return {
      {"subnetpool",
       "subnetpools",
       "/v2.0/subnetpools",
       {{"name", name(), always},
        {"prefixes", list(any_of({of({"10.0.0.0/8", "10.64.0.0/16", "2001:db8::/32"}), cidr()}), 2), often},
        {"default_prefixlen", number(20, 28)},
        {"min_prefixlen", number(16, 28)},
        {"max_prefixlen", number(20, 30)},
        {"default_quota", number(0, 512)},
        {"address_scope_id", object("address_scope")},
        {"is_default", flag()},
        {"shared", flag(), when_made},
        {"description", text()}}},
      {"address_scope",
       "address_scopes",
       "/v2.0/address-scopes",
       {{"name", name(), always}, {"ip_version", of({4, 6}), always}, {"shared", flag()}}},
      {"segment",
       "segments",
       "/v2.0/segments",
       {{"network_id", object("network"), always},
        {"network_type", of({"vlan", "vxlan", "flat"}), always},
        {"physical_network", of({"physnet1", "public", "other"}), often},
        {"segmentation_id", number(200, 230)},
        {"name", name()}},
       "",
       1},
  };
}

std::vector<Kind> security_kinds() {
  const Value protocol =
      of({"tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "58", "6", "256", "any", "vrrp", "sctp", "bad"});
  return {
      {"security_group",
       "security_groups",
       "/v2.0/security-groups",
       {{"name", any_of({name(), of({"default"})}), often}, {"description", text()}, {"stateful", flag()}},
       "",
       4},
      {"security_group_rule",
       "security_group_rules",
       "/v2.0/security-group-rules",
       {{"security_group_id", object("security_group"), always},
        {"direction", of({"ingress", "egress", "INGRESS", "both"}), always},
        {"ethertype", of({"IPv4", "IPv6", "ipv4", "IPX"})},
        {"protocol", protocol, often},
        {"port_range_min", any_of({number(0, 300), number(65530, 65540)})},
        {"port_range_max", any_of({number(0, 300), number(65530, 65540)})},
        {"remote_ip_prefix", any_of({cidr(), address(), of({"::/0", "0.0.0.0/0"})})},
        {"remote_group_id", object("security_group")},
        {"remote_address_group_id", object("address_group")},
        {"description", text()}},
       "",
       6},
      {"address_group",
       "address_groups",
       "/v2.0/address-groups",
       {{"name", name()}, {"description", text()}, {"addresses", list(any_of({cidr(), address()}), 3), often}}},
      {"rbac_policy",
       "rbac_policies",
       "/v2.0/rbac-policies",
       {{"object_type",
         of({"network", "qos_policy", "security_group", "address_scope", "subnetpool", "address_group", "moon"}),
         always},
        {"object_id", any_of({object("network"), object("security_group"), object("subnetpool")}), always},
        {"action", of({"access_as_shared", "access_as_shared", "access_as_external", "look"}), always},
        {"target_tenant", of({"${project-a}", "${project-b}", "*"}), always}}},
      {"default_security_group_rule", "default_security_group_rules", "/v2.0/default-security-group-rules", {}, "", 0},
  };
}

std::vector<Kind> routing_kinds() {
  const Value gateway =
      any_of({struct_of({{"network_id", any_of({of({"${external}"}), object("network")})}}),
              struct_of({{"network_id", of({"${external}"})}, {"enable_snat", flag()}}),
              struct_of({{"network_id", of({"${external}"})},
                         {"external_fixed_ips",
                          list(struct_of({{"ip_address", of({"198.51.100.20", "198.51.100.21"})}}), 2)}}),
              none(), struct_of({})});
  return {
      {"router",
       "routers",
       "/v2.0/routers",
       {{"name", name(), often},
        {"description", text()},
        {"admin_state_up", flag()},
        {"external_gateway_info", gateway},
        {"distributed", flag()},
        {"ha", of({false})},
        {"availability_zone_hints", list(of({"nova"}), 1), when_made},
        {"flavor_id", object("flavor"), when_made},
        {"routes", list(struct_of({{"destination", cidr()}, {"nexthop", address()}}), 2), when_changed}},
       "",
       4},
      {"floatingip",
       "floatingips",
       "/v2.0/floatingips",
       {{"floating_network_id", any_of({of({"${external}"}), object("network")}), always},
        {"port_id", any_of({object("port"), none()})},
        {"fixed_ip_address", address()},
        {"floating_ip_address", of({"198.51.100.30", "198.51.100.31", "192.0.2.1"}), when_made},
        {"subnet_id", any_of({of({"${external-subnet}"}), object("subnet")}), when_made},
        {"description", text()}},
       "",
       4},
  };
}

std::vector<Kind> parts_of_routing() {
  return {
      {"port_forwarding",
       "port_forwardings",
       "/v2.0/floatingips/${}/port_forwardings",
       {{"external_port", number(0, 90), always},
        {"internal_port", number(70, 90), always},
        {"internal_port_id", object("port"), always},
        {"internal_ip_address", address(), often},
        {"protocol", of({"tcp", "udp", "icmp", "gre"}), always},
        {"description", text()}},
       "floatingip"},
      {"conntrack_helper",
       "conntrack_helpers",
       "/v2.0/routers/${}/conntrack_helpers",
       {{"helper", of({"ftp", "tftp", "amanda", "bad"}), always},
        {"protocol", of({"tcp", "udp", "icmp"}), always},
        {"port", number(0, 100), always}},
       "router"},
      {"metering_label",
       "metering_labels",
       "/v2.0/metering/metering-labels",
       {{"name", name(), often}, {"description", text()}, {"shared", flag()}}},
      {"metering_label_rule",
       "metering_label_rules",
       "/v2.0/metering/metering-label-rules",
       {{"metering_label_id", object("metering_label"), always},
        {"direction", of({"ingress", "egress", "both"}), always},
        {"remote_ip_prefix", cidr()},
        {"source_ip_prefix", cidr()},
        {"destination_ip_prefix", cidr()},
        {"excluded", flag()}}},
  };
}

std::vector<Kind> qos_kinds() {
  return {
      {"policy",
       "policies",
       "/v2.0/qos/policies",
       {{"name", name(), always}, {"description", text()}, {"shared", flag()}, {"is_default", flag()}},
       "",
       3},
      {"bandwidth_limit_rule",
       "bandwidth_limit_rules",
       "/v2.0/qos/policies/${}/bandwidth_limit_rules",
       {{"max_kbps", number(0, 4), always},
        {"max_burst_kbps", number(0, 4)},
        {"direction", of({"egress", "ingress", "any"})}},
       "policy"},
      {"dscp_marking_rule",
       "dscp_marking_rules",
       "/v2.0/qos/policies/${}/dscp_marking_rules",
       {{"dscp_mark", number(0, 20), always}},
       "policy"},
      {"minimum_bandwidth_rule",
       "minimum_bandwidth_rules",
       "/v2.0/qos/policies/${}/minimum_bandwidth_rules",
       {{"min_kbps", number(0, 4), always}, {"direction", of({"egress", "ingress", "any"})}},
       "policy"},
      {"packet_rate_limit_rule",
       "packet_rate_limit_rules",
       "/v2.0/qos/policies/${}/packet_rate_limit_rules",
       {{"max_kpps", number(0, 4), always},
        {"max_burst_kpps", number(0, 4)},
        {"direction", of({"egress", "ingress", "any"})}},
       "policy"},
      {"minimum_packet_rate_rule",
       "minimum_packet_rate_rules",
       "/v2.0/qos/policies/${}/minimum_packet_rate_rules",
       {{"min_kpps", number(0, 4), always}, {"direction", of({"egress", "ingress", "any"}), often}},
       "policy"},
  };
}

std::vector<Kind> service_kinds() {
  return {
      {"trunk",
       "trunks",
       "/v2.0/trunks",
       {{"port_id", object("port"), always},
        {"name", name()},
        {"description", text()},
        {"admin_state_up", flag()},
        {"sub_ports",
         list(struct_of({{"port_id", object("port")},
                         {"segmentation_type", of({"vlan", "inherit", "vxlan"})},
                         {"segmentation_id", number(0, 12)}}),
              2),
         when_made}}},
      {"flavor",
       "flavors",
       "/v2.0/flavors",
       {{"name", name(), often},
        {"service_type", of({"L3_ROUTER_NAT", "QOS", "moon"}), when_made},
        {"description", text()},
        {"enabled", flag()}},
       "",
       1},
      {"service_profile",
       "service_profiles",
       "/v2.0/service_profiles",
       {{"description", text()},
        {"driver", of({"a.b.C", ""})},
        {"metainfo", of({"{}", "x", ""}), often},
        {"enabled", flag()}},
       "",
       1},
  };
}

std::vector<Kind> operators_kinds() {
  return {
      {"network_segment_range",
       "network_segment_ranges",
       "/v2.0/network_segment_ranges",
       {{"name", name()},
        {"shared", flag(), when_made},
        {"project_id", of({"${project-a}", "${project-b}"}), when_made},
        {"network_type", of({"vlan", "vxlan", "flat"}), always},
        {"physical_network", of({"physnet1", "other"})},
        {"minimum", number(3100, 3300), always},
        {"maximum", number(3100, 3300), always}},
       "",
       1},
      {"local_ip",
       "local_ips",
       "/v2.0/local_ips",
       {{"name", name()},
        {"network_id", object("network"), often},
        {"local_port_id", object("port")},
        {"local_ip_address", address()},
        {"ip_mode", of({"translate", "passthrough", "odd"})}},
       "",
       1},
      {"ndp_proxy",
       "ndp_proxies",
       "/v2.0/ndp_proxies",
       {{"router_id", object("router"), always},
        {"port_id", object("port"), always},
        {"ip_address", of({"2001:db8:1::9", "10.1.0.9"})},
        {"name", name()}},
       "",
       1},
      {"log",
       "logs",
       "/v2.0/log/logs",
       {{"name", name()},
        {"resource_type", of({"security_group", "snat", "moon"}), always},
        {"event", of({"ALL", "ACCEPT", "DROP", "odd"})},
        {"resource_id", object("security_group")},
        {"target_id", object("port")},
        {"enabled", flag()}},
       "",
       1},
      {"agent", "agents", "/v2.0/agents", {{"description", text()}, {"admin_state_up", flag()}}, "", 1},
  };
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = [] {
    std::vector<Kind> kinds;
    for (const auto& part : {networks(), subnets(), ports(), address_plan(), security_kinds(), routing_kinds(),
                             parts_of_routing(), qos_kinds(), service_kinds(), operators_kinds()})
      kinds.insert(kinds.end(), part.begin(), part.end());
    return kinds;
  }();
  return all;
}

const std::vector<KindAction>& actions() {
  static const std::vector<KindAttribute> interface{{"subnet_id", object("subnet"), often},
                                                    {"port_id", object("port")}};
  static const std::vector<KindAttribute> sub_port{{"port_id", object("port"), always},
                                                   {"segmentation_type", of({"vlan", "inherit"}), often},
                                                   {"segmentation_id", number(1, 12), often}};
  static const std::vector<KindAttribute> route{{"destination", cidr(), always}, {"nexthop", address(), always}};
  static const std::vector<KindAttribute> addresses{{"addresses", list(any_of({cidr(), address()}), 3), always}};
  static const std::vector<KindAttribute> prefixes{
      {"prefixes", list(of({"10.96.0.0/16", "10.97.0.0/16", "10.0.0.0/8"}), 2), always}};
  static const std::vector<KindAction> all{
      {"router", "add_router_interface", "", interface},
      {"router", "add_router_interface", "", interface},
      {"router", "remove_router_interface", "", interface},
      {"router",
       "add_extraroutes",
       "router",
       {{"routes", list(struct_of({{"destination", cidr()}, {"nexthop", address()}}), 2), always}}},
      {"router",
       "remove_extraroutes",
       "router",
       {{"routes", list(struct_of({{"destination", cidr()}, {"nexthop", address()}}), 2), always}}},
      {"trunk", "add_subports", "sub_ports", sub_port, true},
      {"trunk", "remove_subports", "sub_ports", {{"port_id", object("port"), always}}, true},
      {"address_group", "add_addresses", "address_group", addresses},
      {"address_group", "remove_addresses", "address_group", addresses},
      {"subnetpool", "add_prefixes", "subnetpool", prefixes},
      {"subnetpool", "remove_prefixes", "subnetpool", prefixes},
      {"subnetpool", "onboard_network_subnets", "subnetpool", {{"network_id", object("network"), always}}},
  };
  return all;
}

}  // namespace tarn::test
