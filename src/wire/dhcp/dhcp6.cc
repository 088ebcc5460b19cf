#include "wire/dhcp/dhcp6.h"

#include "base/check.h"
#include "wire/packet/frame.h"

namespace tarn::wire::dhcp {
namespace {

constexpr std::uint16_t duid_link_layer = 3;
constexpr std::uint16_t hardware_ethernet = 1;

// False if an option runs past the end.
template <class Each>
bool read_options(ByteReader& reader, Each each) {
  while (reader.left() > 0) {
    const std::uint16_t code = reader.u16();
    const std::size_t length = reader.u16();
    const ByteView value = reader.take(length);
    if (!reader.ok()) return false;
    if (!each(code, value)) return false;
  }
  return reader.ok();
}

void put_option(ByteWriter& writer, std::uint16_t code, ByteView value) {
  CHECK(value.size() <= 0xffff);
  writer.u16(code).u16(static_cast<std::uint16_t>(value.size())).put(value);
}

bool read_ia_address(IaNa& into, ByteView value) {
  ByteReader reader(value);
  IaAddress address;
  address.address = packet::read_ip6(reader);
  address.preferred_s = reader.u32();
  address.valid_s = reader.u32();
  if (reader.ok()) into.addresses.push_back(address);
  return reader.ok();
}

bool read_status(IaNa& into, ByteView value) {
  ByteReader reader(value);
  into.status = static_cast<Status6>(reader.u16());
  return reader.ok();
}

}  // namespace

std::optional<ByteView> Message6::option(std::uint16_t code) const {
  for (const Option6& option : options) {
    if (option.code == code) return ByteView(option.value);
  }
  return std::nullopt;
}

Result<Message6> decode6(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint8_t type = reader.u8();
  Message6 message;
  message.transaction = reader.u24();
  if (!reader.ok()) return fail(ErrorCode::invalid, "The DHCPv6 message is shorter than its header.");
  if (type < 1 || type > 11) return fail(ErrorCode::unsupported, "The DHCPv6 message is of no client-server type.");
  message.type = static_cast<MessageType6>(type);
  const bool whole = read_options(reader, [&](std::uint16_t code, ByteView value) {
    message.options.push_back({code, Bytes(value.begin(), value.end())});
    return true;
  });
  if (!whole) return fail(ErrorCode::invalid, "An option of the DHCPv6 message runs past its end.");
  return message;
}

Bytes encode6(const Message6& message) {
  CHECK(message.transaction <= transaction6_max);
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(message.type)).u24(message.transaction);
  for (const Option6& option : message.options) put_option(writer, option.code, option.value);
  return std::move(writer).finish();
}

Result<IaNa> decode_ia_na(ByteView value) {
  ByteReader reader(value);
  IaNa ia;
  ia.id = reader.u32();
  ia.renew_s = reader.u32();
  ia.rebind_s = reader.u32();
  const bool whole = reader.ok() && read_options(reader, [&](std::uint16_t code, ByteView inner) {
                       if (code == code6::ia_address) return read_ia_address(ia, inner);
                       return code != code6::status || read_status(ia, inner);
                     });
  if (!whole) return fail(ErrorCode::invalid, "An identity association is malformed.");
  return ia;
}

Bytes encode_ia_na(const IaNa& ia) {
  ByteWriter writer;
  writer.u32(ia.id).u32(ia.renew_s).u32(ia.rebind_s);
  for (const IaAddress& address : ia.addresses) {
    CHECK(!address.address.is_v4());
    ByteWriter value;
    value.put(packet::address_bytes(address.address)).u32(address.preferred_s).u32(address.valid_s);
    put_option(writer, code6::ia_address, value.view());
  }
  if (ia.status) put_option(writer, code6::status, encode_status(*ia.status));
  return std::move(writer).finish();
}

Bytes encode_status(Status6 status) {
  ByteWriter writer;
  writer.u16(static_cast<std::uint16_t>(status));
  return std::move(writer).finish();
}

Result<std::vector<std::uint16_t>> decode_option_request(ByteView value) {
  if (value.size() % 2 != 0) return fail(ErrorCode::invalid, "An option request has an odd length.");
  std::vector<std::uint16_t> codes;
  ByteReader reader(value);
  while (reader.left() > 0) codes.push_back(reader.u16());
  return codes;
}

Bytes duid_of(const Mac& mac) {
  ByteWriter writer;
  writer.u16(duid_link_layer).u16(hardware_ethernet).put(mac.bytes);
  return std::move(writer).finish();
}

}  // namespace tarn::wire::dhcp
