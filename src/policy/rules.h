// Who may do what: all rules of a cloud, the defaults and what policy files changed. An immutable value, cheap to copy
// and safe to read from every thread; a new file makes a new value. It neither reads files nor knows the API's objects.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/credentials.h"
#include "policy/defaults.h"
#include "policy/target.h"

namespace tarn::policy {

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
  // needs no permission; allows() would ask the rule "default" instead.
  [[nodiscard]] bool has(std::string_view rule) const;

  // Whether the caller may do `rule` to the target. A name that no rule has is answered by the rule "default", and
  // refused where that is missing too.
  [[nodiscard]] bool allows(std::string_view rule, const Credentials& caller, const Target& target) const;

 private:
  struct Content;
  explicit Rules(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

}  // namespace tarn::policy
