// Rows with something in every field, made from their own `describe`: no kind and no field can be forgotten.
#pragma once

#include <functional>
#include <type_traits>

#include "model/json_fields.h"

namespace tarn::model::test {

// Draws a number below the bound; with `[](unsigned) { return 0; }` no field is left at its default.
using Draw = std::function<unsigned(unsigned)>;

template <class T>
void fill(T& value, const Draw& draw) {
  if constexpr (fields::is_optional<T>) {
    fill(value.emplace(), draw);
    if (draw(4) == 3) value.reset();
  } else if constexpr (fields::is_vector<T>) {
    value.assign(1 + draw(2), {});
    for (auto& each : value) fill(each, draw);
  } else if constexpr (fields::is_map<T>) {
    fill(value["key " + std::to_string(draw(3))], draw);
  } else if constexpr (fields::is_id<T>) {
    fill(value.uuid, draw);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    value = Uuid::random(5, 1 + draw(4));
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = "na\"me \u00e9\n" + std::to_string(draw(4));
  } else if constexpr (std::is_same_v<T, bool>) {
    value = draw(2) == 0 ? !value : value;
  } else if constexpr (std::is_enum_v<T>) {
    constexpr std::size_t names = std::size(fields::Names<T>::all);
    const std::size_t next = static_cast<std::size_t>(value) + 1 + draw(static_cast<unsigned>(names));
    value = static_cast<T>(next % names);
  } else if constexpr (fields::Number<T>) {
    value = static_cast<T>(value + 7 + static_cast<T>(draw(5)));
  } else if constexpr (std::is_same_v<T, Ip>) {
    value = draw(2) == 0 ? Ip::parse("2001:db8::53").value() : Ip::from_v4(0x0a000001 + draw(9));
  } else if constexpr (std::is_same_v<T, Prefix>) {
    value = draw(2) == 0 ? Prefix::parse("2001:db8::/40").value() : Prefix::of(Ip::from_v4(0x0a000000), 24);
  } else if constexpr (std::is_same_v<T, Mac>) {
    value = Mac{{0xfa, 0x16, 0x3e, 1, 2, static_cast<std::uint8_t>(3 + draw(4))}};
  } else {
    static_assert(fields::Described<T>);
    describe([&](std::string_view, auto member) { fill(value.*member, draw); }, static_cast<const T*>(nullptr));
  }
}

}  // namespace tarn::model::test
