// Flows as ovs-ofctl(8) prints and parses them.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "wire/openflow/fields.h"
#include "wire/openflow/flow.h"

namespace tarn::wire::of {

namespace {

constexpr std::array<std::string_view, 8> ct_state_names{"new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"};

std::string hex(ByteView bytes) {
  std::string digits;
  for (const Byte byte : bytes) digits += fmt::format("{:02x}", byte);
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return "0x" + digits.substr(first);
}

std::string joined_hex(ByteView bytes, std::string_view separator) {
  std::string result;
  for (const Byte byte : bytes) result += fmt::format("{}{:02x}", result.empty() ? "" : separator, byte);
  return result;
}

std::uint64_t number_of(ByteView bytes) {
  std::uint64_t value = 0;
  for (const Byte byte : bytes) value = value << 8 | byte;
  return value;
}

std::string plain_text(FieldForm form, ByteView bytes) {
  switch (form) {
    case FieldForm::decimal:
      return std::to_string(number_of(bytes));
    case FieldForm::mac:
      return joined_hex(bytes, ":");
    case FieldForm::ipv4:
    case FieldForm::ipv6: {
      Ip ip{form == FieldForm::ipv4 ? Family::v4 : Family::v6, {}};
      std::copy(bytes.begin(), bytes.end(), ip.bytes.begin());
      return ip.text();
    }
    case FieldForm::hex:
    case FieldForm::ct_state:
    case FieldForm::ip_frag:
      return hex(bytes);
  }
  CHECK(false);
}

// Absent when the ones of the mask do not all stand in front.
std::optional<int> prefix_length(ByteView mask) {
  int length = 0;
  for (const Byte byte : mask) length += std::countl_one(byte);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const int ones = std::clamp(length - static_cast<int>(8 * i), 0, 8);
    if (mask[i] != static_cast<Byte>(0xff00 >> ones)) return std::nullopt;
  }
  return length;
}

std::string ct_state_text(const FieldValue& value) {
  std::string result;
  for (std::size_t bit = 0; bit < ct_state_names.size(); ++bit)
    if ((value.mask[3] >> bit & 1) != 0)
      result += ((value.value[3] >> bit & 1) != 0 ? "+" : "-") + std::string(ct_state_names[bit]);
  return result;
}

// Bit 0: any fragment; bit 1: a later one (ovs-fields(7), ip_frag).
std::string ip_frag_text(const FieldValue& value) {
  const unsigned mask = value.mask[0] & 3U;
  const unsigned bits = value.value[0] & 3U;
  if (mask == 3) return bits == 0 ? "no" : bits == 1 ? "first" : "later";
  if (mask == 1) return bits == 0 ? "no" : "yes";
  return bits == 0 ? "not_later" : "later";
}

// The OXM input port has 32 bits; plain "in_port" inside an action would mean OpenFlow 1.0's 16-bit one.
std::string_view name_in_action(Field field) {
  return field == Field::in_port ? "in_port_oxm" : name_of(field);
}

std::string port_text(std::uint32_t port) {
  if (port == port_in_port) return "IN_PORT";
  if (port == port_controller) return "CONTROLLER";
  if (port == port_local) return "LOCAL";
  return std::to_string(port);
}

std::string bits_text(Field field, std::uint16_t first, std::uint16_t count) {
  if (first == 0 && count == 8 * width_of(field)) return fmt::format("{}[]", name_in_action(field));
  if (count == 1) return fmt::format("{}[{}]", name_in_action(field), first);
  return fmt::format("{}[{}..{}]", name_in_action(field), first, first + count - 1);
}

std::string list_text(const std::vector<Action>& actions);

std::string nat_text(const Nat& nat) {
  if (nat.side == Nat::Side::none) return "nat";
  std::string what = nat.side == Nat::Side::source ? "src" : "dst";
  const bool ports = nat.port_first != 0;
  // A colon within the address would be taken for the one before the ports.
  const bool bracketed = ports && nat.address && !nat.address->is_v4();
  if (nat.address) what += "=" + (bracketed ? "[" + nat.address->text() + "]" : nat.address->text());
  if (ports) what += fmt::format(":{}", nat.port_first);
  if (ports && nat.port_last != nat.port_first) what += fmt::format("-{}", nat.port_last);
  return fmt::format("nat({})", what);
}

std::string learn_text(const Learn& learn) {
  std::string result = fmt::format("table={}", learn.table);
  if (learn.idle_timeout != 0) result += fmt::format(",idle_timeout={}", learn.idle_timeout);
  if (learn.hard_timeout != 0) result += fmt::format(",hard_timeout={}", learn.hard_timeout);
  result += fmt::format(",priority={},delete_learned", learn.priority);
  if (learn.cookie != 0) result += fmt::format(",cookie={:#x}", learn.cookie);
  if (learn.limit != 0) result += fmt::format(",limit={}", learn.limit);
  for (const FieldValue& match : learn.matches)
    result += fmt::format(",{}={}", name_in_action(match.field), value_text(match));
  for (const Move& match : learn.copied)
    result += fmt::format(",{}={}", bits_text(match.to, match.to_bit, match.bits),
                          bits_text(match.from, match.from_bit, match.bits));
  for (const Move& load : learn.loads)
    result += fmt::format(",load:{}->{}", bits_text(load.from, load.from_bit, load.bits),
                          bits_text(load.to, load.to_bit, load.bits));
  return fmt::format("learn({})", result);
}

struct Print {
  std::string operator()(const Output& action) const {
    const bool named = action.port >= port_in_port;
    return named ? port_text(action.port) : "output:" + port_text(action.port);
  }
  std::string operator()(const Controller& action) const {
    std::string inside;
    if (action.max_len != 0xffff) inside += fmt::format(",max_len={}", action.max_len);
    if (!action.userdata.empty()) inside += ",userdata=" + joined_hex(action.userdata, ".");
    if (action.meter != 0) inside += fmt::format(",meter_id={}", action.meter);
    return inside.empty() ? "controller(max_len=65535)" : fmt::format("controller({})", inside.substr(1));
  }
  std::string operator()(const SetField& action) const {
    return fmt::format("set_field:{}->{}", value_text(action.value), name_in_action(action.value.field));
  }
  std::string operator()(const Move& action) const {
    return fmt::format("move:{}->{}", bits_text(action.from, action.from_bit, action.bits),
                       bits_text(action.to, action.to_bit, action.bits));
  }
  std::string operator()(const Resubmit& action) const { return fmt::format("resubmit(,{})", action.table); }
  std::string operator()(const Group& action) const { return fmt::format("group:{}", action.group); }
  std::string operator()(const Meter& action) const { return fmt::format("meter:{}", action.meter); }
  std::string operator()(const PushVlan&) const { return "push_vlan:0x8100"; }
  std::string operator()(const PopVlan&) const { return "pop_vlan"; }
  std::string operator()(const DecTtl&) const { return "dec_ttl"; }
  std::string operator()(const CheckLarger& action) const {
    return fmt::format("check_pkt_larger({})->{}[{}]", action.octets, name_of(action.to), action.bit);
  }
  std::string operator()(const Multipath& action) const {
    return fmt::format("multipath(symmetric_l3l4+udp,{},modulo_n,{},0,{}[0..{}])", action.basis, action.links,
                       name_of(action.to), action.bits - 1);
  }
  std::string operator()(const FirstAlive& action) const {
    return fmt::format("bundle_load(eth_src,0,active_backup,ofport,{},members:{})", bits_text(action.to, 0, 16),
                       fmt::join(action.ports, ","));
  }
  std::string operator()(const ClearInPort&) const { return "set_field:0->in_port"; }
  std::string operator()(const CtClear&) const { return "ct_clear"; }
  std::string operator()(const Ct& action) const {
    std::string inside;
    if (action.commit) inside += ",commit";
    if (action.force) inside += ",force";
    if (action.table) inside += fmt::format(",table={}", *action.table);
    if (action.zone_field) inside += ",zone=" + bits_text(*action.zone_field, 0, 16);
    if (!action.zone_field && action.zone != 0) inside += fmt::format(",zone={}", action.zone);
    if (action.nat) inside += "," + nat_text(*action.nat);
    if (!action.nested.empty()) inside += fmt::format(",exec({})", list_text(action.nested));
    return inside.empty() ? "ct" : fmt::format("ct({})", inside.substr(1));
  }
  std::string operator()(const Learn& action) const { return learn_text(action); }
  std::string operator()(const Clone& action) const { return fmt::format("clone({})", list_text(action.actions)); }
  std::string operator()(const Conjunction& action) const {
    return fmt::format("conjunction({},{}/{})", action.id, action.clause, action.clauses);
  }
  std::string operator()(const Opaque& action) const {
    return fmt::format("unknown({})", joined_hex(action.bytes, ""));
  }
};

std::string list_text(const std::vector<Action>& actions) {
  std::string result;
  for (const Action& action : actions) {
    if (!result.empty()) result += ',';
    result += std::visit(Print{}, static_cast<const Action::variant&>(action));
  }
  return result;
}

}  // namespace

std::string value_text(const FieldValue& value) {
  const FieldTraits& traits = traits_of(value.field);
  if (traits.form == FieldForm::ct_state) return ct_state_text(value);
  if (traits.form == FieldForm::ip_frag) return ip_frag_text(value);
  const ByteView bytes = ByteView(value.value).first(traits.width);
  std::string result = plain_text(traits.form, bytes);
  if (value.exact()) return result;
  const ByteView mask = ByteView(value.mask).first(traits.width);
  const bool address = traits.form == FieldForm::ipv4 || traits.form == FieldForm::ipv6;
  if (const auto length = prefix_length(mask); address && length) return result + "/" + std::to_string(*length);
  const FieldForm form = traits.form == FieldForm::decimal ? FieldForm::hex : traits.form;
  return result + "/" + plain_text(form, mask);
}

std::string text(const Match& match) {
  std::string result;
  for (const FieldValue& field : match.fields()) {
    if (!result.empty()) result += ',';
    const bool port = field.field == Field::in_port;
    const std::string value =
        port ? port_text(static_cast<std::uint32_t>(number_of(ByteView(field.value).first(4)))) : value_text(field);
    result += fmt::format("{}={}", name_of(field.field), value);
  }
  if (!match.unknown().empty())
    result += fmt::format("{}unknown({})", result.empty() ? "" : ",", joined_hex(match.unknown(), ""));
  return result;
}

std::string text(const std::vector<Action>& actions, std::optional<std::uint8_t> goto_table) {
  std::string result = list_text(actions);
  if (goto_table) result += fmt::format("{}goto_table:{}", result.empty() ? "" : ",", *goto_table);
  return result.empty() ? "drop" : result;
}

std::string text(const FlowKey& key, const FlowSpec& spec) {
  const std::string match = text(key.match);
  return fmt::format("cookie={:#x}, table={}, priority={}{}{} actions={}", spec.cookie, key.table, key.priority,
                     match.empty() ? "" : ",", match, text(spec.actions, spec.goto_table));
}

}  // namespace tarn::wire::of
