// The flows and the meters of one bridge as targets: a connection to the bridge's management socket that renews itself,
// whole listings, and batches of flows applied as one atomic bundle. Owned by the agent's wiring, destroyed before its
// loop. Never deletes by wildcard, never configures the bridge, decides nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/flow.h"
#include "domain/meter.h"
#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"
#include "rt/stream.h"
#include "wire/openflow/session.h"

namespace tarn::host {

struct OpenflowCounters {
  std::uint64_t connections = 0;       // that reached the point where requests may be made
  std::uint64_t writes_attempted = 0;  // flow changes sent to the switch; a change sent again counts again
  std::uint64_t writes_applied = 0;
  std::uint64_t writes_refused = 0;
  std::uint64_t flows_ours = 0;     // in the last whole listing
  std::uint64_t flows_foreign = 0;  // in the last whole listing
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t packets_out_dropped = 0;  // not connected, or the switch does not take what waits already
};

class OpenflowDriver final : public reconcile::Target<domain::Flow> {
 public:
  using Flow = domain::Flow;
  using Listed = Result<reconcile::Whole<reconcile::Actual<Flow>>>;
  using Outcomes = std::vector<reconcile::Outcome>;

  // `socket`: the bridge's management socket, "<rundir>/<bridge>.mgmt". Connects at once and for ever after.
  OpenflowDriver(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string socket,
                 wire::of::SessionBounds bounds = {});
  ~OpenflowDriver() override;
  OpenflowDriver(const OpenflowDriver&) = delete;
  OpenflowDriver& operator=(const OpenflowDriver&) = delete;

  // Every flow of the bridge, foreign ones too, so that a conflict is seen; asked for piece by piece (see
  // wire/openflow/flow_questions.h). Error unavailable while not connected or when the line breaks before the end.
  void list(reconcile::Completion<Listed> done) override;
  // One bundle for the batch. When the switch refuses a step, the rest is committed without it.
  void apply(std::vector<reconcile::Step<Flow>> batch, reconcile::Writes writes,
             reconcile::Completion<Outcomes> done) override;
  // Called whenever a connection was made or lost: nothing heard before counts any more.
  void on_hint(std::function<void(reconcile::Hint<Flow>)> maybe_changed) override;

  // The meters of the same bridge, over the same connection; a target as this one is.
  [[nodiscard]] reconcile::Target<domain::Meter>& meters() { return meters_; }

  // Packets that flows send to us (the Controller action).
  void on_packet(std::function<void(const wire::of::PacketIn&)> receive) { on_packet_ = std::move(receive); }
  // Lets the switch do this with one Ethernet frame. A packet may be lost, like any packet: errors say why it was.
  Status send_packet(const std::vector<wire::of::Action>& actions, ByteView frame);

  [[nodiscard]] bool connected() const { return session_ && session_->ready(); }
  [[nodiscard]] std::uint64_t datapath_id() const { return datapath_id_; }
  [[nodiscard]] std::string status() const;  // one line for people
  [[nodiscard]] const OpenflowCounters& counters() const { return counters_; }

 private:
  // What callbacks of one connection hold instead of the driver: emptied when the connection or the driver goes.
  struct Line {
    OpenflowDriver* driver = nullptr;
  };
  struct Batch {
    std::vector<wire::of::FlowChange> changes;
    std::vector<std::size_t> pending;  // indexes into `changes` still without an outcome, in order
    Outcomes outcomes;
    reconcile::Completion<Outcomes> done;
    int rounds = 0;
  };

  // In openflow_meters.cc.
  class Meters final : public reconcile::Target<domain::Meter> {
   public:
    using Listed = Result<reconcile::Whole<reconcile::Actual<domain::Meter>>>;
    explicit Meters(OpenflowDriver& driver) : driver_(driver) {}
    void list(reconcile::Completion<Listed> done) override;
    void apply(std::vector<reconcile::Step<domain::Meter>> batch, reconcile::Writes writes,
               reconcile::Completion<Outcomes> done) override;
    void on_hint(std::function<void(reconcile::Hint<domain::Meter>)> maybe_changed) override;

    void connected();
    void lost(const Error& why, bool was_connected);
    void listed(wire::of::MeterListingDone listing);
    void applied(wire::of::MetersDone done);

   private:
    struct Batch {
      std::size_t steps = 0;
      reconcile::Completion<Outcomes> done;
    };
    OpenflowDriver& driver_;
    std::function<void(reconcile::Hint<domain::Meter>)> hint_;
    std::optional<reconcile::Completion<Listed>> listing_;
    std::optional<Batch> batch_;
  };

  [[nodiscard]] Error away() const;  // why nothing can be asked now
  void dial();
  void connected_to(std::unique_ptr<rt::Stream> stream);
  void lost(Error why);
  void retry_later();
  void received(ByteView bytes);
  void tick();
  void send_output();
  void dispatch(wire::of::Event event);
  void on_ready(const wire::of::Ready& ready);
  void on_listing(wire::of::ListingDone listing);
  void on_bundle(wire::of::BundleDone bundle);
  void commit_pending();
  void settle(Error why);  // refuses what is still pending and answers the batch
  void answer_batch();

  rt::Loop& loop_;
  rt::Dialer& dialer_;
  rt::Choice& choice_;
  std::string socket_;
  wire::of::SessionBounds bounds_;
  std::shared_ptr<Line> line_;
  std::unique_ptr<rt::Dialer::Attempt> attempt_;
  std::unique_ptr<rt::Stream> stream_;
  std::optional<wire::of::Session> session_;
  rt::TimerHandle timer_;  // the next dial, or the next tick
  rt::Duration retry_delay_;
  std::optional<Error> trouble_;  // why there is no connection
  std::uint64_t datapath_id_ = 0;
  OpenflowCounters counters_;
  std::function<void(reconcile::Hint<Flow>)> hint_;
  std::function<void(const wire::of::PacketIn&)> on_packet_;
  std::optional<reconcile::Completion<Listed>> listing_;
  std::optional<Batch> batch_;
  Meters meters_{*this};
};

}  // namespace tarn::host
