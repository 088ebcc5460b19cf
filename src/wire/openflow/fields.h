// The table of fields: how each is named on the wire (OXM class and number), how wide it is and how ovs-ofctl spells
// it. Pure constants; flow.h gives callers the names and widths, the codecs use the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wire/openflow/flow.h"

namespace tarn::wire::of {

enum class FieldForm : std::uint8_t { decimal, hex, mac, ipv4, ipv6, ct_state, ip_frag };

struct FieldTraits {
  Field field{};
  std::string_view name;
  std::uint16_t oxm_class = 0;
  std::uint8_t oxm_number = 0;
  std::uint8_t width = 0;  // bytes
  FieldForm form = FieldForm::hex;
};

const FieldTraits& traits_of(Field field);

// The field with this class and number, in the spelling OpenFlow 1.5 prefers or in the older Nicira one that the switch
// still reports inside actions; absent when this build does not know it.
std::optional<Field> field_at(std::uint16_t oxm_class, std::uint8_t oxm_number);

// The 32-bit OXM header without payload: class, number, mask bit, payload length (OpenFlow 1.5 section 7.2.3.2).
std::uint32_t oxm_header(Field field, bool masked);

// "0x1", "10.0.0.0/24", "fa:16:3e:00:00:01" … of a value with its mask, as ovs-ofctl reads it.
std::string value_text(const FieldValue& value);

}  // namespace tarn::wire::of
