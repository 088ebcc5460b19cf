// Flows of a bridge as a reconciled domain. Ours are recognised by the cookie alone: 16 bits product mark, 8 bits
// class, 40 bits of the unit's identity hash; no boot number, no memory. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "reconcile/domain.h"
#include "wire/openflow/flow.h"

namespace tarn::domain {

inline constexpr std::uint64_t cookie_mark = 0x7461ULL << 48;  // "ta"
inline constexpr std::uint64_t cookie_mark_mask = 0xffffULL << 48;
inline constexpr std::uint64_t cookie_class_mask = 0xffULL << 40;
inline constexpr std::uint64_t cookie_unit_mask = (1ULL << 40) - 1;

// What kind of unit a flow belongs to; a number of the cookie, chosen where units are rendered. Odd: its flows only
// stand between others, and let nothing through by themselves.
enum class CookieClass : std::uint8_t {};

// The cookie of all flows of one unit. The same on every machine and at every start.
inline std::uint64_t cookie_of(CookieClass kind, std::string_view unit_name) {
  const std::uint64_t unit = ContentHash().add(unit_name).value() & cookie_unit_mask;
  return cookie_mark | static_cast<std::uint64_t>(kind) << 40 | unit;
}

// Of flows that the switch makes of packets, by flows of ours: they are its own, and nobody reconciles them.
inline constexpr std::uint64_t learned_mark = 0x7462ULL << 48;  // "tb"
inline std::uint64_t cookie_of_learned(std::string_view name) {
  return learned_mark | (ContentHash().add("learned").add(name).value() & ~cookie_mark_mask);
}

struct Flow {
  using Key = wire::of::FlowKey;
  using Spec = wire::of::FlowSpec;
  using Seen = wire::of::FlowSeen;
  static constexpr std::string_view name = "flow";

  static reconcile::Ownership ownership(const Key& key, const Seen& have);
  // Never `replace`: adding over the same key changes a flow in place, timeouts included, and keeps its counters.
  static reconcile::Drift drift(const Spec& want, const Seen& have);
  // What the switch holds once it has acknowledged the step: nothing else tells of our own changes.
  static Seen as_applied(const Spec& want) { return {.spec = want}; }
  // Whether something that was let through may be let through no more when the flow goes. What only stands between
  // others goes after they have turned to what takes its place.
  static bool is_permission(const Key& key, const Seen& have);
  static std::uint64_t group(const Key& key, const Spec& want);
  static std::uint64_t group(const Key& key, const Seen& have);
};

static_assert(reconcile::Domain<Flow>);

}  // namespace tarn::domain
