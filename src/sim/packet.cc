#include "sim/packet.h"

#include <algorithm>

namespace tarn::sim {

namespace of = wire::of;

namespace {

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

of::FieldValue Packet::moved(const of::Move& move) const {
  const Octets source = octets(move.from);
  const std::size_t width = of::width_of(move.to);
  Octets value{};
  Octets mask{};
  for (std::size_t bit = 0; bit < move.bits; ++bit) {
    set_bit(value, width, move.to_bit + bit, bit_of(source, of::width_of(move.from), move.from_bit + bit));
    set_bit(mask, width, move.to_bit + bit, true);
  }
  return of::FieldValue::bytes(move.to, ByteView(value).first(width), ByteView(mask).first(width));
}

Packet Packet::frame() const {
  Packet frame;
  for (const auto& [field, octets] : fields_) {
    const bool tracking = field >= Field::ct_ip_proto && field <= Field::ct_tp_dst;
    if (field >= Field::eth_dst && !tracking) frame.fields_.emplace(field, octets);
  }
  return frame;
}

of::Match Packet::description() const {
  of::Match match;
  for (const auto& [field, octets] : fields_)
    match.with(of::FieldValue::bytes(field, ByteView(octets).first(of::width_of(field))));
  return match;
}

}  // namespace tarn::sim
