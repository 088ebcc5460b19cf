#include "answer/answer.h"

#include "answer/protocols.h"
#include "wire/dhcp/dhcp4.h"
#include "wire/dhcp/dhcp6.h"
#include "wire/nd/router.h"

namespace tarn::answer {

namespace packet = wire::packet;

std::optional<Bytes> answer(const PortAnswers& port, ByteView frame) {
  const auto ethernet = packet::read_ethernet(frame);
  if (!ethernet || ethernet->source != port.mac) return std::nullopt;
  const auto ip = packet::read_ip(*ethernet);
  if (!ip) return std::nullopt;
  const Received received{*ethernet, *ip};
  if (const auto datagram = packet::read_udp(*ip)) {
    const bool v4 = ip->source.is_v4();
    if (v4 && port.dhcp4 && datagram->destination_port == wire::dhcp::server_port4) {
      return answer_dhcp4(*port.dhcp4, received, *datagram);
    }
    if (!v4 && port.dhcp6 && datagram->destination_port == wire::dhcp::server_port6) {
      return answer_dhcp6(*port.dhcp6, received, *datagram);
    }
    return std::nullopt;
  }
  const auto message = packet::read_icmp6(*ip);
  if (!message || message->type != wire::nd::type_router_solicitation || !port.advertisement) return std::nullopt;
  return answer_solicitation(*port.advertisement, received, *message);
}

std::optional<Bytes> unsolicited_advertisement(const PortAnswers& port) {
  if (!port.advertisement) return std::nullopt;
  return router_advertisement(*port.advertisement, std::nullopt);
}

}  // namespace tarn::answer
