#include "api/dialect/values.h"

#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstring>

#include "base/hex.h"

namespace tarn::api::dialect {
namespace {

// RFC 8259 section 7: what must not stand in a text as it is.
bool must_escape(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// Whether one of eight bytes must not. Each term has the highest bit of a byte set where it is below 0x20, or zero
// after what it is sought for was taken from it, and maybe of bytes above such a one.
bool must_escape_any(std::uint64_t eight) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  const auto zero = [](std::uint64_t bytes) { return (bytes - each) & ~bytes; };
  const std::uint64_t control = (eight - each * 0x20) & ~eight;
  return ((control | zero(eight ^ (each * '"')) | zero(eight ^ (each * '\\'))) & (each * 0x80)) != 0;
}

// How many of the first bytes may stand as they are.
std::size_t plain_bytes(std::string_view value) {
  std::size_t plain = 0;
  std::uint64_t eight = 0;
  for (; value.size() - plain >= sizeof eight; plain += sizeof eight) {
    std::memcpy(&eight, value.data() + plain, sizeof eight);
    if (must_escape_any(eight)) break;
  }
  while (plain < value.size() && !must_escape(value[plain])) ++plain;
  return plain;
}

void append_escaped(std::string& text, char c) {
  static constexpr std::string_view control = "btnvfr";  // from 8 on; 11, \v, has no short form in JSON
  text += '\\';
  if (c == '"' || c == '\\') {
    text += c;
  } else if (c >= 8 && c <= 13 && c != 11) {
    text += control[static_cast<std::size_t>(c - 8)];
  } else {
    text += "u00";
    text += hex::digit(static_cast<unsigned char>(c) >> 4U);
    text += hex::digit(static_cast<unsigned char>(c));
  }
}

}  // namespace

void append_quoted(std::string& text, std::string_view value) {
  text += '"';
  while (!value.empty()) {
    const std::size_t plain = plain_bytes(value);
    text += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    append_escaped(text, value.front());
    value.remove_prefix(1);
  }
  text += '"';
}

void append_json(std::string& text, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      text += "null";
      return;
    case json::kind::bool_:
      return append_value(text, value.get_bool());
    case json::kind::int64:
      return append_value(text, value.get_int64());
    case json::kind::uint64:
      return append_value(text, value.get_uint64());
    case json::kind::double_:
      text += json::serialize(value);
      return;
    case json::kind::string:
      return append_quoted(text, value.get_string());
    case json::kind::array:
      return append_value(text, value.get_array());
    case json::kind::object:
      break;
  }
  char before = '{';
  for (const auto& [word, each] : value.get_object()) {
    text += std::exchange(before, ',');
    append_quoted(text, word);
    text += ':';
    append_json(text, each);
  }
  text += value.get_object().empty() ? "{}" : "}";
}

}  // namespace tarn::api::dialect
