#include "wire/nd/neighbour.h"

#include <algorithm>

#include "base/check.h"
#include "wire/nd/router.h"
#include "wire/packet/transport.h"

namespace tarn::wire::nd {
namespace {

constexpr std::uint8_t source_link_option = 1;
constexpr std::uint8_t target_link_option = 2;
constexpr std::size_t option_unit_bytes = 8;
constexpr std::uint32_t flag_router = 0x80000000;
constexpr std::uint32_t flag_solicited = 0x40000000;
constexpr std::uint32_t flag_override = 0x20000000;

// Both messages are a word, a target and options.
struct Message {
  std::uint32_t flags = 0;
  Ip target;
  std::optional<Mac> link;  // that the option of the wanted type tells
};

std::optional<Message> decode(ByteView body, std::uint8_t wanted) {
  ByteReader reader(body);
  Message message{reader.u32(), packet::read_ip6(reader), std::nullopt};
  if (!reader.ok() || message.target.is_multicast()) return std::nullopt;
  while (reader.left() > 0) {
    const std::uint8_t type = reader.u8();
    const std::size_t units = reader.u8();
    if (units == 0) return std::nullopt;
    ByteReader value(reader.take(units * option_unit_bytes - 2));
    if (!reader.ok()) return std::nullopt;
    if (type == wanted && units == 1) message.link = packet::read_mac(value);
  }
  return message;
}

Bytes encode(const Message& message, std::uint8_t option) {
  CHECK(!message.target.is_v4());
  ByteWriter writer;
  writer.u32(message.flags).put(message.target.bytes);
  if (message.link) writer.u8(option).u8(1).put(message.link->bytes);
  return std::move(writer).finish();
}

// RFC 4291 section 2.7.1: ff02::1:ff00:0/104 and the last 24 bits of the address.
Ip solicited_node(const Ip& target) {
  constexpr std::size_t own_bytes = 3;
  Ip group = Ip::parse("ff02::1:ff00:0").value();
  std::ranges::copy(target.bytes.end() - own_bytes, target.bytes.end(), group.bytes.end() - own_bytes);
  return group;
}

Bytes to_group(const Mac& source, const Ip& from, const Ip& group, std::uint8_t type, const Bytes& body) {
  const packet::Envelope envelope{.destination = packet::multicast_mac(group),
                                  .source = source,
                                  .from = from,
                                  .to = group,
                                  .hop_limit = hop_limit_required};
  return packet::build_icmp6(envelope, type, 0, body);
}

}  // namespace

std::optional<NeighbourSolicitation> decode_neighbour_solicitation(ByteView body) {
  const auto message = decode(body, source_link_option);
  return message ? std::optional(NeighbourSolicitation{message->target, message->link}) : std::nullopt;
}

Bytes encode(const NeighbourSolicitation& solicitation) {
  return encode({0, solicitation.target, solicitation.source_link}, source_link_option);
}

std::optional<NeighbourAdvertisement> decode_neighbour_advertisement(ByteView body) {
  const auto message = decode(body, target_link_option);
  if (!message) return std::nullopt;
  return NeighbourAdvertisement{(message->flags & flag_router) != 0, (message->flags & flag_solicited) != 0,
                                (message->flags & flag_override) != 0, message->target, message->link};
}

Bytes encode(const NeighbourAdvertisement& advertisement) {
  const std::uint32_t flags = (advertisement.router ? flag_router : 0) |
                              (advertisement.solicited ? flag_solicited : 0) |
                              (advertisement.overrides ? flag_override : 0);
  return encode({flags, advertisement.target, advertisement.target_link}, target_link_option);
}

Bytes build_solicitation(const Mac& asker, const Ip& wanted) {
  return to_group(asker, Ip::link_local(asker), solicited_node(wanted), type_neighbour_solicitation,
                  encode(NeighbourSolicitation{wanted, asker}));
}

Bytes build_announcement(const Mac& mac, const Ip& own) {
  const NeighbourAdvertisement advertisement{
      .router = true, .solicited = false, .overrides = true, .target = own, .target_link = mac};
  return to_group(mac, own, Ip::parse("ff02::1").value(), type_neighbour_advertisement, encode(advertisement));
}

}  // namespace tarn::wire::nd
