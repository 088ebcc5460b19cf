#include "model/admit/routing.h"

#include <algorithm>

#include "model/address_scopes.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {

std::vector<const Port*> interfaces_of(const Snapshot& cloud, RouterId router) {
  std::vector<const Port*> interfaces;
  for (const Uuid& id : cloud.referrers(router.uuid, Kind::port)) {
    const Port* port = cloud.find<Port>(id)->row.get();
    if (is_router_interface(*port)) interfaces.push_back(port);
  }
  return interfaces;
}

const Router* router_of(const Snapshot& cloud, const Port& port) {
  if (!is_router_interface(port)) return nullptr;
  const Result<Uuid> id = Uuid::parse(port.device_id);
  const Versioned<Router>* router = id ? cloud.find<Router>(*id) : nullptr;
  return router == nullptr ? nullptr : router->row.get();
}

const Gateway* gateway_to(const Router& router, NetworkId network) {
  const auto found = std::ranges::find(router.gateways, network, &Gateway::network);
  return found == router.gateways.end() ? nullptr : &*found;
}

bool has_address(const Port& port, const Ip& address) {
  return std::ranges::find(port.fixed_ips, address, &FixedIp::address) != port.fixed_ips.end();
}
bool has_subnet(const Port& port, SubnetId subnet) {
  return std::ranges::find(port.fixed_ips, subnet, &FixedIp::subnet) != port.fixed_ips.end();
}
bool has_family(const Port& port, Family family) {
  return std::ranges::any_of(port.fixed_ips, [family](const FixedIp& ip) { return ip.address.family == family; });
}
std::optional<SubnetId> subnet_with(const Port& port, const Ip& address) {
  const auto found = std::ranges::find(port.fixed_ips, address, &FixedIp::address);
  return found == port.fixed_ips.end() ? std::nullopt : std::optional(found->subnet);
}

std::optional<RouterId> router_between(const Snapshot& cloud, const Port& internal, SubnetId subnet,
                                       NetworkId external) {
  const auto leads_out = [&](const Port& port) {
    const Router* router = router_of(cloud, port);
    return router != nullptr && gateway_to(*router, external) != nullptr ? std::optional(router->id) : std::nullopt;
  };
  const std::optional<Ip>& gateway = (**cloud.find(subnet)).gateway;
  if (const auto holder = gateway ? cloud.owner_of(subnet, *gateway) : std::nullopt)
    if (const auto router = leads_out(**cloud.find(*holder))) return router;
  std::optional<RouterId> first;
  for (const PortId& id : cloud.ports_of(internal.network)) {
    const Port& port = **cloud.find(id);
    if (!has_subnet(port, subnet)) continue;
    const std::optional<RouterId> router = leads_out(port);
    if (router && (!first || *router < *first)) first = router;
  }
  return first;
}

std::optional<AddressScopeId> scope_of(const Snapshot& cloud, NetworkId network, Family family) {
  for (const SubnetId& id : cloud.subnets_of(network)) {
    if ((**cloud.find(id)).cidr.address.family != family) continue;
    if (const auto scope = address_scope_of(cloud, id)) return scope;
  }
  return std::nullopt;
}

namespace {

Status check_apart(const Subnet& wanted, const Subnet& there) {
  if (wanted.id == there.id) {
    return bad_request("router", "Router already has a port on subnet " + there.id.text() + ".");
  }
  if (!wanted.cidr.overlaps(there.cidr)) return {};
  return bad_request("router", "Cidr " + wanted.cidr.text() + " of subnet " + wanted.id.text() +
                                   " overlaps with cidr " + there.cidr.text() + " of subnet " + there.id.text() + ".");
}

// Of a gateway all subnets of its network count: they are on the link.
std::vector<const Subnet*> subnets_beside(const Snapshot& cloud, const Router& router, PortId but,
                                          std::optional<NetworkId> gateway_but) {
  std::vector<const Subnet*> subnets;
  for (const Port* port : interfaces_of(cloud, router.id)) {
    if (port->id == but) continue;
    for (const FixedIp& ip : port->fixed_ips) subnets.push_back(cloud.find(ip.subnet)->row.get());
  }
  for (const Gateway& gateway : router.gateways) {
    if (gateway.network == gateway_but) continue;
    for (const SubnetId& id : cloud.subnets_of(gateway.network)) subnets.push_back(cloud.find(id)->row.get());
  }
  return subnets;
}

// Routers send the advertisements of their subnets themselves, and have one port for all IPv6 subnets of a network.
Status check_v6(const Snapshot& cloud, const Router& router, const Port& port) {
  for (const FixedIp& ip : port.fixed_ips) {
    const Subnet& subnet = **cloud.find(ip.subnet);
    if (subnet.ra_mode != Ipv6Mode::none || subnet.address_mode == Ipv6Mode::none) continue;
    return bad_request("router", "IPv6 subnet " + subnet.id.text() +
                                     " configured to receive RAs from an external router cannot be added.");
  }
  if (!has_family(port, Family::v6)) return {};
  for (const Port* other : interfaces_of(cloud, router.id)) {
    if (other->id == port.id || other->network != port.network || !has_family(*other, Family::v6)) continue;
    return bad_request("router",
                       "Cannot have multiple router ports with the same network id if both contain IPv6 "
                       "subnets. Existing port " +
                           other->id.text() + " has IPv6 subnet(s) and network id " + other->network.text() + ".");
  }
  return {};
}

}  // namespace

Status check_attachment(const Draft& draft, const Router& router, const Port& port) {
  const Snapshot& cloud = draft.now();
  if (Status status = check_v6(cloud, router, port); !status) return status;
  const std::vector<const Subnet*> beside = subnets_beside(cloud, router, port.id, std::nullopt);
  for (const FixedIp& ip : port.fixed_ips) {
    for (const Subnet* there : beside) {
      if (Status status = check_apart(**cloud.find(ip.subnet), *there); !status) return status;
    }
  }
  const auto v4 = [](const FixedIp& ip) { return ip.address.is_v4(); };
  if (std::ranges::count_if(port.fixed_ips, v4) > 1) {
    return bad_request("router", "Cannot have multiple IPv4 subnets on router port.");
  }
  return {};
}

Status check_gateway_fits(const Draft& draft, const Router& router, NetworkId network) {
  const Snapshot& cloud = draft.now();
  const std::vector<const Subnet*> beside = subnets_beside(cloud, router, {}, network);
  for (const SubnetId& id : cloud.subnets_of(network)) {
    for (const Subnet* there : beside) {
      if (Status status = check_apart(**cloud.find(id), *there); !status) return status;
    }
  }
  return {};
}

namespace {

// Whether what stands on the router reaches the port's address by the router's interface in the subnet.
bool is_reached_by(const Snapshot& cloud, PortId port, const Ip& address, SubnetId subnet) {
  const Versioned<Port>* held = cloud.find(port);
  return held != nullptr && subnet_with(**held, address) == subnet;
}

bool is_used_by_floating_ips(const Snapshot& cloud, RouterId router, SubnetId subnet) {
  for (const Uuid& id : cloud.referrers(router.uuid, Kind::floatingip)) {
    const FloatingIp& floating = **cloud.find<FloatingIp>(id);
    if (floating.port && is_reached_by(cloud, *floating.port, *floating.fixed_address, subnet)) return true;
    for (const Uuid& forwarding_id : cloud.referrers(id, Kind::port_forwarding)) {
      const PortForwarding& forwarding = **cloud.find<PortForwarding>(forwarding_id);
      if (is_reached_by(cloud, forwarding.internal_port, forwarding.internal_address, subnet)) return true;
    }
  }
  return false;
}

}  // namespace

Status check_detachment(const Snapshot& cloud, const Router& router, SubnetId id) {
  const std::string interface = "Router interface for subnet " + id.text() + " on router " + router.id.text() +
                                " cannot be deleted, as it is required by one or more ";
  if (is_used_by_floating_ips(cloud, router.id, id)) {
    return fail(ErrorCode::conflict, "RouterInterfaceInUseByFloatingIP", interface + "floating IPs.");
  }
  const Subnet& subnet = **cloud.find(id);
  const auto through = [&](const HostRoute& route) { return subnet.cidr.contains(route.nexthop); };
  if (std::ranges::any_of(router.routes, through)) {
    return fail(ErrorCode::conflict, "RouterInterfaceInUseByRoute", interface + "routes.");
  }
  for (const Uuid& proxy_id : cloud.referrers(router.id.uuid, Kind::ndp_proxy)) {
    const NdpProxy& proxy = **cloud.find<NdpProxy>(proxy_id);
    if (!is_reached_by(cloud, proxy.port, proxy.address, id)) continue;
    return fail(ErrorCode::conflict, "RouterInterfaceInUseByNDPProxy",
                "Unable to remove subnet " + id.text() + " from router " + router.id.text() +
                    ", There are one or more ndp proxies still in use on the subnet.");
  }
  return {};
}

}  // namespace tarn::model::admission
