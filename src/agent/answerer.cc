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
    if (!answers) {
      answers_.erase(port);
      continue;
    }
    answers_.insert_or_assign(port, *answers);
    advertise(port);
  }
}

void Answerer::question_came(const render::Punt& punt, ByteView frame) {
  ++counts_.received;
  const auto found = answers_.find(punt.port);
  const std::optional<Bytes> reply = found != answers_.end() ? answer::answer(found->second, frame) : std::nullopt;
  if (!reply || !driver_.send_packet(render::delivery_to(found->second.target), *reply)) {
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
