// What is recorded of what security groups say: packets that no rule lets through, those that open a connection, and
// of stateless groups each that passes; and what an instance says that it may not say it is. The packet goes on its way
// in the switch, and a copy of its beginning goes to the agent, no more of them than the node's meter lets pass. A
// broadcast is judged for several ports at once, and recorded for each of them; it never is part of a connection.
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

// What opens a connection, and what a stateless group lets through by itself.
std::vector<std::pair<Priority, Match>> of_accepted(const Match& of, Question packet) {
  std::vector<std::pair<Priority, Match>> matches;
  for (const std::uint64_t family : {ethertype_ipv4, ethertype_ipv6})
    matches.emplace_back(Priority::high, of & number(Field::eth_type, family) & allowed() & opening());
  const std::uint64_t packet_allowed = static_cast<std::uint64_t>(packet) | judged_allowed;
  matches.emplace_back(Priority::top,
                       of & FieldValue::number(reg::judgement, packet_allowed, question_mask | judged_allowed));
  return matches;
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
  for (const auto& [priority, match] : of_accepted({side.port}, side.packet)) {
    Actions actions{record(side.accepted, port)};
    if (priority == Priority::high) actions.insert(actions.end(), side.passed.begin(), side.passed.end());
    flows.add(side.verdict, priority, match, std::move(actions), side.next);
  }
}

// Whatever falls through where the sender's claims are asked.
void add_forgeries(FlowSink& flows, const RecordSubject& subject, const model::Port& port, const Attachment& at) {
  if (subject.dropped.empty()) return;
  constexpr std::uint16_t below_claims = 50;
  for (const Stage stage : {Stage::source_mac, Stage::source_verdict})
    flows.add(stage, below_claims, {number(reg::source, at.number())}, {record(PuntReason::dropped_out, port)});
}

// What was judged for several is recorded by chunks of their own, numbered after those of other nodes.
constexpr std::uint32_t dropped_chunk_base = 2 * remote_chunk_base;
constexpr std::uint32_t accepted_chunk_base = 3 * remote_chunk_base;

bool is_anything_recorded(View& view) {
  return !view.bucket(key_of(Table::logs)).empty();
}

}  // namespace

void add_records(FlowSink& flows, Tables& tables, View& view, const model::Port& port, const Attachment& at) {
  if (!port.port_security_enabled) return;
  RecordSubject subject = subject_of(view, port);
  if (subject.accepted.empty() && subject.dropped.empty()) return;
  subject.number = at.number();
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

void add_broadcast_records(FlowSink& flows, View& view, const Match& of_policy,
                           const std::vector<std::uint32_t>& chunks) {
  if (!is_anything_recorded(view)) return;
  const auto each = [&](std::uint32_t base) {
    Actions actions;
    for (const std::uint32_t chunk : chunks) {
      actions.push_back(set(reg::chunk, base + chunk));
      actions.push_back(call(Stage::flood_chunk));
    }
    return actions;
  };
  flows.add(Stage::flood_verdict, Priority::low, of_policy & refused(), each(dropped_chunk_base));
  for (const auto& [priority, match] : of_accepted(of_policy, Question::packet_in))
    flows.add(Stage::flood_verdict, priority, match, each(accepted_chunk_base), Stage::flood_ports);
}

void add_chunk_records(FlowSink& flows, View& view, const Match& of_policy, std::uint32_t chunk,
                       const std::vector<const model::Port*>& ports) {
  if (!is_anything_recorded(view)) return;
  Actions dropped, accepted;
  for (const model::Port* port : ports) {
    const RecordSubject subject = subject_of(view, *port);
    if (!subject.dropped.empty()) dropped.emplace_back(record(PuntReason::dropped_in, *port));
    if (!subject.accepted.empty()) accepted.emplace_back(record(PuntReason::accepted_in, *port));
  }
  const auto add = [&](std::uint32_t base, Actions actions) {
    if (actions.empty()) return;
    flows.add(Stage::flood_chunk, Priority::low, of_policy & number(reg::chunk, base + chunk), std::move(actions));
  };
  add(dropped_chunk_base, std::move(dropped));
  add(accepted_chunk_base, std::move(accepted));
}

void add_records_meter(Tables& tables, View& view, const NodeConfig& config) {
  if (!is_anything_recorded(view)) return;
  tables.meters.emplace(Meter::of_records,
                        of::MeterSpec{of::MeterSpec::Unit::packets, config.records_rate, config.records_burst});
}

}  // namespace tarn::render
