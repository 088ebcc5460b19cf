#include "agent/answerer.h"

#include "answer/answer.h"
#include "wire/packet/frame.h"

namespace tarn::agent {
namespace {

// RFC 4861 section 6.2.1: between MinRtrAdvInterval (200 s) and MaxRtrAdvInterval (600 s); jitter spreads the mean.
constexpr auto advertisement_interval = std::chrono::seconds(400);

std::optional<answer::NoWay> why_of(render::PuntReason reason) {
  switch (reason) {
    case render::PuntReason::no_hops:
      return answer::NoWay::no_hops;
    case render::PuntReason::no_route:
      return answer::NoWay::no_route;
    case render::PuntReason::no_neighbour:
      return answer::NoWay::no_neighbour;
    case render::PuntReason::no_listener:
      return answer::NoWay::no_listener;
    case render::PuntReason::too_big:
      return answer::NoWay::too_big;
    case render::PuntReason::dhcp4:
    case render::PuntReason::dhcp6:
    case render::PuntReason::router_solicitation:
    case render::PuntReason::accepted_in:
    case render::PuntReason::accepted_out:
    case render::PuntReason::dropped_in:
    case render::PuntReason::dropped_out:
    case render::PuntReason::router_resolution:
    case render::PuntReason::unresolved:
      break;
  }
  return std::nullopt;
}

}  // namespace

Answerer::Answerer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver)
    : loop_(loop), choice_(choice), driver_(driver) {
  advertise_alarm_ = loop_.after(choice_.jitter(advertisement_interval), [this] { advertise_all(); });
}

void Answerer::wish_changed(const render::Patches& patches) {
  for (const auto& [port, answers] : patches.answers) {
    if (const auto held = answers_.find(port); held != answers_.end()) {
      say_farewell(held->second, answers);
      const auto sender = senders_.find(held->second.target);
      if (sender != senders_.end() && sender->second == port) senders_.erase(sender);
    }
    if (!answers) {
      answers_.erase(port);
      continue;
    }
    answers_.insert_or_assign(port, *answers);
    senders_.insert_or_assign(answers->target, port);
    advertise(port);
  }
}

// A router that is no longer advertised says so itself: its hosts would keep it for hours (RFC 4861 section 6.2.5).
void Answerer::say_farewell(answer::PortAnswers last, const std::optional<answer::PortAnswers>& next) {
  if (!last.advertisement) return;
  const bool stays = next && next->advertisement && next->advertisement->router_mac == last.advertisement->router_mac;
  if (last.advertisement->router_lifetime_s == 0 || stays) return;
  last.advertisement->router_lifetime_s = 0;
  const std::optional<Bytes> frame = answer::unsolicited_advertisement(last);
  if (frame && driver_.send_packet(render::delivery_to(last.target), *frame)) ++counts_.advertised;
}

void Answerer::question_came(const render::Punt& punt, const wire::of::PacketIn& packet) {
  ++counts_.received;
  if (!punt.port.uuid.is_zero()) return send(of_port(punt.port, packet.packet));
  if (!render::is_of_instance(punt.reason)) return send(of_router(punt.reason, packet));
  early_.keep(packet.in_port(), punt.reason, packet.packet, loop_.clock().now());
}

void Answerer::ports_wired(const std::map<PortId, model::PortStatus>& ports) {
  for (const std::uint32_t interface : early_.interfaces()) {
    const auto sender = senders_.find(interface);  // of an untagged port that is its number
    const auto port = sender == senders_.end() ? ports.end() : ports.find(sender->second);
    if (port == ports.end() || port->second != model::PortStatus::active) continue;
    for (const Bytes& frame : early_.take(interface, loop_.clock().now())) send(of_port(port->first, frame));
  }
}

void Answerer::send(const Answer& answer) {
  if (!answer.frame || !driver_.send_packet(answer.actions, *answer.frame)) {
    ++counts_.ignored;
    return;
  }
  ++counts_.answered;
}

Answerer::Answer Answerer::of_port(const PortId& port, ByteView frame) const {
  const auto found = answers_.find(port);
  if (found == answers_.end()) return {};
  if (found->second.target == 0) return {};
  return {render::delivery_to(found->second.target), answer::answer(found->second, frame)};
}

Answerer::Answer Answerer::of_router(render::PuntReason reason, const wire::of::PacketIn& packet) const {
  const auto ethernet = wire::packet::read_ethernet(packet.packet);
  if (!ethernet) return {};
  const render::Routed routed = render::routed(packet, wire::packet::family_of(*ethernet));
  if (reason == render::PuntReason::router_resolution)
    return {routed.sender != 0 ? render::delivery_to(routed.sender) : render::departure_of(routed.network_number),
            answer::completed_advertisement(packet.packet)};
  const auto why = why_of(reason);
  if (!why || !routed.own) return {};
  // From outside: the router finds the way, and the sender's MAC address with it.
  if (routed.sender == 0)
    return {render::dispatch_answer(routed),
            answer::router_error({*why, Mac{}, *routed.own, routed.mtu}, packet.packet)};
  const auto sender = senders_.find(routed.sender);
  if (sender == senders_.end()) return {};
  const Mac& mac = answers_.at(sender->second).mac;
  return {render::delivery_to(routed.sender),
          answer::router_error({*why, mac, *routed.own, routed.mtu}, packet.packet)};
}

void Answerer::advertise(const PortId& port) {
  const auto found = answers_.find(port);
  if (found == answers_.end()) return;
  const std::optional<Bytes> frame = answer::unsolicited_advertisement(found->second);
  if (frame && driver_.send_packet(render::delivery_to(found->second.target), *frame)) ++counts_.advertised;
}

void Answerer::advertise_all() {
  for (const auto& [port, answers] : answers_) advertise(port);
  advertise_alarm_ = loop_.after(choice_.jitter(advertisement_interval), [this] { advertise_all(); });
}

}  // namespace tarn::agent
