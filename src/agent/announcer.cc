#include "agent/announcer.h"

#include <algorithm>
#include <utility>

#include "render/punt.h"
#include "wire/nd/neighbour.h"
#include "wire/packet/arp.h"
#include "wire/packet/frame.h"

namespace tarn::agent {
namespace {

// After the first. RFC 5227 section 2.3 has two announcements; the flows that answer are not yet there for the first of
// these, perhaps, and frames get lost. Those within the first second take back what the node's own provider bridge has
// learned late: Open vSwitch counts packets that its cache let pass, and learns where they came from, up to half a
// second after it saw them, even when it has learned better meanwhile (docs/pipeline.md, "Neighbours outside"). The
// last one is for a switch of the segment whose port listens for 30 seconds before it forwards (IEEE 802.1D).
constexpr rt::Duration soon = std::chrono::milliseconds(100);
constexpr rt::Duration pauses[] = {soon, soon, soon, soon, soon, soon, 4 * soon, 10 * soon, std::chrono::seconds(30)};
// Who answers by another MAC address now and did not say so is noticed by then.
constexpr rt::Duration next_hops_interval = std::chrono::seconds(20);

// Who has it? An ARP probe, or a neighbour solicitation (RFC 4861 section 4.3).
Bytes question(const Mac& asker, const Ip& wanted) {
  return wanted.is_v4() ? wire::packet::build_arp_request(asker, Ip::from_v4(0), wanted)
                        : wire::nd::build_solicitation(asker, wanted);
}

}  // namespace

// Who goes out of sight has not answered yet; to announce it all the same might undo what a host does that takes over.
template <>
bool is_news(const answer::Announcement& before, const answer::Announcement& now) {
  answer::Announcement as_seen_before = now;
  as_seen_before.hidden = before.hidden;
  return before != as_seen_before || !std::ranges::includes(now.hidden, before.hidden);
}

Announcer::Announcer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver)
    : loop_(loop),
      choice_(choice),
      driver_(driver),
      announcements_(pauses),
      inquiries_(pauses),
      next_hops_(pauses, next_hops_interval) {}

void Announcer::wish_changed(const render::Patches& patches) {
  const rt::Instant now = loop_.clock().now();
  announcements_.fold(patches.announcements, now);
  inquiries_.fold(patches.inquiries, now);
  next_hops_.fold(patches.next_hops, now);
  arm();
}

void Announcer::in_place(std::uint64_t connections) {
  if (std::exchange(connections_, connections) != connections) say_all();
}

void Announcer::say_all() {
  const rt::Instant now = loop_.clock().now();
  announcements_.say_all(now);
  inquiries_.say_all(now);
  next_hops_.say_all(now);
  arm();
}

void Announcer::arm() {
  std::optional<rt::Instant> first;
  for (const std::optional<rt::Instant> next : {announcements_.next(), inquiries_.next(), next_hops_.next()})
    if (next && (!first || *next < *first)) first = next;
  const rt::Instant now = loop_.clock().now();
  alarm_ = first ? loop_.after(std::max(*first - now, rt::Duration{}), [this] { speak(); }) : rt::TimerHandle{};
}

void Announcer::speak() {
  const rt::Instant now = loop_.clock().now();
  announcements_.say_due(now, choice_, [&](const answer::Announcement& each) {
    for (const Ip& own : each.addresses)
      send(render::departure_of(each.network_number), own.is_v4() ? wire::packet::build_arp_request(each.mac, own, own)
                                                                  : wire::nd::build_announcement(each.mac, own));
  });
  inquiries_.say_due(now, choice_, [&](const answer::Inquiry& each) {
    send(render::delivery_to(each.target), question(each.mac, each.address));
  });
  next_hops_.say_due(now, choice_, [&](const answer::NextHops& hops) {
    for (const Ip& wanted : hops.addresses) ask(hops, wanted);
  });
  arm();
}

void Announcer::unresolved(const wire::of::PacketIn& packet) {
  const auto ethernet = wire::packet::read_ethernet(packet.packet);
  if (!ethernet) return;
  const render::Unresolved who = render::unresolved(packet, wire::packet::family_of(*ethernet));
  for (const auto& [network, hops] : next_hops_.all())
    if (hops.network_number == who.network_number) ask(hops, who.next_hop);
}

void Announcer::ask(const answer::NextHops& asker, const Ip& wanted) {
  send(render::departure_of(asker.network_number), question(asker.mac, wanted));
}

void Announcer::send(const std::vector<wire::of::Action>& way, const Bytes& frame) {
  if (driver_.send_packet(way, frame)) ++sent_;
}

}  // namespace tarn::agent
