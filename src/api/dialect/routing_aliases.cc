// The aliases of routers, floating IPs and what stands on them.
#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

std::vector<Alias> routing_aliases() {
  static constexpr auto since = "2026-11-28T00:00:00-00:00";
  static constexpr auto routers = "routers in the switch";
  return {
      {"auto-allocated-topology", "Auto Allocated Topology Services",
       "A connected network for whoever asks for no more.", since, routers},
      {"dvr", "Distributed Virtual Router", "distributed on routers.", since, routers},
      {"expose-l3-conntrack-helper", "Expose CT target rules for conntrack helper", "conntrack_helpers on routers.",
       since, routers},
      {"expose-port-forwarding-in-fip", "Expose Floating IP port forwardings", "port_forwardings on floating IPs.",
       since, routers},
      {"ext-gw-mode", "Neutron L3 Configurable external gateway mode", "enable_snat of gateways.", since, routers},
      {"external-gateway-multihoming", "Several Gateways", "external_gateways of routers.", since, routers},
      {"extraroute", "Neutron Extra Route", "routes of routers.", since, routers},
      {"extraroute-atomic", "Atomically add/remove extra routes", "add_extraroutes and remove_extraroutes.", since,
       routers},
      {"fip-port-details", "Floating IP Port Details Extension", "port_details on floating IPs.", since, routers},
      {"floating-ip-port-forwarding", "Floating IP Port Forwarding", "Ports of a floating IP forwarded to instances.",
       since, routers},
      {"floating-ip-port-forwarding-description", "Floating IP Port Forwarding new attribute description",
       "description on forwardings.", since, routers},
      {"floating-ip-port-forwarding-detail", "Floating IP port forwarding detail",
       "Forwardings as floating IPs show them.", since, routers},
      {"floating-ip-port-forwarding-port-ranges", "Floating IP Port Forwarding support port ranges",
       "Many ports forwarded by one.", since, routers},
      {"floatingip-pools", "Floating IP Pools Extension", "Subnets that floating IPs are from.", since, routers},
      {"l3-conntrack-helper", "L3 Conntrack helper", "What a router's connection tracking looks into.", since, routers},
      {"l3-ext-ndp-proxy", "Router support to enable NDP proxy", "enable_ndp_proxy on routers.", since, routers},
      {"l3-flavors", "Router Flavor Extension", "flavor_id of routers.", since, "flavors of routers"},
      {"l3-ha", "HA Router extension", "ha on routers.", since, routers},
      {"l3-ndp-proxy", "NDP Proxies", "IPv6 addresses that a router answers for outside.", since, routers},
      {"local_ip", "Local IP", "Addresses that stand for a port of the same host.", since, "local IPs in the switch"},
      {"qos-fip", "Floating IP QoS", "qos_policy_id on floating IPs.", since, routers},
      {"qos-gateway-ip", "Router gateway IP QoS", "qos_policy_id of gateways.", since, routers},
      {"router", "Neutron L3 Router", "Routers, their interfaces and gateways, floating IPs.", since, routers},
      {"router-admin-state-down-before-update", "Enforce Router's Admin State Down Before Update Extension",
       "distributed and ha change only of routers that were down.", since, routers},
      {"router-interface-fip", "Floating IPs of Router Interfaces", "Floating IPs associated with interfaces.", since,
       routers},
      {"router_availability_zone", "Router Availability Zone", "availability_zone_hints of routers.", since, routers},
  };
}

}  // namespace tarn::api::dialect
