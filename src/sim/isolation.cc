#include "sim/isolation.h"

#include <algorithm>

#include "sim/traffic.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t forged = 77;

class Look {
 public:
  explicit Look(const Scene& scene) : scene_(scene) {}

  std::vector<std::string> run() {
    for (const Attachment& from : scene_.attachments) {
      const model::Port* own = port_of(scene_, from.port);
      if (own == nullptr) continue;
      if (const auto address = address_of(*own, Family::v4)) {
        stays_inside(from, arp_request(own->mac, *address, nobodys(*own)), "an ARP request");
      }
      for (const Attachment& to : scene_.attachments) {
        const model::Port* other = port_of(scene_, to.port);
        if (from == to || other == nullptr) continue;
        for (const Traffic kind : all_traffic) {
          if (const auto packet = packet_of(kind, *own, *other)) stays_inside(from, *packet, words(kind));
        }
        // A port may be at two places while it moves: what it says of itself is no forgery.
        if (!scene_.open.contains(from.port) && from.port != to.port) forge(from, *own, *other);
        knock(from, *own, *other);
      }
    }
    return std::move(broken_);
  }

 private:
  // The last address of a subnet is no host's (RFC 919 section 7).
  [[nodiscard]] Ip nobodys(const model::Port& port) const {
    const auto v4 = std::ranges::find_if(port.fixed_ips, [](const auto& fixed) { return fixed.address.is_v4(); });
    return (**scene_.cloud.snapshot().find(v4->subnet)).cidr.last();
  }
  [[nodiscard]] NetworkId network_of(const PortId& port) const { return scene_.networks.at(port); }

  void stays_inside(const Attachment& from, const Packet& packet, std::string_view what) {
    for (const Delivery& out : deliveries(scene_, from, packet)) {
      const auto tap = scene_.taps.find(out.interface);
      const bool inside = tap != scene_.taps.end() && network_of(tap->second) == network_of(from.port);
      const bool answered_from_outside =
          out.is_at(from) && !is_of(network_of(from.port), out.packet.mac(Field::eth_src));
      if (!inside || answered_from_outside) report(from, out, what);
    }
  }
  // By every router that there ever was: to networks that it was on as well, and to no others.
  void knock(const Attachment& from, const model::Port& own, const model::Port& other) {
    const auto doors = scene_.doors.find(own.network);
    if (doors == scene_.doors.end()) return;
    for (const Traffic kind : {Traffic::datagram4, Traffic::datagram6}) {
      auto packet = packet_of(kind, own, other);
      if (!packet) continue;
      for (const Mac& door : doors->second) {
        packet->set(Field::eth_dst, door);
        for (const Delivery& out : deliveries(scene_, from, *packet)) {
          if (is_outside(out)) continue;  // isolation_outside.h
          const auto tap = scene_.taps.find(out.interface);
          const bool met =
              tap != scene_.taps.end() && scene_.met.at(network_of(from.port)).contains(network_of(tap->second));
          if (!met) report(from, out, "a packet for a router");
        }
      }
    }
  }
  // Answers name ports, or interfaces of routers, that are, or lately were, in the network.
  [[nodiscard]] bool is_of(const NetworkId& network, const Mac& mac) const {
    const auto doors = scene_.doors.find(network);
    if (doors != scene_.doors.end() && doors->second.contains(mac)) return true;
    for (const auto& [port, own] : scene_.macs) {
      if (own == mac) return network_of(port) == network;
    }
    return false;
  }

  void goes_nowhere(const Attachment& from, const Packet& packet, std::string_view what) {
    for (const Delivery& out : deliveries(scene_, from, packet)) report(from, out, what);
  }
  // Somebody else's MAC, an address that is not the sender's, and the same said in the words of a neighbour.
  void forge(const Attachment& from, const model::Port& own, const model::Port& other) {
    const auto own4 = address_of(own, Family::v4);
    const auto other4 = address_of(other, Family::v4);
    if (own4 && other4) {
      goes_nowhere(from, udp(other.mac, other.mac, *own4, *other4), "a forged MAC");
      goes_nowhere(from, udp(own.mac, other.mac, own4->plus(forged), *other4), "a forged address");
      goes_nowhere(from, arp_request(own.mac, own4->plus(forged), *other4), "a forged ARP request");
    }
    const auto own6 = address_of(own, Family::v6);
    const auto other6 = address_of(other, Family::v6);
    if (!own6 || !other6) return;
    goes_nowhere(from, udp(own.mac, other.mac, own6->plus(forged), *other6), "a forged IPv6 address");
    goes_nowhere(from, solicitation(own.mac, own6->plus(forged), *other6), "a forged neighbour solicitation");
    goes_nowhere(from, advertisement(own.mac, *own6, own6->plus(forged)), "a forged neighbour advertisement");
  }

  void report(const Attachment& from, const Delivery& out, std::string_view what) {
    broken_.push_back("isolation: " + std::string(what) + " of " + text(scene_, from) + " reached " + out.interface +
                      "@" + scene_.nodes[out.node]->host());
  }

  const Scene& scene_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> isolation(const Scene& scene) {
  return Look(scene).run();
}

}  // namespace tarn::sim
