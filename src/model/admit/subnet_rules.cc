#include "model/admit/subnet_rules.h"

#include <algorithm>

#include "model/admit/pools.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

constexpr int eui64_prefix_length = 64;  // RFC 4862 section 5.5.3 with 64-bit interface ids

Status check_family(const Subnet& subnet, const Ip& ip, std::string_view what) {
  if (ip.family == subnet.cidr.address.family) return {};
  return invalid_input(std::string(what) + " '" + ip.text() + "' is not of the subnet's IP version.");
}

// DHCP needs room for a server and a client, and addresses that hosts can have.
Status check_dhcp(const Subnet& subnet) {
  const Ip& first = subnet.cidr.address;
  if (subnet.cidr.length > first.bits() - 2) {
    return invalid_input("Subnet has a prefix length that is incompatible with DHCP service enabled.");
  }
  if (first.is_multicast()) return invalid_input("Multicast IP subnet is not supported if enable_dhcp is True.");
  const bool loopback = first.is_v4() ? first.bytes[0] == 127 : subnet.cidr.contains(Ip::parse("::1").value());
  if (loopback) return invalid_input("Loopback IP subnet is not supported if enable_dhcp is True.");
  if (first.is_v4() && first.is_zero()) {
    return invalid_input("First IP '0.0.0.0' of network is not supported if enable_dhcp is True.");
  }
  return {};
}

// A gateway elsewhere than in the subnet is allowed: it is then reached on the link.
Status check_gateway(const Subnet& subnet) {
  if (!subnet.gateway) return {};
  if (Status status = check_family(subnet, *subnet.gateway, "gateway"); !status) return status;
  const AddressRange all = usable(subnet.cidr);
  const bool inside = subnet.cidr.contains(*subnet.gateway);
  if (subnet.gateway->is_v4() && inside && (*subnet.gateway < all.first || all.last < *subnet.gateway)) {
    return invalid_input("Gateway is not valid on subnet.");
  }
  if (subnet.gateway->is_multicast() || subnet.gateway->is_zero()) {
    return invalid_input("Gateway is not valid on subnet.");
  }
  return {};
}

Status check_dns(const Subnet& subnet, const Limits& limits) {
  if (subnet.dns_servers.size() > limits.dns_servers_max) {
    return fail(ErrorCode::invalid, "DNSNameServersExhausted",
                "Unable to complete operation for " + subnet.id.text() +
                    ". The number of DNS nameservers exceeds the limit " + std::to_string(limits.dns_servers_max) +
                    ".");
  }
  for (auto it = subnet.dns_servers.begin(); it != subnet.dns_servers.end(); ++it) {
    if (Status status = check_family(subnet, *it, "dns_nameserver"); !status) return status;
    if (std::find(subnet.dns_servers.begin(), it, *it) != it) {
      return invalid_input("Duplicate nameserver '" + it->text() + "'.");
    }
  }
  return {};
}

Status check_routes(const Subnet& subnet, const Limits& limits) {
  if (subnet.host_routes.size() > limits.host_routes_max) {
    return fail(ErrorCode::invalid, "HostRoutesExhausted",
                "Unable to complete operation for " + subnet.id.text() +
                    ". The number of host routes exceeds the limit " + std::to_string(limits.host_routes_max) + ".");
  }
  for (auto it = subnet.host_routes.begin(); it != subnet.host_routes.end(); ++it) {
    if (Status status = check_family(subnet, it->nexthop, "nexthop"); !status) return status;
    if (Status status = check_family(subnet, it->destination.address, "destination"); !status) return status;
    if (std::find(subnet.host_routes.begin(), it, *it) != it) {
      return invalid_input("Duplicate host route '" + it->destination.text() + "'.");
    }
  }
  return {};
}

Status check_ipv6_modes(const Subnet& subnet, const Subnet* before) {
  const bool ra = subnet.ra_mode != Ipv6Mode::none;
  const bool address = subnet.address_mode != Ipv6Mode::none;
  if (!ra && !address) return {};
  if (subnet.cidr.address.is_v4()) {
    return invalid_input(std::string(ra ? "ipv6_ra_mode" : "ipv6_address_mode") +
                         " is not valid when ip_version is 4.");
  }
  if (!subnet.enable_dhcp) {
    return invalid_input(before ? "Cannot disable enable_dhcp with ipv6 attributes set."
                                : "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False.");
  }
  if (ra && address && subnet.ra_mode != subnet.address_mode) {
    return invalid_input("ipv6_ra_mode and ipv6_address_mode must be the same value if both are set.");
  }
  if (is_auto_address(subnet) && subnet.cidr.length != eui64_prefix_length) {
    return invalid_input("Invalid CIDR " + subnet.cidr.text() +
                         " for IPv6 address mode: EUI-64 addresses require the prefix to be /64.");
  }
  return {};
}

}  // namespace

Status check_subnet(const Subnet& subnet, const Subnet* before, const Limits& limits) {
  if (subnet.enable_dhcp && (before == nullptr || !before->enable_dhcp)) {
    if (Status status = check_dhcp(subnet); !status) return status;
  }
  if (Status status = check_gateway(subnet); !status) return status;
  if (Status status = check_dns(subnet, limits); !status) return status;
  if (Status status = check_routes(subnet, limits); !status) return status;
  return check_ipv6_modes(subnet, before);
}

Status check_cidr(const Snapshot& cloud, const Subnet& subnet) {
  if (subnet.cidr.length == 0) return invalid_input("0 is not allowed as CIDR prefix length.");
  for (const SubnetId& id : cloud.subnets_of(subnet.network)) {
    const Subnet& other = **cloud.find(id);
    if (other.id == subnet.id || !other.cidr.overlaps(subnet.cidr)) continue;
    // Tempest looks for the words "overlaps with another subnet".
    return invalid_input("Requested subnet with cidr: " + subnet.cidr.text() +
                         " for network: " + subnet.network.text() + " overlaps with another subnet " + other.id.text() +
                         " (" + other.cidr.text() + ").");
  }
  return {};
}

}  // namespace tarn::model::admission
