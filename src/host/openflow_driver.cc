#include "host/openflow_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tarn::host {

namespace {

using namespace std::chrono_literals;
using reconcile::Applied;
using reconcile::Outcome;
using reconcile::Refused;
using reconcile::Unknown;
using reconcile::Writes;
namespace of = wire::of;

constexpr rt::Duration retry_first = 100ms;
constexpr rt::Duration retry_max = 5s;
constexpr rt::Duration tick_every = 1s;
constexpr int rounds_max = 16;                        // bundles sent for one batch, each without the refused steps
constexpr std::size_t unsent_packets_max = 1U << 20;  // bytes waiting in the stream above which packets are dropped

of::FlowChange change_of(reconcile::Step<domain::Flow> step) {
  struct ToChange {
    of::FlowChange operator()(reconcile::Create<domain::Flow>& s) const {
      return of::AddFlow{std::move(s.key), std::move(s.want)};
    }
    of::FlowChange operator()(reconcile::Change<domain::Flow>& s) const {
      return of::AddFlow{std::move(s.key), std::move(s.want)};
    }
    // Only while it still carries the cookie we saw: a flow that someone replaced meanwhile is not ours to remove.
    of::FlowChange operator()(reconcile::Remove<domain::Flow>& s) const {
      return of::DeleteFlow{std::move(s.key), s.have.spec.cookie};
    }
  };
  return std::visit(ToChange{}, step);
}

}  // namespace

OpenflowDriver::OpenflowDriver(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string socket,
                               wire::of::SessionBounds bounds)
    : loop_(loop),
      dialer_(dialer),
      choice_(choice),
      socket_(std::move(socket)),
      bounds_(bounds),
      line_(std::make_shared<Line>(Line{this})),
      retry_delay_(retry_first) {
  dial();
}

OpenflowDriver::~OpenflowDriver() {
  line_->driver = nullptr;
}

Error OpenflowDriver::away() const {
  return {ErrorCode::unavailable, {}, trouble_ ? trouble_->message : "the switch is being connected"};
}

void OpenflowDriver::dial() {
  line_ = std::make_shared<Line>(Line{this});
  attempt_ = dialer_.dial(socket_, [line = line_](Result<std::unique_ptr<rt::Stream>> stream) {
    if (line->driver == nullptr) return;
    if (stream)
      line->driver->connected_to(std::move(*stream));
    else
      line->driver->lost(std::move(stream.error()));
  });
}

void OpenflowDriver::connected_to(std::unique_ptr<rt::Stream> stream) {
  stream_ = std::move(stream);
  session_.emplace(bounds_);
  stream_->start({
      .on_bytes =
          [line = line_](ByteView bytes) {
            if (line->driver != nullptr) line->driver->received(bytes);
          },
      .on_closed =
          [line = line_](Error why) {
            if (line->driver != nullptr) line->driver->lost(std::move(why));
          },
      .on_drained = {},
  });
  send_output();
  tick();
}

// Everything heard on this line is worthless now: the listing is destroyed, and what was being applied may or may not
// have happened.
void OpenflowDriver::lost(Error why) {
  const bool was_connected = connected();
  trouble_ = std::move(why);
  line_->driver = nullptr;
  session_.reset();
  // The stream or the attempt may be the caller: they go once it has returned.
  loop_.post([stream = std::move(stream_), attempt = std::move(attempt_)] {});
  retry_later();
  if (auto listing = std::exchange(listing_, std::nullopt)) (*listing)(fail(away()));
  if (auto batch = std::exchange(batch_, std::nullopt)) {
    for (const std::size_t index : batch->pending) batch->outcomes[index] = Unknown{};
    batch->done(std::move(batch->outcomes));
  }
  if (was_connected && hint_) hint_({});
  meters_.lost(away(), was_connected);
}

void OpenflowDriver::retry_later() {
  timer_ = loop_.after(choice_.jitter(retry_delay_), [this] { dial(); });
  retry_delay_ = std::min(2 * retry_delay_, retry_max);
}

void OpenflowDriver::tick() {
  if (Status alive = session_->on_tick(loop_.clock().now().since_start); !alive) return lost(alive.error());
  send_output();
  timer_ = loop_.after(tick_every, [this] { tick(); });
}

void OpenflowDriver::send_output() {
  if (Bytes bytes = session_->take_output(); !bytes.empty()) stream_->write(std::move(bytes));
}

void OpenflowDriver::received(ByteView bytes) {
  session_->time_is(loop_.clock().now().since_start);
  const Status heard = session_->on_bytes(bytes);
  const std::shared_ptr<Line> line = line_;
  for (of::Event& event : session_->take_events()) {
    dispatch(std::move(event));
    if (line->driver == nullptr) return;  // a receiver destroyed us
  }
  if (!heard) return lost(heard.error());
  send_output();
}

void OpenflowDriver::dispatch(of::Event event) {
  struct Dispatch {
    OpenflowDriver& driver;
    void operator()(const of::Ready& ready) const { driver.on_ready(ready); }
    void operator()(of::ListingDone& listing) const { driver.on_listing(std::move(listing)); }
    void operator()(of::BundleDone& bundle) const { driver.on_bundle(std::move(bundle)); }
    void operator()(of::MeterListingDone& listing) const { driver.meters_.listed(std::move(listing)); }
    void operator()(of::MetersDone& done) const { driver.meters_.applied(std::move(done)); }
    void operator()(const of::PacketIn& packet) const {
      ++driver.counters_.packets_in;
      if (driver.on_packet_) driver.on_packet_(packet);
    }
  };
  std::visit(Dispatch{*this}, event);
}

void OpenflowDriver::on_ready(const of::Ready& ready) {
  datapath_id_ = ready.datapath_id;
  retry_delay_ = retry_first;
  trouble_.reset();
  ++counters_.connections;
  if (hint_) hint_({});
  meters_.connected();
}

void OpenflowDriver::list(reconcile::Completion<Listed> done) {
  CHECK(!listing_);
  if (session_) session_->time_is(loop_.clock().now().since_start);
  const Result<of::Token> asked = session_ ? session_->list_flows() : Result<of::Token>(fail(away()));
  if (!asked) {
    loop_.post([done = std::move(done), why = away()]() mutable { done(fail(std::move(why))); });
    return;
  }
  listing_ = std::move(done);
  send_output();
}

void OpenflowDriver::on_listing(of::ListingDone listing) {
  auto done = std::exchange(listing_, std::nullopt);
  if (!done) return;
  if (!listing.flows) return (*done)(fail(std::move(listing.flows.error())));
  reconcile::Collector<reconcile::Actual<Flow>> collector;
  counters_.flows_ours = 0;
  counters_.flows_foreign = 0;
  for (auto& [key, seen] : *listing.flows) {
    const bool ours = Flow::ownership(key, seen) == reconcile::Ownership::ours;
    ++(ours ? counters_.flows_ours : counters_.flows_foreign);
    collector.so_far().insert_or_assign(std::move(key), std::move(seen));
  }
  (*done)(std::move(collector).finish());
}

void OpenflowDriver::apply(std::vector<reconcile::Step<Flow>> batch, Writes writes,
                           reconcile::Completion<Outcomes> done) {
  CHECK(!batch_);
  const bool forbidden = writes == Writes::forbid;
  if (forbidden || batch.empty() || !connected()) {
    const Error why = forbidden ? Error{ErrorCode::forbidden, {}, "writing is forbidden in this run"} : away();
    Outcomes outcomes(batch.size(), Refused{why});
    loop_.post([done = std::move(done), outcomes = std::move(outcomes)]() mutable { done(std::move(outcomes)); });
    return;
  }
  Batch work;
  work.outcomes.resize(batch.size(), Unknown{});
  work.done = std::move(done);
  for (auto& step : batch) {
    work.pending.push_back(work.changes.size());
    work.changes.push_back(change_of(std::move(step)));
  }
  batch_ = std::move(work);
  commit_pending();
  send_output();
}

void OpenflowDriver::commit_pending() {
  std::vector<of::FlowChange> changes;
  changes.reserve(batch_->pending.size());
  for (const std::size_t index : batch_->pending) changes.push_back(batch_->changes[index]);
  ++batch_->rounds;
  const Result<of::Token> token = session_->commit(changes);
  if (!token) {
    // Nothing was sent. The answer still comes later: apply() promises never to answer inside the call.
    loop_.post([line = line_, why = token.error()] {
      if (line->driver != nullptr) line->driver->settle(why);
    });
    return;
  }
  counters_.writes_attempted += changes.size();
}

void OpenflowDriver::on_bundle(of::BundleDone bundle) {
  if (!batch_) return;
  CHECK(bundle.steps.size() == batch_->pending.size());
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < bundle.steps.size(); ++i) {
    const std::size_t index = batch_->pending[i];
    switch (bundle.steps[i].verdict) {
      case of::StepVerdict::applied:
        batch_->outcomes[index] = Applied{};
        ++counters_.writes_applied;
        break;
      case of::StepVerdict::refused:
        batch_->outcomes[index] = Refused{std::move(bundle.steps[i].why)};
        ++counters_.writes_refused;
        break;
      case of::StepVerdict::left_out:
        left.push_back(index);
        break;
    }
  }
  batch_->pending = std::move(left);
  if (batch_->pending.empty()) return answer_batch();
  if (batch_->rounds >= rounds_max)
    return settle({ErrorCode::exhausted, {}, "too many other changes of the same batch were refused"});
  commit_pending();
}

void OpenflowDriver::settle(Error why) {
  if (!batch_) return;
  for (const std::size_t index : batch_->pending) batch_->outcomes[index] = Refused{why};
  answer_batch();
}

void OpenflowDriver::answer_batch() {
  Batch batch = std::move(*batch_);
  batch_.reset();
  batch.done(std::move(batch.outcomes));
}

void OpenflowDriver::on_hint(std::function<void(reconcile::Hint<Flow>)> maybe_changed) {
  hint_ = std::move(maybe_changed);
}

Status OpenflowDriver::send_packet(const std::vector<wire::of::Action>& actions, ByteView frame) {
  Status sent = fail(away());
  if (connected() && stream_->unsent() > unsent_packets_max)
    sent = fail(ErrorCode::exhausted, "the switch does not take packets as fast as they come");
  else if (connected())
    sent = session_->packet_out(actions, frame);
  ++(sent ? counters_.packets_out : counters_.packets_out_dropped);
  if (sent) send_output();
  return sent;
}

std::string OpenflowDriver::status() const {
  if (connected()) return fmt::format("connected to {}, datapath {:016x}", socket_, datapath_id_);
  if (trouble_) return fmt::format("no switch at {}: {}; trying again", socket_, trouble_->message);
  return fmt::format("connecting to {}", socket_);
}

}  // namespace tarn::host
