// What the beginning of a frame says of the whole: who talks to whom. For records and explanations; decides nothing, so
// it is content with what is there: the frame may be cut anywhere, and checksums are not asked.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::packet {

struct Ports {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
};
struct IcmpKind {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};

struct Headers {
  Mac source;
  Mac destination;
  std::uint16_t ether_type = 0;
  // Of IPv4 and IPv6, as far as the headers are whole.
  std::optional<Ip> from;
  std::optional<Ip> to;
  std::optional<std::uint8_t> protocol;  // behind the extension headers of IPv6 (RFC 8200 section 4)
  std::uint16_t ip_bytes = 0;            // IPv4: of the whole packet; IPv6: behind the first header
  bool later_fragment = false;           // has no ports
  std::optional<Ports> ports;            // TCP, UDP, DCCP, SCTP, UDP-Lite
  std::optional<IcmpKind> icmp;          // of ICMP in IPv4, ICMPv6 in IPv6
};

// Nothing when there is not even a whole Ethernet header. Does not look behind a VLAN tag.
std::optional<Headers> read_headers(ByteView frame);

}  // namespace tarn::wire::packet
