#include "wire/openflow/match_codec.h"

#include <algorithm>

#include "wire/openflow/fields.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t match_type_oxm = 1;          // OFPMT_OXM
constexpr std::uint16_t class_packet_regs = 0x8001;  // OFPXMC_PACKET_REGS: 64-bit views of two registers each
constexpr std::uint16_t class_nxm = 0x0001;
constexpr std::uint16_t class_basic = 0x8000;
constexpr std::uint8_t nxm_xxreg0 = 111;  // NXM_NX_XXREG0..3: 128-bit views of four registers each
constexpr std::uint8_t xxreg_count = 4;
constexpr std::uint8_t xreg_count = 8;
constexpr std::uint8_t oxm_vlan_vid = 6;
constexpr std::uint8_t oxm_vlan_pcp = 7;
constexpr std::uint16_t vlan_vid_bits = 0x1fff;  // the id, and OFPVID_PRESENT where the tag's CFI bit stood
constexpr std::uint16_t vlan_pcp_bits = 0xe000;
constexpr std::uint16_t vlan_present = 0x1000;

struct Header {
  std::uint16_t oxm_class = 0;
  std::uint8_t number = 0;
  bool masked = false;
  std::uint8_t length = 0;

  static Header of(std::uint32_t word) {
    return {static_cast<std::uint16_t>(word >> 16), static_cast<std::uint8_t>(word >> 9 & 0x7f), (word & 0x100) != 0,
            static_cast<std::uint8_t>(word)};
  }
  [[nodiscard]] std::uint32_t word() const {
    return static_cast<std::uint32_t>(oxm_class) << 16 | static_cast<std::uint32_t>(number) << 9 |
           (masked ? 0x100U : 0U) | length;
  }
};

struct Tlv {
  Header header;
  ByteView value;
  ByteView mask;   // empty when the header has no mask bit
  ByteView whole;  // header included
};

std::uint64_t number_of(ByteView bytes) {
  std::uint64_t value = 0;
  for (const Byte byte : bytes) value = value << 8 | byte;
  return value;
}

FieldValue field_value(Field field, ByteView value, ByteView mask) {
  return mask.empty() ? FieldValue::bytes(field, value) : FieldValue::bytes(field, value, mask);
}

bool is_vlan(const Header& header) {
  return header.oxm_class == class_basic && (header.number == oxm_vlan_vid || header.number == oxm_vlan_pcp);
}

// How many 32-bit registers a wide register view holds; 0 for every other field.
std::size_t registers_in(const Header& header) {
  if (header.oxm_class == class_packet_regs && header.number < xreg_count) return 2;
  const bool xxreg =
      header.oxm_class == class_nxm && header.number >= nxm_xxreg0 && header.number < nxm_xxreg0 + xxreg_count;
  return xxreg ? 4 : 0;
}

// Open vSwitch reports registers pairwise in OpenFlow 1.5, whatever they were written as; the first register is the
// most significant part (ovs-fields(7), xreg0).
void fold_wide_register(Match& match, const Tlv& tlv, std::size_t count) {
  const std::size_t index = count == 2 ? tlv.header.number : static_cast<std::size_t>(tlv.header.number - nxm_xxreg0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto field = static_cast<Field>(static_cast<std::size_t>(Field::reg0) + index * count + i);
    const ByteView mask = tlv.mask.empty() ? ByteView() : tlv.mask.subspan(4 * i, 4);
    match.with(field_value(field, tlv.value.subspan(4 * i, 4), mask));
  }
}

// Gathers OXM's two VLAN fields into the tag control word they are parts of.
class Vlan {
 public:
  [[nodiscard]] bool fold(const Tlv& tlv) {
    if (tlv.header.number == oxm_vlan_pcp) {
      if (tlv.value.size() != 1 || !tlv.mask.empty()) return false;
      add(static_cast<std::uint16_t>(tlv.value[0] << 13 | vlan_present), vlan_pcp_bits | vlan_present);
      return true;
    }
    if (tlv.value.size() != 2) return false;
    const std::uint64_t mask = tlv.mask.empty() ? vlan_vid_bits : number_of(tlv.mask);
    add(static_cast<std::uint16_t>(number_of(tlv.value)), static_cast<std::uint16_t>(mask & vlan_vid_bits));
    return true;
  }
  [[nodiscard]] FieldValue value() const { return FieldValue::number(Field::vlan_tci, value_, mask_); }

 private:
  void add(std::uint16_t value, int mask) {
    value_ = static_cast<std::uint16_t>(value_ | (value & mask));
    mask_ = static_cast<std::uint16_t>(mask_ | mask);
  }

  std::uint16_t value_ = 0;
  std::uint16_t mask_ = 0;
};

Result<Tlv> take_tlv(ByteReader& in) {
  ByteReader ahead = in;
  const Header header = Header::of(ahead.u32());
  Tlv tlv{header, {}, {}, in.take(4U + header.length)};
  if (!ahead.ok() || !in.ok()) return fail(ErrorCode::corrupt, "a match field runs past the end of its match");
  const ByteView payload = tlv.whole.subspan(4);
  if (header.masked && payload.size() % 2 != 0) return fail(ErrorCode::corrupt, "a masked field has an odd length");
  tlv.value = header.masked ? payload.first(payload.size() / 2) : payload;
  if (header.masked) tlv.mask = payload.subspan(payload.size() / 2);
  return tlv;
}

std::optional<FieldValue> known_field(const Tlv& tlv) {
  const std::optional<Field> field = field_at(tlv.header.oxm_class, tlv.header.number);
  if (!field || tlv.value.size() != width_of(*field)) return std::nullopt;
  return field_value(*field, tlv.value, tlv.mask);
}

bool splits_priority(const FieldValue& value) {
  const int bits = value.mask[0] & 0xe0;
  return value.field == Field::vlan_tci && bits != 0 && bits != 0xe0;
}

void put_vlan(ByteWriter& out, const FieldValue& tci) {
  const auto value = static_cast<std::uint16_t>(number_of(ByteView(tci.value).first(2)));
  const auto mask = static_cast<std::uint16_t>(number_of(ByteView(tci.mask).first(2)));
  const auto vid_mask = static_cast<std::uint16_t>(mask & vlan_vid_bits);
  const bool exact = vid_mask == vlan_vid_bits;
  out.u32(Header{class_basic, oxm_vlan_vid, !exact, static_cast<std::uint8_t>(exact ? 2 : 4)}.word());
  out.u16(value & vlan_vid_bits);
  if (!exact) out.u16(vid_mask);
  if ((mask & vlan_pcp_bits) == 0) return;
  out.u32(Header{class_basic, oxm_vlan_pcp, false, 1}.word()).u8(static_cast<std::uint8_t>(value >> 13));
}

}  // namespace

void put_field(ByteWriter& out, const FieldValue& value) {
  const std::size_t width = width_of(value.field);
  const bool masked = !value.exact();
  out.u32(oxm_header(value.field, masked)).put(ByteView(value.value).first(width));
  if (masked) out.put(ByteView(value.mask).first(width));
}

Result<TakenField> take_field(ByteReader& in) {
  const Result<Tlv> tlv = take_tlv(in);
  if (!tlv) return fail(tlv.error());
  return TakenField{known_field(*tlv)};
}

void put_field_name(ByteWriter& out, Field field) {
  out.u32(oxm_header(field, false));
}

std::optional<Field> field_named(std::uint32_t word) {
  const Header header = Header::of(word);
  const std::optional<Field> field = field_at(header.oxm_class, header.number);
  const bool whole = field && !header.masked && header.length == width_of(*field);
  return whole ? field : std::nullopt;
}

void put_oxm_fields(ByteWriter& out, const Match& match) {
  for (const FieldValue& field : match.fields()) {
    if (field.field == Field::vlan_tci)
      put_vlan(out, field);
    else
      put_field(out, field);
  }
  out.put(match.unknown());
}

Result<Match> decode_oxm_fields(ByteView bytes) {
  Match match;
  Vlan vlan;
  ByteReader in(bytes);
  while (in.left() > 0) {
    const Result<Tlv> tlv = take_tlv(in);
    if (!tlv) return fail(tlv.error());
    if (const std::size_t count = registers_in(tlv->header); count > 0 && tlv->value.size() == 4 * count) {
      fold_wide_register(match, *tlv, count);
    } else if (is_vlan(tlv->header) && vlan.fold(*tlv)) {
      match.with(vlan.value());
    } else if (const auto field = known_field(*tlv); field && !splits_priority(*field)) {
      match.with(*field);
    } else {
      match.with_unknown(tlv->whole);
    }
  }
  return match;
}

void put_match(ByteWriter& out, const Match& match) {
  const std::size_t start = out.size();
  out.u16(match_type_oxm).u16(0);
  put_oxm_fields(out, match);
  const std::size_t length = out.size() - start;
  out.patch_u16(start + 2, static_cast<std::uint16_t>(length));
  out.zeros((8 - length % 8) % 8);
}

Result<Match> take_match(ByteReader& in) {
  const std::uint16_t type = in.u16();
  const std::size_t length = in.u16();
  if (!in.ok() || length < 4) return fail(ErrorCode::corrupt, "a match is shorter than its header");
  if (type != match_type_oxm) return fail(ErrorCode::unsupported, "a match is not in OXM form");
  const ByteView fields = in.take(length - 4);
  in.skip((8 - length % 8) % 8);
  if (!in.ok()) return fail(ErrorCode::corrupt, "a match runs past the end of its message");
  return decode_oxm_fields(fields);
}

}  // namespace tarn::wire::of
