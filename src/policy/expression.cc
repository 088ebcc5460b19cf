#include <algorithm>
#include <optional>
#include <utility>

#include "policy/check.h"

namespace tarn::policy {
namespace {

enum class Word : std::uint8_t { open, close, conjunction, disjunction, negation, atom, end };

struct Token {
  Word word = Word::end;
  std::string_view text;
  std::size_t at = 0;  // of its first character
};

constexpr std::string_view spaces = " \t\n\v\f\r";

bool same_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); });
}

// Words are parted by spaces; parentheses count at a word's begin and end only, since %(name)s has some inside.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = text.find_first_not_of(spaces);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(spaces, at), text.size());
    for (; at < end && text[at] == '('; ++at) tokens.push_back({Word::open, text.substr(at, 1), at});
    std::size_t clean = end;
    while (clean > at && text[clean - 1] == ')') --clean;
    if (clean > at) {
      const std::string_view word = text.substr(at, clean - at);
      const Word kind = same_word(word, "and")   ? Word::conjunction
                        : same_word(word, "or")  ? Word::disjunction
                        : same_word(word, "not") ? Word::negation
                                                 : Word::atom;
      tokens.push_back({kind, word, at});
    }
    for (at = clean; at < end; ++at) tokens.push_back({Word::close, text.substr(at, 1), at});
    at = text.find_first_not_of(spaces, end);
  }
  tokens.push_back({Word::end, {}, text.size()});
  return tokens;
}

// `not` binds closer than `and`, and that closer than `or`.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(tokens_of(text)) {}

  Result<Check> whole() {
    auto check = alternatives(0);
    if (check && tokens_[next_].word != Word::end) return refuse("is not expected");
    return check;
  }

 private:
  [[nodiscard]] std::unexpected<Error> refuse(const std::string& what) const {
    const Token& token = tokens_[next_];
    const std::string found = token.word == Word::end ? "the end" : "'" + std::string(token.text.substr(0, 80)) + "'";
    return fail(ErrorCode::invalid, "character " + std::to_string(token.at + 1) + ": " + found + " " + what);
  }

  bool take(Word word) {
    const bool here = tokens_[next_].word == word;
    if (here) ++next_;
    return here;
  }

  Result<Check> alternatives(std::size_t depth) {
    return joined(depth, Word::disjunction, Check::Kind::any_of, &Parser::conditions);
  }
  Result<Check> conditions(std::size_t depth) {
    return joined(depth, Word::conjunction, Check::Kind::all_of, &Parser::single);
  }

  Result<Check> joined(std::size_t depth, Word word, Check::Kind kind, Result<Check> (Parser::*part)(std::size_t)) {
    std::vector<Check> parts;
    do {
      auto read = (this->*part)(depth);
      if (!read) return read;
      parts.push_back(std::move(*read));
    } while (take(word));
    if (parts.size() == 1) return std::move(parts.front());
    return Check{.kind = kind, .parts = std::move(parts)};
  }

  Result<Check> single(std::size_t depth) {
    if (depth > rule_depth_max) return refuse("is nested too deeply");
    if (take(Word::negation)) {
      auto inner = single(depth + 1);
      if (!inner) return inner;
      Check check{.kind = Check::Kind::none_of};
      check.parts.push_back(std::move(*inner));
      return check;
    }
    if (take(Word::open)) {
      auto inner = alternatives(depth + 1);
      if (inner && !take(Word::close)) return refuse("stands where a ) is missing");
      return inner;
    }
    if (tokens_[next_].word != Word::atom) return refuse("stands where a check is expected");
    if (++atoms_ > rule_checks_max) return refuse("is one check too many");
    auto atom = parse_atom(tokens_[next_].text);
    if (!atom) {
      atom.error().message =
          "character " + std::to_string(tokens_[next_].at + 1) + ": " + std::move(atom.error().message);
      return atom;
    }
    ++next_;
    return atom;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t atoms_ = 0;
};

}  // namespace

Result<Check> parse_check(std::string_view text) {
  if (text.empty()) return Check{};
  if (text.size() > rule_bytes_max) return fail(ErrorCode::invalid, "the rule is too long");
  return Parser(text).whole();
}

Result<Check> parse_check(const std::vector<std::vector<std::string>>& lists) {
  if (lists.empty()) return Check{};
  std::size_t atoms = 0;
  Check any{.kind = Check::Kind::any_of};
  for (const auto& list : lists) {
    if (list.empty()) continue;
    Check all{.kind = Check::Kind::all_of};
    for (const std::string& text : list) {
      if (++atoms > rule_checks_max) return fail(ErrorCode::invalid, "the rule has too many checks");
      auto atom = parse_atom(text);
      if (!atom) return atom;
      all.parts.push_back(std::move(*atom));
    }
    any.parts.push_back(all.parts.size() == 1 ? Check(all.parts.front()) : std::move(all));
  }
  return any;
}

}  // namespace tarn::policy
