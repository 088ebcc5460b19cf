#include "sim/isolation.h"

#include "sim/traffic.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t ethertype_arp = 0x0806;
const Mac broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

}  // namespace

std::vector<std::string> isolation(const Scene& scene) {
  std::vector<std::string> broken;
  const auto network_of = [&](const std::string& interface) -> std::optional<NetworkId> {
    const auto tap = scene.taps.find(interface);
    return tap == scene.taps.end() ? std::nullopt : std::optional(scene.networks.at(tap->second));
  };
  const auto send = [&](const Attachment& from, const Packet& packet, const std::string& what, bool forged) {
    for (const Delivery& out : deliveries(scene, from, packet)) {
      const auto network = network_of(out.interface);
      if (!forged && network == scene.networks.at(from.port)) continue;
      broken.push_back("isolation: " + what + " of " + text(scene, from) + " reached " + out.interface + "@" +
                       scene.nodes[out.node]->host());
    }
  };
  for (const Attachment& from : scene.attachments) {
    const model::Port* own = port_of(scene, from.port);
    const auto source = own == nullptr ? std::nullopt : address_of(*own);
    if (!source) continue;
    send(from,
         Packet()
             .set(Field::eth_src, own->mac)
             .set(Field::eth_dst, broadcast)
             .set(Field::eth_type, ethertype_arp)
             .set(Field::arp_op, 1)
             .set(Field::arp_sha, own->mac)
             .set(Field::arp_spa, *source)
             .set(Field::arp_tpa, source->plus(100)),
         "a broadcast", false);
    for (const Attachment& to : scene.attachments) {
      const model::Port* other = port_of(scene, to.port);
      const auto destination = other == nullptr ? std::nullopt : address_of(*other);
      if (from == to || !destination) continue;
      send(from, udp(own->mac, other->mac, *source, *destination), "a datagram", false);
      if (!own->port_security_enabled) continue;
      send(from, udp(other->mac, broadcast, *source, *destination), "a forged MAC", true);
      send(from, udp(own->mac, other->mac, source->plus(77), *destination), "a forged address", true);
    }
  }
  return broken;
}

}  // namespace tarn::sim
