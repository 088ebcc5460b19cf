// Packets to and from us, and port descriptions (OpenFlow 1.5 sections 7.3.6, 7.4.1 and 7.3.5.8; NXT_PACKET_IN2).
#include <algorithm>

#include "base/check.h"
#include "wire/openflow/action_codec.h"
#include "wire/openflow/match_codec.h"
#include "wire/openflow/message_parts.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint32_t no_buffer = 0xffffffff;
constexpr std::size_t port_name_bytes = 16;  // OFP_MAX_PORT_NAME_LEN, NUL padded
constexpr std::size_t port_bytes = 40;       // struct ofp_port without properties

// enum nx_packet_in2_prop_type.
constexpr std::uint16_t property_packet = 0;
constexpr std::uint16_t property_full_len = 1;
constexpr std::uint16_t property_table = 3;
constexpr std::uint16_t property_cookie = 4;
constexpr std::uint16_t property_reason = 5;
constexpr std::uint16_t property_metadata = 6;
constexpr std::uint16_t property_userdata = 7;

void put_property(ByteWriter& out, std::uint16_t type, ByteView value) {
  const std::size_t length = 4 + value.size();
  out.u16(type).u16(static_cast<std::uint16_t>(length)).put(value).zeros((8 - length % 8) % 8);
}

Status take_property(PacketIn& packet, std::uint16_t type, ByteView value) {
  ByteReader in(value);
  switch (type) {
    case property_packet:
      packet.packet.assign(value.begin(), value.end());
      break;
    case property_full_len:
      packet.full_len = in.u32();
      break;
    case property_table:
      packet.table = in.u8();
      break;
    case property_cookie:
      in.skip(4);  // aligns the 64-bit value
      packet.cookie = in.u64();
      break;
    case property_reason:
      packet.reason = in.u8();
      break;
    case property_metadata: {
      Result<Match> match = decode_oxm_fields(value);
      if (!match) return fail(match.error());
      packet.metadata = std::move(*match);
      break;
    }
    case property_userdata:
      packet.userdata.assign(value.begin(), value.end());
      break;
    default:
      break;  // buffers and continuations are not for us
  }
  if (!in.ok()) return fail(ErrorCode::corrupt, "a packet-in property is too short for its value");
  return {};
}

}  // namespace

std::uint32_t PacketIn::in_port() const {
  const FieldValue* port = metadata.find(Field::in_port);
  if (port == nullptr) return 0;
  return ByteReader(ByteView(port->value).first(4)).u32();
}

void put_packet_in2(ByteWriter& out, const PacketIn& packet) {
  const auto bytes = [](auto&& fill) {
    ByteWriter value;
    fill(value);
    return std::move(value).finish();
  };
  put_property(out, property_packet, packet.packet);
  if (packet.full_len != packet.packet.size())
    put_property(out, property_full_len, bytes([&](ByteWriter& w) { w.u32(packet.full_len); }));
  put_property(out, property_table, bytes([&](ByteWriter& w) { w.u8(packet.table); }));
  put_property(out, property_cookie, bytes([&](ByteWriter& w) { w.zeros(4).u64(packet.cookie); }));
  put_property(out, property_reason, bytes([&](ByteWriter& w) { w.u8(packet.reason); }));
  put_property(out, property_metadata, bytes([&](ByteWriter& w) { put_oxm_fields(w, packet.metadata); }));
  if (!packet.userdata.empty()) put_property(out, property_userdata, packet.userdata);
}

Result<Message> take_packet_in2(ByteReader in) {
  PacketIn packet;
  while (in.left() > 0) {
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || length < 4) return fail(ErrorCode::corrupt, "a packet-in property is shorter than its header");
    const ByteView value = in.take(length - 4);
    if (!in.ok()) return fail(ErrorCode::corrupt, "a packet-in property runs past the end of its message");
    in.skip(std::min(in.left(), (8 - length % 8) % 8));
    if (Status taken = take_property(packet, type, value); !taken) return fail(taken.error());
  }
  if (packet.full_len == 0) packet.full_len = static_cast<std::uint32_t>(packet.packet.size());
  return packet;
}

Result<Message> take_packet_in(ByteReader in) {
  PacketIn packet;
  in.skip(4);
  packet.full_len = in.u16();
  packet.reason = in.u8();
  packet.table = in.u8();
  packet.cookie = in.u64();
  Result<Match> match = take_match(in);
  if (!match) return fail(match.error());
  packet.metadata = std::move(*match);
  in.skip(2);  // puts the inner IP header on a 4-byte border
  const ByteView data = in.take(in.left());
  if (!in.ok()) return fail(ErrorCode::corrupt, "a packet-in ends before its packet");
  packet.packet.assign(data.begin(), data.end());
  if (packet.full_len == 0) packet.full_len = static_cast<std::uint32_t>(packet.packet.size());
  return packet;
}

void put_packet_out(ByteWriter& out, const PacketOut& packet) {
  ByteWriter actions;
  put_actions(actions, packet.actions);
  out.u32(no_buffer).u16(static_cast<std::uint16_t>(actions.size())).zeros(2);
  put_match(out, Match{FieldValue::number(Field::in_port, packet.in_port)});
  out.put(actions.view()).put(packet.packet);
}

Result<Message> take_packet_out(ByteReader in) {
  PacketOut packet;
  in.skip(4);
  const std::size_t actions_bytes = in.u16();
  in.skip(2);
  const Result<Match> match = take_match(in);
  if (!match) return fail(match.error());
  if (const FieldValue* port = match->find(Field::in_port))
    packet.in_port = ByteReader(ByteView(port->value).first(4)).u32();
  const ByteView list = in.take(actions_bytes);
  const ByteView data = in.take(in.left());
  if (!in.ok()) return fail(ErrorCode::corrupt, "a packet-out ends inside its actions");
  Result<std::vector<Action>> actions = decode_actions(list);
  if (!actions) return fail(actions.error());
  packet.actions = std::move(*actions);
  packet.packet.assign(data.begin(), data.end());
  return packet;
}

void put_port_desc(ByteWriter& out, const PortDesc& port) {
  CHECK(port.name.size() < port_name_bytes);
  out.u32(port.number).u16(port_bytes).zeros(2).put(port.mac.bytes).zeros(2);
  out.put(port.name).zeros(port_name_bytes - port.name.size()).u32(port.config).u32(port.state);
}

Result<PortDescReply> take_port_descs(ByteReader in) {
  PortDescReply reply;
  while (in.left() > 0) {
    PortDesc port;
    port.number = in.u32();
    const std::size_t length = in.u16();
    in.skip(2);
    if (!in.ok() || length < port_bytes) return fail(ErrorCode::corrupt, "a port description is too short");
    ByteReader rest(in.take(length - 8));
    const ByteView mac = rest.take(port.mac.bytes.size());
    rest.skip(2);
    // Null terminated (OpenFlow 1.5 section 7.2.1.1): the last byte is no part of it, whatever it is.
    const ByteView name = rest.take(port_name_bytes - 1);
    rest.skip(1);
    port.config = rest.u32();
    port.state = rest.u32();
    if (!in.ok() || !rest.ok()) return fail(ErrorCode::corrupt, "a port description runs past the end of its message");
    std::copy(mac.begin(), mac.end(), port.mac.bytes.begin());
    port.name.assign(name.begin(), std::find(name.begin(), name.end(), Byte{0}));
    reply.ports.push_back(std::move(port));
  }
  return reply;
}

}  // namespace tarn::wire::of
