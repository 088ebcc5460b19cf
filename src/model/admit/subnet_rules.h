// What must hold of one subnet by itself, whoever asks for it. Who may ask, and what a subnet's coming and going does
// to ports and networks, is in subnet.cc.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Gateway, name servers, host routes and IPv6 modes; `before` is the row it replaces, null for a new one.
// Refusals: InvalidInput, DNSNameServersExhausted, HostRoutesExhausted.
Status check_subnet(const Subnet& subnet, const Subnet* before, const Limits& limits);

// Refuses a cidr that overlaps one of the network's other subnets, and the empty prefix (InvalidInput).
Status check_cidr(const Snapshot& cloud, const Subnet& subnet);

}  // namespace tarn::model::admission
