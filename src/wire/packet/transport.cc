#include "wire/packet/transport.h"

#include "base/check.h"
#include "wire/packet/checksum.h"

namespace tarn::wire::packet {
namespace {

constexpr std::size_t udp_header_bytes = 8;

InternetSum pseudo_sum(const Ip& from, const Ip& to, std::uint8_t protocol, std::size_t length) {
  return InternetSum().add_pseudo_header(from, to, protocol, length);
}

}  // namespace

std::optional<UdpView> read_udp(const IpView& packet) {
  if (packet.protocol != protocol_udp) return std::nullopt;
  ByteReader reader(packet.payload);
  UdpView view;
  view.source_port = reader.u16();
  view.destination_port = reader.u16();
  const std::size_t length = reader.u16();
  const std::uint16_t checksum = reader.u16();
  if (!reader.ok() || length < udp_header_bytes || length > packet.payload.size()) return std::nullopt;
  InternetSum sum = pseudo_sum(packet.source, packet.destination, protocol_udp, length);
  const bool absent = checksum == 0 && packet.source.is_v4();
  const bool left_to_the_card = checksum == sum.folded();
  if (!absent && !left_to_the_card && sum.add(packet.payload.first(length)).value() != 0) return std::nullopt;
  view.payload = packet.payload.subspan(udp_header_bytes, length - udp_header_bytes);
  return view;
}

Bytes build_udp(const Envelope& envelope, const UdpPorts& ports, ByteView payload) {
  const std::size_t length = udp_header_bytes + payload.size();
  CHECK(length <= 0xffff);
  ByteWriter writer;
  writer.u16(ports.from).u16(ports.to).u16(static_cast<std::uint16_t>(length)).u16(0).put(payload);
  const std::uint16_t sum = pseudo_sum(envelope.from, envelope.to, protocol_udp, length).add(writer.view()).value();
  writer.patch_u16(6, sum == 0 ? 0xffff : sum);  // zero would mean "no checksum" (RFC 768)
  return build_ip(envelope, protocol_udp, writer.view());
}

std::optional<Icmp6View> read_icmp6(const IpView& packet) {
  if (packet.protocol != protocol_icmpv6 || packet.source.is_v4()) return std::nullopt;
  ByteReader reader(packet.payload);
  Icmp6View view;
  view.type = reader.u8();
  view.code = reader.u8();
  reader.skip(2);
  if (!reader.ok()) return std::nullopt;
  InternetSum sum = pseudo_sum(packet.source, packet.destination, protocol_icmpv6, packet.payload.size());
  if (sum.add(packet.payload).value() != 0) return std::nullopt;
  view.body = packet.payload.subspan(reader.at());
  return view;
}

Bytes build_icmp4(const Envelope& envelope, std::uint8_t type, std::uint8_t code, ByteView body) {
  ByteWriter writer;
  writer.u8(type).u8(code).u16(0).put(body);
  writer.patch_u16(2, InternetSum().add(writer.view()).value());
  return build_ip(envelope, protocol_icmp, writer.view());
}

Bytes build_icmp6(const Envelope& envelope, std::uint8_t type, std::uint8_t code, ByteView body) {
  ByteWriter writer;
  writer.u8(type).u8(code).u16(0).put(body);
  InternetSum sum = pseudo_sum(envelope.from, envelope.to, protocol_icmpv6, writer.size());
  writer.patch_u16(2, sum.add(writer.view()).value());
  return build_ip(envelope, protocol_icmpv6, writer.view());
}

}  // namespace tarn::wire::packet
