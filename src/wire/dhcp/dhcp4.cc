#include "wire/dhcp/dhcp4.h"

#include <algorithm>

#include "base/check.h"
#include "wire/packet/frame.h"

namespace tarn::wire::dhcp {
namespace {

constexpr std::uint32_t magic_cookie = 0x63825363;  // RFC 2131 section 3
constexpr std::size_t server_name_bytes = 64;
constexpr std::size_t file_bytes = 128;
constexpr std::size_t message_bytes_min = 300;
constexpr std::size_t option_bytes_max = 255;
constexpr std::uint16_t flag_broadcast = 0x8000;

// A null terminated string (RFC 2131 section 2): the last byte is no part of it, whatever it is.
std::string read_text(ByteView field) {
  const ByteView text = field.first(field.size() - 1);
  return {text.begin(), std::ranges::find(text, Byte{0})};
}

// Repeated options are one option cut in pieces (RFC 3396 section 7).
bool read_options(Message4& into, ByteView bytes) {
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    const std::uint8_t code = reader.u8();
    if (code == code4::end) return true;
    if (code == code4::pad) continue;
    const std::size_t length = reader.u8();
    const ByteView value = reader.take(length);
    if (!reader.ok()) return false;
    Bytes& joined = into.options[code];
    joined.insert(joined.end(), value.begin(), value.end());
  }
  return true;
}

// The options field, then `file`, then `sname` (RFC 2131 section 4.1, RFC 3396 section 5).
bool read_all_options(Message4& into, ByteView options, ByteView file, ByteView server_name) {
  if (!read_options(into, options)) return false;
  const ByteView overload = into.option(code4::overload);
  const int fields = overload.size() == 1 ? overload[0] : 0;
  into.options.erase(code4::overload);
  if ((fields & 1) != 0) {
    into.file.clear();
    if (!read_options(into, file)) return false;
  }
  if ((fields & 2) != 0) {
    into.server_name.clear();
    if (!read_options(into, server_name)) return false;
  }
  into.options.erase(code4::overload);
  return true;
}

void put_text(ByteWriter& writer, const std::string& text, std::size_t field_bytes) {
  const std::string_view kept = std::string_view(text).substr(0, field_bytes - 1);
  writer.put(kept).zeros(field_bytes - kept.size());
}

void put_option(ByteWriter& writer, std::uint8_t code, ByteView value, std::size_t bytes_max) {
  const std::size_t pieces = std::max<std::size_t>(1, (value.size() + option_bytes_max - 1) / option_bytes_max);
  if (writer.size() + value.size() + 2 * pieces > bytes_max) return;
  for (std::size_t at = 0; at == 0 || at < value.size(); at += option_bytes_max) {
    const ByteView piece = value.subspan(at, std::min(option_bytes_max, value.size() - at));
    writer.u8(code).u8(static_cast<std::uint8_t>(piece.size())).put(piece);
  }
}

}  // namespace

Mac Message4::mac() const {
  Mac mac;
  std::copy_n(hardware.begin(), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

ByteView Message4::option(std::uint8_t code) const {
  const auto found = options.find(code);
  return found == options.end() ? ByteView() : ByteView(found->second);
}

std::optional<MessageType4> Message4::type() const {
  const ByteView value = option(code4::message_type);
  if (value.size() != 1 || value[0] < 1 || value[0] > 8) return std::nullopt;
  return static_cast<MessageType4>(value[0]);
}

std::optional<Ip> Message4::address_option(std::uint8_t code) const {
  ByteReader reader(option(code));
  if (reader.left() != 4) return std::nullopt;
  return packet::read_ip4(reader);
}

Result<Message4> decode4(ByteView bytes) {
  ByteReader reader(bytes);
  Message4 message;
  message.op = reader.u8();
  message.hardware_type = reader.u8();
  message.hardware_bytes = reader.u8();
  message.hops = reader.u8();
  message.transaction = reader.u32();
  message.seconds = reader.u16();
  message.broadcast = (reader.u16() & flag_broadcast) != 0;
  message.client = packet::read_ip4(reader);
  message.yours = packet::read_ip4(reader);
  message.next_server = packet::read_ip4(reader);
  message.relay = packet::read_ip4(reader);
  std::ranges::copy(reader.take(message.hardware.size()), message.hardware.begin());
  const ByteView server_name = reader.take(server_name_bytes);
  const ByteView file = reader.take(file_bytes);
  const std::uint32_t cookie = reader.u32();
  if (!reader.ok()) return fail(ErrorCode::invalid, "The DHCP message is shorter than its fixed part.");
  if (cookie != magic_cookie) return fail(ErrorCode::invalid, "The message is BOOTP without DHCP's options.");
  if (message.hardware_bytes > message.hardware.size()) {
    return fail(ErrorCode::invalid, "The hardware address of the DHCP message is too long.");
  }
  message.server_name = read_text(server_name);
  message.file = read_text(file);
  if (!read_all_options(message, bytes.subspan(reader.at()), file, server_name)) {
    return fail(ErrorCode::invalid, "An option of the DHCP message runs past its end.");
  }
  return message;
}

Bytes encode4(const Message4& message, std::span<const std::uint8_t> order, std::size_t bytes_max) {
  ByteWriter writer;
  writer.u8(message.op).u8(message.hardware_type).u8(message.hardware_bytes).u8(message.hops);
  writer.u32(message.transaction).u16(message.seconds).u16(message.broadcast ? flag_broadcast : 0);
  for (const Ip& ip : {message.client, message.yours, message.next_server, message.relay}) writer.u32(ip.v4());
  writer.put(message.hardware);
  put_text(writer, message.server_name, server_name_bytes);
  put_text(writer, message.file, file_bytes);
  writer.u32(magic_cookie);
  std::map<std::uint8_t, Bytes> rest = message.options;
  const std::size_t room = bytes_max - 1;  // for the end option
  for (const std::uint8_t code : order) {
    const auto found = rest.find(code);
    if (found == rest.end()) continue;
    put_option(writer, code, found->second, room);
    rest.erase(found);
  }
  for (const auto& [code, value] : rest) put_option(writer, code, value, room);
  writer.u8(code4::end);
  if (writer.size() < message_bytes_min) writer.zeros(message_bytes_min - writer.size());
  return std::move(writer).finish();
}

Bytes encode_routes(std::span<const Route4> routes) {
  ByteWriter writer;
  for (const Route4& route : routes) {
    CHECK(route.to.address.is_v4());
    const std::size_t significant = (static_cast<std::size_t>(route.to.length) + 7) / 8;
    writer.u8(static_cast<std::uint8_t>(route.to.length)).put(ByteView(route.to.address.bytes).first(significant));
    writer.u32(route.via.v4());
  }
  return std::move(writer).finish();
}

Result<std::vector<Route4>> decode_routes(ByteView value) {
  std::vector<Route4> routes;
  ByteReader reader(value);
  while (reader.left() > 0) {
    const int length = reader.u8();
    if (length > 32) return fail(ErrorCode::invalid, "A classless route has a prefix longer than 32 bits.");
    Ip to;
    std::ranges::copy(reader.take((static_cast<std::size_t>(length) + 7) / 8), to.bytes.begin());
    const Ip via = packet::read_ip4(reader);
    if (!reader.ok()) return fail(ErrorCode::invalid, "A classless route runs past its option.");
    routes.push_back({Prefix::of(to, length), via});
  }
  return routes;
}

}  // namespace tarn::wire::dhcp
