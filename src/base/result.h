// What the outside world may answer: a value, or an error in the caller's terms.
// Programming mistakes are not errors; they are CHECKs (check.h).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace tarn {

// What a caller can do about an error, not where it came from.
enum class ErrorCode : std::uint8_t {
  invalid,      // the request or the bytes are wrong; repeating them is useless
  not_found,    // the thing named does not exist
  conflict,     // true now, may be false later: in use, taken, already there
  stale,        // an expectation about a revision did not hold
  exhausted,    // a bounded resource has no room left
  forbidden,    // this caller may not
  unavailable,  // the peer is away; try again later
  unsupported,  // the peer or this build cannot do that
  corrupt,      // stored or received data is damaged
  internal,     // a promise of ours was broken
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string reason;   // stable word for programs, e.g. "NetworkInUse"; may be empty
  std::string message;  // one sentence for people

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, {}, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string reason, std::string message) {
  return std::unexpected(Error{code, std::move(reason), std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace tarn
