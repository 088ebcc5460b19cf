#include "wire/packet/frame.h"

#include <algorithm>

#include "base/check.h"
#include "wire/packet/checksum.h"

namespace tarn::wire::packet {
namespace {

constexpr std::size_t ipv4_header_bytes = 20;
constexpr std::uint16_t more_fragments_or_offset = 0x3fff;

std::optional<IpView> read_ipv4(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint8_t version_and_length = reader.u8();
  const std::size_t header_bytes = static_cast<std::size_t>(version_and_length & 0x0f) * 4;
  reader.skip(1);
  const std::size_t total_bytes = reader.u16();
  reader.skip(2);
  const std::uint16_t fragment = reader.u16();
  IpView view;
  view.hop_limit = reader.u8();
  view.protocol = reader.u8();
  reader.skip(2);
  view.source = read_ip4(reader);
  view.destination = read_ip4(reader);
  if (!reader.ok() || version_and_length >> 4 != 4 || header_bytes < ipv4_header_bytes) return std::nullopt;
  if (total_bytes < header_bytes || total_bytes > bytes.size()) return std::nullopt;
  if ((fragment & more_fragments_or_offset) != 0) return std::nullopt;
  if (InternetSum().add(bytes.first(header_bytes)).value() != 0) return std::nullopt;
  view.payload = bytes.subspan(header_bytes, total_bytes - header_bytes);
  return view;
}

std::optional<IpView> read_ipv6(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint32_t version_and_flow = reader.u32();
  const std::size_t payload_bytes = reader.u16();
  IpView view;
  view.protocol = reader.u8();
  view.hop_limit = reader.u8();
  view.source = read_ip6(reader);
  view.destination = read_ip6(reader);
  view.payload = reader.take(payload_bytes);
  if (!reader.ok() || version_and_flow >> 28 != 6) return std::nullopt;
  return view;
}

void put_ipv4(ByteWriter& writer, const Envelope& envelope, std::uint8_t protocol, std::size_t payload_bytes) {
  const std::size_t start = writer.size();
  // Never fragmented by us: "don't fragment" set, so the identification may stay zero (RFC 6864 section 4.1).
  writer.u8(0x45).u8(0).u16(static_cast<std::uint16_t>(ipv4_header_bytes + payload_bytes)).u16(0).u16(0x4000);
  writer.u8(envelope.hop_limit).u8(protocol).u16(0);
  writer.put(address_bytes(envelope.from)).put(address_bytes(envelope.to));
  writer.patch_u16(start + 10, InternetSum().add(writer.view().subspan(start)).value());
}

void put_ipv6(ByteWriter& writer, const Envelope& envelope, std::uint8_t protocol, std::size_t payload_bytes) {
  writer.u32(0x60000000).u16(static_cast<std::uint16_t>(payload_bytes)).u8(protocol).u8(envelope.hop_limit);
  writer.put(address_bytes(envelope.from)).put(address_bytes(envelope.to));
}

}  // namespace

std::optional<EthernetView> read_ethernet(ByteView frame) {
  ByteReader reader(frame);
  EthernetView view;
  view.destination = read_mac(reader);
  view.source = read_mac(reader);
  view.ether_type = reader.u16();
  if (!reader.ok()) return std::nullopt;
  view.payload = frame.subspan(reader.at());
  return view;
}

Family family_of(const EthernetView& frame) {
  return frame.ether_type == ether_type_ipv4 ? Family::v4 : Family::v6;
}

std::optional<IpView> read_ip(const EthernetView& frame) {
  if (frame.ether_type == ether_type_ipv4) return read_ipv4(frame.payload);
  if (frame.ether_type == ether_type_ipv6) return read_ipv6(frame.payload);
  return std::nullopt;
}

Bytes build_ip(const Envelope& envelope, std::uint8_t protocol, ByteView payload) {
  CHECK(envelope.from.family == envelope.to.family);
  CHECK(payload.size() <= 0xffff - ipv4_header_bytes);
  ByteWriter writer;
  writer.put(envelope.destination.bytes).put(envelope.source.bytes);
  if (envelope.from.is_v4()) {
    writer.u16(ether_type_ipv4);
    put_ipv4(writer, envelope, protocol, payload.size());
  } else {
    writer.u16(ether_type_ipv6);
    put_ipv6(writer, envelope, protocol, payload.size());
  }
  writer.put(payload);
  return std::move(writer).finish();
}

Mac multicast_mac(const Ip& group) {
  CHECK(!group.is_v4());
  return Mac{{0x33, 0x33, group.bytes[12], group.bytes[13], group.bytes[14], group.bytes[15]}};
}

Mac read_mac(ByteReader& reader) {
  Mac mac;
  std::ranges::copy(reader.take(mac.bytes.size()), mac.bytes.begin());
  return mac;
}

Ip read_ip4(ByteReader& reader) {
  return Ip::from_v4(reader.u32());
}

Ip read_ip6(ByteReader& reader) {
  Ip ip{Family::v6, {}};
  std::ranges::copy(reader.take(ip.bytes.size()), ip.bytes.begin());
  return ip;
}

ByteView address_bytes(const Ip& ip) {
  return ByteView(ip.bytes).first(ip.size());
}

}  // namespace tarn::wire::packet
