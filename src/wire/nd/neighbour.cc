#include "wire/nd/neighbour.h"

#include "base/check.h"
#include "wire/packet/frame.h"

namespace tarn::wire::nd {
namespace {

constexpr std::uint8_t target_link_option = 2;
constexpr std::size_t option_unit_bytes = 8;
constexpr std::uint32_t flag_router = 0x80000000;
constexpr std::uint32_t flag_solicited = 0x40000000;
constexpr std::uint32_t flag_override = 0x20000000;

}  // namespace

std::optional<NeighbourAdvertisement> decode_neighbour_advertisement(ByteView body) {
  ByteReader reader(body);
  const std::uint32_t flags = reader.u32();
  NeighbourAdvertisement advertisement{(flags & flag_router) != 0, (flags & flag_solicited) != 0,
                                       (flags & flag_override) != 0, packet::read_ip6(reader), std::nullopt};
  if (!reader.ok() || advertisement.target.is_multicast()) return std::nullopt;
  while (reader.left() > 0) {
    const std::uint8_t type = reader.u8();
    const std::size_t units = reader.u8();
    if (units == 0) return std::nullopt;
    ByteReader value(reader.take(units * option_unit_bytes - 2));
    if (!reader.ok()) return std::nullopt;
    if (type == target_link_option && units == 1) advertisement.target_link = packet::read_mac(value);
  }
  return advertisement;
}

Bytes encode(const NeighbourAdvertisement& advertisement) {
  CHECK(!advertisement.target.is_v4());
  ByteWriter writer;
  writer.u32((advertisement.router ? flag_router : 0) | (advertisement.solicited ? flag_solicited : 0) |
             (advertisement.overrides ? flag_override : 0));
  writer.put(advertisement.target.bytes);
  if (advertisement.target_link) writer.u8(target_link_option).u8(1).put(advertisement.target_link->bytes);
  return std::move(writer).finish();
}

}  // namespace tarn::wire::nd
