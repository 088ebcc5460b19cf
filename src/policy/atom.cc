#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "policy/check.h"

namespace tarn::policy {
namespace {

Result<Check> refuse(std::string_view atom, const std::string& why) {
  return fail(ErrorCode::invalid, "'" + std::string(atom.substr(0, 80)) + "' " + why);
}

// Python's %-formatting with a dictionary, of which policies use %(name)s and %% only.
std::optional<Template> parse_template(std::string_view text) {
  Template parsed;
  std::string plain;
  const auto end_plain = [&] {
    if (!plain.empty()) parsed.pieces.push_back({false, std::exchange(plain, {})});
  };
  while (!text.empty()) {
    if (text.front() != '%') {
      plain += text.front();
      text.remove_prefix(1);
    } else if (text.starts_with("%%")) {
      plain += '%';
      text.remove_prefix(2);
    } else {
      const std::size_t close = text.find(')');
      if (!text.starts_with("%(") || close == std::string_view::npos || !text.substr(close).starts_with(")s"))
        return {};
      end_plain();
      parsed.pieces.push_back({true, std::string(text.substr(2, close - 2))});
      text.remove_prefix(close + 2);
    }
  }
  end_plain();
  return parsed;
}

// neutron-lib's context.to_policy_values() names these, some twice.
Attribute attribute_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Attribute>, 15> names{{
      {"user_id", Attribute::user_id},
      {"user", Attribute::user_id},
      {"user_name", Attribute::user_name},
      {"user_domain_id", Attribute::user_domain_id},
      {"user_domain", Attribute::user_domain_id},
      {"project_id", Attribute::project_id},
      {"tenant", Attribute::project_id},
      {"project_name", Attribute::project_name},
      {"tenant_name", Attribute::project_name},
      {"project_domain_id", Attribute::project_domain_id},
      {"project_domain", Attribute::project_domain_id},
      {"system_scope", Attribute::system_scope},
      {"system", Attribute::system_scope},
      {"roles", Attribute::roles},
      {"service_roles", Attribute::service_roles},
  }};
  const auto* const found = std::ranges::find(names, name, &std::pair<std::string_view, Attribute>::first);
  return found == names.end() ? Attribute::none : found->second;
}

// What Python would read as a literal: a quoted text, a truth, None, a number; as the text that str() gives.
std::optional<std::string_view> literal(std::string_view left) {
  const bool quoted = left.size() >= 2 && (left.front() == '\'' || left.front() == '"') && left.back() == left.front();
  if (quoted) return left.substr(1, left.size() - 2);
  if (left == "True" || left == "False" || left == "None") return left;
  const bool number = !left.empty() && std::ranges::all_of(left, [](char c) { return c >= '0' && c <= '9'; });
  if (number && (left.size() == 1 || left.front() != '0')) return left;
  return std::nullopt;
}

bool is_dotted_name(std::string_view left) {
  return !left.empty() && std::ranges::all_of(left, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

Result<Check> parse_field(std::string_view atom, std::string_view right) {
  const std::size_t colon = right.find(':');
  const std::size_t equals = right.find('=', colon == std::string_view::npos ? right.size() : colon);
  if (equals == std::string_view::npos) return refuse(atom, "is not of the form field:RESOURCE:NAME=VALUE");
  Check check{.kind = Check::Kind::field, .text = std::string(right.substr(colon + 1, equals - colon - 1))};
  std::string_view value = right.substr(equals + 1);
  if (value.starts_with('~')) {
    value.remove_prefix(1);
    check.kind = Check::Kind::pattern;
    if (value.find_first_of("[](){}|+?\\") != std::string_view::npos) {
      return refuse(atom, "has a pattern of more than ^ $ . .* and plain characters");
    }
    for (std::size_t at = value.find('*'); at != std::string_view::npos; at = value.find('*', at + 1)) {
      if (at == 0 || value[at - 1] != '.') return refuse(atom, "has a * in its pattern that does not follow a .");
    }
  }
  check.match.pieces.push_back({false, std::string(value)});
  return check;
}

}  // namespace

Result<Check> parse_atom(std::string_view text) {
  if (text == "@") return Check{};
  if (text == "!") return Check{.kind = Check::Kind::never};
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return refuse(text, "is no check: it has no colon");
  const std::string_view left = text.substr(0, colon);
  const std::string_view right = text.substr(colon + 1);
  if (left == "rule") return Check{.kind = Check::Kind::rule, .text = std::string(right)};
  if (left == "field") return parse_field(text, right);
  if (left == "http" || left == "https") return refuse(text, "asks another server, which Tarn does not");
  auto match = parse_template(right);
  if (!match) return refuse(text, "has a % that is neither %(name)s nor %%");
  if (left == "role") return Check{.kind = Check::Kind::role, .match = std::move(*match)};
  if (left == "tenant_id") {  // Neutron's check of owners, which takes nothing but a field
    if (match->pieces.size() != 1 || !match->pieces[0].is_field) return refuse(text, "is not tenant_id:%(name)s");
    return Check{.kind = Check::Kind::attribute, .attribute = Attribute::project_id, .match = std::move(*match)};
  }
  if (left == "is_admin") return Check{.kind = Check::Kind::admin, .match = std::move(*match)};
  if (const auto word = literal(left)) {
    return Check{.kind = Check::Kind::literal, .text = std::string(*word), .match = std::move(*match)};
  }
  if (!is_dotted_name(left)) return refuse(text, "begins with neither a name nor a literal");
  return Check{.kind = Check::Kind::attribute, .attribute = attribute_named(left), .match = std::move(*match)};
}

}  // namespace tarn::policy
