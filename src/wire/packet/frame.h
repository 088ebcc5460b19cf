// Ethernet frames that carry IPv4 or IPv6: bounds-checked views of received ones, and the headers of those we build.
// A view points into the frame it was read from and must not outlive it. Tagged frames are not read: a port's frames
// reach us without a tag.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::packet {

constexpr Mac broadcast_mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
constexpr std::uint16_t ether_type_ipv4 = 0x0800;
constexpr std::uint16_t ether_type_ipv6 = 0x86dd;
constexpr std::uint8_t protocol_icmp = 1;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t protocol_icmpv6 = 58;

struct EthernetView {
  Mac destination;
  Mac source;
  std::uint16_t ether_type = 0;
  ByteView payload;  // with the padding of short frames, which only the upper layer can tell
};
std::optional<EthernetView> read_ethernet(ByteView frame);
// Of the addresses inside; IPv6 where they are none.
Family family_of(const EthernetView& frame);

struct IpView {
  Ip source;
  Ip destination;
  std::uint8_t protocol = 0;
  std::uint8_t hop_limit = 0;  // IPv4: time to live
  ByteView payload;            // exactly as long as the header says
};
// Nothing for: other EtherTypes, wrong versions or lengths, a wrong IPv4 header checksum, fragments. IPv6 extension
// headers are not walked: `protocol` is the first next header.
std::optional<IpView> read_ip(const EthernetView& frame);

// The headers of a frame to build. Both addresses are of one family.
struct Envelope {
  Mac destination;
  Mac source;
  Ip from;
  Ip to;
  std::uint8_t hop_limit = 64;
};
// The whole frame around `payload`, which must fit the 16-bit length fields (CHECKed).
Bytes build_ip(const Envelope& envelope, std::uint8_t protocol, ByteView payload);

// The link address that an IPv6 multicast group uses (RFC 2464 section 7).
Mac multicast_mac(const Ip& group);
Mac read_mac(ByteReader& reader);
Ip read_ip4(ByteReader& reader);
Ip read_ip6(ByteReader& reader);
ByteView address_bytes(const Ip& ip);  // 4 or 16 bytes inside `ip`

}  // namespace tarn::wire::packet
