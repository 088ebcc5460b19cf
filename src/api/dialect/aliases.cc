// Every alias. It is told to clients only when all it promises works: until then it stands in the group of what it
// waits for, and the work that brings that moves it to those that wait for nothing.
#include <span>

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {
namespace {

struct Words {
  const char* alias;
  const char* name;
  const char* description;
};

struct Group {
  const char* waits_for;  // empty: told
  std::span<const Words> aliases;
};

constexpr Words told_aliases[] = {
    {"address-scope", "Address scope", "Networks whose addresses do not overlap."},
    {"agent", "agent", "One agent on each node: list, show, describe, disable, forget."},
    {"allowed-address-pairs", "Allowed Address Pairs", "Addresses a port may use besides its own."},
    {"availability_zone", "Availability Zone", "Zones that agents are in."},
    {"availability_zone_filter", "Availability Zone Filters", "Filters of availability zones."},
    {"bgp", "Neutron BGP Dynamic Routing Extension", "BGP speakers, their peers and what they announce."},
    {"bgp_4byte_asn", "BGP 4-byte AS numbers", "AS numbers of 32 bits."},
    {"bgp_dragent_scheduler", "BGP Dynamic Routing Agent Scheduler", "Agents of speakers, speakers of agents."},
    {"binding", "Port Binding", "The host of a port and how an instance is plugged there."},
    {"binding-extended", "Port Bindings Extended", "Bindings of a port to several hosts, one of them active."},
    {"data-plane-status", "Port data plane status extension", "What others say of a port's data plane."},
    {"default-subnetpools", "Default Subnetpools", "use_default_subnetpool of subnets."},
    {"dns-integration", "DNS Integration", "dns_name of ports, dns_domain of networks."},
    {"empty-string-filtering", "Empty String Filtering Extension",
     "A filter with an empty value matches the empty string."},
    {"external-net", "Neutron external network", "router:external on networks."},
    {"extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of one port."},
    {"filter-validation", "Filter parameters validation", "Unknown filters are refused."},
    {"ip-substring-filtering", "IP address substring filtering", "ip_address_substr on ports."},
    {"logging", "Logging API Extension", "Logs of what security groups let through."},
    {"net-mtu", "Network MTU", "mtu on networks."},
    {"net-mtu-writable", "Network MTU (writable)", "mtu can be chosen and changed."},
    {"network-ip-availability", "Network IP Availability", "Addresses that are left on a network."},
    {"network-ip-availability-details", "Network IP Availability Details Extension",
     "The same of whole subnets, and of allocation pools."},
    {"network-segment-range", "Neutron Network Segment Range", "Numbers for the networks of projects."},
    {"network_availability_zone", "Network Availability Zone", "Zones that networks are in."},
    {"pagination", "Pagination support", "limit, marker, page_reverse and links."},
    {"port-device-profile", "Port device profile", "device_profile for Cyborg and Nova."},
    {"port-mac-address-regenerate", "Neutron Port MAC address regenerate",
     "A null as mac_address of a port gives it another."},
    {"port-numa-affinity-policy", "Port NUMA affinity policy", "numa_affinity_policy for Nova."},
    {"port-security", "Port Security", "port_security_enabled on networks and ports."},
    {"project-id", "project_id field enabled", "project_id beside tenant_id."},
    {"provider", "Provider Network", "provider:* on networks."},
    {"quota-check-limit", "Quota engine limit check", "No quota is set below what is used, where asked."},
    {"quota_details", "Quota details management support", "Limits and what is used of them."},
    {"quotas", "Quota management support", "What a project may have."},
    {"rbac-address-scope", "Add address_scope type to RBAC", "Address scopes shared with projects."},
    {"rbac-policies", "RBAC Policies", "Networks shared with projects."},
    {"rbac-subnetpool", "Add subnetpool type to RBAC", "Subnet pools shared with projects."},
    {"revision-if-match", "If-Match constraints based on revision_number", "If-Match: revision_number=N."},
    {"sorting", "Sorting support", "sort_key and sort_dir."},
    {"standard-attr-description", "standard-attr-description", "description on all resources."},
    {"standard-attr-revisions", "Resource revision numbers", "revision_number on all resources."},
    {"standard-attr-tag",
     "Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, "
     "floatingip, policy, trunk, network_segment_range",
     "/tags of a resource, and filters by tags."},
    {"standard-attr-timestamp", "Resource timestamps", "created_at, updated_at, changed_since."},
    {"subnet-service-types", "Subnet service types", "Which ports a subnet gives addresses to."},
    {"subnet_allocation", "Subnet Allocation", "Subnets that take their CIDR from a subnet pool."},
    {"subnet_onboard", "Subnet Onboard", "Subnets that are there come into a subnet pool."},
    {"subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "add_prefixes and remove_prefixes."},
    {"taas", "Tap as a Service", "Copies of a port's traffic for another port."},
    {"taas-vlan-filter", "VLANs of Tap Flows", "Copies of a trunk parent's frames by their VLAN."},
    {"tag-creation", "Tag Creation", "Several tags added at once by POST."},
    {"tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "tags in the body of a new port."},
    {"tap-mirror", "Tap Mirrors", "Copies of a port's traffic for an address outside."},
    {"tap-mirror-both-direction", "Tap Mirrors of Both Directions", "One tunnel for what a port gets and sends."},
    {"trunk", "Trunk Extension", "Ports that carry several networks."},
    {"trunk-details", "Trunk port details", "trunk_details of ports."},
};

constexpr Words qos_aliases[] = {
    {"qos", "Quality of Service", "QoS policies and their rules."},
    {"qos-bw-limit-direction", "Direction for QoS bandwidth limit rule", "Limits of what ports get."},
    {"qos-default", "QoS default policy", "A policy that new networks of a project have."},
    {"qos-fip", "Floating IP QoS", "qos_policy_id on floating IPs."},
    {"qos-gateway-ip", "Router gateway IP QoS", "qos_policy_id of gateways."},
    {"qos-port-network-policy", "QoS port network policy ID", "Ports show the policy of their network."},
    {"qos-pps", "QoS Rule Type Packet per Second Extension", "Limits of packets."},
    {"qos-rule-type-details", "Details of QoS rule types", "What the switch can do."},
    {"qos-rule-type-filter", "Allow to filter the list of QoS rule types", "all_supported and all_rules."},
    {"qos-rules-alias", "Quality of Service rules alias API", "Rules known without their policy."},
};

constexpr Words minimum_aliases[] = {
    {"qos-bw-minimum-ingress", "Ingress direction for QoS minimum bandwidth rule", "What ports get at least."},
    {"qos-pps-minimum", "QoS minimum packet rate rule", "Packets that ports get or send at least."},
    {"qos-pps-minimum-rule-alias", "QoS minimum packet rate rule alias", "These rules known without their policy."},
};

constexpr Words choosing_aliases[] = {
    {"dhcp_agent_scheduler", "DHCP Agent Scheduler", "Agents of networks, networks of agents."},
};

constexpr Words inner_tags_aliases[] = {
    {"vlan-transparent", "VLAN Transparency", "vlan_transparent of networks."},
};

constexpr Words local_ips_aliases[] = {
    {"local_ip", "Local IP", "Addresses that stand for a port of the same host."},
};

constexpr Words metering_aliases[] = {
    {"metering", "Neutron Metering", "Labels that count traffic."},
    {"metering_source_and_destination_fields", "Neutron Metering with source and destination filtering",
     "Source and destination of rules."},
};

constexpr Words outer_names_aliases[] = {
    {"dns-domain-ports", "dns_domain for ports", "dns_domain of ports."},
    {"subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "dns_publish_fixed_ip of subnets."},
};

constexpr Words segments_aliases[] = {
    {"ip_allocation", "IP Allocation", "When a port gets its addresses."},
    {"l2_adjacency", "L2 Adjacency", "Whether a network's ports all hear each other."},
    {"multi-provider", "Multi Provider Network", "segments of networks."},
    {"segment", "Segment", "Segments of networks as resources."},
    {"segments-peer-subnet-host-routes", "Segments peer-subnet host routes",
     "Subnets have routes to those of the other segments."},
    {"standard-attr-segment", "Standard Attribute Segment Extension", "Revisions and times of segments."},
    {"subnet-segmentid-writable", "Subnet SegmentID (writable)", "segment_id can be set later."},
};

constexpr Words physical_aliases[] = {
    {"port-mac-override", "Neutron Port MAC address override", "The MAC of a physical function that a port is given."},
    {"uplink-status-propagation", "Uplink status propagation extension", "propagate_uplink_status of ports."},
};

constexpr Words routing_aliases[] = {
    {"auto-allocated-topology", "Auto Allocated Topology Services",
     "A connected network for whoever asks for no more."},
    {"dvr", "Distributed Virtual Router", "distributed on routers."},
    {"expose-port-forwarding-in-fip", "Expose Floating IP port forwardings", "port_forwardings on floating IPs."},
    {"external-gateway-multihoming", "Several Gateways", "external_gateways of routers."},
    {"ext-gw-mode", "Neutron L3 Configurable external gateway mode", "enable_snat of gateways."},
    {"extraroute", "Neutron Extra Route", "routes of routers."},
    {"extraroute-atomic", "Atomically add/remove extra routes", "add_extraroutes and remove_extraroutes."},
    {"fip-port-details", "Floating IP Port Details Extension", "port_details on floating IPs."},
    {"flavors", "Neutron Service Flavors", "Flavors of services and their profiles."},
    {"floating-ip-port-forwarding", "Floating IP Port Forwarding", "Ports of a floating IP forwarded to instances."},
    {"floating-ip-port-forwarding-description", "Floating IP Port Forwarding new attribute description",
     "description on forwardings."},
    {"floating-ip-port-forwarding-detail", "Floating IP port forwarding detail",
     "Forwardings as floating IPs show them."},
    {"floating-ip-port-forwarding-port-ranges", "Floating IP Port Forwarding support port ranges",
     "Many ports forwarded by one."},
    {"floatingip-pools", "Floating IP Pools Extension", "Subnets that floating IPs are from."},
    {"l3-flavors", "Router Flavor Extension", "flavor_id of routers."},
    {"l3-ha", "HA Router extension", "ha on routers."},
    {"router", "Neutron L3 Router", "Routers, their interfaces and gateways, floating IPs."},
    {"l3_agent_scheduler", "L3 Agent Scheduler", "Agents of routers, routers of agents."},
    {"l3-ext-ndp-proxy", "Router support to enable NDP proxy", "enable_ndp_proxy on routers."},
    {"l3-ndp-proxy", "NDP Proxies", "IPv6 addresses that a router answers for outside."},
    {"l3-port-ip-change-not-allowed", "Prevent L3 router ports IP address change extension",
     "IPv4 addresses of a router's interfaces change by the router alone."},
    {"router-admin-state-down-before-update", "Enforce Router's Admin State Down Before Update Extension",
     "distributed and ha change only of routers that were down."},
    {"router_availability_zone", "Router Availability Zone", "availability_zone_hints of routers."},
    {"service-type", "Neutron Service Type Management", "Who provides what."},
};

constexpr Words conntrack_helpers_aliases[] = {
    {"expose-l3-conntrack-helper", "Expose CT target rules for conntrack helper", "conntrack_helpers on routers."},
    {"l3-conntrack-helper", "L3 Conntrack helper", "What a router's connection tracking looks into."},
};

constexpr Words interface_fips_aliases[] = {
    {"router-interface-fip", "Floating IPs of Router Interfaces", "Floating IPs associated with interfaces."},
};

constexpr Words security_aliases[] = {
    {"address-group", "Address group", "Addresses that security group rules name together."},
    {"port-security-groups-filtering", "Port filtering on security groups", "security_groups as a filter of ports."},
    {"rbac-address-group", "Add address_group type to RBAC", "Address groups shared with projects."},
    {"rbac-security-groups", "Add security_group type to network RBAC", "Security groups shared with projects."},
    {"security-group", "security-group", "Who may talk to a port."},
    {"security-groups-default-rules", "Default Security Group Rules", "What new security groups start with."},
    {"security-groups-default-statefulness", "Default Statefulness", "Whether new security groups are stateful."},
    {"security-groups-normalized-cidr", "Normalized CIDR field for security group rules",
     "normalized_cidr of security group rules."},
    {"security-groups-remote-address-group", "Remote address group id field for security group rules",
     "Rules for the addresses of an address group."},
    {"security-groups-rules-belongs-to-default-sg", "Rules of Default Groups",
     "belongs_to_default_sg of security group rules."},
    {"security-groups-shared-filtering", "Security group filtering on the shared field",
     "shared of security groups, as a filter too."},
    {"stateful-security-group", "Stateful security group", "stateful of security groups."},
};

constexpr Words placement_aliases[] = {
    {"agent-resources-synced", "Agent's Resource View Synced to Placement", "resources_synced of agents."},
    {"port-resource-request", "Port Resource Request", "resource_request of ports."},
    {"port-resource-request-groups", "Port Resource Request Groups", "Several groups in a resource_request."},
};

constexpr Group groups[] = {
    {"", told_aliases},
    {"", security_aliases},
    {"", qos_aliases},
    {"", routing_aliases},
    {"choosing who serves DHCP", choosing_aliases},
    {"floating IPs by way of interfaces", interface_fips_aliases},
    {"frames with inner tags", inner_tags_aliases},
    {"helpers of connection tracking in the switch", conntrack_helpers_aliases},
    {"local IPs in the switch", local_ips_aliases},
    {"metering in the switch", metering_aliases},
    {"minimum rates in the switch", minimum_aliases},
    {"names in a DNS outside", outer_names_aliases},
    {"networks of several segments in the switch", segments_aliases},
    {"ports of physical functions", physical_aliases},
    {"what placement is told", placement_aliases},
};

}  // namespace

std::vector<Alias> aliases() {
  std::vector<Alias> all;
  for (const Group& group : groups)
    for (const Words& words : group.aliases)
      all.push_back({words.alias, words.name, words.description, group.waits_for});
  std::ranges::sort(all, {}, &Alias::alias);
  return all;
}

}  // namespace tarn::api::dialect
