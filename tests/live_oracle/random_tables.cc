#include "live_oracle/random_tables.h"

#include <algorithm>

namespace tarn::test {

namespace of = wire::of;
using sim::Packet;

namespace {

constexpr std::uint32_t groups_of_conjunctions = 12;
constexpr std::uint8_t tables[] = {0, 1, 7, 20, 33, 253};
constexpr std::uint32_t out_ports[] = {1, 2, 3, 4, of::port_local, of::port_in_port};
constexpr std::uint64_t vlans[] = {0x1000, 0x1005, 0x1006, 0x3005, 0xffff};
constexpr std::uint64_t ct_states[] = {0x21, 0x22, 0x2a};
constexpr std::uint64_t protocols[] = {1, 6, 17};
constexpr std::uint8_t masks[] = {0x00, 0xff, 0xff, 0x0f, 0x55};
// Some packet matches both.
bool overlap(const of::Match& a, const of::Match& b) {
  return std::ranges::all_of(a.fields(), [&b](const of::FieldValue& left) {
    const of::FieldValue* right = b.find(left.field);
    if (right == nullptr) return true;
    for (std::size_t i = 0; i < left.value.size(); ++i)
      if (((left.value[i] ^ right->value[i]) & left.mask[i] & right->mask[i]) != 0) return false;
    return true;
  });
}

// As a later fragment is read.
Packet without_transport(const Packet& packet) {
  const of::Match all = packet.description();
  Packet rest;
  for (const of::FieldValue& field : all.fields()) {
    if (field.field < of::Field::tcp_src) rest.set(field);
  }
  return rest;
}

bool same(const of::FlowSpec& a, const of::FlowSpec& b) {
  return a.actions == b.actions && a.goto_table == b.goto_table;
}

}  // namespace

bool is_clear(const Flows& flows, const of::FlowKey& key, const of::FlowSpec& spec) {
  return std::ranges::all_of(flows, [&](const auto& other) {
    return other.first.table != key.table || other.first.priority != key.priority ||
           !overlap(other.first.match, key.match) || same(other.second, spec);
  });
}

std::uint8_t RandomTables::any_table() {
  return one_in(3) ? 0 : of(tables);
}

RandomTables::Field RandomTables::reg() {
  constexpr Field regs[] = {Field::reg0, Field::reg1, Field::reg7, Field::reg15};
  return of(regs);
}

of::FieldValue RandomTables::value(Field field) {
  Bytes bytes(of::width_of(field));
  switch (field) {
    case Field::in_port:
      return FieldValue::number(field, of(in_ports));
    case Field::ip_ttl:
      return FieldValue::number(field, choice_.below(4));
    case Field::arp_op:
      return FieldValue::number(field, 1 + choice_.below(2));
    case Field::ip_frag:
      return FieldValue::number(field, choice_.below(3) == 2 ? 3 : choice_.below(2));
    case Field::vlan_tci:
      return FieldValue::number(field, one_in(2) ? 0 : of(vlans));
    case Field::ct_state:
      return FieldValue::number(field, of(ct_states));
    case Field::ct_ip_proto:
      return FieldValue::number(field, of(protocols));
    default:
      // Two values for each byte at both ends, so that masks cut between equal and different ones.
      bytes.front() = static_cast<Byte>(choice_.below(2) == 0 ? 0x02 : 0xfe);
      bytes.back() = static_cast<Byte>(1 + choice_.below(3));
      return FieldValue::bytes(field, bytes);
  }
}

of::FieldValue RandomTables::masked(Field field) {
  const FieldValue exact = value(field);
  const bool maskable = field != Field::in_port && field != Field::ip_ttl && field != Field::arp_op &&
                        field != Field::icmp_type && field != Field::icmp_code && field != Field::icmpv6_code &&
                        field != Field::nd_options_type && field != Field::ip_frag && field != Field::vlan_tci;
  if (!maskable || one_in(2)) return exact;
  const std::size_t width = of::width_of(field);
  Bytes mask(width);
  for (Byte& byte : mask) byte = static_cast<Byte>(of(masks));
  // ovs-ofctl takes an IPv6 mask that begins with a decimal digit for a prefix length.
  if (width == 16) mask[0] = 0xff;
  return FieldValue::bytes(field, ByteView(exact.value).first(width), mask);
}

std::vector<RandomTables::Field> RandomTables::fields_of(Kind kind) const {
  std::vector<Field> fields;
  const auto add = [&fields](std::initializer_list<Field> more) { fields.insert(fields.end(), more); };
  if (kind >= Kind::ip4) add({Field::ip_ttl, Field::ip_frag});
  if (kind >= Kind::ip4 && kind <= Kind::icmp4) add({Field::ipv4_src, Field::ipv4_dst});
  if (kind >= Kind::ip6) add({Field::ipv6_src, Field::ipv6_dst});
  if (kind == Kind::arp) add({Field::arp_op, Field::arp_spa, Field::arp_tpa, Field::arp_sha, Field::arp_tha});
  if (kind == Kind::tcp4 || kind == Kind::tcp6) add({Field::tcp_src, Field::tcp_dst});
  if (kind == Kind::udp4 || kind == Kind::udp6) add({Field::udp_src, Field::udp_dst});
  if (kind == Kind::icmp4) add({Field::icmp_type, Field::icmp_code});
  if (kind == Kind::icmp6) add({Field::icmpv6_code});
  if (kind == Kind::solicitation) add({Field::nd_target, Field::nd_sll});
  if (kind == Kind::advertisement) add({Field::nd_target, Field::nd_tll});
  return fields;
}

of::Match RandomTables::prerequisites(Kind kind) const {
  Match match;
  const auto exactly = [&match](Field field, std::uint64_t number) { match.with(FieldValue::number(field, number)); };
  if (kind == Kind::arp) exactly(Field::eth_type, 0x0806);
  if (kind >= Kind::ip4) exactly(Field::eth_type, kind <= Kind::icmp4 ? 0x0800 : 0x86dd);
  if (kind == Kind::tcp4 || kind == Kind::tcp6) exactly(Field::ip_proto, 6);
  if (kind == Kind::udp4 || kind == Kind::udp6) exactly(Field::ip_proto, 17);
  if (kind == Kind::icmp4) exactly(Field::ip_proto, 1);
  if (kind >= Kind::icmp6) exactly(Field::ip_proto, 58);
  if (kind >= Kind::solicitation) {
    exactly(Field::icmpv6_type, kind == Kind::solicitation ? 135 : 136);
    exactly(Field::icmpv6_code, 0);
  }
  return match;
}

void RandomTables::match_tag(Match& match) {
  switch (choice_.below(12)) {
    case 0:
      match.with(FieldValue::number(Field::vlan_tci, 0x1000, 0x1000));
      break;
    case 1:
      match.with(FieldValue::number(Field::vlan_tci, of(vlans), one_in(2) ? 0xffff : 0x1fff));
      break;
    case 2:
    case 3:
      match.with(FieldValue::number(Field::vlan_tci, 0, 0x1fff));
      break;
    default:
      break;
  }
}

of::Match RandomTables::match(Kind kind) {
  Match match = prerequisites(kind);
  if (one_in(6)) match.with(value(Field::in_port));
  for (const Field field : {Field::metadata, reg(), reg(), Field::tunnel_id, Field::tunnel_src, Field::tunnel_dst}) {
    if (one_in(16)) match.with(masked(field));
  }
  for (const Field field : {Field::eth_src, Field::eth_dst}) {
    if (one_in(10)) match.with(masked(field));
  }
  match_tag(match);
  if (one_in(6)) match_tracking(match, kind);
  for (const Field field : fields_of(kind)) {
    if (!one_in(8)) continue;
    FieldValue wanted = masked(field);
    // A later fragment has no transport header: the switch refuses to match or write one there.
    const bool transport = kind != Kind::ip4 && kind != Kind::ip6;
    if (field == Field::ip_frag && transport) wanted = FieldValue::number(field, choice_.below(2), 3);
    if (match.find(field) == nullptr) match.with(wanted);
  }
  return match;
}

of::Action RandomTables::set_field(Scope& scope) {
  if (one_in(12)) {
    scope.tagged = scope.untagged = false;  // the switch does not follow what becomes of the tag
    return of::SetField{value(Field::vlan_tci)};
  }
  if (one_in(2)) {
    constexpr Field anywhere[] = {Field::metadata,   Field::tunnel_id, Field::tunnel_src,
                                  Field::tunnel_dst, Field::eth_src,   Field::eth_dst};
    return of::SetField{masked(one_in(2) ? reg() : of(anywhere))};
  }
  std::vector<Field> fields = fields_of(scope.kind);
  std::erase(fields, Field::ip_frag);      // read-only (ovs-fields(7))
  std::erase(fields, Field::icmpv6_code);  // once it is not 0, the fields of a neighbour message are none
  if (fields.empty()) return of::SetField{masked(reg())};
  return of::SetField{masked(fields[choice_.below(static_cast<std::uint32_t>(fields.size()))])};
}

of::Action RandomTables::move(const Scope& scope) {
  if (one_in(3)) {
    if (scope.kind == Kind::arp && one_in(2)) return of::Move{Field::arp_spa, Field::arp_tpa, 0, 0, 32};
    if (scope.kind == Kind::arp) return of::Move{Field::arp_sha, Field::eth_dst, 0, 0, 48};
    if (scope.kind == Kind::udp4) return of::Move{Field::ipv4_src, Field::ipv4_dst, 8, 0, 17};
    if (scope.kind == Kind::tcp6) return of::Move{Field::tcp_src, Field::tcp_dst, 3, 5, 9};
    if (scope.kind >= Kind::solicitation) return of::Move{Field::ipv6_src, Field::nd_target, 1, 1, 120};
    if (scope.kind >= Kind::ip6) return of::Move{Field::ipv6_src, Field::ipv6_dst, 0, 64, 64};
  }
  const auto bits = static_cast<std::uint16_t>(1 + choice_.below(32));
  const auto low = [&](std::uint32_t width) { return static_cast<std::uint16_t>(choice_.below(width - bits + 1)); };
  switch (choice_.below(5)) {
    case 0:
      return of::Move{Field::eth_src, Field::eth_dst, 0, 0, 48};
    case 1:
      return of::Move{Field::tunnel_id, Field::metadata, low(64), low(64), bits};
    case 2:
      return of::Move{Field::in_port, reg(), 0, 0, 32};
    case 3:
      return of::Move{reg(), Field::eth_src, low(32), low(48), bits};
    default:
      return of::Move{reg(), reg(), low(32), low(32), bits};
  }
}

void RandomTables::action(Scope& scope, Actions& list) {
  switch (choice_.below(11)) {
    case 0:
    case 1:
      // It came from nowhere, so it may go back, too.
      if (one_in(6)) list.emplace_back(of::ClearInPort{});
      list.emplace_back(of::Output{of(out_ports)});
      break;
    case 2:
      list.emplace_back(of::Controller{.max_len = 0xffff, .userdata = {static_cast<Byte>(1 + choice_.below(200))}});
      break;
    case 3:
    case 4:
      list.push_back(set_field(scope));
      break;
    case 5:
      list.push_back(move(scope));
      break;
    case 6: {  // forwards only
      const auto* next = std::ranges::upper_bound(tables, scope.table);
      if (next == std::end(tables)) break;
      const auto further = static_cast<std::uint32_t>(std::end(tables) - next);
      list.emplace_back(of::Resubmit{next[choice_.below(further)]});
      scope.untagged = scope.tagged = false;  // who knows what they did there
      break;
    }
    case 7:
      if (scope.kind >= Kind::ip4) list.emplace_back(of::DecTtl{});
      break;
    case 8:
      if (scope.depth < 2) {
        Scope inner = scope;
        ++inner.depth;
        list.emplace_back(of::Clone{actions(inner)});
      }
      break;
    case 9:  // from here on the packet is not tracked
      if (scope.kind < Kind::ip4) break;
      list.emplace_back(of::Ct{.zone_field = {}, .zone = 3, .table = {}, .nested = {}});
      // The switch passes over ct_clear where no ct() of its own has tracked the packet; a traced one has none before.
      if (one_in(2)) list.emplace_back(of::CtClear{});
      break;
    default:
      if (scope.untagged) {
        list.emplace_back(of::PushVlan{});
        if (one_in(2)) list.emplace_back(of::SetField{FieldValue::number(Field::vlan_tci, of(vlans))});
      } else if (scope.tagged) {
        list.emplace_back(of::PopVlan{});
      }
      if (scope.tagged != scope.untagged) std::swap(scope.tagged, scope.untagged);
      break;
  }
}

RandomTables::Actions RandomTables::actions(Scope& scope) {
  Actions list;
  for (std::uint32_t count = choice_.below(6); count > 0; --count) action(scope, list);
  return list;
}

Flows RandomTables::flows(std::size_t count) {
  Flows flows;
  while (flows.size() < count) {
    const std::uint8_t table = any_table();
    const auto kind = static_cast<Kind>(choice_.below(12));
    const of::FlowKey key{table, static_cast<std::uint16_t>(choice_.below(20)), match(kind)};
    of::FlowSpec spec = any_spec(table, kind, key.match, 1 + flows.size());
    if (is_clear(flows, key, spec)) flows.insert_or_assign(key, std::move(spec));
  }
  for (std::uint32_t group = 0; group < groups_of_conjunctions; ++group) add_conjunctions(flows, 1 + 10 * group);
  return flows;
}

of::FlowSpec RandomTables::any_spec(std::uint8_t table, Kind kind, const Match& match, std::uint64_t cookie) {
  const FieldValue* tag = match.find(Field::vlan_tci);
  const bool tagged = tag != nullptr && (tag->value[0] & 0x10) != 0;
  Scope scope{.kind = kind, .table = table, .tagged = tagged, .untagged = tag != nullptr && !tagged, .depth = 0};
  of::FlowSpec spec{.cookie = cookie, .actions = actions(scope), .goto_table = {}};
  const auto* next = std::ranges::upper_bound(tables, table);
  if (next != std::end(tables) && one_in(2))
    spec.goto_table = next[choice_.below(static_cast<std::uint32_t>(std::end(tables) - next))];
  return spec;
}

// One that a packet of this match may have, with its transport known.
RandomTables::Kind RandomTables::kind_for(const Match& like) {
  std::vector<Kind> kinds;
  for (const Kind kind : {Kind::arp, Kind::tcp4, Kind::udp4, Kind::icmp4, Kind::tcp6, Kind::udp6, Kind::icmp6,
                          Kind::solicitation, Kind::advertisement}) {
    if (overlap(prerequisites(kind), like)) kinds.push_back(kind);
  }
  return kinds[choice_.below(static_cast<std::uint32_t>(kinds.size()))];
}

Packet RandomTables::packet(const Flows& flows) {
  // A packet begins in table 0, so most are like a flow there.
  const auto first = std::ranges::count(flows, 0, [](const auto& flow) { return flow.first.table; });
  const std::size_t among = one_in(5) || first == 0 ? flows.size() : static_cast<std::size_t>(first);
  const auto chosen = std::next(flows.begin(), choice_.below(static_cast<std::uint32_t>(among)));
  const Match& like = chosen->first.match;
  Packet packet;
  packet.set(value(Field::in_port));
  for (const Field field : {Field::metadata, Field::reg0, Field::reg1, Field::reg7, Field::tunnel_id, Field::tunnel_src,
                            Field::tunnel_dst}) {
    if (one_in(3)) packet.set(value(field));
  }
  for (const Field field : {Field::eth_src, Field::eth_dst, Field::vlan_tci}) packet.set(value(field));
  const Kind kind = kind_for(like);
  const Match demanded = prerequisites(kind);
  for (const FieldValue& field : demanded.fields()) packet.set(field);
  for (const Field field : fields_of(kind)) {
    if (field != Field::ip_frag || one_in(8)) packet.set(value(field));
  }
  for (const FieldValue& field : like.fields()) {
    if (demanded.find(field.field) == nullptr) packet.set(field);
  }
  if (kind >= Kind::tcp4 && packet.number(Field::ct_state) == 0 && one_in(2)) track(packet);
  // A tracked packet is new or established.
  const std::uint64_t state = packet.number(Field::ct_state);
  if (state != 0 && (state & (sim::ct_new | sim::ct_established)) == 0)
    packet.set(Field::ct_state, state | sim::ct_new);
  packet.clear(Field::conj_id);  // not a packet's
  if ((packet.number(Field::vlan_tci) & 0x1000) == 0) packet.set(Field::vlan_tci, 0);
  return (packet.number(Field::ip_frag) & 2) == 0 ? packet : without_transport(packet);
}

}  // namespace tarn::test
