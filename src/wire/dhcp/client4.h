// A DHCPv4 client's side as whole frames, for who plays an instance: the question for an address, and its answer. Pure;
// keeps no lease and repeats nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"
#include "wire/dhcp/dhcp4.h"

namespace tarn::wire::dhcp {

// DHCPDISCOVER by broadcast from a client without an address (RFC 2131 section 4.4.1).
Bytes discover4(const Mac& mac, std::uint32_t transaction = 0);

// DHCPOFFER (section 4.3.1); absent for any other frame.
std::optional<Message4> offer4(ByteView frame);

}  // namespace tarn::wire::dhcp
