// NXAST_NAT: flags, which parts of a range follow, and these parts (struct nx_action_nat in Open vSwitch's
// lib/ofp-actions.c).
#include "base/check.h"
#include "wire/openflow/action_parts.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t to_source = 1;  // NX_NAT_F_*
constexpr std::uint16_t to_destination = 2;
constexpr std::uint16_t ipv4_first = 1;  // NX_NAT_RANGE_*, in the order in which they follow
constexpr std::uint16_t ipv4_last = 2;
constexpr std::uint16_t ipv6_first = 4;
constexpr std::uint16_t ipv6_last = 8;
constexpr std::uint16_t port_first = 16;
constexpr std::uint16_t port_last = 32;

std::uint16_t flags_of(Nat::Side side) {
  switch (side) {
    case Nat::Side::none:
      return 0;
    case Nat::Side::source:
      return to_source;
    case Nat::Side::destination:
      return to_destination;
  }
  CHECK(false);
}

std::optional<Nat::Side> side_of(std::uint16_t flags) {
  for (const auto side : {Nat::Side::none, Nat::Side::source, Nat::Side::destination})
    if (flags_of(side) == flags) return side;
  return std::nullopt;
}

Ip take_ip(ByteReader& in, Family family) {
  Ip ip{family, {}};
  for (std::size_t i = 0; i < ip.size(); ++i) ip.bytes[i] = in.u8();
  return ip;
}

// Of a range of addresses only the first and the last are there, and here they must be the same.
bool take_address(Nat& nat, ByteReader& in, std::uint16_t present) {
  const bool v4 = (present & (ipv4_first | ipv4_last)) != 0;
  const bool v6 = (present & (ipv6_first | ipv6_last)) != 0;
  if (!v4 && !v6) return true;
  if ((v4 && v6) || (present & (ipv4_first | ipv6_first)) == 0) return false;
  const Family family = v4 ? Family::v4 : Family::v6;
  nat.address = take_ip(in, family);
  return (present & (ipv4_last | ipv6_last)) == 0 || take_ip(in, family) == *nat.address;
}

bool take_ports(Nat& nat, ByteReader& in, std::uint16_t present) {
  if ((present & (port_first | port_last)) == 0) return true;
  if ((present & port_first) == 0 || !nat.address) return false;
  nat.port_first = in.u16();
  nat.port_last = (present & port_last) != 0 ? in.u16() : nat.port_first;
  return nat.port_first != 0 && nat.port_first <= nat.port_last;
}

}  // namespace

void put_nat(ByteWriter& out, const Nat& nat) {
  const bool ports = nat.port_first != 0;
  const bool several = nat.port_last != nat.port_first;
  CHECK(nat.port_first <= nat.port_last && ports == (nat.port_last != 0));
  CHECK((nat.side != Nat::Side::none || !nat.address) && (nat.address || !ports));
  int present = 0;
  if (nat.address) present |= nat.address->is_v4() ? ipv4_first : ipv6_first;
  if (ports) present |= port_first;
  if (several) present |= port_last;
  ActionWriter frame(out, nx_nat, nicira);
  out.zeros(2).u16(flags_of(nat.side)).u16(static_cast<std::uint16_t>(present));
  if (nat.address) out.put(ByteView(nat.address->bytes).first(nat.address->size()));
  if (ports) out.u16(nat.port_first);
  if (several) out.u16(nat.port_last);
  frame.close();
}

bool is_nat(ByteView action) {
  ByteReader in(action);
  const std::uint16_t type = in.u16();
  in.skip(2);
  const std::uint32_t vendor = in.u32();
  const std::uint16_t subtype = in.u16();
  return in.ok() && type == type_experimenter && vendor == nicira && subtype == nx_nat;
}

std::optional<Nat> read_nat(ByteView action) {
  ByteReader in(action);
  in.skip(12);
  const std::optional<Nat::Side> side = side_of(in.u16());
  const std::uint16_t present = in.u16();
  if (!in.ok() || !side || (*side == Nat::Side::none && present != 0)) return std::nullopt;
  Nat nat{.side = *side, .address = {}};
  if (present >= 2 * port_last || !take_address(nat, in, present) || !take_ports(nat, in, present)) return std::nullopt;
  return in.ok() ? std::optional(nat) : std::nullopt;
}

}  // namespace tarn::wire::of
