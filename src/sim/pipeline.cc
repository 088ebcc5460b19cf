#include "sim/pipeline.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>

#include "base/hash.h"
#include "sim/tracking.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr std::uint64_t vlan_present = 0x1000;

// What writes to or reads from the ports of a later fragment is passed over; ICMP fields are not held to that
// (mf_are_prereqs_ok in Open vSwitch).
bool is_there(Field field, const Packet& packet) {
  const bool port = field >= Field::tcp_src && field <= Field::sctp_dst;
  return !port || (packet.number(Field::ip_frag) & 2) == 0;
}

}  // namespace

struct Pipeline::State {
  // A part of the packet that goes on after ct().
  struct Onward {
    std::uint8_t table;
    Packet packet;
    std::optional<Translated> translated;
    int recirculations;
  };

  Packet packet;        // as the tables see it, with its in_port, which actions may write
  Conntrack conntrack;  // with what the walk did so far
  const LivePorts& alive;
  Walk walk{};
  int resubmits = 0;
  int recirculations = 0;
  Rewritten rewritten{};
  std::optional<Translated> translated{};
  std::deque<Onward> onward{};

  void emit(std::uint32_t port, Bytes userdata = {}) {
    // A packet goes back to where it came from only when that is said (OpenFlow 1.5 section 7.2.1.2).
    const auto in_port = static_cast<std::uint32_t>(packet.number(Field::in_port));
    if (port == in_port || (port == of::port_in_port && in_port == 0)) return;
    walk.emissions.push_back(
        {port == of::port_in_port ? in_port : port, rewritten.beneath(packet), std::move(userdata)});
  }
  void track(const of::Ct& action);
  Conntrack::Verdict hear(const of::Ct& action, std::uint16_t zone, Packet& real);
  void choose(const of::Multipath& action);
  void choose(const of::FirstAlive& action);
};

// ct(): a verdict, perhaps a new connection, perhaps other addresses, perhaps a copy that goes on with the verdict.
// What is left of the actions is done with a packet that is not tracked any more (compose_conntrack_action() in
// ofproto-dpif-xlate).
void Pipeline::State::track(const of::Ct& action) {
  if (!action.nested.empty() || action.force) walk.faults.emplace_back("a mark or a forced commit is not walked");
  const bool lasting = action.commit || action.table;
  if (lasting && packet.number(Field::ip_frag) != 0) walk.faults.emplace_back("a fragment is not tracked alone");
  const std::uint64_t zone_bits = action.zone_field ? packet.number(*action.zone_field) & 0xffff : action.zone;
  const auto zone = static_cast<std::uint16_t>(zone_bits);
  Packet real = rewritten.beneath(packet);
  const Conntrack::Verdict verdict = hear(action, zone, real);
  rewritten.become(packet, real);
  forget_verdict(packet);
  if (!action.table) return;
  if (recirculations == recirculations_max) {
    walk.faults.emplace_back("more recirculations than a switch takes");
    return;
  }
  forget_verdict(real);
  write_verdict(real, zone, verdict);
  onward.push_back({*action.table, std::move(real), translated, recirculations + 1});
}

// A packet that was translated in this zone is still what it was to it, and is not translated again.
Conntrack::Verdict Pipeline::State::hear(const of::Ct& action, std::uint16_t zone, Packet& real) {
  std::optional<Tuple> own = tuple_of(real, conntrack.tracker());
  if (translated && translated->zone != zone) translated.reset();
  if (translated) {
    if (own != translated->now)
      walk.faults.emplace_back("a packet is tracked that was translated and then readdressed");
    own = translated->own;
  }
  Conntrack::Verdict verdict = conntrack.verdict(zone, own);
  if (!verdict.original) return verdict;
  const Passage passage = conntrack.passage({zone, *own}, action.commit, action.nat);
  if (const char* fault = fault_of(passage, action)) walk.faults.emplace_back(fault);
  if (conntrack.passed(passage)) walk.commits.push_back(passage.connection);
  walk.passages.push_back(passage);
  if (action.nat && !translated) {
    if (const auto rewriting = conntrack.rewriting(passage.connection)) {
      readdress(real, rewriting->to);
      translated = Translated{zone, *own, rewriting->to, rewriting->bit};
    }
  }
  if (translated) verdict.state |= translated->bit;
  return verdict;
}

void Pipeline::State::choose(const of::FirstAlive& action) {
  constexpr std::uint16_t nobody = 0xffff;  // OFPP_NONE of OpenFlow 1.0
  const auto first = std::ranges::find_if(action.ports, [this](std::uint16_t port) { return alive.contains(port); });
  packet.set(of::FieldValue::number(action.to, first == action.ports.end() ? nobody : *first, 0xffff));
}

// Which of the links the switch takes is its own affair, but that all of a connection takes the same.
void Pipeline::State::choose(const of::Multipath& action) {
  ContentHash hash;
  for (const Field field : {Field::ip_proto, Field::ipv4_src, Field::ipv4_dst, Field::ipv6_src, Field::ipv6_dst,
                            Field::tcp_src, Field::tcp_dst, Field::udp_src, Field::udp_dst})
    hash.add(packet.octets(field));
  const std::uint64_t mask = (std::uint64_t{1} << action.bits) - 1;
  packet.set(of::FieldValue::number(action.to, hash.add(action.basis).value() % action.links, mask));
}

bool Walk::teach(Conntrack& conntrack) const {
  const std::uint64_t before = conntrack.version();
  for (const Passage& passage : passages) conntrack.passed(passage);
  return conntrack.version() != before;
}

Pipeline::Pipeline(const std::map<of::FlowKey, of::FlowSpec>& flows, LivePorts alive) : alive_(std::move(alive)) {
  std::map<std::uint8_t, std::vector<Classifier::Flow>> lists;
  for (const auto& [key, spec] : flows) lists[key.table].push_back({key, spec});
  for (auto& [table, list] : lists) tables_.emplace(table, Classifier(std::move(list)));
}

Walk Pipeline::walk(std::uint32_t in_port, Packet packet, const Conntrack& conntrack) const {
  packet.set(Field::in_port, in_port);
  State state{std::move(packet), conntrack, alive_};
  run_table(state, 0, 0);
  return finish(state);
}

Walk Pipeline::send(const std::vector<of::Action>& actions, Packet packet) const {
  packet.set(Field::in_port, of::port_controller);
  const Conntrack nothing;
  State state{std::move(packet), nothing, alive_};
  run_actions(state, actions, 0);
  return finish(state);
}

// What went on after ct() goes on.
Walk Pipeline::finish(State& state) const {
  while (!state.onward.empty()) {
    State::Onward next = std::move(state.onward.front());
    state.onward.pop_front();
    state.packet = std::move(next.packet);
    state.translated = next.translated;
    state.rewritten = {};
    state.recirculations = next.recirculations;
    state.resubmits = 0;
    run_table(state, next.table, 0);
  }
  state.walk.last = std::move(state.packet);
  return std::move(state.walk);
}

void Pipeline::run_table(State& state, std::uint8_t table, int depth) const {
  std::optional<std::uint8_t> next = table;
  while (next) {
    const auto found = tables_.find(*next);
    if (found == tables_.end()) return;
    const Classifier::Flow* flow = found->second.lookup(state.packet, state.walk.faults);
    if (flow == nullptr) return;
    state.walk.path.push_back(flow->key);
    if (!run_actions(state, flow->spec.actions, depth)) return;
    if (flow->spec.goto_table && *flow->spec.goto_table <= *next) {
      state.walk.faults.push_back("goes back: " + of::text(flow->key, flow->spec));
      return;
    }
    next = flow->spec.goto_table;
  }
}

// False when the packet goes no further with the flow that these actions are of.
bool Pipeline::run_actions(State& state, const std::vector<of::Action>& actions, int depth) const {
  for (const of::Action& action : actions) {
    if (const auto* output = std::get_if<of::Output>(&action)) {
      state.emit(output->port);
    } else if (const auto* controller = std::get_if<of::Controller>(&action)) {
      state.emit(of::port_controller, controller->userdata);
    } else if (const auto* set = std::get_if<of::SetField>(&action)) {
      if (is_there(set->value.field, state.packet)) state.packet.set(set->value);
    } else if (const auto* move = std::get_if<of::Move>(&action)) {
      if (is_there(move->from, state.packet) && is_there(move->to, state.packet)) state.packet.move(*move);
    } else if (const auto* resubmit = std::get_if<of::Resubmit>(&action)) {
      if (depth + 1 > depth_max || ++state.resubmits > resubmits_max) {
        state.walk.faults.emplace_back("more resubmits than a switch takes");
        return false;
      }
      run_table(state, resubmit->table, depth + 1);
    } else if (std::holds_alternative<of::Meter>(action)) {
      continue;  // no packet here is one too many
    } else if (std::holds_alternative<of::PushVlan>(action)) {
      if (state.packet.number(Field::vlan_tci) != 0) state.walk.faults.emplace_back("a second tag is not walked");
      state.packet.set(Field::vlan_tci, vlan_present);
    } else if (std::holds_alternative<of::PopVlan>(action)) {
      state.packet.set(Field::vlan_tci, 0);
    } else if (std::holds_alternative<of::DecTtl>(action)) {
      // A hop too many ends the list, and the flow's goto_table with it. Whoever resubmitted or cloned goes on.
      const std::uint64_t ttl = state.packet.number(Field::ip_ttl);
      if (ttl <= 1) return false;
      state.packet.set(Field::ip_ttl, ttl - 1);
    } else if (std::holds_alternative<of::CtClear>(action)) {
      // Of a packet that the tables take for untracked there is nothing to forget (OFPACT_CT_CLEAR in
      // ofproto-dpif-xlate).
      if (state.packet.number(Field::ct_state) != 0) state.translated.reset();
      forget_verdict(state.packet);
    } else if (const auto* paths = std::get_if<of::Multipath>(&action)) {
      state.choose(*paths);
    } else if (const auto* first = std::get_if<of::FirstAlive>(&action)) {
      state.choose(*first);
    } else if (const auto* check = std::get_if<of::CheckLarger>(&action)) {
      // Every packet here is a short one.
      state.packet.set(of::FieldValue::number(check->to, 0, std::uint64_t{1} << check->bit));
    } else if (std::holds_alternative<of::ClearInPort>(action)) {
      state.packet.clear(Field::in_port);
    } else if (const auto* learn = std::get_if<of::Learn>(&action)) {
      state.walk.learned.push_back(learned_of(*learn, state.packet));
    } else if (const auto* clone = std::get_if<of::Clone>(&action)) {
      const auto kept = std::tuple(state.packet, state.rewritten, state.translated);
      run_actions(state, clone->actions, depth);
      std::tie(state.packet, state.rewritten, state.translated) = kept;
    } else if (const auto* ct = std::get_if<of::Ct>(&action)) {
      state.track(*ct);
    } else {
      state.walk.faults.push_back("an action that is not walked: " + of::text({action}, std::nullopt));
    }
  }
  return true;
}

}  // namespace tarn::sim
