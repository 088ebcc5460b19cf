// Object identity: RFC 4122 UUIDs, and one distinct id type for each kind of object so that they cannot be mixed up.
// Plain values; makes none by itself, since chance enters through rt/choice.h only.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] bool is_zero() const { return *this == Uuid{}; }
  [[nodiscard]] std::string text() const;  // lower case, 8-4-4-4-12

  // Accepts exactly the 36-character form, either case; anything else is ErrorCode::invalid.
  static Result<Uuid> parse(std::string_view text);
  // A version 4 UUID from 128 chosen bits (RFC 4122 section 4.4).
  static Uuid random(std::uint64_t high, std::uint64_t low);
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
