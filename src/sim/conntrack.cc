#include "sim/conntrack.h"

#include <array>
#include <utility>

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t icmp6 = 58;
constexpr std::uint32_t ephemeral_first = 1024;  // MIN_NAT_EPHEMERAL_PORT in lib/conntrack-private.h, as the next
constexpr std::uint32_t ephemeral_last = 65535;

struct Exchange {
  std::uint8_t protocol;
  std::uint8_t question;
  std::uint8_t answer;
};
// The messages that both trackers take for a connection (extract_l4_icmp() in Open vSwitch's lib/conntrack.c,
// icmp_pkt_to_tuple() in the kernel's nf_conntrack_proto_icmp.c): echo, timestamp, information. All others are errors
// about a packet that the walker cannot see, or stand alone.
constexpr auto exchanges = std::to_array<Exchange>({{icmp, 8, 0}, {icmp, 13, 14}, {icmp, 15, 16}, {icmp6, 128, 129}});

const Exchange* exchange_of(const Tuple& tuple) {
  for (const Exchange& exchange : exchanges) {
    const bool either = tuple.source_port == exchange.question || tuple.source_port == exchange.answer;
    if (exchange.protocol == tuple.protocol && either) return &exchange;
  }
  return nullptr;
}

// Only a question begins a connection.
bool begins(const Tuple& tuple) {
  const Exchange* exchange = exchange_of(tuple);
  return exchange == nullptr || tuple.source_port == exchange->question;
}

std::uint16_t port_of(const Packet& packet, Field field) {
  return static_cast<std::uint16_t>(packet.number(field));
}

bool has_transport(const Tuple& tuple, Tracker tracker) {
  if (tuple.protocol == icmp || tuple.protocol == icmp6) {
    // The kernel does not ask what the code is.
    return exchange_of(tuple) != nullptr && (tracker == Tracker::kernel || tuple.destination_port == 0);
  }
  const bool numbered = tuple.source_port != 0 && tuple.destination_port != 0;
  return (tuple.protocol != tcp && tuple.protocol != udp) || tracker == Tracker::kernel || numbered;
}

}  // namespace

Tuple Tuple::reversed() const {
  Tuple other = *this;
  std::swap(other.source, other.destination);
  if (const Exchange* exchange = exchange_of(*this)) {
    other.source_port = source_port == exchange->question ? exchange->answer : exchange->question;
  } else {
    std::swap(other.source_port, other.destination_port);
  }
  return other;
}

std::optional<Tuple> tuple_of(const Packet& packet, Tracker tracker) {
  const std::uint64_t type = packet.number(Field::eth_type);
  const bool v4 = type == 0x0800;
  if (!v4 && type != 0x86dd) return std::nullopt;
  Tuple tuple{static_cast<std::uint8_t>(packet.number(Field::ip_proto)),
              packet.ip(v4 ? Field::ipv4_src : Field::ipv6_src), packet.ip(v4 ? Field::ipv4_dst : Field::ipv6_dst), 0,
              0};
  const auto ports = [&](Field source, Field destination) {
    tuple.source_port = port_of(packet, source);
    tuple.destination_port = port_of(packet, destination);
  };
  if (tuple.protocol == tcp) ports(Field::tcp_src, Field::tcp_dst);
  if (tuple.protocol == udp) ports(Field::udp_src, Field::udp_dst);
  if (tuple.protocol == icmp && v4) ports(Field::icmp_type, Field::icmp_code);
  if (tuple.protocol == icmp6 && !v4) ports(Field::icmpv6_type, Field::icmpv6_code);
  if (!has_transport(tuple, tracker)) return std::nullopt;
  return tuple;
}

void readdress(Packet& packet, const Tuple& tuple) {
  const bool v4 = tuple.source.is_v4();
  packet.set(v4 ? Field::ipv4_src : Field::ipv6_src, tuple.source);
  packet.set(v4 ? Field::ipv4_dst : Field::ipv6_dst, tuple.destination);
  if (tuple.protocol == tcp) packet.set(Field::tcp_src, tuple.source_port).set(Field::tcp_dst, tuple.destination_port);
  if (tuple.protocol == udp) packet.set(Field::udp_src, tuple.source_port).set(Field::udp_dst, tuple.destination_port);
}

// Where two have one reply it is the untranslated one's.
std::optional<Conntrack::Found> Conntrack::find(const Connection& packet) const {
  if (const Standing* forth = connections_.find(packet)) return Found{packet, *forth, false};
  const Connection back{packet.zone, packet.original.reversed()};
  const Standing* plain = connections_.find(back);
  if (plain != nullptr && !plain->translation) return Found{back, *plain, true};
  const Tuple* original = replies_.find(packet);
  if (original == nullptr) return std::nullopt;
  const Connection translated{packet.zone, *original};
  return Found{translated, *connections_.find(translated), true};
}

Conntrack::Verdict Conntrack::verdict(std::uint16_t zone, const std::optional<Tuple>& tuple) const {
  if (!tuple) return {ct_tracked | ct_invalid, std::nullopt};
  if (const auto found = find({zone, *tuple})) {
    if (found->reply) return {ct_tracked | ct_established | ct_reply, found->connection.original};
    return {ct_tracked | (found->standing.age == Age::answered ? ct_established : ct_new), tuple};
  }
  if (!begins(*tuple)) return {ct_tracked | ct_invalid, std::nullopt};
  return {ct_tracked | ct_new, tuple};
}

Passage Conntrack::passage(const Connection& connection, bool commit, const std::optional<of::Nat>& nat) const {
  Passage passage{connection, commit};
  const bool translates = commit && nat && nat->address && nat->address->family == connection.original.source.family;
  if (!translates || find(connection)) return passage;
  passage.translation = choose(connection, *nat);
  passage.commit = passage.translation.has_value();
  return passage;
}

bool Conntrack::settle(std::uint16_t zone, Translation& translation, std::uint16_t Tuple::* port, std::uint32_t first,
                       std::uint32_t last) const {
  for (std::uint32_t number = first; number <= last; ++number) {
    translation.reply.*port = static_cast<std::uint16_t>(number);
    if (!find({zone, translation.reply})) return true;
  }
  return false;
}

// The source's port is one of those that are said, or its own, or else any. The destination's is one of those that are
// said, or its own; where that is taken for this source, the source's port gives way.
std::optional<Translation> Conntrack::choose(const Connection& connection, const of::Nat& nat) const {
  const Tuple& first = connection.original;
  const bool source = nat.side == of::Nat::Side::source;
  Translation wanted{nat.side, first.reversed()};
  (source ? wanted.reply.destination : wanted.reply.source) = *nat.address;
  if (first.protocol != tcp && first.protocol != udp)
    return find({connection.zone, wanted.reply}) ? std::nullopt : std::optional(wanted);
  const auto settled = [&](std::uint16_t Tuple::* port, std::uint32_t from, std::uint32_t to) {
    return settle(connection.zone, wanted, port, from, to);
  };
  if (nat.port_first != 0) {
    if (settled(source ? &Tuple::destination_port : &Tuple::source_port, nat.port_first, nat.port_last)) return wanted;
    if (source) return std::nullopt;
    wanted.reply.source_port = nat.port_first;
  }
  const bool found = settled(&Tuple::destination_port, first.source_port, first.source_port) ||
                     settled(&Tuple::destination_port, ephemeral_first, ephemeral_last);
  return found ? std::optional(wanted) : std::nullopt;
}

std::optional<Conntrack::Rewriting> Conntrack::rewriting(const Connection& connection) const {
  const std::optional<Found> found = find(connection);
  if (!found || !found->standing.translation) return std::nullopt;
  const Translation& translation = *found->standing.translation;
  // The answer to a packet whose source was rewritten has its destination rewritten.
  const bool of_source = (translation.side == of::Nat::Side::source) != found->reply;
  const Tuple to = found->reply ? found->connection.original.reversed() : translation.reply.reversed();
  // The kernel binds the source, too, of whatever has another destination, and says so of what goes that way
  // (ovs_ct_nat() in net/openvswitch/conntrack.c).
  const bool both = tracker_ == Tracker::kernel && !of_source && !found->reply;
  const std::uint32_t bit = of_source ? ct_source_translated : ct_destination_translated;
  return Rewriting{to, both ? bit | ct_source_translated : bit};
}

bool Conntrack::passed(const Passage& passage) {
  const std::optional<Found> found = find(passage.connection);
  if (!found) return passage.commit && commit(passage.connection, passage.translation);
  if (found->reply && found->standing.age != Age::answered)
    turn(found->connection, {Age::answered, found->standing.translation});
  return false;
}

bool Conntrack::commit(const Connection& connection, const std::optional<Translation>& translation) {
  if (find(connection)) return false;
  turn(connection, {Age::unanswered, translation});
  if (translation) replies_ = replies_.with({connection.zone, translation->reply}, connection.original);
  return true;
}

void Conntrack::turn(const Connection& connection, const Standing& standing) {
  connections_ = connections_.with(connection, standing);
  ++version_;
}

}  // namespace tarn::sim
