// The longer of Nicira's actions, and the frame that every action is written in; for action_codec.cc alone. Pure
// functions, defined in nat_codec.cc and learn_codec.cc.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "wire/openflow/flow.h"

namespace tarn::wire::of {

inline constexpr std::uint16_t type_experimenter = 0xffff;  // OFPAT_EXPERIMENTER
inline constexpr std::uint32_t nicira = 0x00002320;         // NX_VENDOR_ID
inline constexpr std::uint16_t nx_learn = 16;
inline constexpr std::uint16_t nx_nat = 36;
inline constexpr std::uint16_t nx_learn2 = 45;  // since Open vSwitch 2.8

// Opens an action, and on `close` pads it to 8 bytes and writes its length.
class ActionWriter {
 public:
  ActionWriter(ByteWriter& out, std::uint16_t type) : out_(out), start_(out.size()) { out.u16(type).u16(0); }
  ActionWriter(ByteWriter& out, std::uint16_t nx_subtype, std::uint32_t vendor) : ActionWriter(out, type_experimenter) {
    out.u32(vendor).u16(nx_subtype);
  }
  void close() {
    out_.zeros((8 - (out_.size() - start_) % 8) % 8);
    const std::size_t length = out_.size() - start_;
    out_.patch_u16(start_ + 2, static_cast<std::uint16_t>(length));
  }

 private:
  ByteWriter& out_;
  std::size_t start_;
};

// Whole actions, header included. Nothing: a translation that Nat cannot say (several addresses, how to choose).
void put_nat(ByteWriter& out, const Nat& nat);
bool is_nat(ByteView action);
std::optional<Nat> read_nat(ByteView action);

// Read behind the subtype. Nothing: what Learn cannot say (outputs, constants to load, timeouts after a FIN, other
// flags, a result), or says in another order.
void put_learn(ByteWriter& out, const Learn& learn);
std::optional<Learn> read_learn(ByteReader in, std::uint16_t subtype);

}  // namespace tarn::wire::of
