// A packet as a switch reads it: fields, and what travels beside them through the tables. A value, without bytes.
// Written by who sends it and by the walker's actions; it knows no tables.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "base/address.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

using wire::of::Field;

// A packet as the fields a switch reads from it, with the registers that travel along. An absent field is zero.
class Packet {
 public:
  using Octets = std::array<std::uint8_t, 16>;

  [[nodiscard]] Octets octets(Field field) const;
  [[nodiscard]] std::uint64_t number(Field field) const;  // the low 64 bits
  [[nodiscard]] Mac mac(Field field) const;
  [[nodiscard]] Ip ip(Field field) const;

  // Writes the bits of `value` under its mask.
  Packet& set(const wire::of::FieldValue& value);
  Packet& set(Field field, std::uint64_t value) { return set(wire::of::FieldValue::number(field, value)); }
  Packet& set(Field field, const Mac& mac) { return set(wire::of::FieldValue::mac(field, mac)); }
  Packet& set(Field field, const Ip& ip) { return set(wire::of::FieldValue::ip(field, ip)); }
  void clear(Field field) { fields_.erase(field); }
  void move(const wire::of::Move& move) { set(moved(move)); }
  // What the move would write, and where: the value's mask has its bits.
  [[nodiscard]] wire::of::FieldValue moved(const wire::of::Move& move) const;

  // What of it is on the wire: neither registers nor the tunnel's fields nor what connection tracking said.
  [[nodiscard]] Packet frame() const;

  // The packet as ovs-ofctl(8) describes one: every field that is not zero.
  [[nodiscard]] wire::of::Match description() const;

  auto operator<=>(const Packet&) const = default;

 private:
  void turn_option(std::uint64_t type);
  std::map<Field, Octets> fields_;  // without zeros
};

}  // namespace tarn::sim
