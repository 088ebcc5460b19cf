// How routers, networks and ports hang together, as the rules of routers, floating IPs and ports need it. A router's
// interfaces are the ports whose device it is; its gateways are named by the router's own row.
#pragma once

#include "model/admit/draft.h"
#include "model/admit/refusal.h"

namespace tarn::model::admission {

inline constexpr std::string_view owner_interface = "network:router_interface";
inline constexpr std::string_view owner_gateway = "network:router_gateway";
inline constexpr std::string_view owner_floatingip = "network:floatingip";
inline constexpr std::string_view owner_local_ip = "network:local_ip";

std::vector<const Port*> interfaces_of(const Snapshot& cloud, RouterId router);
// The router whose interface the port is; null for all others.
const Router* router_of(const Snapshot& cloud, const Port& port);
const Gateway* gateway_to(const Router& router, NetworkId network);

bool has_address(const Port& port, const Ip& address);
bool has_subnet(const Port& port, SubnetId subnet);
bool has_family(const Port& port, Family family);
std::optional<SubnetId> subnet_with(const Port& port, const Ip& address);

// The router that connects a subnet of the port with an external network: the one that holds the subnet's gateway
// address before others.
std::optional<RouterId> router_between(const Snapshot& cloud, const Port& internal, SubnetId subnet,
                                       NetworkId external);

// The address scope of the network's subnets of an IP version.
std::optional<AddressScopeId> scope_of(const Snapshot& cloud, NetworkId network, Family family);

// Whether the port, as it is given, can be an interface of the router beside what the router has. Refusal: BadRequest.
Status check_attachment(const Draft& draft, const Router& router, const Port& port);
// The same for a gateway to the network. Gateways to one network may stand beside each other.
Status check_gateway_fits(const Draft& draft, const Router& router, NetworkId network);
// Nothing stands on the router's being in the subnet. Refusals: RouterInterfaceInUseByFloatingIP,
// RouterInterfaceInUseByRoute, RouterInterfaceInUseByNDPProxy.
Status check_detachment(const Snapshot& cloud, const Router& router, SubnetId subnet);

}  // namespace tarn::model::admission
