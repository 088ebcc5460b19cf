#include "host/ovsdb_line.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "host/ovsdb_words.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;

constexpr rt::Duration first_delay = 100ms;
constexpr rt::Duration longest_delay = 5s;
constexpr rt::Duration tick_period = 5s;
// What one batch of edits may take, many times over; a server that reads nothing for so long is stuck.
constexpr std::size_t unsent_bytes_max = std::size_t{64} << 20;

}  // namespace

OvsdbLine::OvsdbLine(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string path,
                     wire::ovsdb::MonitoredTables monitored, Events events)
    : loop_(loop),
      dialer_(dialer),
      choice_(choice),
      path_(std::move(path)),
      events_(std::move(events)),
      session_(std::string(ovsdb_database), std::move(monitored)),
      delay_(first_delay),
      trouble_{ErrorCode::unavailable, {}, "not connected yet"} {}

OvsdbLine::~OvsdbLine() = default;

void OvsdbLine::start() {
  dial();
}

Status OvsdbLine::status() const {
  if (replica() != nullptr) return {};
  return fail(trouble_.code, "ovsdb-server does not answer at " + path_ + ": " + trouble_.message);
}

void OvsdbLine::dial() {
  attempt_ = dialer_.dial(path_, [this](Result<std::unique_ptr<rt::Stream>> stream) {
    if (!stream) return broken(std::move(stream.error()));
    connected(std::move(*stream));
  });
}

void OvsdbLine::connected(std::unique_ptr<rt::Stream> stream) {
  trouble_ = {ErrorCode::unavailable, {}, "connected, but it has not told its tables yet"};
  stream_ = std::move(stream);
  stream_->start({[this](ByteView bytes) { received(bytes); }, [this](Error why) { broken(std::move(why)); }, {}});
  session_.on_connected();
  tick_timer_ = loop_.after(tick_period, [this] { tick(); });
  send_output();
}

void OvsdbLine::received(ByteView bytes) {
  const Status understood = session_.on_bytes(bytes);
  if (!understood) {
    deliver();  // what came before the error did happen
    return broken(understood.error());
  }
  send_output();
  deliver();
}

void OvsdbLine::tick() {
  if (const Status alive = session_.on_tick(); !alive) return broken(alive.error());
  tick_timer_ = loop_.after(tick_period, [this] { tick(); });
  send_output();
}

void OvsdbLine::send_output() {
  Bytes output = session_.take_output();
  if (output.empty() || stream_ == nullptr) return;
  stream_->write(std::move(output));
  if (stream_->unsent() > unsent_bytes_max) {
    broken({ErrorCode::unavailable, {}, "it takes no requests any more"});
  }
}

// The line is down and stays so until the delay is over; each failure doubles it, a whole picture resets it.
void OvsdbLine::broken(Error why) {
  const bool was_whole = replica() != nullptr;
  trouble_ = std::move(why);
  tick_timer_.reset();
  stream_.reset();
  session_.on_disconnected();
  redial_timer_ = loop_.after(choice_.jitter(delay_), [this] { dial(); });
  delay_ = std::min(delay_ * 2, longest_delay);
  if (was_whole && events_.on_broken) events_.on_broken();
  deliver();
}

void OvsdbLine::deliver() {
  for (wire::ovsdb::Event& event : session_.take_events()) {
    if (const auto* changed = std::get_if<wire::ovsdb::Changed>(&event)) {
      if (replica() == nullptr) continue;  // overtaken by a break in the same delivery
      if (changed->became_whole) delay_ = first_delay;
      events_.on_changed(*changed);
      continue;
    }
    const bool lost = std::holds_alternative<wire::ovsdb::Lost>(event);
    const auto id = lost ? std::get<wire::ovsdb::Lost>(event).id : std::get<wire::ovsdb::Replied>(event).id;
    auto node = waiting_.extract(id);
    CHECK(!node.empty());
    node.mapped()(lost ? OvsdbReply(LineLost()) : OvsdbReply(std::move(std::get<wire::ovsdb::Replied>(event).result)));
  }
}

void OvsdbLine::transact(const wire::ovsdb::Transaction& transaction, reconcile::Completion<OvsdbReply> done) {
  auto id = session_.transact(transaction);
  if (!id) {
    loop_.post([alive = std::weak_ptr<int>(alive_), done = std::move(done), why = std::move(id.error())]() mutable {
      if (alive.expired()) return;
      done(OvsdbReply(Result<std::vector<wire::ovsdb::OperationResult>>(std::unexpected(std::move(why)))));
    });
    return;
  }
  waiting_.emplace(*id, std::move(done));
  // Sent by a job of its own, so that a line found broken by the writing cannot answer inside this call.
  loop_.post([this, alive = std::weak_ptr<int>(alive_)] {
    if (!alive.expired()) send_output();
  });
}

}  // namespace tarn::host
