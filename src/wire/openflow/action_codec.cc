#include "wire/openflow/action_codec.h"

#include <algorithm>

#include "wire/openflow/action_parts.h"
#include "wire/openflow/match_codec.h"

namespace tarn::wire::of {

namespace {

// OpenFlow 1.5 section 7.2.6, enum ofp_action_type.
constexpr std::uint16_t type_output = 0;
constexpr std::uint16_t type_push_vlan = 17;
constexpr std::uint16_t type_pop_vlan = 18;
constexpr std::uint16_t type_group = 22;
constexpr std::uint16_t type_dec_ttl = 24;
constexpr std::uint16_t type_set_field = 25;
constexpr std::uint16_t type_copy_field = 28;
constexpr std::uint16_t type_meter = 29;

// Nicira's actions, as ofp-actions of Open vSwitch numbers them; three more stand in action_parts.h.
constexpr std::uint16_t nx_multipath = 10;
constexpr std::uint16_t nx_bundle_load = 13;
constexpr std::uint16_t nx_resubmit_table = 14;
constexpr std::uint16_t nx_controller = 20;
constexpr std::uint16_t nx_conjunction = 34;
constexpr std::uint16_t nx_ct = 35;
constexpr std::uint16_t nx_controller2 = 37;
constexpr std::uint16_t nx_clone = 42;
constexpr std::uint16_t nx_ct_clear = 43;
constexpr std::uint16_t nx_check_larger = 49;

constexpr std::uint16_t hash_symmetric_l3l4_udp = 3;  // NX_HASH_FIELDS_SYMMETRIC_L3L4_UDP
constexpr std::uint16_t active_backup = 0;            // NX_BD_ALG_ACTIVE_BACKUP, which hashes nothing
constexpr std::uint16_t low_16_bits = 15;             // offset 0 in the high 10 bits, 16 bits minus one in the low 6
constexpr std::uint16_t no_buffer = 0xffff;           // OFPCML_NO_BUFFER: the whole packet
constexpr std::uint16_t in_port_16 = 0xfff8;          // OpenFlow 1.0's OFPP_IN_PORT, which resubmit still carries
constexpr std::uint16_t ethertype_vlan = 0x8100;
constexpr std::uint32_t nxm_in_port = 0x00000002;  // NXM_OF_IN_PORT: class 0, field 0, 16 bits
constexpr std::uint16_t ct_commit = 1;
constexpr std::uint16_t ct_force = 2;
constexpr std::uint8_t ct_no_table = 0xff;
constexpr std::uint16_t controller_max_len = 0;  // NXAC2PT_*
constexpr std::uint16_t controller_userdata = 3;
constexpr std::uint16_t controller_meter = 5;
constexpr std::uint8_t reason_action = 1;  // OFPR_ACTION

Result<std::vector<Action>> decode_list(ByteView bytes, int depth);

void put_controller(ByteWriter& out, const Controller& action) {
  ActionWriter frame(out, nx_controller2, nicira);
  out.zeros(6);
  const auto pad = [&out](std::size_t length) { out.zeros((8 - length % 8) % 8); };
  if (action.max_len != no_buffer) {
    out.u16(controller_max_len).u16(6).u16(action.max_len);
    pad(6);
  }
  if (!action.userdata.empty()) {
    const std::size_t length = 4 + action.userdata.size();
    out.u16(controller_userdata).u16(static_cast<std::uint16_t>(length)).put(action.userdata);
    pad(length);
  }
  if (action.meter != 0) out.u16(controller_meter).u16(8).u32(action.meter);
  frame.close();
}

void put_ct(ByteWriter& out, const Ct& action) {
  ActionWriter frame(out, nx_ct, nicira);
  out.u16(static_cast<std::uint16_t>((action.commit ? ct_commit : 0) | (action.force ? ct_force : 0)));
  if (action.zone_field) {
    put_field_name(out, *action.zone_field);
    out.u16(low_16_bits);
  } else {
    out.u32(0).u16(action.zone);
  }
  out.u8(action.table.value_or(ct_no_table)).zeros(3).u16(0);
  if (action.nat) put_nat(out, *action.nat);
  put_actions(out, action.nested);
  frame.close();
}

struct Put {
  ByteWriter& out;

  void operator()(const Output& action) const {
    ActionWriter frame(out, type_output);
    out.u32(action.port).u16(no_buffer);
    frame.close();
  }
  void operator()(const Controller& action) const { put_controller(out, action); }
  void operator()(const SetField& action) const {
    ActionWriter frame(out, type_set_field);
    put_field(out, action.value);
    frame.close();
  }
  void operator()(const Move& action) const {
    ActionWriter frame(out, type_copy_field);
    out.u16(action.bits).u16(action.from_bit).u16(action.to_bit).u16(0);
    put_field_name(out, action.from);
    put_field_name(out, action.to);
    frame.close();
  }
  void operator()(const Resubmit& action) const {
    ActionWriter frame(out, nx_resubmit_table, nicira);
    out.u16(in_port_16).u8(action.table);
    frame.close();
  }
  void operator()(const Group& action) const {
    ActionWriter frame(out, type_group);
    out.u32(action.group);
    frame.close();
  }
  void operator()(const Meter& action) const {
    ActionWriter frame(out, type_meter);
    out.u32(action.meter);
    frame.close();
  }
  void operator()(const PushVlan&) const {
    ActionWriter frame(out, type_push_vlan);
    out.u16(ethertype_vlan);
    frame.close();
  }
  void operator()(const PopVlan&) const { ActionWriter(out, type_pop_vlan).close(); }
  void operator()(const DecTtl&) const { ActionWriter(out, type_dec_ttl).close(); }
  void operator()(const Ct& action) const { put_ct(out, action); }
  void operator()(const CtClear&) const {
    ActionWriter frame(out, nx_ct_clear, nicira);
    out.zeros(6);
    frame.close();
  }
  void operator()(const CheckLarger& action) const {
    ActionWriter frame(out, nx_check_larger, nicira);
    out.u16(action.octets).u16(action.bit);
    put_field_name(out, action.to);
    frame.close();
  }
  void operator()(const Multipath& action) const {
    ActionWriter frame(out, nx_multipath, nicira);
    out.u16(hash_symmetric_l3l4_udp).u16(action.basis).u16(0);
    out.u16(0).u16(static_cast<std::uint16_t>(action.links - 1)).u32(0).u16(0);  // by the remainder
    out.u16(static_cast<std::uint16_t>(action.bits - 1));                        // from bit 0
    put_field_name(out, action.to);
    frame.close();
  }
  void operator()(const FirstAlive& action) const {
    ActionWriter frame(out, nx_bundle_load, nicira);
    out.u16(active_backup).u16(0).u16(0).u32(nxm_in_port);
    out.u16(static_cast<std::uint16_t>(action.ports.size())).u16(low_16_bits);
    put_field_name(out, action.to);
    out.zeros(4);
    for (const std::uint16_t port : action.ports) out.u16(port);
    frame.close();
  }
  void operator()(const Learn& action) const { put_learn(out, action); }
  void operator()(const ClearInPort&) const {
    ActionWriter frame(out, type_set_field);
    out.u32(nxm_in_port).u16(0);
    frame.close();
  }
  void operator()(const Clone& action) const {
    ActionWriter frame(out, nx_clone, nicira);
    out.zeros(6);
    put_actions(out, action.actions);
    frame.close();
  }
  void operator()(const Conjunction& action) const {
    ActionWriter frame(out, nx_conjunction, nicira);
    // The wire counts clauses from 0.
    out.u8(static_cast<std::uint8_t>(action.clause - 1)).u8(action.clauses).u32(action.id);
    frame.close();
  }
  void operator()(const Opaque& action) const { out.put(action.bytes); }
};

// Each reader below sees the action after type and length (and after vendor and subtype); nullopt means "not in a form
// that our values can say".
using Read = std::optional<Action>;

Read read_output(ByteReader in) {
  const std::uint32_t port = in.u32();
  const std::uint16_t max_len = in.u16();
  if (!in.ok() || (port == port_controller && max_len != no_buffer)) return std::nullopt;
  return Output{port};
}

Read read_set_field(ByteReader in) {
  ByteReader in_port = in;
  if (in_port.u32() == nxm_in_port && in_port.u16() == 0 && in_port.ok()) return ClearInPort{};
  const Result<TakenField> field = take_field(in);
  if (!field || !field->value) return std::nullopt;
  return SetField{*field->value};
}

Read read_copy_field(ByteReader in) {
  Move move;
  move.bits = in.u16();
  move.from_bit = in.u16();
  move.to_bit = in.u16();
  in.skip(2);
  const std::optional<Field> from = field_named(in.u32());
  const std::optional<Field> to = field_named(in.u32());
  if (!in.ok() || !from || !to) return std::nullopt;
  move.from = *from;
  move.to = *to;
  return move;
}

Read read_old_controller(ByteReader in) {
  Controller action;
  action.max_len = in.u16();
  const std::uint16_t controller_id = in.u16();
  const std::uint8_t reason = in.u8();
  if (!in.ok() || controller_id != 0 || reason != reason_action) return std::nullopt;
  return action;
}

Read read_controller(ByteReader in) {
  Controller action;
  in.skip(6);
  while (in.left() > 0) {
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || length < 4) return std::nullopt;
    const ByteView value = in.take(length - 4);
    in.skip(std::min(in.left(), (8 - length % 8) % 8));
    ByteReader property(value);
    if (type == controller_max_len)
      action.max_len = property.u16();
    else if (type == controller_userdata)
      action.userdata.assign(value.begin(), value.end());
    else if (type == controller_meter)
      action.meter = property.u32();
    else
      return std::nullopt;
    if (!property.ok()) return std::nullopt;
  }
  if (!in.ok()) return std::nullopt;
  return action;
}

// A translation stands before what else is nested, and leaves the list. False when it is not in a form of ours.
bool take_nat(Ct& ct) {
  const auto* first = ct.nested.empty() ? nullptr : std::get_if<Opaque>(&ct.nested.front());
  if (first == nullptr || !is_nat(first->bytes)) return true;
  ct.nat = read_nat(first->bytes);
  ct.nested.erase(ct.nested.begin());
  return ct.nat.has_value();
}

Read read_ct(ByteReader in, int depth) {
  Ct action;
  const std::uint16_t flags = in.u16();
  const std::uint32_t zone_source = in.u32();
  const std::uint16_t zone = in.u16();
  const std::uint8_t table = in.u8();
  in.skip(3);
  const std::uint16_t algorithm = in.u16();
  if (!in.ok() || (flags & ~(ct_commit | ct_force)) != 0 || algorithm != 0) return std::nullopt;
  action.commit = (flags & ct_commit) != 0;
  action.force = (flags & ct_force) != 0;
  if (zone_source == 0) {
    action.zone = zone;
  } else {
    action.zone_field = field_named(zone_source);
    if (!action.zone_field || zone != low_16_bits) return std::nullopt;
  }
  if (table != ct_no_table) action.table = table;
  Result<std::vector<Action>> nested = decode_list(in.take(in.left()), depth + 1);
  if (!nested) return std::nullopt;
  action.nested = std::move(*nested);
  if (!take_nat(action)) return std::nullopt;
  return action;
}

Read read_clone(ByteReader in, int depth) {
  in.skip(6);
  Result<std::vector<Action>> nested = decode_list(in.take(in.left()), depth + 1);
  if (!nested || !in.ok()) return std::nullopt;
  return Clone{std::move(*nested)};
}

Read read_conjunction(ByteReader in) {
  const std::uint8_t clause = in.u8();
  const std::uint8_t clauses = in.u8();
  const std::uint32_t id = in.u32();
  if (!in.ok() || clause >= clauses) return std::nullopt;
  return Conjunction{id, static_cast<std::uint8_t>(clause + 1), clauses};
}

Read read_check_larger(ByteReader in) {
  const std::uint16_t octets = in.u16();
  const std::uint16_t bit = in.u16();
  const std::optional<Field> to = field_named(in.u32());
  if (!in.ok() || !to) return std::nullopt;
  return CheckLarger{octets, *to, bit};
}

Read read_multipath(ByteReader in) {
  constexpr std::uint16_t links_max = 0xffff;
  Multipath action;
  const std::uint16_t fields = in.u16();
  action.basis = in.u16();
  in.skip(2);
  const std::uint16_t algorithm = in.u16();
  const std::uint16_t last_link = in.u16();
  const std::uint32_t argument = in.u32();
  in.skip(2);
  const std::uint16_t offset_and_bits = in.u16();
  const std::optional<Field> to = field_named(in.u32());
  if (!in.ok() || !to || fields != hash_symmetric_l3l4_udp || algorithm != 0 || argument != 0) return std::nullopt;
  if (offset_and_bits > 31 || last_link == links_max) return std::nullopt;
  action.links = static_cast<std::uint16_t>(last_link + 1);
  action.to = *to;
  action.bits = static_cast<std::uint16_t>(offset_and_bits + 1);
  return action;
}

Read read_bundle_load(ByteReader in) {
  FirstAlive action;
  const std::uint16_t algorithm = in.u16();
  const std::uint16_t fields = in.u16();
  const std::uint16_t basis = in.u16();
  const std::uint32_t kind = in.u32();
  const std::uint16_t count = in.u16();
  const std::uint16_t offset_and_bits = in.u16();
  const std::optional<Field> to = field_named(in.u32());
  in.skip(4);
  if (!in.ok() || !to || algorithm != active_backup || fields != 0 || basis != 0) return std::nullopt;
  if (kind != nxm_in_port || offset_and_bits != low_16_bits || 2U * count > in.left()) return std::nullopt;
  action.to = *to;
  while (action.ports.size() < count) action.ports.push_back(in.u16());
  return action;
}

Read read_resubmit(ByteReader in) {
  const std::uint16_t port = in.u16();
  const std::uint8_t table = in.u8();
  if (!in.ok() || port != in_port_16) return std::nullopt;
  return Resubmit{table};
}

Read read_experimenter(ByteReader in, int depth) {
  const std::uint32_t vendor = in.u32();
  const std::uint16_t subtype = in.u16();
  if (!in.ok() || vendor != nicira || depth >= action_depth_max) return std::nullopt;
  switch (subtype) {
    case nx_resubmit_table:
      return read_resubmit(in);
    case nx_controller:
      return read_old_controller(in);
    case nx_controller2:
      return read_controller(in);
    case nx_conjunction:
      return read_conjunction(in);
    case nx_ct:
      return read_ct(in, depth);
    case nx_multipath:
      return read_multipath(in);
    case nx_bundle_load:
      return read_bundle_load(in);
    case nx_check_larger:
      return read_check_larger(in);
    case nx_learn:
    case nx_learn2:
      return read_learn(in, subtype);
    case nx_ct_clear:
      return CtClear{};
    case nx_clone:
      return read_clone(in, depth);
    default:
      return std::nullopt;
  }
}

Read read_action(std::uint16_t type, ByteReader in, int depth) {
  switch (type) {
    case type_output:
      return read_output(in);
    case type_push_vlan:
      if (in.u16() != ethertype_vlan) return std::nullopt;
      return PushVlan{};
    case type_pop_vlan:
      return PopVlan{};
    case type_group:
      return Group{in.u32()};
    case type_meter:
      return Meter{in.u32()};
    case type_dec_ttl:
      return DecTtl{};
    case type_set_field:
      return read_set_field(in);
    case type_copy_field:
      return read_copy_field(in);
    case type_experimenter:
      return read_experimenter(in, depth);
    default:
      return std::nullopt;
  }
}

Result<std::vector<Action>> decode_list(ByteView bytes, int depth) {
  std::vector<Action> actions;
  while (!bytes.empty()) {
    ByteReader in(bytes);
    const std::uint16_t type = in.u16();
    const std::size_t length = in.u16();
    if (!in.ok() || length < 8 || length % 8 != 0 || length > bytes.size())
      return fail(ErrorCode::corrupt, "an action has an impossible length");
    const ByteView whole = bytes.first(length);
    Read action = read_action(type, ByteReader(whole.subspan(4)), depth);
    actions.push_back(action ? std::move(*action) : Action(Opaque{Bytes(whole.begin(), whole.end())}));
    bytes = bytes.subspan(length);
  }
  return actions;
}

bool is_opaque(const Action& action) {
  if (const auto* ct = std::get_if<Ct>(&action)) return holds_opaque(ct->nested);
  if (const auto* clone = std::get_if<Clone>(&action)) return holds_opaque(clone->actions);
  return std::holds_alternative<Opaque>(action);
}

}  // namespace

void put_actions(ByteWriter& out, const std::vector<Action>& actions) {
  for (const Action& action : actions) std::visit(Put{out}, static_cast<const Action::variant&>(action));
}

Result<std::vector<Action>> decode_actions(ByteView bytes) {
  return decode_list(bytes, 0);
}

bool holds_opaque(const std::vector<Action>& actions) {
  return std::ranges::any_of(actions, is_opaque);
}

}  // namespace tarn::wire::of
