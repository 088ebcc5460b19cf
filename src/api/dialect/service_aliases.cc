// The aliases of what stands beside networks, subnets and ports.
#include "api/dialect/attribute.h"

namespace tarn::api::dialect {
namespace {

constexpr auto since = "2026-11-23T00:00:00-00:00";

void add_qos(std::vector<Alias>& all) {
  const std::string missing = "QoS in the switch";
  all.insert(
      all.end(),
      {{"qos", "Quality of Service", "QoS policies and their rules.", since, missing},
       {"qos-bw-limit-direction", "Direction for QoS bandwidth limit rule", "Limits of what ports get.", since,
        missing},
       {"qos-bw-minimum-ingress", "Ingress direction for QoS minimum bandwidth rule", "What ports get at least.", since,
        missing},
       {"qos-default", "QoS default policy", "A policy that new networks of a project have.", since, missing},
       {"qos-port-network-policy", "QoS port network policy ID", "Ports show the policy of their network.", since,
        missing},
       {"qos-pps", "QoS Rule Type Packet per Second Extension", "Limits of packets.", since, missing},
       {"qos-pps-minimum", "QoS minimum packet rate rule", "Packets that ports get or send at least.", since, missing},
       {"qos-pps-minimum-rule-alias", "QoS minimum packet rate rule alias", "These rules known without their policy.",
        since, missing},
       {"qos-rule-type-details", "Details of QoS rule types", "What the switch can do.", since, missing},
       {"qos-rule-type-filter", "Allow to filter the list of QoS rule types", "all_supported and all_rules.", since,
        missing},
       {"qos-rules-alias", "Quality of Service rules alias API", "Rules known without their policy.", since, missing}});
}

void add_trunks(std::vector<Alias>& all) {
  const std::string missing = "trunks in the switch";
  all.insert(all.end(), {{"trunk", "Trunk Extension", "Ports that carry several networks.", since, missing},
                         {"trunk-details", "Trunk port details", "trunk_details of ports.", since, missing}});
}

void add_segments(std::vector<Alias>& all) {
  const std::string several = "networks of several segments in the switch";
  all.insert(
      all.end(),
      {{"segment", "Segment", "Segments of networks as resources.", since, several},
       {"standard-attr-segment", "Standard Attribute Segment Extension", "Revisions and times of segments.", since,
        several},
       {"subnet-segmentid-writable", "Subnet SegmentID (writable)", "segment_id can be set later.", since, several},
       {"l2_adjacency", "L2 Adjacency", "Whether a network's ports all hear each other.", since, several},
       {"ip_allocation", "IP Allocation", "When a port gets its addresses.", since, several},
       {"multi-provider", "Multi Provider Network", "segments of networks.", since, several},
       {"network-segment-range", "Neutron Network Segment Range", "Numbers for the networks of projects.", since}});
}

void add_offers(std::vector<Alias>& all) {
  const std::string meters = "metering in the switch";
  all.insert(all.end(),
             {{"metering", "Neutron Metering", "Labels that count traffic.", since, meters},
              {"metering_source_and_destination_fields", "Neutron Metering with source and destination filtering",
               "Source and destination of rules.", since, meters},
              {"flavors", "Neutron Service Flavors", "Flavors of services and their profiles.", since,
               "routers in the switch"},
              {"service-type", "Neutron Service Type Management", "Who provides what.", since, "routers in the switch"},
              {"logging", "Logging API Extension", "Logs of what security groups let through.", since,
               "security groups in the switch"}});
}

void add_attributes(std::vector<Alias>& all) {
  const std::string names = "names that DHCP and DNS serve";
  all.insert(
      all.end(),
      {{"data-plane-status", "Port data plane status extension", "What others say of a port's data plane.", since},
       {"dhcp_agent_scheduler", "DHCP Agent Scheduler", "Agents of networks, networks of agents.", since,
        "choosing of agents"},
       {"dns-domain-ports", "dns_domain for ports", "dns_domain of ports.", since, names},
       {"dns-integration", "DNS Integration", "dns_name of ports, dns_domain of networks.", since, names},
       {"network_availability_zone", "Network Availability Zone", "Zones that networks are in.", since},
       {"port-device-profile", "Port device profile", "device_profile for Cyborg and Nova.", since},
       {"port-numa-affinity-policy", "Port NUMA affinity policy", "numa_affinity_policy for Nova.", since},
       {"subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "dns_publish_fixed_ip of subnets.", since, names},
       {"uplink-status-propagation", "Uplink status propagation extension", "propagate_uplink_status of ports.", since,
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
