#include "agent/answerer.h"

#include "answer/answer.h"

namespace tarn::agent {
namespace {

// RFC 4861 section 6.2.1: between MinRtrAdvInterval (200 s) and MaxRtrAdvInterval (600 s); jitter spreads the mean.
constexpr auto advertisement_interval = std::chrono::seconds(400);

}  // namespace

Answerer::Answerer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver)
    : loop_(loop), choice_(choice), driver_(driver) {
  advertise_alarm_ = loop_.after(choice_.jitter(advertisement_interval), [this] { advertise_all(); });
}

void Answerer::wish_changed(const render::Patches& patches) {
  for (const auto& [port, answers] : patches.answers) {
    say_farewell(port, answers);
    if (!answers) {
      answers_.erase(port);
      continue;
    }
    answers_.insert_or_assign(port, *answers);
    advertise(port);
  }
}

// A router that is no longer advertised says so itself: its hosts would keep it for hours (RFC 4861 section 6.2.5).
void Answerer::say_farewell(const PortId& port, const std::optional<answer::PortAnswers>& next) {
  const auto held = answers_.find(port);
  if (held == answers_.end() || !held->second.advertisement) return;
  answer::PortAnswers last = held->second;
  const bool stays = next && next->advertisement && next->advertisement->router_mac == last.advertisement->router_mac;
  if (last.advertisement->router_lifetime_s == 0 || stays) return;
  last.advertisement->router_lifetime_s = 0;
  const std::optional<Bytes> frame = answer::unsolicited_advertisement(last);
  if (frame && driver_.send_packet(render::delivery_to(last.target), *frame)) ++counts_.advertised;
}

void Answerer::question_came(const render::Punt& punt, const wire::of::PacketIn& packet) {
  ++counts_.received;
  std::optional<Bytes> reply;
  std::uint32_t target = 0;
  if (punt.reason == render::PuntReason::router_resolution) {
    reply = answer::completed_advertisement(packet.packet);
    target = render::sender_of(packet);
  } else if (const auto found = answers_.find(punt.port); found != answers_.end()) {
    reply = answer::answer(found->second, packet.packet);
    target = found->second.target;
  }
  if (!reply || target == 0 || !driver_.send_packet(render::delivery_to(target), *reply)) {
    ++counts_.ignored;
    return;
  }
  ++counts_.answered;
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
