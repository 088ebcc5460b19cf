// Link and network addresses as values in network byte order, with strict text forms.
// Owned by nobody: plain values. They never look a name up and never take a text that is only nearly an address.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

struct Mac {
  std::array<std::uint8_t, 6> bytes{};

  auto operator<=>(const Mac&) const = default;
  [[nodiscard]] std::string text() const;  // "fa:16:3e:00:00:01"
  [[nodiscard]] bool is_multicast() const { return (bytes[0] & 1) != 0; }
  static Result<Mac> parse(std::string_view text);  // six hex pairs with ':' or '-', either case
};

enum class Family : std::uint8_t { v4, v6 };

// An IPv4 or IPv6 address. IPv4 uses the first four bytes, the rest are zero. Ordered by family, then value.
struct Ip {
  Family family = Family::v4;
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Ip&) const = default;
  [[nodiscard]] int bits() const { return family == Family::v4 ? 32 : 128; }
  [[nodiscard]] std::size_t size() const { return family == Family::v4 ? 4 : 16; }
  [[nodiscard]] bool is_v4() const { return family == Family::v4; }
  [[nodiscard]] bool is_zero() const { return bytes == std::array<std::uint8_t, 16>{}; }
  [[nodiscard]] bool is_multicast() const { return is_v4() ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == 0xff; }
  [[nodiscard]] bool is_link_local() const;  // 169.254/16 or fe80::/10
  [[nodiscard]] std::uint32_t v4() const;    // host byte order; CHECKs the family
  [[nodiscard]] std::string text() const;    // dotted quad, or RFC 5952

  static Ip from_v4(std::uint32_t host_order);
  static Ip from_v6(const std::array<std::uint8_t, 16>& network_order);
  static Result<Ip> parse(std::string_view text);
  // fe80::/64 with the modified EUI-64 interface id of `mac` (RFC 4291 appendix A).
  static Ip link_local(const Mac& mac);
  // `network`'s first 64 bits with the modified EUI-64 interface id of `mac`.
  static Ip eui64(const Ip& network, const Mac& mac);

  // The address `count` further; wraps within the family.
  [[nodiscard]] Ip plus(std::uint64_t count) const;
  [[nodiscard]] Ip minus_one() const;
};

// A network prefix. `address` always has its host bits zero.
struct Prefix {
  Ip address;
  int length = 0;

  auto operator<=>(const Prefix&) const = default;
  [[nodiscard]] bool contains(const Ip& ip) const;
  [[nodiscard]] bool overlaps(const Prefix& other) const;
  [[nodiscard]] Ip first() const { return address; }
  [[nodiscard]] Ip last() const;  // the broadcast address, for IPv4
  [[nodiscard]] Ip mask() const;
  [[nodiscard]] std::string text() const;  // "10.0.0.0/24"

  static Prefix of(const Ip& ip, int length);  // host bits cleared; CHECKs 0 <= length <= bits
  // "A/L" with 0 <= L <= bits. Host bits set are cleared; `exact` refuses them instead.
  static Result<Prefix> parse(std::string_view text, bool exact = false);
};

}  // namespace tarn
