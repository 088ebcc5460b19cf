#include "policy/resolve.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tarn::policy {
namespace {

void number_references(Check& check, std::span<const std::string> names) {
  if (check.kind == Check::Kind::rule) {
    check.index = place_of(names, check.text);
    if (check.index == Check::unresolved) check.index = place_of(names, "default");
  }
  if (check.kind == Check::Kind::admin) check.index = place_of(names, "context_is_admin");
  for (Check& part : check.parts) number_references(part, names);
}

// Walks the references of every rule once, depth first.
class Measure {
 public:
  Measure(std::span<const std::string> names, std::span<const Check> checks)
      : names_(names), checks_(checks), states_(checks.size()) {}

  std::expected<void, Unresolvable> all() {
    for (std::size_t rule = 0; rule < checks_.size(); ++rule) {
      if (const auto extent = of_rule(rule, 0); !extent) return std::unexpected(extent.error());
    }
    return {};
  }

 private:
  struct Extent {
    std::size_t depth = 0;
    std::size_t checks = 0;
  };
  struct State {
    bool entered = false;
    std::optional<Extent> extent;
  };
  using Measured = std::expected<Extent, Unresolvable>;

  [[nodiscard]] Measured refuse(std::size_t rule, const std::string& what) const {
    return std::unexpected(Unresolvable{rule, "rule '" + names_[rule].substr(0, 80) + "' " + what});
  }

  Measured of_rule(std::size_t rule, std::size_t above) {
    State& state = states_[rule];
    if (!state.extent) {
      if (state.entered) return refuse(rule, "refers to itself in the end");
      if (above > reference_depth_max) return refuse(rule, "is referred to over too many others");
      state.entered = true;
      const Measured measured = of_check(checks_[rule], above);
      if (!measured) return measured;
      state.extent = Extent{measured->depth + 1, measured->checks};
    }
    if (above + state.extent->depth > reference_depth_max) return refuse(rule, "refers to others over too many rules");
    if (state.extent->checks > checks_per_question_max) return refuse(rule, "needs too many checks");
    return *state.extent;
  }

  Measured of_check(const Check& check, std::size_t above) {
    Extent whole{0, 1};
    const auto add = [&whole](const Extent& part) {
      whole.depth = std::max(whole.depth, part.depth);
      whole.checks = std::min(whole.checks + part.checks, checks_per_question_max + 1);
    };
    if (check.index != Check::unresolved) {
      const Measured referred = of_rule(check.index, above + 1);
      if (!referred) return referred;
      add(*referred);
    }
    for (const Check& part : check.parts) {
      const Measured measured = of_check(part, above);
      if (!measured) return measured;
      add(*measured);
    }
    return whole;
  }

  std::span<const std::string> names_;
  std::span<const Check> checks_;
  std::vector<State> states_;
};

}  // namespace

std::size_t place_of(std::span<const std::string> sorted, std::string_view name) {
  const auto found =
      std::ranges::lower_bound(sorted, name, {}, [](const std::string& s) { return std::string_view(s); });
  return found != sorted.end() && *found == name ? static_cast<std::size_t>(found - sorted.begin()) : Check::unresolved;
}

std::expected<void, Unresolvable> resolve(std::span<const std::string> names, std::span<Check> checks) {
  for (Check& check : checks) number_references(check, names);
  return Measure(names, checks).all();
}

}  // namespace tarn::policy
