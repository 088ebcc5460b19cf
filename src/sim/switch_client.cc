#include "sim/switch_client.h"

#include <algorithm>

namespace tarn::sim {

namespace of = wire::of;

namespace {

// OpenFlow 1.5 section 7.5.4: type and code.
const of::ErrorReply bad_request_type{1, 1, {}};         // OFPBRC_BAD_TYPE
const of::ErrorReply table_full{5, 1, {}};               // OFPFMFC_TABLE_FULL
const of::ErrorReply invalid_meter{12, 2, {}};           // OFPMMFC_INVALID_METER
const of::ErrorReply bundle_bad_id{17, 2, {}};           // OFPBFC_BAD_ID
const of::ErrorReply bundle_exists{17, 3, {}};           // OFPBFC_BUNDLE_EXIST
const of::ErrorReply bundle_closed{17, 4, {}};           // OFPBFC_BUNDLE_CLOSED
const of::ErrorReply bundle_message_failed{17, 13, {}};  // OFPBFC_MSG_FAILED

constexpr std::size_t flows_in_a_part = 40;
constexpr std::uint8_t tables = 254;  // that are not hidden

}  // namespace

ModelSwitch::Client::Client(ModelSwitch& owner, std::uint64_t id, std::unique_ptr<rt::Stream> stream)
    : switch_(owner), id_(id), stream_(std::move(stream)) {
  stream_->start({[this](ByteView bytes) { received(bytes); }, [this](const Error&) { switch_.gone(id_); }, {}});
  send(of::Hello{}, 0);
}

void ModelSwitch::Client::send(const of::Message& message, std::uint32_t xid) {
  stream_->write(of::encode(message, xid));
}

void ModelSwitch::Client::packet_in(const of::PacketIn& packet) {
  if (wants_packets_) send(packet, 0);
}

void ModelSwitch::Client::received(ByteView bytes) {
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (true) {
    const auto length = of::message_length(ByteView(input_).subspan(at));
    if (!length) return switch_.gone(id_);
    if (!*length || at + **length > input_.size()) break;
    const auto message = of::decode(ByteView(input_).subspan(at, **length));
    if (!message) return switch_.gone(id_);
    at += **length;
    handle(message->message, message->xid);
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(at));
}

void ModelSwitch::Client::handle(const of::Message& message, std::uint32_t xid) {
  if (std::holds_alternative<of::Hello>(message) || std::holds_alternative<of::EchoReply>(message)) return;
  if (const auto* echo = std::get_if<of::EchoRequest>(&message)) return send(of::EchoReply{echo->data}, xid);
  if (std::holds_alternative<of::FeaturesRequest>(message)) return send(of::FeaturesReply{1, tables, 0x4f}, xid);
  if (std::holds_alternative<of::SetConfig>(message)) return;
  if (const auto* out = std::get_if<of::PacketOut>(&message)) return switch_.packet_out(*out);
  if (std::holds_alternative<of::SetPacketInFormat>(message)) {
    wants_packets_ = true;
    return;
  }
  if (std::holds_alternative<of::BarrierRequest>(message)) return send(of::BarrierReply{}, xid);
  if (std::holds_alternative<of::TableStatsRequest>(message)) return count_tables(xid);
  if (const auto* request = std::get_if<of::FlowDescRequest>(&message)) return list(*request, xid);
  if (const auto* control = std::get_if<of::BundleControl>(&message)) return bundle_control(*control, xid);
  if (const auto* add = std::get_if<of::BundleAdd>(&message)) return bundle_add(*add, xid);
  if (std::holds_alternative<of::MeterDescRequest>(message)) return list_meters(xid);
  if (const auto* put = std::get_if<of::PutMeter>(&message)) return change_meter(*put, xid);
  if (const auto* gone = std::get_if<of::DeleteMeter>(&message)) return change_meter(*gone, xid);
  ++switch_.counters_.unknown;
  send(bad_request_type, xid);
}

// All tables, those without a flow too, in one message.
void ModelSwitch::Client::count_tables(std::uint32_t xid) {
  of::TableStatsReply reply;
  for (std::uint8_t table = 0; table < tables; ++table) reply.tables.push_back({.table = table});
  for (const auto& [key, seen] : switch_.flows_) ++reply.tables.at(key.table).flows;
  send(reply, xid);
}

void ModelSwitch::Client::list(const of::FlowDescRequest& request, std::uint32_t xid) {
  of::FlowDescReply part;
  std::uint64_t listed = 0;
  for (const auto& [key, seen] : switch_.flows_) {
    if (request.table && *request.table != key.table) continue;
    if ((seen.spec.cookie & request.mask) != (request.cookie & request.mask)) continue;
    if (part.flows.size() == flows_in_a_part) {
      part.more = true;
      send(std::exchange(part, {}), xid);
    }
    part.flows.emplace_back(key, seen);
    ++listed;
  }
  send(part, xid);
  ++switch_.counters_.flow_questions;
  switch_.counters_.answer_flows_most = std::max(switch_.counters_.answer_flows_most, listed);
}

void ModelSwitch::Client::bundle_add(const of::BundleAdd& add, std::uint32_t xid) {
  const auto found = bundles_.find(add.bundle);
  if (found == bundles_.end()) return send(bundle_bad_id, xid);
  if (found->second.closed) return send(bundle_closed, xid);
  // The real switch refuses some steps when they are added, others only when the tables are touched.
  const auto* flow = std::get_if<of::AddFlow>(&add.change);
  const bool early = flow != nullptr && switch_.refuses(*flow) && switch_.scheduler_.choice().below(2) == 0;
  if (early) {
    ++switch_.counters_.refusals;
    return send(table_full, xid);
  }
  found->second.changes.emplace_back(xid, add.change);
}

void ModelSwitch::Client::bundle_control(const of::BundleControl& control, std::uint32_t xid) {
  const auto found = bundles_.find(control.bundle);
  if (control.step == of::BundleStep::open_request) {
    if (found != bundles_.end()) return send(bundle_exists, xid);
    bundles_[control.bundle];
    return send(of::BundleControl{control.bundle, of::BundleStep::open_reply}, xid);
  }
  if (found == bundles_.end()) return send(bundle_bad_id, xid);
  if (control.step == of::BundleStep::close_request) {
    found->second.closed = true;
    return send(of::BundleControl{control.bundle, of::BundleStep::close_reply}, xid);
  }
  const Bundle bundle = std::move(found->second);
  bundles_.erase(found);
  if (control.step == of::BundleStep::discard_request) {
    return send(of::BundleControl{control.bundle, of::BundleStep::discard_reply}, xid);
  }
  if (!commit(bundle)) return send(bundle_message_failed, xid);
  send(of::BundleControl{control.bundle, of::BundleStep::commit_reply}, xid);
}

// All or nothing: a step that the tables refuse leaves them as they were.
bool ModelSwitch::Client::commit(const Bundle& bundle) {
  for (const auto& [xid, change] : bundle.changes) {
    const auto* flow = std::get_if<of::AddFlow>(&change);
    const bool metered = flow == nullptr || switch_.knows_meters_of(flow->spec);
    if (metered && (flow == nullptr || !switch_.refuses(*flow))) continue;
    ++switch_.counters_.refusals;
    send(metered ? table_full : invalid_meter, xid);
    return false;
  }
  for (const auto& [xid, change] : bundle.changes) {
    std::visit([this](const auto& one) { switch_.apply(one); }, change);
  }
  switch_.forward();
  return true;
}

void ModelSwitch::Client::list_meters(std::uint32_t xid) {
  of::MeterDescReply reply;
  for (const auto& [id, spec] : switch_.meters_) reply.meters.emplace_back(id, of::MeterSeen{.spec = spec});
  send(reply, xid);
}

template <class MeterChange>
void ModelSwitch::Client::change_meter(const MeterChange& change, std::uint32_t xid) {
  if (const auto refused = switch_.change(change)) {
    ++switch_.counters_.refusals;
    send(*refused, xid);
  }
}

}  // namespace tarn::sim
