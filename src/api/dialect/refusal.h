// How the types of attributes say no: the reason half of "Invalid input for NAME. Reason: …". As in Neutron, what
// validates is an HTTPBadRequest, what converts an InvalidInput. A client's own value is quoted, cut when long.
#pragma once

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "base/result.h"

namespace tarn::api::dialect {

inline constexpr std::size_t quoted_bytes_max = 120;  // of a client's value inside a message

// A client's value as a message quotes it: strings bare, everything else as JSON, long ones cut.
inline std::string plain(const boost::json::value& value) {
  std::string text = value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
  if (text.size() > quoted_bytes_max) {
    std::size_t end = quoted_bytes_max;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not inside a UTF-8 sequence
    text = text.substr(0, end) + "…";
  }
  return text;
}

inline std::unexpected<Error> refuse(std::string reason) {
  return fail(ErrorCode::invalid, "HTTPBadRequest", std::move(reason));
}
inline std::unexpected<Error> cannot_convert(std::string reason) {
  return fail(ErrorCode::invalid, "InvalidInput", std::move(reason));
}

}  // namespace tarn::api::dialect
