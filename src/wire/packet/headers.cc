#include "wire/packet/headers.h"

#include "wire/packet/frame.h"

namespace tarn::wire::packet {
namespace {

constexpr std::uint8_t protocol_hop_by_hop = 0;  // RFC 8200 section 4, as the next three
constexpr std::uint8_t protocol_routing = 43;
constexpr std::uint8_t protocol_fragment = 44;
constexpr std::uint8_t protocol_options = 60;
constexpr std::uint8_t protocol_icmp = 1;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_dccp = 33;
constexpr std::uint8_t protocol_sctp = 132;
constexpr std::uint8_t protocol_udp_lite = 136;

bool has_ports(std::uint8_t protocol) {
  return protocol == protocol_tcp || protocol == protocol_udp || protocol == protocol_dccp ||
         protocol == protocol_sctp || protocol == protocol_udp_lite;
}

void read_transport(ByteReader& reader, Headers& headers, std::uint8_t icmp) {
  if (headers.later_fragment) return;
  if (headers.protocol == icmp) {
    const IcmpKind kind{reader.u8(), reader.u8()};
    if (reader.ok()) headers.icmp = kind;
  } else if (has_ports(*headers.protocol)) {
    const Ports ports{reader.u16(), reader.u16()};
    if (reader.ok()) headers.ports = ports;
  }
}

void read_ipv4(ByteReader& reader, Headers& headers) {
  const std::uint8_t version_and_length = reader.u8();
  const std::size_t header_bytes = static_cast<std::size_t>(version_and_length & 0x0f) * 4;
  constexpr std::size_t fixed_bytes = 20;
  reader.skip(1);
  const std::uint16_t total_bytes = reader.u16();
  reader.skip(2);
  const std::uint16_t offset = reader.u16() & 0x1fff;
  reader.skip(1);
  const std::uint8_t protocol = reader.u8();
  reader.skip(2);
  const Ip from = read_ip4(reader);
  const Ip to = read_ip4(reader);
  if (!reader.ok() || version_and_length >> 4 != 4 || header_bytes < fixed_bytes) return;
  headers.from = from;
  headers.to = to;
  headers.protocol = protocol;
  headers.ip_bytes = total_bytes;
  headers.later_fragment = offset != 0;
  reader.skip(header_bytes - fixed_bytes);
  if (reader.ok()) read_transport(reader, headers, protocol_icmp);
}

// True when the protocol is an extension header that is whole; then `protocol` is the one behind it.
bool read_extension(ByteReader& reader, Headers& headers, std::uint8_t& protocol) {
  const std::uint8_t which = protocol;
  const bool sized = which == protocol_hop_by_hop || which == protocol_routing || which == protocol_options;
  if (!sized && which != protocol_fragment) return false;
  const std::uint8_t next = reader.u8();
  if (which == protocol_fragment) {
    reader.skip(1);
    headers.later_fragment = headers.later_fragment || reader.u16() >> 3 != 0;
    reader.skip(4);
  } else {
    const std::size_t units = reader.u8();  // of eight octets, after the first
    reader.skip(6 + 8 * units);
  }
  if (reader.ok()) protocol = next;
  return reader.ok();
}

void read_ipv6(ByteReader& reader, Headers& headers) {
  const std::uint32_t version_and_flow = reader.u32();
  const std::uint16_t payload_bytes = reader.u16();
  std::uint8_t protocol = reader.u8();
  reader.skip(1);
  const Ip from = read_ip6(reader);
  const Ip to = read_ip6(reader);
  if (!reader.ok() || version_and_flow >> 28 != 6) return;
  headers.from = from;
  headers.to = to;
  headers.ip_bytes = payload_bytes;
  while (!headers.later_fragment && read_extension(reader, headers, protocol)) {
  }
  headers.protocol = protocol;
  if (reader.ok()) read_transport(reader, headers, protocol_icmpv6);
}

}  // namespace

std::optional<Headers> read_headers(ByteView frame) {
  const std::optional<EthernetView> ethernet = read_ethernet(frame);
  if (!ethernet) return std::nullopt;
  Headers headers;
  headers.source = ethernet->source;
  headers.destination = ethernet->destination;
  headers.ether_type = ethernet->ether_type;
  ByteReader reader(ethernet->payload);
  if (headers.ether_type == ether_type_ipv4) read_ipv4(reader, headers);
  if (headers.ether_type == ether_type_ipv6) read_ipv6(reader, headers);
  return headers;
}

}  // namespace tarn::wire::packet
