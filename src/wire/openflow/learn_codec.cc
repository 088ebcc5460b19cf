// NXAST_LEARN2 and NXAST_LEARN: a head, and one specification for each field that is matched or written (struct
// nx_action_learn2 in Open vSwitch's lib/ofp-actions.c, "enum nx_learn" beside it).
#include "base/check.h"
#include "wire/openflow/action_parts.h"
#include "wire/openflow/match_codec.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t delete_learned = 2;  // NX_LEARN_F_DELETE_LEARNED

// What a specification's first word says: how many bits, of what, for what.
constexpr std::uint16_t bits_mask = 0x3ff;      // NX_LEARN_N_BITS_MASK
constexpr std::uint16_t of_constant = 1 << 13;  // NX_LEARN_SRC_IMMEDIATE; 0: of a field
constexpr std::uint16_t to_load = 1 << 11;      // NX_LEARN_DST_LOAD; 0: to match

std::uint16_t bits_of(Field field) {
  return static_cast<std::uint16_t>(8 * width_of(field));
}

bool within(Field field, std::uint16_t first, std::uint16_t bits) {
  return first + bits <= bits_of(field);
}

// Constants stand at the end of an even number of bytes.
void put_constant(ByteWriter& out, const FieldValue& match) {
  CHECK(match.exact());
  const std::size_t width = width_of(match.field);
  out.u16(of_constant | bits_of(match.field)).zeros(width % 2).put(ByteView(match.value).first(width));
  put_field_name(out, match.field);
  out.u16(0);
}

void put_copy(ByteWriter& out, const Move& copy, std::uint16_t purpose) {
  CHECK(copy.bits > 0 && copy.bits <= bits_mask);
  out.u16(purpose | copy.bits);
  put_field_name(out, copy.from);
  out.u16(copy.from_bit);
  put_field_name(out, copy.to);
  out.u16(copy.to_bit);
}

// Both behind the first word.
std::optional<FieldValue> take_constant(ByteReader& in, std::uint16_t bits) {
  const ByteView value = in.take((bits + 15U) / 16U * 2U);
  const std::optional<Field> field = field_named(in.u32());
  const std::uint16_t first_bit = in.u16();
  if (!in.ok() || !field || first_bit != 0 || bits != bits_of(*field)) return std::nullopt;
  return FieldValue::bytes(*field, value.last(width_of(*field)));
}

std::optional<Move> take_copy(ByteReader& in, std::uint16_t bits) {
  Move copy{.bits = bits};
  const std::optional<Field> from = field_named(in.u32());
  copy.from_bit = in.u16();
  const std::optional<Field> to = field_named(in.u32());
  copy.to_bit = in.u16();
  if (!in.ok() || bits == 0 || !from || !to) return std::nullopt;
  if (!within(*from, copy.from_bit, bits) || !within(*to, copy.to_bit, bits)) return std::nullopt;
  copy.from = *from;
  copy.to = *to;
  return copy;
}

// In the order in which they are written here: of two that name one field the later counts.
bool take_specification(Learn& learn, ByteReader& in, std::uint16_t first_word) {
  const std::uint16_t bits = first_word & bits_mask;
  const int kind = first_word & ~bits_mask;
  if (kind == of_constant) {
    const std::optional<FieldValue> match = take_constant(in, bits);
    if (!match || !learn.copied.empty() || !learn.loads.empty()) return false;
    learn.matches.push_back(*match);
    return true;
  }
  if (kind != 0 && kind != to_load) return false;
  const std::optional<Move> copy = take_copy(in, bits);
  if (!copy || (kind == 0 && !learn.loads.empty())) return false;
  (kind == 0 ? learn.copied : learn.loads).push_back(*copy);
  return true;
}

}  // namespace

void put_learn(ByteWriter& out, const Learn& learn) {
  ActionWriter frame(out, nx_learn2, nicira);
  out.u16(learn.idle_timeout).u16(learn.hard_timeout).u16(learn.priority).u64(learn.cookie).u16(delete_learned);
  out.u8(learn.table).zeros(1).u32(0);  // no timeouts after a FIN
  out.u32(learn.limit).u32(0);          // no result
  for (const FieldValue& match : learn.matches) put_constant(out, match);
  for (const Move& match : learn.copied) put_copy(out, match, 0);
  for (const Move& load : learn.loads) put_copy(out, load, to_load);
  frame.close();
}

std::optional<Learn> read_learn(ByteReader in, std::uint16_t subtype) {
  Learn learn;
  learn.idle_timeout = in.u16();
  learn.hard_timeout = in.u16();
  learn.priority = in.u16();
  learn.cookie = in.u64();
  const std::uint16_t flags = in.u16();
  learn.table = in.u8();
  const std::uint8_t padding = in.u8();
  const std::uint32_t fin_timeouts = in.u32();
  std::uint32_t result = 0;
  if (subtype == nx_learn2) {
    learn.limit = in.u32();
    result = in.u32();
  }
  if (flags != delete_learned || (padding | fin_timeouts | result) != 0) return std::nullopt;
  while (in.left() >= 2) {
    const std::uint16_t first_word = in.u16();
    if (first_word == 0) break;  // the rest is padding
    if (!take_specification(learn, in, first_word)) return std::nullopt;
  }
  return in.ok() ? std::optional(std::move(learn)) : std::nullopt;
}

}  // namespace tarn::wire::of
