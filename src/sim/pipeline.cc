#include "sim/pipeline.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr std::uint64_t vlan_present = 0x1000;

// A table that handles fragments as "normal" ones sees no ports and no ICMP type in any of them, the first one
// included (ovs-ofctl(8), set-frags).
bool is_hidden(Field field, bool fragment) {
  return fragment && field >= Field::tcp_src && field <= Field::icmpv6_code;
}

// What writes to or reads from the ports of a later fragment is passed over; ICMP fields are not held to that
// (mf_are_prereqs_ok in Open vSwitch).
bool is_there(Field field, const Packet& packet) {
  const bool port = field >= Field::tcp_src && field <= Field::udp_dst;
  return !port || (packet.number(Field::ip_frag) & 2) == 0;
}

bool matches(const of::Match& match, const Packet& packet) {
  const bool fragment = (packet.number(Field::ip_frag) & 1) != 0;
  return std::ranges::all_of(match.fields(), [&](const of::FieldValue& wanted) {
    const Packet::Octets have = is_hidden(wanted.field, fragment) ? Packet::Octets{} : packet.octets(wanted.field);
    for (std::size_t i = 0; i < have.size(); ++i)
      if ((have[i] & wanted.mask[i]) != wanted.value[i]) return false;
    return true;
  });
}

bool bit_of(const Packet::Octets& octets, std::size_t width, std::size_t bit) {
  return (octets[width - 1 - bit / 8] >> (bit % 8) & 1) != 0;
}

void set_bit(Packet::Octets& octets, std::size_t width, std::size_t bit, bool on) {
  const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
  std::uint8_t& octet = octets[width - 1 - bit / 8];
  octet = static_cast<std::uint8_t>(on ? octet | mask : octet & ~mask);
}

}  // namespace

Packet::Octets Packet::octets(Field field) const {
  const auto found = fields_.find(field);
  return found == fields_.end() ? Octets{} : found->second;
}

std::uint64_t Packet::number(Field field) const {
  const Octets have = octets(field);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < of::width_of(field); ++i) value = value << 8 | have[i];
  return value;
}

Mac Packet::mac(Field field) const {
  const Octets have = octets(field);
  Mac mac;
  std::copy_n(have.begin(), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

Ip Packet::ip(Field field) const {
  return {of::width_of(field) == 4 ? Family::v4 : Family::v6, octets(field)};
}

Packet& Packet::set(const of::FieldValue& value) {
  if (value.field == Field::nd_options_type) turn_option(value.value[0]);
  // An option that the packet does not have cannot be written.
  if (value.field == Field::nd_tll && number(Field::nd_options_type) != 0 && number(Field::nd_tll) == 0) return *this;
  Octets have = octets(value.field);
  for (std::size_t i = 0; i < have.size(); ++i)
    have[i] = static_cast<std::uint8_t>((have[i] & ~value.mask[i]) | value.value[i]);
  if (have == Octets{}) {
    fields_.erase(value.field);
  } else {
    fields_[value.field] = have;
  }
  return *this;
}

// The one option of a neighbour message changes its type and keeps its address.
void Packet::turn_option(std::uint64_t type) {
  const Field from = type == 2 ? Field::nd_sll : Field::nd_tll;
  const Field to = type == 2 ? Field::nd_tll : Field::nd_sll;
  if (number(from) == 0) return;
  fields_[to] = octets(from);
  fields_.erase(from);
}

void Packet::move(const of::Move& move) {
  const Octets source = octets(move.from);
  Octets target = octets(move.to);
  for (std::size_t bit = 0; bit < move.bits; ++bit)
    set_bit(target, of::width_of(move.to), move.to_bit + bit,
            bit_of(source, of::width_of(move.from), move.from_bit + bit));
  set(of::FieldValue::bytes(move.to, ByteView(target).first(of::width_of(move.to))));
}

of::Match Packet::description() const {
  of::Match match;
  for (const auto& [field, octets] : fields_)
    match.with(of::FieldValue::bytes(field, ByteView(octets).first(of::width_of(field))));
  return match;
}

struct Pipeline::State {
  std::uint32_t in_port;
  Packet packet;
  Walk walk;
  int resubmits = 0;

  void emit(std::uint32_t port, Bytes userdata = {}) {
    // A packet goes back to where it came from only when that is said (OpenFlow 1.5 section 7.2.1.2).
    if (port == in_port) return;
    walk.emissions.push_back({port == of::port_in_port ? in_port : port, packet, std::move(userdata)});
  }
};

Pipeline::Pipeline(const std::map<of::FlowKey, of::FlowSpec>& flows) {
  for (const auto& [key, spec] : flows) tables_[key.table].push_back({key, spec});
  for (auto& [table, list] : tables_)
    std::ranges::stable_sort(list, std::ranges::greater{}, [](const Flow& flow) { return flow.key.priority; });
}

Walk Pipeline::walk(std::uint32_t in_port, Packet packet) const {
  packet.set(Field::in_port, in_port);
  State state{in_port, std::move(packet), {}, 0};
  run_table(state, 0, 0);
  state.walk.last = std::move(state.packet);
  return std::move(state.walk);
}

const Pipeline::Flow* Pipeline::best(State& state, std::uint8_t table) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return nullptr;
  const Flow* best = nullptr;
  for (const Flow& flow : found->second) {
    if (best != nullptr && flow.key.priority < best->key.priority) break;
    if (!matches(flow.key.match, state.packet)) continue;
    if (best == nullptr) {
      best = &flow;
    } else if (flow.spec.actions != best->spec.actions || flow.spec.goto_table != best->spec.goto_table) {
      state.walk.faults.push_back("undefined choice: " + of::text(best->key, best->spec) + " and " +
                                  of::text(flow.key, flow.spec));
    }
  }
  return best;
}

void Pipeline::run_table(State& state, std::uint8_t table, int depth) const {
  std::optional<std::uint8_t> next = table;
  while (next) {
    const Flow* flow = best(state, *next);
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
    } else if (const auto* clone = std::get_if<of::Clone>(&action)) {
      const Packet kept = state.packet;
      run_actions(state, clone->actions, depth);
      state.packet = kept;
    } else {
      state.walk.faults.push_back("an action that is not walked: " + of::text({action}, std::nullopt));
    }
  }
  return true;
}

}  // namespace tarn::sim
