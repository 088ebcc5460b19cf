// How fast a port may be: meters, and the stages that packets of a limited port pass. A port without limits has none of
// it. A meter is numbered by the port's ofport, so that it is found again and belongs to one port; below a trunk by a
// number that is recorded for the port. Addresses outside are limited in outside_limits.cc.
#include "model/limits.h"

#include "render/render_units.h"

namespace tarn::render {

namespace {

using domain::Meter;
using of::MeterSpec;

// Where nobody says how much may come at once, as in the Networking API: 80 % of a second's worth. No bucket is smaller
// than some full packets, or nothing would ever get through.
constexpr std::uint64_t usual_burst_percent = 80;
constexpr std::uint64_t least_burst_kilobits = 150;
constexpr std::uint64_t packets_of_unit = 1'000;
constexpr std::uint64_t number_max = 0xffffffff;

MeterSpec spec_of(const model::QosRule& rule) {
  const bool packets = rule.type == model::QosRuleType::packet_rate_limit;
  const std::uint64_t unit = packets ? packets_of_unit : 1;
  const std::uint64_t rate = std::max<std::uint64_t>(rule.rate, 1) * unit;
  std::uint64_t burst = rule.burst == 0 ? rate * usual_burst_percent / 100 : rule.burst * unit;
  burst = std::max<std::uint64_t>(burst, packets ? 1 : least_burst_kilobits);
  return {packets ? MeterSpec::Unit::packets : MeterSpec::Unit::kilobits,
          static_cast<std::uint32_t>(std::min(rate, number_max)),
          static_cast<std::uint32_t>(std::min(burst, number_max))};
}

// The switch sends nothing back to the interface it came from unless told to, and tells ports on one apart not at all.
void add_last_step(FlowSink& flows, Stage stage, const FieldValue& receiver, const Actions& metered,
                   const Attachment& at, const std::vector<Copy>& copies) {
  const auto deliver = [&](std::uint32_t in_port) {
    Actions actions = metered;
    append_copies(actions, copies, in_port);
    append_output(actions, at, at.shared && in_port == at.ofport ? of::port_in_port : at.ofport);
    return actions;
  };
  std::set<std::uint32_t> ways_back;
  for (const Copy& copy : copies) ways_back.insert(copy.ofport);
  if (at.shared) ways_back.insert(at.ofport);
  flows.add(stage, Priority::low, {receiver}, deliver(0));
  for (const std::uint32_t in_port : ways_back)
    flows.add(stage, Priority::middle, {receiver, number(Field::in_port, in_port)}, deliver(in_port));
  if (at.shared) flows.drop(stage, Priority::high, {receiver, number(reg::source, at.number())});
}

}  // namespace

Actions metered(Tables& tables, std::optional<Meter::Key> meters, MeterUse use, const std::optional<MeterSpec>& limit) {
  if (!meters || !limit) return {};
  const Meter::Key key = *meters + static_cast<Meter::Key>(use);
  tables.meters.emplace(key, *limit);
  return {of::Meter{key}};
}

std::optional<Meter::Key> numbered_meters(View& view, const Uuid& limited) {
  const auto number = usable_number(view, metered_id(limited));
  return number ? Meter::of_number(*number) : std::nullopt;
}

QosLimits limits_of(View& view, const std::optional<QosPolicyId>& policy) {
  QosLimits limits;
  if (!policy) return limits;
  for (const auto& [key, count] : view.bucket(key_of(Table::limits_of, policy->uuid))) {
    const model::QosRule* rule = view.limit(QosRuleId{key.id});
    if (rule == nullptr) continue;
    const bool sends = rule->direction == model::Direction::egress;
    switch (rule->type) {
      case model::QosRuleType::bandwidth_limit:
        (sends ? limits.sends_rate : limits.gets_rate) = spec_of(*rule);
        break;
      case model::QosRuleType::packet_rate_limit:
        // One for any direction is for each of both.
        if (rule->direction != model::Direction::ingress) limits.sends_packets = spec_of(*rule);
        if (!sends) limits.gets_packets = spec_of(*rule);
        break;
      case model::QosRuleType::dscp_marking:
        limits.mark = rule->dscp;
        break;
      case model::QosRuleType::minimum_bandwidth:  // docs/pipeline.md, limits known today
      case model::QosRuleType::minimum_packet_rate:
        break;
    }
  }
  return limits;
}

QosLimits limits_of(View& view, const model::Port& port) {
  return limits_of(view, model::qos_policy_of(port, view.network(port.network)));
}

Stage add_sender_limits(FlowSink& flows, Tables& tables, const QosLimits& limits, const Attachment& at, Stage next) {
  const FieldValue sender = number(reg::source, at.number());
  if (limits.mark) {
    for (const std::uint64_t family : {ethertype_ipv4, ethertype_ipv6})
      flows.add(Stage::sender_mark, Priority::middle, {number(Field::eth_type, family), sender},
                {set(Field::ip_dscp, *limits.mark)}, next);
    flows.add(Stage::sender_mark, Priority::low, {sender}, {}, next);
    next = Stage::sender_mark;
  }
  const std::tuple<Stage, MeterUse, std::optional<MeterSpec>> stages_of_limits[] = {
      {Stage::sender_packets, MeterUse::sends_packets, limits.sends_packets},
      {Stage::sender_rate, MeterUse::sends_rate, limits.sends_rate}};
  for (const auto& [stage, use, limit] : stages_of_limits) {
    Actions actions = metered(tables, at.meters, use, limit);
    if (actions.empty()) continue;
    flows.add(stage, Priority::low, {sender}, std::move(actions), next);
    next = stage;
  }
  return next;
}

void add_output(FlowSink& flows, Tables& tables, const QosLimits& limits, const Attachment& at,
                const std::vector<Copy>& copies) {
  const FieldValue receiver = number(reg::target, at.number());
  Actions rate = metered(tables, at.meters, MeterUse::gets_rate, limits.gets_rate);
  Actions packets = metered(tables, at.meters, MeterUse::gets_packets, limits.gets_packets);
  if (rate.empty()) std::swap(rate, packets);
  if (packets.empty()) return add_last_step(flows, Stage::output, receiver, rate, at, copies);
  // A flow has one meter.
  flows.add(Stage::output, Priority::low, {receiver}, std::move(rate), Stage::output_packets);
  add_last_step(flows, Stage::output_packets, receiver, packets, at, copies);
}

}  // namespace tarn::render
