// The aliases of routers, floating IPs and what stands on them.
#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

std::vector<Alias> routing_aliases() {
  static constexpr auto since = "2026-11-28T00:00:00-00:00";
  static constexpr auto routers = "routers in the switch";
  return {
      {"auto-allocated-topology", "Auto-Allocated Topology", "A connected network for whoever asks for no more.", since,
       routers},
      {"dvr", "Distributed Routers", "distributed on routers.", since, routers},
      {"expose-l3-conntrack-helper", "Conntrack Helpers of Routers", "conntrack_helpers on routers.", since, routers},
      {"expose-port-forwarding-in-fip", "Forwardings of Floating IPs", "port_forwardings on floating IPs.", since,
       routers},
      {"ext-gw-mode", "Gateway Mode", "enable_snat of gateways.", since, routers},
      {"external-gateway-multihoming", "Several Gateways", "external_gateways of routers.", since, routers},
      {"extraroute", "Extra Routes", "routes of routers.", since, routers},
      {"extraroute-atomic", "Extra Routes, Some at a Time", "add_extraroutes and remove_extraroutes.", since, routers},
      {"fip-port-details", "Ports of Floating IPs", "port_details on floating IPs.", since, routers},
      {"floating-ip-port-forwarding", "Port Forwarding", "Ports of a floating IP forwarded to instances.", since,
       routers},
      {"floating-ip-port-forwarding-description", "Descriptions of Forwardings", "description on forwardings.", since,
       routers},
      {"floating-ip-port-forwarding-detail", "Details of Forwardings", "Forwardings as floating IPs show them.", since,
       routers},
      {"floating-ip-port-forwarding-port-ranges", "Ranges of Forwardings", "Many ports forwarded by one.", since,
       routers},
      {"floatingip-pools", "Floating IP Pools", "Subnets that floating IPs are from.", since, routers},
      {"l3-conntrack-helper", "Conntrack Helpers", "What a router's connection tracking looks into.", since, routers},
      {"l3-ext-ndp-proxy", "NDP Proxying of Routers", "enable_ndp_proxy on routers.", since, routers},
      {"l3-flavors", "Router Flavors", "flavor_id of routers.", since, "flavors of routers"},
      {"l3-ha", "Highly Available Routers", "ha on routers.", since, routers},
      {"l3-ndp-proxy", "NDP Proxies", "IPv6 addresses that a router answers for outside.", since, routers},
      {"local_ip", "Local IPs", "Addresses that stand for a port of the same host.", since, "local IPs in the switch"},
      {"qos-fip", "QoS of Floating IPs", "qos_policy_id on floating IPs.", since, routers},
      {"qos-gateway-ip", "QoS of Gateways", "qos_policy_id of gateways.", since, routers},
      {"router", "Routers", "Routers, their interfaces and gateways, floating IPs.", since, routers},
      {"router-admin-state-down-before-update", "Routers Down Before They Change",
       "distributed and ha change only of routers that were down.", since, routers},
      {"router-interface-fip", "Floating IPs of Router Interfaces", "Floating IPs associated with interfaces.", since,
       routers},
      {"router_availability_zone", "Router Availability Zone", "availability_zone_hints of routers.", since, routers},
  };
}

}  // namespace tarn::api::dialect
