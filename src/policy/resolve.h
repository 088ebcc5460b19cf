// Makes one body of rules out of single ones: references become numbers, and what could run in circles or for too long
// is refused. Never evaluates anything.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/check.h"

namespace tarn::policy {

// How deep references may go, and how many checks one question may cost in the worst case. Neutron's defaults need 4
// and, operators aside, 24; a file of short rules, each naming the one before it twice, would need 2 to the power of
// their number.
inline constexpr std::size_t reference_depth_max = 32;
inline constexpr std::size_t checks_per_question_max = 10'000;

// The place of a name in sorted names, or Check::unresolved.
[[nodiscard]] std::size_t place_of(std::span<const std::string> sorted, std::string_view name);

struct Unresolvable {
  std::size_t rule = 0;  // the place of a rule that is part of the trouble
  std::string what;
};

// Gives each reference in `checks` the place of its rule in the sorted `names`; one to no rule gets that of "default",
// or none. Rules and names are parallel.
[[nodiscard]] std::expected<void, Unresolvable> resolve(std::span<const std::string> names, std::span<Check> checks);

}  // namespace tarn::policy
