// One OpenFlow connection as a machine: bytes and ticks in, bytes and events out. No socket, no clock, no thread.
// It speaks 1.5 only, lists flows whole or not at all, and commits changes as one atomic, ordered bundle.
// The owner destroys it with the line; whatever was outstanding then is unknown.
#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/openflow/codec.h"
#include "wire/openflow/message.h"

namespace tarn::wire::of {

using FlowChange = std::variant<AddFlow, DeleteFlow>;
using MeterChange = std::variant<PutMeter, DeleteMeter>;
using MeterListing = std::vector<std::pair<std::uint32_t, MeterSeen>>;
using FlowListing = std::vector<std::pair<FlowKey, FlowSeen>>;

// Names one request of this session.
struct Token {
  std::uint32_t xid = 0;
  auto operator<=>(const Token&) const = default;
};

struct SessionBounds {
  std::size_t output_bytes_max = 32U << 20;  // what may wait in take_output()
  std::size_t listing_flows_max = 2'000'000;
  std::uint32_t answer_flows = 512;  // aimed at in each answer of a listing; see flow_questions()
  // A switch that polls thousands of interfaces takes long over each turn, and each answer waits for one: its answers
  // may take as long as its turns do, at so much for each flow, and hold so many times more at most.
  std::chrono::nanoseconds flow_time = std::chrono::microseconds(4);
  std::uint32_t answer_growth_max = 4;
  std::size_t bundle_steps_max = 65'536;
  std::size_t listing_meters_max = 1'000'000;
  std::chrono::nanoseconds quiet = std::chrono::seconds(5);  // hearing nothing for so long, we ask for an echo
  std::chrono::nanoseconds dead = std::chrono::seconds(30);  // and for so long, the line counts as broken
};

// The switch is known and answers: requests may be made from now on.
struct Ready {
  std::uint64_t datapath_id = 0;
};
// The last part of the last answer has arrived. An error: the switch refused a question.
struct ListingDone {
  Token token;
  Result<FlowListing> flows;
};
enum class StepVerdict : std::uint8_t {
  applied,
  refused,   // by the switch, for itself: see `why`
  left_out,  // nothing wrong with it, but its bundle was dropped because of a refused step
};
struct StepOutcome {
  StepVerdict verdict = StepVerdict::applied;
  Error why;
};
// One outcome for each step, in order. All applied, or none: a bundle is atomic.
struct BundleDone {
  Token token;
  std::vector<StepOutcome> steps;
};
struct MeterListingDone {
  Token token;
  Result<MeterListing> meters;
};
// One outcome for each change, in order; each stands or falls alone.
struct MetersDone {
  Token token;
  std::vector<StepOutcome> steps;
};
using Event = std::variant<Ready, ListingDone, BundleDone, MeterListingDone, MetersDone, PacketIn>;

class Session {
 public:
  explicit Session(SessionBounds bounds = {});  // its Hello waits in take_output()

  // Any piece of the stream. An error ends the session: the peer broke the protocol or does not speak 1.5.
  Status on_bytes(ByteView bytes);
  // What time it is, counted from any fixed start, when something happens next.
  void time_is(std::chrono::nanoseconds now) { now_ = now; }
  // The time alone has passed. An error ends the session: the switch has been silent for `dead`.
  Status on_tick(std::chrono::nanoseconds now);

  [[nodiscard]] Bytes take_output() { return std::exchange(output_, {}); }
  [[nodiscard]] std::vector<Event> take_events() { return std::exchange(events_, {}); }
  [[nodiscard]] bool ready() const { return state_ == State::ready; }

  // Every flow of the switch, in as many questions as keep its answers short; each waits for the end of the answer
  // before it. One listing at a time. Errors: unavailable before Ready, conflict while another one runs.
  Result<Token> list_flows();
  // The same errors, and exhausted for more steps or bytes than the bounds allow. A step that cannot be written is
  // refused by itself and does not drop the bundle.
  Result<Token> commit(const std::vector<FlowChange>& changes);
  // Every meter of the switch. Errors as of list_flows().
  Result<Token> list_meters();
  // Meters have no bundles: the changes are made one after the other. Errors as of commit().
  Result<Token> change_meters(const std::vector<MeterChange>& changes);
  // Lets the switch do this with a frame that comes from nowhere. Errors: unavailable, exhausted.
  Status packet_out(const std::vector<Action>& actions, ByteView frame);

 private:
  enum class State : std::uint8_t { greeting, asking, ready };
  enum class Phase : std::uint8_t { filling, committing, discarding };
  struct Listing {
    Token token;                             // of the first question
    std::chrono::nanoseconds asked{};        // when that was
    std::uint32_t xid = 0;                   // of the question whose answer is awaited
    std::vector<TableStats> tables;          // the first answer
    bool tables_known = false;               // it has been heard to its end
    std::vector<FlowDescRequest> questions;  // still to be asked, in reverse order
    FlowListing flows;
  };
  struct Bundle {
    std::uint32_t id = 0;
    std::uint32_t open_xid = 0;  // the steps follow, one transaction id each
    std::uint32_t last_xid = 0;  // of the control request whose reply is awaited
    Phase phase = Phase::filling;
    std::vector<std::optional<Error>> refused;  // one for each step
    bool any_refused = false;
  };

  struct MeterQuestion {
    std::uint32_t xid = 0;
    MeterListing meters;
  };
  struct MeterBatch {
    std::uint32_t first_xid = 0;    // of the changes, one transaction id each
    std::uint32_t barrier_xid = 0;  // its reply ends the batch
    std::vector<StepOutcome> steps;
  };

  void send(const Message& message);
  std::uint32_t next_xid() { return next_xid_++; }

  Status handle(Envelope envelope);
  Status on_hello(const Hello& hello);
  Status on_error(std::uint32_t xid, const ErrorReply& error);
  void on_features(const FeaturesReply& features);
  Status on_tables(std::uint32_t xid, const TableStatsReply& reply);
  Status on_flows(std::uint32_t xid, FlowDescReply reply);
  [[nodiscard]] std::uint32_t answer_flows(std::chrono::nanoseconds turn) const;
  void ask_next();
  void finish_listing(Result<FlowListing> flows);
  Status on_meters(std::uint32_t xid, MeterDescReply reply);
  void on_meter_barrier(std::uint32_t xid);
  void on_bundle_reply(std::uint32_t xid, const BundleControl& reply);
  void on_bundle_error(std::uint32_t xid, const ErrorReply& error);
  void control(BundleStep step);
  void finish_bundle(std::optional<Error> whole_bundle);

  SessionBounds bounds_;
  State state_ = State::greeting;
  Bytes input_;
  Bytes output_;
  std::vector<Event> events_;
  std::uint32_t next_xid_ = 1;
  std::uint32_t next_bundle_ = 1;
  std::optional<Listing> listing_;
  std::optional<Bundle> bundle_;
  std::optional<MeterQuestion> meter_question_;
  std::optional<MeterBatch> meter_batch_;
  std::chrono::nanoseconds now_{};
  bool heard_ = true;  // something arrived since the last tick
  bool echo_waiting_ = false;
  std::chrono::nanoseconds last_heard_{};
};

}  // namespace tarn::wire::of
