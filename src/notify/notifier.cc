#include "notify/notifier.h"

#include "base/check.h"
#include "notify/events_of.h"

namespace tarn::notify {

Notifier::Notifier(rt::Loop& loop, rt::Choice& choice, rt::Worker& worker, api::Peer& nova, Outbox::Bounds bounds,
                   Outbox::Pace pace, Log log)
    : loop_(loop),
      worker_(worker),
      nova_(nova),
      log_(std::move(log)),
      outbox_(bounds, pace, choice),
      open_(std::make_shared<bool>(true)) {}

Notifier::~Notifier() {
  *open_ = false;
}

void Notifier::recall(const model::Snapshot& cloud) {
  add(events_since(cloud, loop_.clock().wall().unix_ms - remembered.count()));
}

void Notifier::see(const model::Snapshot& before, const model::Snapshot& after) {
  add(events_of(before, after));
}

void Notifier::add(std::span<const Event> events) {
  if (events.empty()) return;
  tell(outbox_.add(events, loop_.clock().now()));
  work();
}

void Notifier::work() {
  const auto due = outbox_.due();
  if (!due) return;
  const rt::Instant now = loop_.clock().now();
  if (*due <= now) return send(outbox_.take(now));
  timer_ = loop_.after(*due - now, [this] { work(); });
}

void Notifier::send(std::vector<Event> batch) {
  CHECK(!batch.empty());
  timer_.reset();
  auto ask = [this, open = open_, &loop = loop_, &nova = nova_, batch] {
    auto answer = nova.ask({"POST", "/os-server-external-events", {}, request_body(batch)});
    loop.post([this, open, batch, answer = std::move(answer)] {
      if (*open) answered(batch, answer);
    });
  };
  if (worker_.run(std::move(ask))) return;
  loop_.post([this, open = open_, batch = std::move(batch)] {
    if (*open) answered(batch, fail(ErrorCode::unavailable, "no worker is free to ask it"));
  });
}

void Notifier::answered(const std::vector<Event>& batch, const Result<api::Peer::Answer>& answer) {
  const Reading reading = read_answer(batch, answer);
  tell(outbox_.settle(reading, loop_.clock().now()));
  note(reading);
  work();
}

// Once when Nova goes away, and once when it is back.
void Notifier::note(const Reading& reading) {
  const auto* trouble = std::get_if<Trouble>(&reading);
  const bool was_away = std::exchange(away_, trouble != nullptr);
  if (was_away == away_) return;
  log_(trouble ? "Nova takes no events: " + trouble->why + "; " + standing()
               : "Nova takes events again; " + standing());
}

void Notifier::tell(const std::vector<Outbox::Lost>& lost) {
  if (outbox_.numbers().waiting <= outbox_.events_max() / 2) full_ = false;
  for (const auto& [event, cause, why] : lost) {
    // A server that is gone is told of no port any more: nothing is lost.
    if (cause == Outbox::Cause::unknown && event.name != EventName::vif_plugged) continue;
    const bool small = cause == Outbox::Cause::no_room && event.name == EventName::network_changed;
    if (small && std::exchange(full_, true)) continue;
    log_("not told to Nova: " + text(event) + ": " + why + (small ? "; the oldest network-changed go first" : "") +
         (cause == Outbox::Cause::no_room ? "; " + standing() : ""));
  }
}

std::string Notifier::standing() const {
  const Outbox::Numbers numbers = outbox_.numbers();
  const auto oldest = outbox_.oldest();
  const auto age = oldest ? std::chrono::duration_cast<std::chrono::seconds>(loop_.clock().now() - *oldest).count() : 0;
  return std::to_string(numbers.waiting) + " events wait, the oldest for " + std::to_string(age) + " s; of " +
         std::to_string(numbers.added) + " so far " + std::to_string(numbers.acknowledged) + " acknowledged, " +
         std::to_string(numbers.refused) + " refused, " + std::to_string(numbers.tried_enough) + " given up, " +
         std::to_string(numbers.no_room) + " without room";
}

}  // namespace tarn::notify
