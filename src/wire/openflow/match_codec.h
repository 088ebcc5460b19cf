// Matches and single fields as OXM bytes (OpenFlow 1.5 section 7.2.3), both ways. Pure.
// A field of a class or width this build does not know becomes Match::unknown(), never an error.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wire/openflow/flow.h"

namespace tarn::wire::of {

// The bare list of fields, without type, length or padding.
void put_oxm_fields(ByteWriter& out, const Match& match);
Result<Match> decode_oxm_fields(ByteView bytes);

// struct ofp_match: type OFPMT_OXM, length without padding, fields, zeros up to 8 bytes.
void put_match(ByteWriter& out, const Match& match);
Result<Match> take_match(ByteReader& in);

// One field with its value, as set_field carries it; absent when this build does not know the field.
void put_field(ByteWriter& out, const FieldValue& value);
struct TakenField {
  std::optional<FieldValue> value;
};
Result<TakenField> take_field(ByteReader& in);

// A header that names a field without a value, as copy_field and ct carry it; absent when unknown.
void put_field_name(ByteWriter& out, Field field);
std::optional<Field> field_named(std::uint32_t header);

}  // namespace tarn::wire::of
