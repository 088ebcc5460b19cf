#include "agent/answerer.h"

#include "answer/answer.h"
#include "render/punt.h"

namespace tarn::agent {
namespace {

// RFC 4861 section 6.2.1: between MinRtrAdvInterval (200 s) and MaxRtrAdvInterval (600 s); jitter spreads the mean.
constexpr auto advertisement_interval = std::chrono::seconds(400);

}  // namespace

Answerer::Answerer(rt::Loop& loop, rt::Choice& choice, host::OpenflowDriver& driver, const render::Renderer& renderer,
                   const render::Rows& rows)
    : loop_(loop), choice_(choice), driver_(driver), renderer_(renderer), rows_(rows) {
  driver_.on_packet([this](const wire::of::PacketIn& packet) { packet_came(packet); });
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

void Answerer::packet_came(const wire::of::PacketIn& packet) {
  ++counts_.received;
  const std::optional<render::Punt> punt = render::decode_punt(packet.userdata);
  const auto found = punt ? answers_.find(punt->port) : answers_.end();
  const std::optional<Bytes> frame =
      found != answers_.end() ? answer::answer(found->second, packet.packet) : std::nullopt;
  if (!frame || !driver_.send_packet({packet.in_port()}, *frame)) {
    ++counts_.ignored;
    return;
  }
  ++counts_.answered;
}

void Answerer::advertise(const PortId& port) {
  const auto found = answers_.find(port);
  if (found == answers_.end() || !found->second.advertisement) return;
  const render::RowValue* plugged = rows_.find(render::key_of(render::Table::plugged, port.uuid));
  const auto* where = plugged == nullptr ? nullptr : std::get_if<render::Plugged>(plugged);
  if (where == nullptr) return;
  const Bytes frame = answer::router_advertisement(*found->second.advertisement, std::nullopt);
  if (driver_.send_packet({where->ofport}, frame)) ++counts_.advertised;
}

void Answerer::advertise_all() {
  for (const auto& [port, answers] : answers_) advertise(port);
  advertise_alarm_ = loop_.after(choice_.jitter(advertisement_interval), [this] { advertise_all(); });
}

}  // namespace tarn::agent
