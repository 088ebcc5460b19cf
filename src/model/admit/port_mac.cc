// The MAC of a port: free on its network, and what follows from it.
#include "model/admit/port_addresses.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {

Status follow_mac(const Snapshot& cloud, Port& port) {
  if (is_router_interface(port)) return {};
  for (FixedIp& ip : port.fixed_ips) {
    const Versioned<Subnet>* subnet = cloud.find(ip.subnet);
    if (subnet == nullptr || !is_auto_address(**subnet)) continue;
    ip.address = Ip::eui64((*subnet)->cidr.address, port.mac);
    const std::optional<PortId> owner = cloud.owner_of(ip.subnet, ip.address);
    if (owner && *owner != port.id) return already_allocated(ip.subnet, ip.address);
  }
  return {};
}

Status check_mac(const Draft& draft, const Port& port) {
  if (port.mac == Mac{}) {
    return invalid_input("'" + port.mac.text() + "' is not a MAC address that a port can have.");
  }
  const std::optional<PortId> owner = draft.now().owner_of(port.network, port.mac);
  if (!owner || *owner == port.id) return {};
  return fail(ErrorCode::conflict, "MacAddressInUse",
              "Unable to complete operation for network " + port.network.text() + ". The mac address " +
                  port.mac.text() + " is in use.");
}

Result<Mac> new_mac(Draft& draft, NetworkId network) {
  constexpr int tries_max = 64;  // even in a network with a million ports, 64 misses in a row have odds of 10^-77
  for (int i = 0; i < tries_max; ++i) {
    Mac mac = draft.limits().base_mac;
    const std::uint64_t drawn = draft.chance();
    // As Neutron reads base_mac: the first three octets are kept, the fourth too unless it is 0.
    if (mac.bytes[3] == 0) mac.bytes[3] = static_cast<std::uint8_t>(drawn >> 16);
    mac.bytes[4] = static_cast<std::uint8_t>(drawn >> 8);
    mac.bytes[5] = static_cast<std::uint8_t>(drawn);
    if (!draft.now().owner_of(network, mac)) return mac;
  }
  return fail(ErrorCode::exhausted, "NetworkMacAddressGenerationFailure",
              "Unable to generate unique mac on network " + network.text() + ".");
}

}  // namespace tarn::model::admission
