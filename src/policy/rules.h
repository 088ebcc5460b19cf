// Who may do what: all rules of a cloud, the defaults and what policy files changed. An immutable value, cheap to copy
// and safe to read from every thread; a new file makes a new value. It neither reads files nor knows the API's objects.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/credentials.h"
#include "policy/defaults.h"
#include "policy/evaluate.h"
#include "policy/target.h"

namespace tarn::policy {

// A rule of one Rules and its copies.
enum class RuleId : std::size_t {};

class Rules {
 public:
  // The rules of default_rules(). Parses them all; keep the value.
  [[nodiscard]] static Rules defaults();

  // Rules of another table. ErrorCode::invalid as in with_file, without a line.
  [[nodiscard]] static Result<Rules> of(std::span<const DefaultRule> table);

  // These rules with those of an oslo.policy file in place of their namesakes; names that we do not know are the
  // operator's own rules. Several files are read one after the other, as those of policy.d. ErrorCode::invalid tells
  // the line of what is no YAML, no rule, or a rule that refers to itself in the end.
  [[nodiscard]] Result<Rules> with_file(std::string_view yaml) const;

  // Whether there is a rule of this name. Where there is none for an attribute ("create_port:name"), the attribute
  // needs no permission; find() would give the rule "default" instead.
  [[nodiscard]] bool has(std::string_view rule) const;

  // The rule of this name, to be asked often without looking for it again; where there is none, the rule "default", or
  // one that allows nothing.
  [[nodiscard]] RuleId find(std::string_view rule) const;

  // Whether the caller may do `rule` to the target. Who asks more than once about a caller makes a Standing.
  [[nodiscard]] bool allows(std::string_view rule, const Credentials& caller, const Target& target) const;

 private:
  friend class Standing;
  struct Content;
  explicit Rules(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

// What one caller may do under the rules of a cloud. What a rule says of every target alike is worked out once and
// kept, so a value belongs to one thread at a time.
class Standing {
 public:
  Standing(Rules rules, Credentials who);

  [[nodiscard]] const Rules& rules() const { return rules_; }
  [[nodiscard]] const Credentials& who() const { return who_; }
  // `rule` is one of rules().
  [[nodiscard]] bool allows(RuleId rule, const Target& target) const;

 private:
  Rules rules_;
  Credentials who_;
  mutable std::vector<std::optional<Verdict>> settled_;
};

}  // namespace tarn::policy
