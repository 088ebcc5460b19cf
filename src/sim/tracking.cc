#include "sim/tracking.h"

#include <array>

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr auto verdict_fields = std::to_array<Field>(
    {Field::ct_state, Field::ct_zone, Field::ct_mark, Field::ct_label, Field::ct_ip_proto, Field::ct_ipv4_src,
     Field::ct_ipv4_dst, Field::ct_ipv6_src, Field::ct_ipv6_dst, Field::ct_tp_src, Field::ct_tp_dst});

// What readdress() writes.
constexpr auto addresses = std::to_array<Field>({Field::ipv4_src, Field::ipv4_dst, Field::ipv6_src, Field::ipv6_dst,
                                                 Field::tcp_src, Field::tcp_dst, Field::udp_src, Field::udp_dst});

}  // namespace

void forget_verdict(Packet& packet) {
  for (const Field field : verdict_fields) packet.clear(field);
}

void write_verdict(Packet& packet, std::uint16_t zone, const Conntrack::Verdict& verdict) {
  packet.set(Field::ct_state, verdict.state).set(Field::ct_zone, zone);
  if (!verdict.original) return;
  const Tuple& tuple = *verdict.original;
  const bool v4 = tuple.source.is_v4();
  packet.set(Field::ct_ip_proto, tuple.protocol)
      .set(v4 ? Field::ct_ipv4_src : Field::ct_ipv6_src, tuple.source)
      .set(v4 ? Field::ct_ipv4_dst : Field::ct_ipv6_dst, tuple.destination)
      .set(Field::ct_tp_src, tuple.source_port)
      .set(Field::ct_tp_dst, tuple.destination_port);
}

// That a translation changes something is asked of us, not of the switch: ovs-vswitchd 3.1 aborts when such a
// connection has expired (docs/routing.md).
const char* fault_of(const Passage& passage, const of::Ct& action) {
  if (!action.nat || action.nat->side == of::Nat::Side::none) return nullptr;
  const Tuple& tuple = passage.connection.original;
  if (!action.nat->address) return "a translation to no address is not walked";
  if (action.nat->address->family != tuple.source.family) return "a translation to another family is not walked";
  const bool same = passage.translation && passage.translation->reply == tuple.reversed();
  return same ? "a translation that changes nothing is committed" : nullptr;
}

Packet Rewritten::beneath(const Packet& seen) {
  std::erase_if(changes_, [&](const Change& change) { return seen.octets(change.field) != change.seen; });
  Packet real = seen;
  for (const Change& change : changes_) real.set(change.real);
  return real;
}

void Rewritten::become(const Packet& seen, const Packet& real) {
  changes_.clear();
  for (const Field field : addresses) {
    const Packet::Octets octets = real.octets(field);
    if (octets == seen.octets(field)) continue;
    changes_.push_back(
        {field, seen.octets(field), of::FieldValue::bytes(field, ByteView(octets).first(of::width_of(field)))});
  }
}

}  // namespace tarn::sim
