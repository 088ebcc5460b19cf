#include "sim/conntrack.h"

#include <array>
#include <utility>

namespace tarn::sim {

namespace {

constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t icmp6 = 58;

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

Conntrack::Verdict Conntrack::verdict(std::uint16_t zone, const Packet& packet) const {
  const std::optional<Tuple> tuple = tuple_of(packet, tracker_);
  if (!tuple) return {ct_tracked | ct_invalid, std::nullopt};
  if (const Age* age = connections_.find({zone, *tuple})) {
    return {ct_tracked | (*age == Age::answered ? ct_established : ct_new), tuple};
  }
  const Tuple original = tuple->reversed();
  if (connections_.contains({zone, original})) return {ct_tracked | ct_established | ct_reply, original};
  if (!begins(*tuple)) return {ct_tracked | ct_invalid, std::nullopt};
  return {ct_tracked | ct_new, tuple};
}

bool Conntrack::passed(const Passage& passage) {
  const Connection& forth = passage.connection;
  const Connection back{forth.zone, forth.original.reversed()};
  if (connections_.contains(forth)) return false;
  if (const Age* age = connections_.find(back)) {
    if (*age != Age::answered) turn(back, Age::answered);
    return false;
  }
  return passage.commit && commit(forth);
}

bool Conntrack::commit(const Connection& connection) {
  const Connection back{connection.zone, connection.original.reversed()};
  if (connections_.contains(connection) || connections_.contains(back)) return false;
  turn(connection, Age::unanswered);
  return true;
}

void Conntrack::turn(const Connection& connection, Age age) {
  connections_ = connections_.with(connection, age);
  ++version_;
}

}  // namespace tarn::sim
