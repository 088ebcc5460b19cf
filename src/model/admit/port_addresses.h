// The addresses and the MAC of a port. Request-only spelling of `fixed_ips`: each entry has `subnet`, `address` or
// both; absent (or null) on create means "as usual", an empty list means none.
#pragma once

#include <boost/json/value.hpp>

#include "model/admit/draft.h"

namespace tarn::model::admission {

struct WantedIp {
  std::optional<SubnetId> subnet;
  std::optional<Ip> address;
};
Result<std::vector<WantedIp>> parse_fixed_ips(const boost::json::value& given);

// By default: one IPv4 address, one from a stateful IPv6 subnet, and one from each automatic subnet of the network,
// each from the subnets that serve the port's device_owner.
// Refusals: IpAddressGenerationFailure, IpAddressGenerationFailureNoMatchingSubnet.
Result<std::vector<FixedIp>> usual_addresses(const Draft& draft, const Port& port);

// What was asked, in that order; entries without an address keep one the port has in that subnet, or take the lowest
// free. Automatic subnets are always added, unless nothing at all is wanted. Refusals: InvalidInput, SubnetNotFound,
// InvalidIpForSubnet, InvalidIpForNetwork, IpAddressAlreadyAllocated, AllocationOnAutoAddressSubnet,
// IpAddressGenerationFailure.
Result<std::vector<FixedIp>> asked_addresses(const Draft& draft, const Port& port, const std::vector<WantedIp>& wanted);

// `port` has a new MAC: the addresses that follow from it follow. Refusal: IpAddressAlreadyAllocated.
Status follow_mac(const Snapshot& cloud, Port& port);

// Refusals: InvalidInput (zero), MacAddressInUse.
Status check_mac(const Draft& draft, const Port& port);
// A free MAC on the port's network. Refusal: NetworkMacAddressGenerationFailure (ErrorCode::exhausted).
Result<Mac> new_mac(Draft& draft, NetworkId network);

}  // namespace tarn::model::admission
