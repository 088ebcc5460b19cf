#include "policy/evaluate.h"

#include <algorithm>
#include <utility>

namespace tarn::policy {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string_view text_of(const Value& value) {  // as Python's str() writes it
  if (const auto* text = std::get_if<std::string_view>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "True" : "False";
  return "None";
}

Verdict verdict_of(bool holds) {
  return holds ? Verdict::yes : Verdict::no;
}

// Of an OR's parts together, whose order means nothing: the quickest answer is the whole's.
template <class Parts, class Judge>
Verdict any_of(const Parts& parts, Judge&& judge) {
  Verdict whole = Verdict::no;
  for (const auto& part : parts) {
    const Verdict verdict = judge(part);
    if (verdict == Verdict::yes) return verdict;
    if (verdict == Verdict::depends) whole = verdict;
  }
  return whole;
}

Verdict opposite(Verdict verdict) {
  if (verdict == Verdict::depends) return verdict;
  return verdict == Verdict::yes ? Verdict::no : Verdict::yes;
}

// Whether the template, filled from the target, is `expected`. Compares piece by piece.
Verdict matches(const Template& match, const Target* target, std::string_view expected, bool any_case) {
  for (const Template::Piece& piece : match.pieces) {
    std::string_view text = piece.text;
    std::optional<Value> value;
    if (piece.is_field) {
      if (!target) return Verdict::depends;
      value = target->value(piece.text);
      if (!value) return Verdict::no;
      text = text_of(*value);
    }
    if (expected.size() < text.size()) return Verdict::no;
    const std::string_view here = expected.substr(0, text.size());
    const bool same =
        any_case ? std::ranges::equal(text, here, [](char a, char b) { return lower(a) == lower(b); }) : text == here;
    if (!same) return Verdict::no;
    expected.remove_prefix(text.size());
  }
  return verdict_of(expected.empty());
}

Verdict any_matches(const Template& match, const Target* target, const std::vector<std::string>& names, bool any_case) {
  return any_of(names, [&](const std::string& name) { return matches(match, target, name, any_case); });
}

const std::string& text_of(Attribute attribute, const Credentials& caller) {
  static const std::string nothing;
  switch (attribute) {
    case Attribute::user_id:
      return caller.user_id;
    case Attribute::user_name:
      return caller.user_name;
    case Attribute::user_domain_id:
      return caller.user_domain_id;
    case Attribute::project_id:
      return caller.project_id;
    case Attribute::project_name:
      return caller.project_name;
    case Attribute::project_domain_id:
      return caller.project_domain_id;
    case Attribute::system_scope:
      return caller.system_scope;
    case Attribute::none:
    case Attribute::roles:
    case Attribute::service_roles:
      return nothing;
  }
  return nothing;
}

// What a caller does not have is None, which only the word None equals: were it compared with a field, a caller without
// a project would own whatever has no owner.
Verdict attribute_matches(const Check& check, const Credentials& caller, const Target* target) {
  if (check.attribute == Attribute::none) return Verdict::no;
  if (check.attribute == Attribute::roles) return any_matches(check.match, target, caller.roles, false);
  if (check.attribute == Attribute::service_roles) return any_matches(check.match, target, caller.service_roles, false);
  const std::string& text = text_of(check.attribute, caller);
  if (!text.empty()) return matches(check.match, target, text, false);
  const auto& pieces = check.match.pieces;
  return verdict_of(pieces.size() == 1 && !pieces[0].is_field && pieces[0].text == "None");
}

// neutron_lib.api.converters.convert_to_boolean
std::optional<bool> truth_of(std::string_view word) {
  const auto is = [&](std::string_view other) {
    return std::ranges::equal(word, other, [](char a, char b) { return lower(a) == b; });
  };
  if (is("true") || word == "1") return true;
  if (is("false") || word == "0") return false;
  return std::nullopt;
}

// As Python's re.match: from the begin, and not to the end unless a $ says so. `.*` is tried shortest first; going back
// to the last one only is enough, as each may stand for any text.
bool pattern_matches(std::string_view pattern, std::string_view text) {
  while (pattern.starts_with('^')) pattern.remove_prefix(1);
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::pair<std::size_t, std::size_t>> retry;
  while (p < pattern.size()) {
    if (pattern.substr(p, 2) == ".*") {
      p += 2;
      retry = {p, t};
    } else if (pattern[p] == '$' && p + 1 == pattern.size() && t == text.size()) {
      return true;
    } else if (t < text.size() && (pattern[p] == '.' || (pattern[p] == text[t] && pattern[p] != '$'))) {
      ++p;
      ++t;
    } else if (retry && retry->second < text.size()) {
      t = ++retry->second;
      p = retry->first;
    } else {
      return false;
    }
  }
  return true;
}

bool field_matches(const Check& check, const Target& target) {
  const std::optional<Value> value = target.value(check.text);
  if (!value || std::holds_alternative<Null>(*value)) return false;
  const std::string& expected = check.match.pieces.front().text;
  if (const auto* truth = std::get_if<bool>(&*value)) {
    return check.kind == Check::Kind::field && truth_of(expected) == *truth;
  }
  const std::string_view text = std::get<std::string_view>(*value);
  return check.kind == Check::Kind::field ? text == expected : pattern_matches(expected, text);
}

Verdict judge(const Check& check, const Question& question) {
  const auto part = [&](const Check& each) { return judge(each, question); };
  const auto referred = [&] {
    return check.index == Check::unresolved ? Verdict::no : judge_rule(check.index, question);
  };
  switch (check.kind) {
    case Check::Kind::always:
      return Verdict::yes;
    case Check::Kind::never:
      return Verdict::no;
    case Check::Kind::all_of:
      return opposite(any_of(check.parts, [&](const Check& each) { return opposite(part(each)); }));
    case Check::Kind::any_of:
      return any_of(check.parts, part);
    case Check::Kind::none_of:
      return opposite(any_of(check.parts, part));
    case Check::Kind::rule:
      return referred();
    case Check::Kind::role:
      return any_matches(check.match, question.target, question.caller.roles, true);
    case Check::Kind::attribute:
      return attribute_matches(check, question.caller, question.target);
    case Check::Kind::admin: {
      const Verdict admin = referred();
      if (admin == Verdict::depends) return admin;
      return matches(check.match, question.target, admin == Verdict::yes ? "True" : "False", false);
    }
    case Check::Kind::literal:
      return matches(check.match, question.target, check.text, false);
    case Check::Kind::field:
    case Check::Kind::pattern:
      return question.target ? verdict_of(field_matches(check, *question.target)) : Verdict::depends;
  }
  return Verdict::no;
}

}  // namespace

Verdict judge_rule(std::size_t place, const Question& question) {
  std::optional<Verdict>& settled = question.settled[place];
  if (!settled) settled = judge(question.rules[place], {question.rules, question.caller, question.settled});
  if (*settled != Verdict::depends || !question.target) return *settled;
  return judge(question.rules[place], question);
}

}  // namespace tarn::policy
