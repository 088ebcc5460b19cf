#include "wire/packet/arp.h"

#include "wire/packet/frame.h"

namespace tarn::wire::packet {

Bytes build_arp_request(const Mac& source, const Ip& asker, const Ip& wanted) {
  constexpr std::uint16_t hardware_ethernet = 1;
  constexpr std::uint16_t operation_request = 1;
  ByteWriter writer;
  writer.put(broadcast_mac.bytes).put(source.bytes).u16(ether_type_arp);
  writer.u16(hardware_ethernet).u16(ether_type_ipv4).u8(6).u8(4).u16(operation_request);
  writer.put(source.bytes).put(address_bytes(asker)).put(Mac{}.bytes).put(address_bytes(wanted));
  return std::move(writer).finish();
}

}  // namespace tarn::wire::packet
