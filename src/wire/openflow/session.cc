#include "wire/openflow/session.h"

#include <algorithm>

#include "base/check.h"
#include "wire/openflow/flow_questions.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t error_type_hello = 0;     // OFPET_HELLO_FAILED
constexpr std::uint16_t error_type_flow_mod = 5;  // OFPET_FLOW_MOD_FAILED
constexpr std::uint16_t flow_table_full = 1;      // OFPFMFC_TABLE_FULL
constexpr std::size_t tables_max = 255;           // OFPTT_MAX is 254

Error refusal(const ErrorReply& error) {
  const bool full = error.type == error_type_flow_mod && error.code == flow_table_full;
  return {full ? ErrorCode::exhausted : ErrorCode::invalid, {}, "the switch refuses: " + text(error)};
}

bool speaks_1_5(const Hello& hello) {
  if (hello.versions != 0) return (hello.versions >> version_1_5 & 1) != 0;
  return hello.version >= version_1_5;  // OpenFlow 1.5 section 6.3.1: without bitmaps the lower version counts
}

}  // namespace

Session::Session(SessionBounds bounds) : bounds_(bounds) {
  send(Hello{});
}

void Session::send(const Message& message) {
  const Bytes bytes = encode(message, next_xid());
  output_.insert(output_.end(), bytes.begin(), bytes.end());
}

Status Session::on_bytes(ByteView bytes) {
  heard_ = true;
  echo_waiting_ = false;
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (true) {
    const ByteView rest = ByteView(input_).subspan(at);
    const Result<std::optional<std::size_t>> length = message_length(rest);
    if (!length) return fail(length.error());
    if (!*length || **length > rest.size()) break;
    Result<Envelope> envelope = decode(rest.first(**length));
    if (!envelope) return fail(envelope.error());
    if (Status handled = handle(std::move(*envelope)); !handled) return handled;
    at += **length;
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Status Session::on_tick(std::chrono::nanoseconds now) {
  time_is(now);
  if (std::exchange(heard_, false)) last_heard_ = now;
  const auto silence = now - last_heard_;
  if (silence >= bounds_.dead) return fail(ErrorCode::unavailable, "the switch has stopped answering");
  if (silence >= bounds_.quiet && !std::exchange(echo_waiting_, true)) send(EchoRequest{});
  return {};
}

Status Session::handle(Envelope envelope) {
  const auto* hello = std::get_if<Hello>(&envelope.message);
  const auto* error = std::get_if<ErrorReply>(&envelope.message);
  if (hello != nullptr) return on_hello(*hello);
  if (error != nullptr) return on_error(envelope.xid, *error);
  if (state_ == State::greeting) return fail(ErrorCode::corrupt, "the switch spoke before its hello");
  if (auto* echo = std::get_if<EchoRequest>(&envelope.message)) {
    if (output_.size() + echo->data.size() > bounds_.output_bytes_max)
      return fail(ErrorCode::exhausted, "the switch asks for echoes faster than it takes them");
    const Bytes bytes = encode(EchoReply{std::move(echo->data)}, envelope.xid);
    output_.insert(output_.end(), bytes.begin(), bytes.end());
  } else if (const auto* features = std::get_if<FeaturesReply>(&envelope.message)) {
    on_features(*features);
  } else if (const auto* tables = std::get_if<TableStatsReply>(&envelope.message)) {
    return on_tables(envelope.xid, *tables);
  } else if (auto* flows = std::get_if<FlowDescReply>(&envelope.message)) {
    return on_flows(envelope.xid, std::move(*flows));
  } else if (auto* meters = std::get_if<MeterDescReply>(&envelope.message)) {
    return on_meters(envelope.xid, std::move(*meters));
  } else if (std::holds_alternative<BarrierReply>(envelope.message)) {
    on_meter_barrier(envelope.xid);
  } else if (const auto* control = std::get_if<BundleControl>(&envelope.message)) {
    on_bundle_reply(envelope.xid, *control);
  } else if (auto* packet = std::get_if<PacketIn>(&envelope.message)) {
    events_.emplace_back(std::move(*packet));
  }
  return {};
}

Status Session::on_hello(const Hello& hello) {
  if (state_ != State::greeting) return fail(ErrorCode::corrupt, "the switch greeted twice");
  if (!speaks_1_5(hello))
    return fail(ErrorCode::unsupported,
                "the switch does not offer OpenFlow 1.5: the bridge's protocols must include OpenFlow15");
  state_ = State::asking;
  send(SetConfig{});
  send(SetPacketInFormat{});
  send(FeaturesRequest{});
  return {};
}

void Session::on_features(const FeaturesReply& features) {
  if (state_ != State::asking) return;
  state_ = State::ready;
  events_.emplace_back(Ready{features.datapath_id});
}

Status Session::on_error(std::uint32_t xid, const ErrorReply& error) {
  if (error.type == error_type_hello || state_ == State::greeting)
    return fail(ErrorCode::unsupported, "the switch refuses the connection: " + text(error));
  const bool of_meters = meter_batch_ && xid - meter_batch_->first_xid < meter_batch_->steps.size();
  if (listing_ && listing_->xid == xid) {
    finish_listing(fail(refusal(error)));
  } else if (meter_question_ && meter_question_->xid == xid) {
    meter_question_.reset();
    events_.emplace_back(MeterListingDone{Token{xid}, fail(refusal(error))});
  } else if (of_meters) {
    meter_batch_->steps[xid - meter_batch_->first_xid] = {StepVerdict::refused, refusal(error)};
  } else if (bundle_) {
    on_bundle_error(xid, error);
  }
  return {};
}

Result<Token> Session::list_flows() {
  if (!ready()) return fail(ErrorCode::unavailable, "the switch is not connected");
  if (listing_) return fail(ErrorCode::conflict, "a listing is already under way");
  const Token token{next_xid_};
  listing_ = Listing{.token = token, .asked = now_, .xid = token.xid, .tables = {}, .questions = {}, .flows = {}};
  send(TableStatsRequest{});
  return token;
}

Status Session::on_tables(std::uint32_t xid, const TableStatsReply& reply) {
  if (!listing_ || listing_->xid != xid || listing_->tables_known) return {};
  std::vector<TableStats>& tables = listing_->tables;
  tables.insert(tables.end(), reply.tables.begin(), reply.tables.end());
  if (tables.size() > tables_max) return fail(ErrorCode::corrupt, "the switch names more tables than there can be");
  if (reply.more) return {};
  // An empty table is named too: a switch that names none has not answered, and its flows are not known to be none.
  if (tables.empty()) {
    finish_listing(fail(ErrorCode::corrupt, "the switch does not say which tables it has"));
    return {};
  }
  listing_->tables_known = true;
  listing_->questions = flow_questions(tables, answer_flows(now_ - listing_->asked));
  std::ranges::reverse(listing_->questions);
  ask_next();
  return {};
}

Status Session::on_flows(std::uint32_t xid, FlowDescReply reply) {
  if (!listing_ || listing_->xid != xid || !listing_->tables_known) return {};
  if (listing_->flows.size() + reply.flows.size() > bounds_.listing_flows_max)
    return fail(ErrorCode::exhausted, "the switch lists more flows than this agent can hold");
  std::ranges::move(reply.flows, std::back_inserter(listing_->flows));
  if (!reply.more) ask_next();
  return {};
}

// `turn`: how long the switch took over a question that costs it nothing.
std::uint32_t Session::answer_flows(std::chrono::nanoseconds turn) const {
  const std::int64_t as_long = turn / bounds_.flow_time;
  const std::int64_t most = std::int64_t{bounds_.answer_flows} * bounds_.answer_growth_max;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(as_long, bounds_.answer_flows, most));
}

// Between two questions lies a round trip, in which the switch forwards what waits.
void Session::ask_next() {
  if (listing_->questions.empty()) return finish_listing(std::move(listing_->flows));
  listing_->xid = next_xid_;
  send(listing_->questions.back());
  listing_->questions.pop_back();
}

void Session::finish_listing(Result<FlowListing> flows) {
  events_.emplace_back(ListingDone{listing_->token, std::move(flows)});
  listing_.reset();
}

// The bundle is opened, filled and closed in one go, and committed only after the switch has acknowledged the close:
// by then it has also said which steps it refuses (OpenFlow 1.5 section 6.9.5).
Result<Token> Session::commit(const std::vector<FlowChange>& changes) {
  if (!ready()) return fail(ErrorCode::unavailable, "the switch is not connected");
  if (bundle_) return fail(ErrorCode::conflict, "a bundle is already under way");
  if (changes.size() > bounds_.bundle_steps_max) return fail(ErrorCode::exhausted, "a bundle has too many steps");

  Bundle bundle{.id = next_bundle_, .open_xid = next_xid_, .last_xid = 0, .phase = {}, .refused = {}};
  ByteWriter steps;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto xid = static_cast<std::uint32_t>(bundle.open_xid + 1 + i);
    const Result<Bytes> bytes = try_encode(BundleAdd{bundle.id, changes[i]}, xid);
    bundle.refused.push_back(bytes ? std::nullopt : std::optional(bytes.error()));
    if (bytes) steps.put(*bytes);
  }
  if (output_.size() + steps.size() > bounds_.output_bytes_max)
    return fail(ErrorCode::exhausted, "more waits to be sent to the switch than this agent may hold");

  ++next_bundle_;
  const Token token{bundle.open_xid};
  bundle_ = std::move(bundle);
  send(BundleControl{bundle_->id, BundleStep::open_request});
  output_.insert(output_.end(), steps.view().begin(), steps.view().end());
  next_xid_ = static_cast<std::uint32_t>(next_xid_ + changes.size());
  control(BundleStep::close_request);
  return token;
}

void Session::control(BundleStep step) {
  bundle_->last_xid = next_xid_;
  send(BundleControl{bundle_->id, step});
}

void Session::on_bundle_reply(std::uint32_t xid, const BundleControl& reply) {
  if (!bundle_ || xid != bundle_->last_xid || reply.bundle != bundle_->id) return;
  if (reply.step == BundleStep::close_reply && bundle_->phase == Phase::filling) {
    const bool drop = bundle_->any_refused;
    bundle_->phase = drop ? Phase::discarding : Phase::committing;
    control(drop ? BundleStep::discard_request : BundleStep::commit_request);
  } else if (reply.step == BundleStep::commit_reply || reply.step == BundleStep::discard_reply) {
    finish_bundle(std::nullopt);
  }
}

// A refused step is named by its own transaction id, when it is added or, if only the table can tell, at the commit;
// then a refusal of the commit follows. A refusal of a control request ends the bundle: the switch has dropped it.
void Session::on_bundle_error(std::uint32_t xid, const ErrorReply& error) {
  const std::uint32_t step = xid - bundle_->open_xid - 1;
  if (step < bundle_->refused.size()) {
    bundle_->refused[step] = refusal(error);
    bundle_->any_refused = true;
    return;
  }
  const bool control = xid == bundle_->open_xid || xid == bundle_->last_xid;
  if (control) finish_bundle(refusal(error));
}

void Session::finish_bundle(std::optional<Error> whole_bundle) {
  Bundle bundle = std::move(*bundle_);
  bundle_.reset();
  const bool dropped = bundle.any_refused || whole_bundle.has_value();
  BundleDone done{Token{bundle.open_xid}, {}};
  for (std::optional<Error>& refused : bundle.refused) {
    if (refused)
      done.steps.push_back({StepVerdict::refused, std::move(*refused)});
    else if (!dropped)
      done.steps.push_back({StepVerdict::applied, {}});
    else if (bundle.any_refused)
      done.steps.push_back({StepVerdict::left_out, {}});
    else
      done.steps.push_back({StepVerdict::refused, *whole_bundle});
  }
  events_.emplace_back(std::move(done));
}

Result<Token> Session::list_meters() {
  if (!ready()) return fail(ErrorCode::unavailable, "the switch is not connected");
  if (meter_question_) return fail(ErrorCode::conflict, "a listing of meters is already under way");
  meter_question_ = MeterQuestion{next_xid_, {}};
  send(MeterDescRequest{});
  return Token{meter_question_->xid};
}

Status Session::on_meters(std::uint32_t xid, MeterDescReply reply) {
  if (!meter_question_ || meter_question_->xid != xid) return {};
  MeterListing& meters = meter_question_->meters;
  if (meters.size() + reply.meters.size() > bounds_.listing_meters_max)
    return fail(ErrorCode::exhausted, "the switch lists more meters than this agent can hold");
  std::ranges::move(reply.meters, std::back_inserter(meters));
  if (reply.more) return {};
  events_.emplace_back(MeterListingDone{Token{xid}, std::move(meters)});
  meter_question_.reset();
  return {};
}

Result<Token> Session::change_meters(const std::vector<MeterChange>& changes) {
  if (!ready()) return fail(ErrorCode::unavailable, "the switch is not connected");
  if (meter_batch_) return fail(ErrorCode::conflict, "other meters are being changed");
  if (changes.size() > bounds_.bundle_steps_max) return fail(ErrorCode::exhausted, "too many meters at once");
  MeterBatch batch{.first_xid = next_xid_, .barrier_xid = 0, .steps = {}};
  ByteWriter messages;
  for (const MeterChange& change : changes) {
    const std::uint32_t xid = next_xid();
    const Result<Bytes> bytes = std::visit([xid](const auto& each) { return try_encode(Message(each), xid); }, change);
    batch.steps.push_back(bytes ? StepOutcome{} : StepOutcome{StepVerdict::refused, bytes.error()});
    if (bytes) messages.put(*bytes);
  }
  if (output_.size() + messages.size() > bounds_.output_bytes_max)
    return fail(ErrorCode::exhausted, "more waits to be sent to the switch than this agent may hold");
  output_.insert(output_.end(), messages.view().begin(), messages.view().end());
  batch.barrier_xid = next_xid_;
  meter_batch_ = std::move(batch);
  send(BarrierRequest{});
  return Token{meter_batch_->first_xid};
}

// Whatever the switch had to refuse before the barrier it has refused by now (OpenFlow 1.5 section 7.3.7).
void Session::on_meter_barrier(std::uint32_t xid) {
  if (!meter_batch_ || meter_batch_->barrier_xid != xid) return;
  events_.emplace_back(MetersDone{Token{meter_batch_->first_xid}, std::move(meter_batch_->steps)});
  meter_batch_.reset();
}

Status Session::packet_out(const std::vector<Action>& actions, ByteView frame) {
  if (!ready()) return fail(ErrorCode::unavailable, "the switch is not connected");
  const PacketOut packet{port_controller, actions, Bytes(frame.begin(), frame.end())};
  const Result<Bytes> bytes = try_encode(packet, next_xid());
  if (!bytes) return fail(bytes.error());
  if (output_.size() + bytes->size() > bounds_.output_bytes_max)
    return fail(ErrorCode::exhausted, "more waits to be sent to the switch than this agent may hold");
  output_.insert(output_.end(), bytes->begin(), bytes->end());
  return {};
}

}  // namespace tarn::wire::of
