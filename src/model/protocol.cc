#include "model/protocol.h"

#include <algorithm>
#include <charconv>

namespace tarn::model {
namespace {

constexpr Protocol known[] = {
    {"ah", 51},     {"dccp", 33},       {"egp", 8},        {"esp", 50},        {"gre", 47},        {"hopopt", 0},
    {"icmp", 1},    {"igmp", 2},        {"ipip", 4},       {"ipv6-encap", 41}, {"ipv6-frag", 44},  {"ipv6-icmp", 58},
    {"icmpv6", 58}, {"ipv6-nonxt", 59}, {"ipv6-opts", 60}, {"ospf", 89},       {"ipv6-route", 43}, {"pgm", 113},
    {"rsvp", 46},   {"sctp", 132},      {"tcp", 6},        {"udp", 17},        {"udplite", 136},   {"vrrp", 112},
};
constexpr int with_ports[] = {33, 132, 6, 17, 136};

}  // namespace

std::span<const Protocol> protocols() {
  return known;
}

std::optional<int> protocol_number(std::string_view protocol) {
  const auto named = std::ranges::find(known, protocol, &Protocol::name);
  if (named != std::end(known)) return named->number;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(protocol.data(), protocol.data() + protocol.size(), number);
  const bool whole = error == std::errc{} && end == protocol.data() + protocol.size();
  return whole && number <= 255 ? std::optional(static_cast<int>(number)) : std::nullopt;
}

bool has_ports(int protocol) {
  return std::ranges::find(with_ports, protocol) != std::end(with_ports);
}

bool is_icmp(int protocol) {
  return protocol == 1 || protocol == 58;
}

}  // namespace tarn::model
