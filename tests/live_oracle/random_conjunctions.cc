// What random tables have of connections and conjunctions.
#include <algorithm>

#include "live_oracle/random_tables.h"

namespace tarn::test {

namespace of = wire::of;

namespace {

bool is_clause(const of::FlowSpec& spec) {
  return !spec.actions.empty() && std::holds_alternative<of::Conjunction>(spec.actions.list().front());
}

}  // namespace

// A match of the original tuple demands a tracked, valid packet, its ports a protocol.
void RandomTables::match_tracking(Match& match, Kind kind) {
  const std::uint64_t bits = one_in(2) ? 0x33 : 0x3b;
  match.with(FieldValue::number(Field::ct_state, (choice_.bits() & 0x0b & bits) | 0x20, bits));
  if (one_in(4)) match.with(value(Field::ct_zone));
  const bool v4 = kind >= Kind::ip4 && kind <= Kind::icmp4;
  if (one_in(3) && kind >= Kind::ip4) match.with(masked(v4 ? Field::ct_ipv4_src : Field::ct_ipv6_src));
  if (one_in(3) && kind >= Kind::ip4) match.with(masked(v4 ? Field::ct_ipv4_dst : Field::ct_ipv6_dst));
  if (one_in(2) || kind < Kind::ip4) return;
  match.with(value(Field::ct_ip_proto));
  if (one_in(2)) match.with(masked(Field::ct_tp_src));
  if (one_in(2)) match.with(masked(Field::ct_tp_dst));
}

void RandomTables::track(sim::Packet& packet) {
  const bool v4 = packet.number(Field::eth_type) == 0x0800;
  for (const Field field :
       {Field::ct_state, Field::ct_zone, v4 ? Field::ct_ipv4_src : Field::ct_ipv6_src,
        v4 ? Field::ct_ipv4_dst : Field::ct_ipv6_dst, Field::ct_ip_proto, Field::ct_tp_src, Field::ct_tp_dst})
    packet.set(value(field));
}

// One flow may be a clause of several conjunctions, and several clauses of one.
of::FlowSpec RandomTables::clauses_of(std::uint32_t first_id, std::uint32_t ids, std::uint32_t clauses) {
  Actions list;
  do {
    const auto clause = static_cast<std::uint8_t>(1 + choice_.below(clauses));
    list.emplace_back(of::Conjunction{first_id + choice_.below(ids), clause, static_cast<std::uint8_t>(clauses)});
  } while (one_in(3));
  return {.cookie = first_id, .actions = std::move(list), .goto_table = {}};
}

void RandomTables::add_conjunctions(Flows& flows, std::uint32_t first_id) {
  const std::uint8_t table = any_table();
  const auto priority = static_cast<std::uint16_t>(choice_.below(24));
  const auto kind = static_cast<Kind>(choice_.below(12));
  const std::uint32_t ids = 1 + choice_.below(2);
  const std::uint32_t clauses = 2 + choice_.below(2);
  const bool taken = std::ranges::any_of(flows, [&](const auto& other) {
    return other.first.table == table && other.first.priority == priority && is_clause(other.second);
  });
  if (taken) return;
  const Match base = prerequisites(kind);
  const std::vector<Field> known = fields_of(kind);
  for (std::uint32_t count = 6 + choice_.below(10); count > 0; --count) {
    Match match = base;
    const auto any = choice_.below(static_cast<std::uint32_t>(known.size() + 3));
    const Field field = any < known.size() ? known[any] : any % 2 == 0 ? Field::eth_src : Field::eth_dst;
    if (field != Field::ip_frag && !one_in(6)) match.with(masked(field));
    flows.try_emplace({table, priority, match}, clauses_of(first_id, ids, clauses));
  }
  // Where conjunctions may be complete together they lead to the same; one alone may lead to several flows or to none.
  const auto target = static_cast<std::uint16_t>(choice_.below(24));
  const of::FlowSpec effect = any_spec(table, kind, base, first_id);
  if (one_in(4)) return;
  Flows led_to;
  for (std::uint32_t id = first_id; id < first_id + ids; ++id) {
    Match match = base;
    match.with(FieldValue::number(Field::conj_id, id));
    if (ids == 1 && one_in(3)) match.with(masked(Field::eth_src));
    led_to.emplace(of::FlowKey{table, target, match}, effect);
  }
  const bool clear =
      std::ranges::all_of(led_to, [&](const auto& flow) { return is_clear(flows, flow.first, flow.second); });
  if (clear) flows.merge(led_to);
}

}  // namespace tarn::test
