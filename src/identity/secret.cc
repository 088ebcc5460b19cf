#include "identity/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

#include "base/check.h"
#include "base/hex.h"
#include "rt/choice.h"

namespace tarn::identity {

Digest sha256(std::string_view text) {
  Digest digest{};
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  Digest digest{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), &size));
  CHECK(size == digest.size());
  return digest;
}

bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string base64url(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8 | byte) & 0xffffU;
    for (bits += 8; bits >= 6; bits -= 6) text.push_back(digits[held >> (bits - 6) & 63U]);
  }
  if (bits > 0) text.push_back(digits[held << (6 - bits) & 63U]);
  return text;
}

std::string random_text(std::size_t bytes) {
  std::vector<std::uint8_t> secret(bytes);
  rt::secret_bytes(secret);
  return base64url(secret);
}

std::string id_of(std::string_view kind, std::string_view domain, std::string_view name) {
  std::string text(kind);
  for (const std::string_view part : {domain, name}) text.append(1, '\0').append(part);
  const Digest digest = sha256(text);
  std::string id;
  for (std::size_t i = 0; i < 16; ++i) {
    id.push_back(hex::digit(digest[i] >> 4));
    id.push_back(hex::digit(digest[i]));
  }
  return id;
}

}  // namespace tarn::identity
