// What instances send each other, kind by kind, and how one sees that it has come: delivered, or answered by the switch
// in the owner's place. Functions of ports and deliveries; they know no law.
#pragma once

#include <array>
#include <string_view>

#include "sim/scene.h"

namespace tarn::sim {

// docs/pipeline.md says what becomes of each.
enum class Traffic : std::uint8_t {
  datagram4,
  datagram6,
  broadcast,     // to everybody in the network
  arp_request,   // answered by the sender's switch; nobody else hears it
  announcement,  // an ARP request for the sender's own address: for everybody to hear, and never answered
  solicitation,  // delivered to the owner of the address, and to nobody else
  detection,     // duplicate address detection: for everybody to hear
  answer,        // to an IPv4 datagram that was sent before: it goes the other way
};
// All but answers, which take two.
inline constexpr std::array all_traffic{Traffic::datagram4,   Traffic::datagram6,    Traffic::broadcast,
                                        Traffic::arp_request, Traffic::announcement, Traffic::solicitation,
                                        Traffic::detection};
std::string_view words(Traffic kind);
// For one alone: what comes once, comes nowhere else.
bool is_private(Traffic kind);

// The first address that the port has in the family.
std::optional<Ip> address_of(const model::Port& port, Family family);

// What `from` sends when it means `to`; absent while one of them has no address of that family.
std::optional<Packet> packet_of(Traffic kind, const model::Port& from, const model::Port& to);
// How often it came to `at`, where `to` is plugged; of an ARP request: how often `from` heard that `to` has the
// address.
std::size_t times(Traffic kind, const std::vector<Delivery>& out, const Attachment& from, const Attachment& at,
                  const model::Port& to);

Packet udp(const Mac& from, const Mac& to, const Ip& source, const Ip& destination);
// A claim that `source` is at `from`.
Packet arp_request(const Mac& from, const Ip& source, const Ip& target);
bool is_arp_request(const Packet& packet);
bool is_arp_reply(const Packet& packet);
// That `source` is at `from`, told to who asked.
Packet arp_reply(const Mac& from, const Ip& source, const Mac& asker, const Ip& target);
// The option names `from`; absent from duplicate address detection, whose source is unspecified.
Packet solicitation(const Mac& from, const Ip& source, const Ip& target);
bool is_solicitation(const Packet& packet);
bool is_advertisement(const Packet& packet);
// Unasked, to all nodes: "`target` is at `from`".
Packet advertisement(const Mac& from, const Ip& source, const Ip& target);

}  // namespace tarn::sim
