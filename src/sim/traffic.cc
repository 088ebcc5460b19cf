#include "sim/traffic.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t ethertype_ipv4 = 0x0800;

}  // namespace

std::optional<Ip> address_of(const model::Port& port) {
  for (const model::FixedIp& fixed : port.fixed_ips) {
    if (fixed.address.is_v4()) return fixed.address;
  }
  return std::nullopt;
}

Packet udp(const Mac& from, const Mac& to, const Ip& source, const Ip& destination) {
  return Packet()
      .set(Field::eth_src, from)
      .set(Field::eth_dst, to)
      .set(Field::eth_type, ethertype_ipv4)
      .set(Field::ip_proto, 17)
      .set(Field::ip_ttl, 64)
      .set(Field::ipv4_src, source)
      .set(Field::ipv4_dst, destination)
      .set(Field::udp_src, 4000)
      .set(Field::udp_dst, 5000);
}

std::optional<Packet> datagram(const Scene& scene, const PortId& from, const PortId& to) {
  const model::Port* sender = port_of(scene, from);
  const model::Port* receiver = port_of(scene, to);
  if (sender == nullptr || receiver == nullptr) return std::nullopt;
  const auto source = address_of(*sender);
  const auto destination = address_of(*receiver);
  if (!source || !destination) return std::nullopt;
  return udp(sender->mac, receiver->mac, *source, *destination);
}

}  // namespace tarn::sim
