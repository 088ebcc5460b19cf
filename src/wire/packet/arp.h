// ARP requests for IPv4 over Ethernet (RFC 826), as a host asks for somebody or tells of itself (RFC 5227): the whole
// frame, to all. Values in, bytes out.
#pragma once

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::packet {

constexpr std::uint16_t ether_type_arp = 0x0806;

// To all: who has `wanted`? `asker` is zero in a probe, which tells nobody that it has an address (RFC 5227 section
// 1.1), and the same as `wanted` in an announcement.
Bytes build_arp_request(const Mac& source, const Ip& asker, const Ip& wanted);

}  // namespace tarn::wire::packet
