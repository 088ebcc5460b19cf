#include "base/uuid.h"

#include "base/hex.h"

namespace tarn {
namespace {

constexpr bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

std::string Uuid::text() const {
  std::string out(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (dash_before(i)) ++at;
    out[at++] = hex::digit(bytes[i] >> 4U);
    out[at++] = hex::digit(bytes[i]);
  }
  return out;
}

Result<Uuid> Uuid::parse(std::string_view text) {
  const auto bad = [&] { return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not a valid UUID."); };
  if (text.size() != 36) return bad();
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return bad();
    const int high = hex::value(text[at]);
    const int low = hex::value(text[at + 1]);
    if (high < 0 || low < 0) return bad();
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return uuid;
}

Uuid Uuid::random(std::uint64_t high, std::uint64_t low) {
  Uuid uuid;
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

}  // namespace tarn
