// Meters of a bridge as a reconciled domain: how fast a port, or an address outside, may be. A meter carries no mark,
// so ours are recognised by their numbers, a range that is ours. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "reconcile/domain.h"
#include "wire/openflow/meter.h"

namespace tarn::domain {

struct Meter {
  using Key = std::uint32_t;
  using Spec = wire::of::MeterSpec;
  using Seen = wire::of::MeterSeen;
  static constexpr std::string_view name = "meter";

  // Numbers of ours: below what every datapath takes (the kernel's: 200,000; userspace: 262,144), above what hands like
  // to take.
  static constexpr Key first = 1'000;
  static constexpr Key last = 199'999;
  // Of packets that are recorded, of those that routers have no way for, of those from outside that are for whoever
  // knows their connection, and of those that the hosts a port left are asked about.
  static constexpr Key of_records = first;
  static constexpr Key of_routers = first + 1;
  static constexpr Key of_landings = first + 2;
  static constexpr Key of_moved = first + 3;
  // Of what instances ask before their port is wired; no number is 0.
  static constexpr Key of_early_questions = 168'000;
  // Of what asks for a router's IPv6 address, where the agent is to complete the answer.
  static constexpr Key of_resolutions = of_early_questions + 1;
  // Of what a port asks of the agent; some share one, so that who asks too much keeps few others waiting.
  static constexpr std::uint32_t shares_of_questions = 64;
  static constexpr Key first_of_questions = last + 1 - shares_of_questions;
  static constexpr Key of_questions(std::uint32_t ofport) { return first_of_questions + ofport % shares_of_questions; }
  // Whatever is limited has four: ports by their ofport, what has none by a number that is recorded for it. The first
  // of the four; absent above `ofport_max` and `number_max`.
  static constexpr Key each = 4;
  static constexpr Key first_numbered = of_early_questions;
  static constexpr std::uint32_t ofport_max = (first_numbered - first) / each - 1;
  static constexpr std::uint32_t number_max = (first_of_questions - first_numbered) / each - 1;
  static constexpr std::optional<Key> of_port(std::uint32_t ofport) {
    return ofport <= ofport_max ? std::optional(first + each * ofport) : std::nullopt;
  }
  static constexpr std::optional<Key> of_number(std::uint32_t number) {
    return number <= number_max ? std::optional(first_numbered + each * number) : std::nullopt;
  }

  static reconcile::Ownership ownership(const Key& key, const Seen&) {
    return key >= first && key <= last ? reconcile::Ownership::ours : reconcile::Ownership::foreign;
  }
  // Never `replace`: a changed meter keeps the flows that use it, a removed one takes them along.
  static reconcile::Drift drift(const Spec& want, const Seen& have) {
    return !have.opaque && want == have.spec ? reconcile::Drift::none : reconcile::Drift::adjust;
  }
  static Seen as_applied(const Spec& want) { return {.spec = want}; }
  static std::uint64_t group(const Key& key, const Spec&) { return key; }
  static std::uint64_t group(const Key& key, const Seen&) { return key; }
};

static_assert(reconcile::Domain<Meter>);

}  // namespace tarn::domain
