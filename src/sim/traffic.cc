#include "sim/traffic.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t ethertype_ipv4 = 0x0800;
constexpr std::uint64_t ethertype_arp = 0x0806;
constexpr std::uint64_t ethertype_ipv6 = 0x86dd;
constexpr std::uint64_t protocol_udp = 17;
constexpr std::uint64_t protocol_icmpv6 = 58;
constexpr std::uint64_t arp_asks = 1;  // RFC 826
constexpr std::uint64_t arp_replies = 2;
constexpr std::uint64_t neighbour_solicitation = 135;  // RFC 4861 section 4.3
constexpr std::uint64_t neighbour_advertisement = 136;
constexpr std::uint64_t hops_of_neighbours = 255;  // RFC 4861 section 7.1
const Mac broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

// ff02::1:ffXX:XXXX with the last three octets of the address (RFC 4291 section 2.7.1).
Ip solicited_node(const Ip& target) {
  Ip group = Ip::parse("ff02::1:ff00:0").value();
  std::copy(target.bytes.begin() + 13, target.bytes.end(), group.bytes.begin() + 13);
  return group;
}

// RFC 2464 section 7.
Mac multicast_mac(const Ip& group) {
  return {{0x33, 0x33, group.bytes[12], group.bytes[13], group.bytes[14], group.bytes[15]}};
}

Packet neighbour_message(const Mac& from, const Ip& source, const Ip& group, std::uint64_t type) {
  return Packet()
      .set(Field::eth_src, from)
      .set(Field::eth_dst, multicast_mac(group))
      .set(Field::eth_type, ethertype_ipv6)
      .set(Field::ipv6_src, source)
      .set(Field::ipv6_dst, group)
      .set(Field::ip_proto, protocol_icmpv6)
      .set(Field::ip_ttl, hops_of_neighbours)
      .set(Field::icmpv6_type, type);
}

Family family_of(Traffic kind) {
  const bool v6 = kind == Traffic::datagram6 || kind == Traffic::solicitation || kind == Traffic::detection;
  return v6 ? Family::v6 : Family::v4;
}

}  // namespace

std::string_view words(Traffic kind) {
  switch (kind) {
    case Traffic::datagram4:
      return "an IPv4 datagram";
    case Traffic::datagram6:
      return "an IPv6 datagram";
    case Traffic::broadcast:
      return "a broadcast";
    case Traffic::arp_request:
      return "an ARP request";
    case Traffic::announcement:
      return "an ARP announcement";
    case Traffic::solicitation:
      return "a neighbour solicitation";
    case Traffic::detection:
      return "a duplicate address detection";
    case Traffic::answer:
      return "an answer";
  }
  CHECK(false);
}

bool is_private(Traffic kind) {
  return kind != Traffic::broadcast && kind != Traffic::announcement && kind != Traffic::detection;
}

std::optional<Ip> address_of(const model::Port& port, Family family) {
  const auto found =
      std::ranges::find_if(port.fixed_ips, [&](const auto& each) { return each.address.family == family; });
  return found == port.fixed_ips.end() ? std::nullopt : std::optional(found->address);
}

std::optional<Packet> packet_of(Traffic kind, const model::Port& from, const model::Port& to) {
  const auto source = address_of(from, family_of(kind));
  const auto target = address_of(to, family_of(kind));
  if (!source || !target) return std::nullopt;
  switch (kind) {
    case Traffic::datagram4:
    case Traffic::datagram6:
      return udp(from.mac, to.mac, *source, *target);
    case Traffic::broadcast:
      return udp(from.mac, broadcast, *source, Ip::from_v4(~std::uint32_t{0}));
    case Traffic::arp_request:
      return arp_request(from.mac, *source, *target);
    case Traffic::announcement:
      return arp_request(from.mac, *source, *source);
    case Traffic::solicitation:
      return solicitation(from.mac, *source, *target);
    case Traffic::detection:
      return solicitation(from.mac, Ip::from_v6({}), *source);
    case Traffic::answer:
      return udp(to.mac, from.mac, *target, *source).set(Field::udp_src, 5000).set(Field::udp_dst, 4000);
  }
  CHECK(false);
}

std::size_t times(Traffic kind, const std::vector<Delivery>& out, const Attachment& from, const Attachment& at,
                  const model::Port& to) {
  const auto came = [&](const Delivery& each) {
    if (kind != Traffic::arp_request) return each.is_at(at);
    return each.is_at(from) && is_arp_reply(each.packet) && each.packet.mac(Field::arp_sha) == to.mac &&
           each.packet.ip(Field::arp_spa) == address_of(to, Family::v4);
  };
  return static_cast<std::size_t>(std::ranges::count_if(out, came));
}

Packet udp(const Mac& from, const Mac& to, const Ip& source, const Ip& destination) {
  const bool v4 = source.is_v4();
  return Packet()
      .set(Field::eth_src, from)
      .set(Field::eth_dst, to)
      .set(Field::eth_type, v4 ? ethertype_ipv4 : ethertype_ipv6)
      .set(Field::ip_proto, protocol_udp)
      .set(Field::ip_ttl, 64)
      .set(v4 ? Field::ipv4_src : Field::ipv6_src, source)
      .set(v4 ? Field::ipv4_dst : Field::ipv6_dst, destination)
      .set(Field::udp_src, 4000)
      .set(Field::udp_dst, 5000);
}

Packet arp_request(const Mac& from, const Ip& source, const Ip& target) {
  return Packet()
      .set(Field::eth_src, from)
      .set(Field::eth_dst, broadcast)
      .set(Field::eth_type, ethertype_arp)
      .set(Field::arp_op, arp_asks)
      .set(Field::arp_sha, from)
      .set(Field::arp_spa, source)
      .set(Field::arp_tpa, target);
}

bool is_arp_request(const Packet& packet) {
  return packet.number(Field::eth_type) == ethertype_arp && packet.number(Field::arp_op) == arp_asks;
}

Packet arp_reply(const Mac& from, const Ip& source, const Mac& asker, const Ip& target) {
  return arp_request(from, source, target)
      .set(Field::eth_dst, asker)
      .set(Field::arp_op, arp_replies)
      .set(Field::arp_tha, asker);
}

bool is_arp_reply(const Packet& packet) {
  return packet.number(Field::eth_type) == ethertype_arp && packet.number(Field::arp_op) == arp_replies;
}

Packet solicitation(const Mac& from, const Ip& source, const Ip& target) {
  Packet packet = neighbour_message(from, source, solicited_node(target), neighbour_solicitation);
  packet.set(Field::nd_target, target);
  if (!source.is_zero()) packet.set(Field::nd_sll, from);
  return packet;
}

namespace {

bool is_neighbour_message(const Packet& packet, std::uint64_t type) {
  return packet.number(Field::eth_type) == ethertype_ipv6 && packet.number(Field::ip_proto) == protocol_icmpv6 &&
         packet.number(Field::icmpv6_type) == type;
}

}  // namespace

bool is_solicitation(const Packet& packet) {
  return is_neighbour_message(packet, neighbour_solicitation);
}

bool is_advertisement(const Packet& packet) {
  return is_neighbour_message(packet, neighbour_advertisement);
}

Packet advertisement(const Mac& from, const Ip& source, const Ip& target) {
  return neighbour_message(from, source, Ip::parse("ff02::1").value(), neighbour_advertisement)
      .set(Field::nd_target, target)
      .set(Field::nd_tll, from);
}

}  // namespace tarn::sim
