#include "wire/dhcp/client4.h"

#include <algorithm>

#include "wire/packet/transport.h"

namespace tarn::wire::dhcp {

Bytes discover4(const Mac& mac, std::uint32_t transaction) {
  constexpr std::size_t datagram_bytes = 576;  // section 2: what everybody takes
  Message4 discover;
  discover.transaction = transaction;
  std::ranges::copy(mac.bytes, discover.hardware.begin());
  discover.options[code4::message_type] = {static_cast<Byte>(MessageType4::discover)};
  const packet::Envelope envelope{packet::broadcast_mac, mac, Ip::from_v4(0), Ip::from_v4(0xffffffff)};
  return packet::build_udp(envelope, {client_port4, server_port4}, encode4(discover, {}, datagram_bytes));
}

std::optional<Message4> offer4(ByteView frame) {
  const auto ethernet = packet::read_ethernet(frame);
  const auto ip = ethernet ? packet::read_ip(*ethernet) : std::nullopt;
  const auto udp = ip ? packet::read_udp(*ip) : std::nullopt;
  if (!udp || udp->destination_port != client_port4) return std::nullopt;
  const Result<Message4> message = decode4(udp->payload);
  if (!message || message->type() != MessageType4::offer) return std::nullopt;
  return *message;
}

}  // namespace tarn::wire::dhcp
