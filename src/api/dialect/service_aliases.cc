// The aliases of what stands beside networks, subnets and ports.
#include "api/dialect/attribute.h"

namespace tarn::api::dialect {
namespace {

constexpr auto since = "2026-11-23T00:00:00-00:00";

void add_qos(std::vector<Alias>& all) {
  const std::string missing = "QoS in the switch";
  all.insert(all.end(),
             {{"qos", "Quality of Service", "QoS policies and their rules.", since, missing},
              {"qos-bw-limit-direction", "Direction of Bandwidth Limits", "Limits of what ports get.", since, missing},
              {"qos-bw-minimum-ingress", "Minimum Bandwidth of Ingress", "What ports get at least.", since, missing},
              {"qos-default", "Default QoS Policy", "A policy that new networks of a project have.", since, missing},
              {"qos-port-network-policy", "QoS Policy of the Network", "Ports show the policy of their network.", since,
               missing},
              {"qos-pps", "Packet Rate Limits", "Limits of packets.", since, missing},
              {"qos-pps-minimum", "Minimum Packet Rates", "Packets that ports get or send at least.", since, missing},
              {"qos-pps-minimum-rule-alias", "Minimum Packet Rates by Id", "These rules known without their policy.",
               since, missing},
              {"qos-rule-type-details", "QoS Rule Type Details", "What the switch can do.", since, missing},
              {"qos-rule-type-filter", "QoS Rule Type Filters", "all_supported and all_rules.", since, missing},
              {"qos-rules-alias", "QoS Rules by Id", "Rules known without their policy.", since, missing}});
}

void add_trunks(std::vector<Alias>& all) {
  const std::string missing = "trunks in the switch";
  all.insert(all.end(), {{"trunk", "Trunks", "Ports that carry several networks.", since, missing},
                         {"trunk-details", "Trunk Details", "trunk_details of ports.", since, missing}});
}

void add_segments(std::vector<Alias>& all) {
  const std::string several = "networks of several segments in the switch";
  all.insert(
      all.end(),
      {{"segment", "Segments", "Segments of networks as resources.", since, several},
       {"standard-attr-segment", "Standard Attributes of Segments", "Revisions and times of segments.", since, several},
       {"subnet-segmentid-writable", "Writable Segment of Subnets", "segment_id can be set later.", since, several},
       {"l2_adjacency", "L2 Adjacency", "Whether a network's ports all hear each other.", since, several},
       {"ip_allocation", "IP Allocation", "When a port gets its addresses.", since, several},
       {"multi-provider", "Networks of Several Segments", "segments of networks.", since, several},
       {"network-segment-range", "Network Segment Ranges", "Numbers for the networks of projects.", since}});
}

void add_offers(std::vector<Alias>& all) {
  const std::string meters = "metering in the switch";
  all.insert(
      all.end(),
      {{"metering", "Metering", "Labels that count traffic.", since, meters},
       {"metering_source_and_destination_fields", "Ends of Metering Rules", "Source and destination of rules.", since,
        meters},
       {"flavors", "Flavors", "Flavors of services and their profiles.", since, "routers in the switch"},
       {"service-type", "Service Providers", "Who provides what.", since, "routers in the switch"},
       {"logging", "Logging", "Logs of what security groups let through.", since, "security groups in the switch"}});
}

void add_attributes(std::vector<Alias>& all) {
  const std::string names = "names that DHCP and DNS serve";
  all.insert(
      all.end(),
      {{"data-plane-status", "Data Plane Status", "What others say of a port's data plane.", since},
       {"dhcp_agent_scheduler", "Where DHCP Is Served", "Agents of networks, networks of agents.", since,
        "choosing of agents"},
       {"dns-domain-ports", "DNS Domain of Ports", "dns_domain of ports.", since, names},
       {"dns-integration", "DNS Integration", "dns_name of ports, dns_domain of networks.", since, names},
       {"network_availability_zone", "Network Availability Zone", "Zones that networks are in.", since},
       {"port-device-profile", "Device Profile of Ports", "device_profile for Cyborg and Nova.", since},
       {"port-numa-affinity-policy", "NUMA Affinity of Ports", "numa_affinity_policy for Nova.", since},
       {"subnet-dns-publish-fixed-ip", "Publishing of Fixed IPs", "dns_publish_fixed_ip of subnets.", since, names},
       {"uplink-status-propagation", "Uplink Status", "propagate_uplink_status of ports.", since,
        "ports of physical functions"},
       {"vlan-transparent", "VLAN Transparency", "vlan_transparent of networks.", since, "frames with inner tags"}});
}

}  // namespace

std::vector<Alias> service_aliases() {
  std::vector<Alias> all;
  add_qos(all);
  add_trunks(all);
  add_segments(all);
  add_offers(all);
  add_attributes(all);
  return all;
}

}  // namespace tarn::api::dialect
