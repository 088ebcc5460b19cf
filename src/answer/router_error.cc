// ICMP errors of routers: IPv4 by RFC 792, RFC 1812 and RFC 1191, IPv6 by RFC 4443.
#include <algorithm>

#include "answer/answer.h"
#include "base/check.h"
#include "wire/packet/transport.h"

namespace tarn::answer {

namespace packet = wire::packet;

namespace {

// An IPv4 error has at most 576 octets (RFC 1812 section 4.3.2.3), an IPv6 one the least MTU (RFC 4443 section 2.4
// (c)).
constexpr std::size_t quoted_v4_max = 576 - 20 - 8;
constexpr std::size_t quoted_v6_max = 1280 - 40 - 8;

struct Message {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};

struct Messages {
  Message v4;
  Message v6;
};

Messages messages_of(NoWay why) {
  switch (why) {
    case NoWay::no_hops:
      return {.v4 = {11, 0}, .v6 = {3, 0}};
    case NoWay::no_route:
      return {.v4 = {3, 0}, .v6 = {1, 0}};
    case NoWay::no_neighbour:
      return {.v4 = {3, 1}, .v6 = {1, 3}};
    case NoWay::no_listener:
      return {.v4 = {3, 3}, .v6 = {1, 4}};
    case NoWay::too_big:
      return {.v4 = {3, 4}, .v6 = {2, 0}};
  }
  CHECK(false);
}

bool is_error(const packet::IpView& ip) {
  if (ip.payload.empty()) return false;
  const std::uint8_t type = ip.payload[0];
  // Destination unreachable, source quench, redirect, time exceeded, parameter problem. Of ICMPv6 all below 128 are
  // errors, and a redirect is to be treated like one.
  if (ip.protocol == packet::protocol_icmp) return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  constexpr std::uint8_t first_no_error = 128;
  constexpr std::uint8_t redirect = 137;
  return ip.protocol == packet::protocol_icmpv6 && (type < first_no_error || type == redirect);
}

bool is_one_host(const Ip& address) {
  if (address.is_zero() || address.is_multicast()) return false;
  constexpr std::uint32_t loopback = 127;
  constexpr std::uint32_t limited_broadcast = 0xffffffff;
  return !address.is_v4() || (address.v4() >> 24 != loopback && address.v4() != limited_broadcast);
}

}  // namespace

std::optional<Bytes> router_error(const RouterError& error, ByteView frame) {
  const auto ethernet = packet::read_ethernet(frame);
  const auto ip = ethernet ? packet::read_ip(*ethernet) : std::nullopt;
  if (!ip || error.own.family != ip->source.family) return std::nullopt;
  if (ethernet->destination.is_multicast() || is_error(*ip)) return std::nullopt;
  if (!is_one_host(ip->source) || !is_one_host(ip->destination)) return std::nullopt;
  const bool v4 = ip->source.is_v4();
  const auto header_bytes = static_cast<std::size_t>(ip->payload.data() - ethernet->payload.data());
  const std::size_t whole = header_bytes + ip->payload.size();
  const std::uint32_t more = error.why == NoWay::too_big ? error.mtu : 0;
  ByteWriter body;
  body.u32(v4 ? more & 0xffff : more).put(ethernet->payload.first(std::min(whole, v4 ? quoted_v4_max : quoted_v6_max)));
  const packet::Envelope envelope{
      .destination = error.to, .source = ethernet->destination, .from = error.own, .to = ip->source};
  const Messages messages = messages_of(error.why);
  const Message& message = v4 ? messages.v4 : messages.v6;
  return v4 ? packet::build_icmp4(envelope, message.type, message.code, body.view())
            : packet::build_icmp6(envelope, message.type, message.code, body.view());
}

}  // namespace tarn::answer
