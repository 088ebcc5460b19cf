// What is recorded of what security groups say: packets that no rule lets through, those that open a connection, and
// of stateless groups each that passes; and what an instance says that it may not say it is. The packet goes on its way
// in the switch, and a copy of its beginning goes to the agent, no more of them than the node's meter lets pass. What
// receivers' groups say of a broadcast is judged for several ports at once and not recorded.
#include "render/punt.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

using domain::Meter;

constexpr std::uint16_t bytes_recorded = 128;  // headers, and a little of what they carry

RecordSubject subject_of(View& view, const model::Port& port) {
  RecordSubject subject{port.standard.project_id, {}, {}};
  const auto add = [&](const RowKey& bucket, bool of_port) {
    for (const auto& [key, count] : view.bucket(bucket)) {
      const model::Log* log = view.log(key.id);
      if (log == nullptr) continue;
      const bool of_group =
          !log->resource || std::ranges::binary_search(port.security_groups, SecurityGroupId{*log->resource});
      if (of_port && !of_group) continue;
      if (log->event != model::LogEvent::drop) subject.accepted.insert(log->id);
      if (log->event != model::LogEvent::accept) subject.dropped.insert(log->id);
    }
  };
  add(key_of(Table::logs_of, port.id.uuid), true);
  for (const SecurityGroupId& group : port.security_groups) add(key_of(Table::logs_of, group.uuid), false);
  add(key_of(Table::logs_of, port.standard.project_id), false);
  return subject;
}

of::Controller record(PuntReason reason, const model::Port& port) {
  return {bytes_recorded, encode(Punt{reason, port.id}), Meter::of_records};
}

// One side of a port: where its groups were asked, and what becomes of a packet that opens a connection.
struct Side {
  Stage verdict;
  FieldValue port;
  Question packet;  // asked of stateless groups
  PuntReason accepted, dropped;
  Actions passed;
  Stage next;
};

void add_side(FlowSink& flows, const Side& side, const RecordSubject& subject, const model::Port& port) {
  if (!subject.dropped.empty())
    flows.add(side.verdict, Priority::low, {side.port, refused()}, {record(side.dropped, port)});
  if (subject.accepted.empty()) return;
  for (const std::uint64_t family : {ethertype_ipv4, ethertype_ipv6}) {
    Actions actions{record(side.accepted, port)};
    actions.insert(actions.end(), side.passed.begin(), side.passed.end());
    flows.add(side.verdict, Priority::high, Match{number(Field::eth_type, family)} & side.port & allowed() & opening(),
              std::move(actions), side.next);
  }
  const std::uint64_t packet_allowed = static_cast<std::uint64_t>(side.packet) | judged_allowed;
  flows.add(side.verdict, Priority::top,
            {side.port, FieldValue::number(reg::judgement, packet_allowed, question_mask | judged_allowed)},
            {record(side.accepted, port)}, side.next);
}

// Whatever falls through where the sender's claims are asked.
void add_forgeries(FlowSink& flows, const RecordSubject& subject, const model::Port& port, const Attachment& at) {
  if (subject.dropped.empty()) return;
  constexpr std::uint16_t below_claims = 50;
  for (const Stage stage : {Stage::source_mac, Stage::source_verdict})
    flows.add(stage, below_claims, {number(reg::source, at.number())}, {record(PuntReason::dropped_out, port)});
}

}  // namespace

void add_records(FlowSink& flows, Tables& tables, View& view, const model::Port& port, const Attachment& at) {
  if (!port.port_security_enabled) return;
  const RecordSubject subject = subject_of(view, port);
  if (subject.accepted.empty() && subject.dropped.empty()) return;
  tables.subjects.emplace(port.id, subject);
  add_forgeries(flows, subject, port, at);
  add_side(flows,
           {Stage::sender_verdict,
            number(reg::source, at.number()),
            Question::packet_out,
            PuntReason::accepted_out,
            PuntReason::dropped_out,
            {},
            Stage::answers},
           subject, port);
  add_side(flows,
           {Stage::receiver_verdict,
            number(reg::target, at.number()),
            Question::packet_in,
            PuntReason::accepted_in,
            PuntReason::dropped_in,
            {remember()},
            Stage::output},
           subject, port);
}

void add_records_meter(Tables& tables, View& view, const NodeConfig& config) {
  if (view.bucket(key_of(Table::logs)).empty()) return;
  tables.meters.emplace(Meter::of_records,
                        of::MeterSpec{of::MeterSpec::Unit::packets, config.records_rate, config.records_burst});
}

}  // namespace tarn::render
