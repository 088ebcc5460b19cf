// One policy rule as a tree, read from the language of oslo.policy ("role:member and project_id:%(project_id)s") or
// from its older lists of lists. A value: it knows other rules by name, and by number once Rules resolved them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/target.h"

namespace tarn::policy {

// Bounds of one rule. The longest of Neutron's defaults has 120 characters and 6 checks.
inline constexpr std::size_t rule_bytes_max = 8192;
inline constexpr std::size_t rule_checks_max = 512;
inline constexpr std::size_t rule_depth_max = 32;

// Text with %(name)s in it: pieces that are words, or fields of the target.
struct Template {
  struct Piece {
    bool is_field = false;
    std::string text;

    bool operator==(const Piece&) const = default;
  };
  std::vector<Piece> pieces;

  bool operator==(const Template&) const = default;
};

// What Credentials can be asked for by name.
enum class Attribute : std::uint8_t {
  none,  // a name that callers do not have: never equal to anything
  user_id,
  user_name,
  user_domain_id,
  project_id,
  project_name,
  project_domain_id,
  system_scope,
  roles,
  service_roles,
};

struct Check {
  enum class Kind : std::uint8_t {
    always,
    never,
    all_of,     // parts
    any_of,     // parts
    none_of,    // parts, exactly one
    rule,       // text names it, index finds it
    role,       // match against the caller's roles, in any case
    attribute,  // attribute against match
    admin,      // whether the rule context_is_admin holds, as the word True or False, against match
    literal,    // text against match
    field,      // text names a field of the target, match is one word that it must equal
    pattern,    // as field; match is one pattern of ^ $ . .* and plain characters
  };
  static constexpr std::size_t unresolved = ~std::size_t{0};

  Kind kind = Kind::always;
  Attribute attribute = Attribute::none;
  std::size_t index = unresolved;
  std::string text = {};
  Template match = {};
  std::vector<Check> parts = {};

  bool operator==(const Check&) const = default;
};

// An empty text always holds. ErrorCode::invalid says at which character the text stops making sense; what oslo.policy
// would log and refuse forever is an error here, so that a mistake is seen when the file is read.
[[nodiscard]] Result<Check> parse_check(std::string_view text);

// The older form: one of the lists must hold, and of a list every check. No list at all always holds, empty lists
// never.
[[nodiscard]] Result<Check> parse_check(const std::vector<std::vector<std::string>>& lists);

// A single check of the language, without operators.
[[nodiscard]] Result<Check> parse_atom(std::string_view text);

}  // namespace tarn::policy
