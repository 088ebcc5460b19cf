// How typed values are spelled in JSON: as a value, for filters, sorting and policy, and as text, for answers. Both say
// the same; text is what lists of thousands are made of, without a value in between.
#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <charconv>
#include <concepts>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::api::dialect {

namespace json = boost::json;

// An object whose values are texts, in this order.
template <std::size_t words>
using TextObject = std::array<std::pair<std::string_view, std::string>, words>;

void append_quoted(std::string& text, std::string_view value);
void append_json(std::string& text, const json::value& value);

template <class T>
inline constexpr bool is_text_object = false;
template <std::size_t words>
inline constexpr bool is_text_object<TextObject<words>> = true;

template <class T>
json::value value_of(const T& value, const json::storage_ptr& storage) {
  if constexpr (std::same_as<T, json::value>) {
    return json::value(value, storage);
  } else if constexpr (std::integral<T>) {
    return json::value(value, storage);
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return json::value(std::string_view(value), storage);
  } else if constexpr (requires { value.text(); }) {
    return json::value(value.text(), storage);
  } else if constexpr (requires { value.has_value(); }) {
    return value ? value_of(*value, storage) : json::value(nullptr, storage);
  } else if constexpr (is_text_object<T>) {
    json::object object(storage);
    for (const auto& [word, text] : value) object.emplace(word, text);
    return object;
  } else {
    json::array array(storage);
    array.reserve(value.size());
    for (const auto& each : value) array.push_back(value_of(each, storage));
    return array;
  }
}

template <class T>
void append_value(std::string& text, const T& value) {
  if constexpr (std::same_as<T, json::value>) {
    append_json(text, value);
  } else if constexpr (std::same_as<T, bool>) {
    text += value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    std::array<char, 24> digits;
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    append_quoted(text, value);
  } else if constexpr (requires { value.text(); }) {
    append_quoted(text, value.text());
  } else if constexpr (requires { value.has_value(); }) {
    value ? append_value(text, *value) : void(text += "null");
  } else if constexpr (is_text_object<T>) {
    char before = '{';
    for (const auto& [word, each] : value) {
      text += std::exchange(before, ',');
      append_quoted(text, word);
      text += ':';
      append_quoted(text, each);
    }
    text += '}';
  } else {
    text += '[';
    for (const auto& each : value) {
      if (!text.ends_with('[')) text += ',';
      append_value(text, each);
    }
    text += ']';
  }
}

}  // namespace tarn::api::dialect
