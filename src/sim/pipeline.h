// A packet walker over flow tables: what a switch with these flows would do with this packet. Values only; it shares
// with the product the vocabulary of flows and nothing of how they are made. Conntrack and groups are not walked yet:
// meeting one is reported as a fault of the walk, never passed over.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
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
  void move(const wire::of::Move& move);

  // The packet as ovs-ofctl(8) describes one: every field that is not zero.
  [[nodiscard]] wire::of::Match description() const;

  auto operator<=>(const Packet&) const = default;

 private:
  void turn_option(std::uint64_t type);
  std::map<Field, Octets> fields_;  // without zeros
};

struct Emission {
  std::uint32_t port = 0;  // port_controller with userdata for a packet-in
  Packet packet;           // as it left
  Bytes userdata;
};

struct Walk {
  std::vector<Emission> emissions;      // in order
  std::vector<wire::of::FlowKey> path;  // the flows that matched
  Packet last;                          // with what the tables left in its registers
  std::vector<std::string> faults;      // two flows of one rank, limits of the switch exceeded, unknown actions
};

class Pipeline {
 public:
  // Limits of ovs-vswitchd (ofproto-dpif-xlate: nesting and resubmits of one packet).
  static constexpr int depth_max = 64;
  static constexpr int resubmits_max = 4096;

  explicit Pipeline(const std::map<wire::of::FlowKey, wire::of::FlowSpec>& flows);
  [[nodiscard]] Walk walk(std::uint32_t in_port, Packet packet) const;

 private:
  struct Flow {
    wire::of::FlowKey key;
    wire::of::FlowSpec spec;
  };
  struct State;
  void run_table(State& state, std::uint8_t table, int depth) const;
  bool run_actions(State& state, const std::vector<wire::of::Action>& actions, int depth) const;
  const Flow* best(State& state, std::uint8_t table) const;

  std::map<std::uint8_t, std::vector<Flow>> tables_;  // highest priority first
};

}  // namespace tarn::sim
