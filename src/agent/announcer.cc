#include "agent/announcer.h"

#include <utility>

#include "render/punt.h"
#include "wire/nd/neighbour.h"
#include "wire/packet/arp.h"
#include "wire/packet/frame.h"

namespace tarn::agent {
namespace {

// RFC 5227 section 2.3 has two announcements; the flows that answer are not yet there for the first of these, perhaps,
// and frames get lost.
constexpr rt::Duration pauses[] = {std::chrono::milliseconds(0), std::chrono::milliseconds(100),
                                   std::chrono::milliseconds(400), std::chrono::seconds(2), std::chrono::seconds(5)};
// Who answers by another MAC address now and did not say so is noticed by then.
constexpr rt::Duration next_hops_interval = std::chrono::seconds(20);

}  // namespace

Announcer::Announcer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver)
    : loop_(loop), choice_(choice), driver_(driver) {}

template <class Key, class Said>
void Announcer::Sayings<Key, Said>::fold(const render::PatchOf<Key, Said>& patch) {
  render::fold(all, patch);
  render::fold(fresh, patch);
}

void Announcer::wish_changed(const render::Patches& patches) {
  announcements_.fold(patches.announcements);
  inquiries_.fold(patches.inquiries);
  for (const auto& [network, hops] : patches.next_hops) {
    if (hops)
      next_hops_.insert_or_assign(network, *hops);
    else
      next_hops_.erase(network);
  }
  if (!patches.announcements.empty() || !patches.next_hops.empty() || !patches.inquiries.empty()) begin();
}

void Announcer::in_place(std::uint64_t connections) {
  if (std::exchange(connections_, connections) != connections) say_all();
}

void Announcer::say_all() {
  announcements_.fresh = announcements_.all;
  inquiries_.fresh = inquiries_.all;
  if (!announcements_.all.empty() || !inquiries_.all.empty() || !next_hops_.empty()) begin();
}

void Announcer::begin() {
  spoken_ = 0;
  alarm_ = loop_.after(pauses[0], [this] { speak(); });
}

void Announcer::speak() {
  for (const auto& [id, each] : announcements_.fresh)
    for (const Ip& own : each.addresses)
      send(render::departure_of(each.network_number), own.is_v4() ? wire::packet::build_arp_request(each.mac, own, own)
                                                                  : wire::nd::build_announcement(each.mac, own));
  for (const auto& [id, each] : inquiries_.fresh)
    send(render::delivery_to(each.target), wire::packet::build_arp_request(each.mac, Ip::from_v4(0), each.address));
  for (const auto& [network, hops] : next_hops_)
    for (const Ip& wanted : hops.addresses) ask(hops, wanted);
  ++spoken_;
  const bool again = spoken_ < std::size(pauses);
  if (!again) {
    announcements_.fresh.clear();
    inquiries_.fresh.clear();
  }
  if (!again && next_hops_.empty()) return;
  alarm_ = loop_.after(again ? pauses[spoken_] : choice_.jitter(next_hops_interval), [this] { speak(); });
}

void Announcer::unresolved(const wire::of::PacketIn& packet) {
  const auto ethernet = wire::packet::read_ethernet(packet.packet);
  if (!ethernet) return;
  const render::Unresolved who = render::unresolved(packet, wire::packet::family_of(*ethernet));
  for (const auto& [network, hops] : next_hops_)
    if (hops.network_number == who.network_number) ask(hops, who.next_hop);
}

void Announcer::ask(const answer::NextHops& asker, const Ip& wanted) {
  send(render::departure_of(asker.network_number),
       wanted.is_v4() ? wire::packet::build_arp_request(asker.mac, Ip::from_v4(0), wanted)
                      : wire::nd::build_solicitation(asker.mac, wanted));
}

void Announcer::send(const std::vector<wire::of::Action>& way, const Bytes& frame) {
  if (driver_.send_packet(way, frame)) ++sent_;
}

}  // namespace tarn::agent
