#include "base/address.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/check.h"
#include "base/hex.h"

namespace tarn {
namespace {

// The byte `index` of a mask of `length` leading ones.
std::uint8_t mask_byte(int length, std::size_t index) {
  const int ones = length - static_cast<int>(index) * 8;
  if (ones >= 8) return 0xff;
  return ones <= 0 ? 0 : static_cast<std::uint8_t>(0xff << (8 - ones));
}

std::string dotted(const std::array<std::uint8_t, 16>& bytes) {
  std::array<char, 15> out;
  char* end = out.data();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, out.data() + out.size(), bytes[i]).ptr;
  }
  return {out.data(), end};
}

}  // namespace

std::string Mac::text() const {
  std::string out;
  out.reserve(17);
  for (const std::uint8_t byte : bytes) {
    if (!out.empty()) out += ':';
    out += hex::digit(byte >> 4U);
    out += hex::digit(byte);
  }
  return out;
}

Result<Mac> Mac::parse(std::string_view text) {
  const auto bad = [&] { return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not a valid MAC address."); };
  if (text.size() != 17) return bad();
  const char separator = text[2];
  if (separator != ':' && separator != '-') return bad();
  Mac mac;
  for (std::size_t i = 0; i < 6; ++i) {
    const int high = hex::value(text[i * 3]);
    const int low = hex::value(text[i * 3 + 1]);
    if (high < 0 || low < 0 || (i < 5 && text[i * 3 + 2] != separator)) return bad();
    mac.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return mac;
}

bool Ip::is_link_local() const {
  return is_v4() ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::uint32_t Ip::v4() const {
  CHECK(is_v4());
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

std::string Ip::text() const {
  if (is_v4()) return dotted(bytes);
  char out[INET6_ADDRSTRLEN];
  const char* written = inet_ntop(AF_INET6, bytes.data(), out, sizeof out);
  CHECK(written != nullptr);
  return written;
}

Ip Ip::from_v4(std::uint32_t host_order) {
  Ip ip;
  for (std::size_t i = 0; i < 4; ++i) ip.bytes[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return ip;
}

Ip Ip::from_v6(const std::array<std::uint8_t, 16>& network_order) {
  return Ip{Family::v6, network_order};
}

Result<Ip> Ip::parse(std::string_view text) {
  const std::string copy(text);
  const bool holds_zero = copy.find('\0') != std::string::npos;  // where inet_pton would stop reading
  Ip ip;
  if (!holds_zero && inet_pton(AF_INET, copy.c_str(), ip.bytes.data()) == 1) return ip;
  ip.family = Family::v6;
  if (!holds_zero && inet_pton(AF_INET6, copy.c_str(), ip.bytes.data()) == 1) return ip;
  return fail(ErrorCode::invalid, "'" + copy + "' is not a valid IP address.");
}

Ip Ip::link_local(const Mac& mac) {
  return eui64(from_v6({0xfe, 0x80}), mac);
}

Ip Ip::eui64(const Ip& network, const Mac& mac) {
  CHECK(!network.is_v4());
  Ip ip = network;
  const auto& m = mac.bytes;
  const std::array<std::uint8_t, 8> interface_id{
      static_cast<std::uint8_t>(m[0] ^ 2), m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]};
  for (std::size_t i = 0; i < 8; ++i) ip.bytes[8 + i] = interface_id[i];
  return ip;
}

Ip Ip::plus(std::uint64_t count) const {
  Ip ip = *this;
  std::uint64_t carry = count;
  for (std::size_t i = size(); i-- > 0 && carry != 0;) {
    const std::uint64_t sum = ip.bytes[i] + (carry & 0xff);
    ip.bytes[i] = static_cast<std::uint8_t>(sum);
    carry = (carry >> 8) + (sum >> 8);
  }
  return ip;
}

Ip Ip::minus_one() const {
  Ip ip = *this;
  for (std::size_t i = size(); i-- > 0;) {
    if (ip.bytes[i]-- != 0) break;
  }
  return ip;
}

bool Prefix::contains(const Ip& ip) const {
  return ip.family == address.family && of(ip, length).address == address;
}

bool Prefix::overlaps(const Prefix& other) const {
  return contains(other.address) || other.contains(address);
}

Ip Prefix::last() const {
  Ip ip = address;
  for (std::size_t i = 0; i < ip.size(); ++i) ip.bytes[i] |= static_cast<std::uint8_t>(~mask_byte(length, i));
  return ip;
}

Ip Prefix::mask() const {
  Ip ip{address.family, {}};
  for (std::size_t i = 0; i < ip.size(); ++i) ip.bytes[i] = mask_byte(length, i);
  return ip;
}

std::string Prefix::text() const {
  return address.text() + "/" + std::to_string(length);
}

Prefix Prefix::of(const Ip& ip, int length) {
  CHECK(length >= 0 && length <= ip.bits());
  Ip cleared = ip;
  for (std::size_t i = 0; i < ip.size(); ++i) cleared.bytes[i] &= mask_byte(length, i);
  return {cleared, length};
}

Result<Prefix> Prefix::parse(std::string_view text, bool exact) {
  const auto bad = [&] { return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not a valid CIDR."); };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad();
  const Result<Ip> ip = Ip::parse(text.substr(0, slash));
  if (!ip) return bad();
  const std::string_view digits = text.substr(slash + 1);
  int length = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length < 0 || length > ip->bits()) return bad();
  const Prefix prefix = of(*ip, length);
  if (exact && prefix.address != *ip) return bad();
  return prefix;
}

}  // namespace tarn
