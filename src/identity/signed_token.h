// Tokens of the built-in identity service: what they claim, in text, signed with HMAC-SHA256. Nothing of a token is
// kept by the server, so a restart ends no session. Pure; says only that a token is ours, not that it still holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "identity/directory.h"

namespace tarn::identity {

struct Claims {
  std::string user_id;
  Scope scope;
  std::int64_t issued_at_ms = 0;   // UTC
  std::int64_t expires_at_ms = 0;  // UTC
  std::string audit_id;            // of this token alone
  std::string mark;                // of the password it was got with (password_mark)
  bool operator==(const Claims&) const = default;
};

inline constexpr std::size_t token_bytes_max = 512;

// A function of a password's hash that tells nothing of it: a token ends with the password it was got with.
std::string password_mark(const std::string& password_hash);

// "tarn1.USER.SCOPE.ISSUED.EXPIRES.AUDIT.MARK.SIGNATURE": header-safe, at most token_bytes_max. Ids hold no dot.
std::string sign(const Claims& claims, std::string_view key);

// Nothing when `key` did not sign this.
std::optional<Claims> open_token(std::string_view token, std::string_view key);

// What sign writes before the signature, read back; for open_token and the fuzzer.
std::optional<Claims> parse_claims(std::string_view text);

}  // namespace tarn::identity
