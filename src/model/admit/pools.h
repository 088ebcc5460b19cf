// Allocation pools of a subnet: those it gets by default, and the rules for those it is given.
// Looks at one subnet only; what is taken from the pools is the addresses' business (port_addresses.h).
#pragma once

#include "model/admit/refusal.h"

namespace tarn::model::admission {

// Every address a port may have, but the gateway. The network and the IPv4 broadcast address are no such addresses;
// of a /31 or /32 (RFC 3021), a /127 or /128 all are.
std::vector<AddressRange> default_pools(const Prefix& cidr, const std::optional<Ip>& gateway);

// Sorts them. Refusals: InvalidAllocationPool, OutOfBoundsAllocationPool, OverlappingAllocationPools.
Status settle_pools(const Prefix& cidr, std::vector<AddressRange>& pools);

// Refusal: GatewayConflictWithAllocationPools.
Status check_gateway_outside(const Ip& gateway, const std::vector<AddressRange>& pools);

// The first and last address that a port may have.
AddressRange usable(const Prefix& cidr);
// How many addresses from first to last; the most a uint64 holds when there are more.
std::uint64_t addresses_in(const AddressRange& range);

}  // namespace tarn::model::admission
