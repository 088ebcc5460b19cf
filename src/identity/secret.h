// What secrets are compared, signed and written with: SHA-256, HMAC, base64url, bytes that nobody can guess.
// Thin words over OpenSSL; holds no key and knows no token.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tarn::identity {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view text);
Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

// Takes the same time wherever they differ. Values of different length differ at once.
bool same_secret(std::string_view one, std::string_view other);

// RFC 4648 section 5, without padding.
std::string base64url(std::span<const std::uint8_t> bytes);

// Unguessable text of `bytes` random bytes, in base64url.
std::string random_text(std::size_t bytes);

// 32 hexadecimal digits that are a function of kind and name: how objects that were given no id get one.
std::string id_of(std::string_view kind, std::string_view domain, std::string_view name);

}  // namespace tarn::identity
