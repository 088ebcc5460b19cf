// Object identity: RFC 4122 UUIDs, and one distinct id type for each kind of object so that they cannot be mixed up.
// Plain values; makes none by itself, since chance enters through rt/choice.h only.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // The order of the bytes, by whole words: every table is searched by it.
  std::strong_ordering operator<=>(const Uuid& other) const { return words() <=> other.words(); }
  bool operator==(const Uuid& other) const { return (*this <=> other) == 0; }
  [[nodiscard]] bool is_zero() const { return *this == Uuid{}; }
  [[nodiscard]] std::string text() const;  // lower case, 8-4-4-4-12

  // Accepts exactly the 36-character form, either case; anything else is ErrorCode::invalid.
  static Result<Uuid> parse(std::string_view text);
  // A version 4 UUID from 128 chosen bits (RFC 4122 section 4.4).
  static Uuid random(std::uint64_t high, std::uint64_t low);

 private:
  struct Words {
    std::uint64_t high;
    std::uint64_t low;
    auto operator<=>(const Words&) const = default;
  };
  [[nodiscard]] Words words() const { return {word_at(0), word_at(8)}; }
  [[nodiscard]] std::uint64_t word_at(std::size_t at) const {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if constexpr (std::endian::native == std::endian::little) word = std::byteswap(word);
    return word;
  }
};

// Id<struct PortTag> and Id<struct NetworkTag> do not convert into each other.
template <class Tag>
struct Id {
  Uuid uuid;

  auto operator<=>(const Id&) const = default;
  [[nodiscard]] std::string text() const { return uuid.text(); }
};

using NetworkId = Id<struct NetworkTag>;
using SubnetId = Id<struct SubnetTag>;
using PortId = Id<struct PortTag>;
using AgentId = Id<struct AgentTag>;

}  // namespace tarn
