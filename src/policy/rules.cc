#include "policy/rules.h"

#include <map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "policy/evaluate.h"
#include "policy/resolve.h"
#include "policy/rule_file.h"

namespace tarn::policy {
namespace {

using FileRules = std::map<std::string, FileRule, std::less<>>;

struct NamedCheck {
  Check check;
  int line = 0;  // 0: no file's
};
using Named = std::map<std::string, NamedCheck, std::less<>>;

// The check that a file gives to the rule's former name, where that is more than a default repeated or a pointer to the
// new name (oslo.policy, Enforcer: what its sample files hold must change nothing).
const Check* under_former_name(const DefaultRule& row, const Check& former, const FileRules& file) {
  if (row.former_name.empty() || row.former_name == row.name) return nullptr;
  const auto old = file.find(row.former_name);
  if (old == file.end()) return nullptr;
  const Check& check = old->second.check;
  const bool points_here = check.kind == Check::Kind::rule && check.text == row.name;
  return points_here || check == former ? nullptr : &check;
}

Result<Check> default_check(const DefaultRule& row, const FileRules& file) {
  auto check = parse_check(row.check);
  if (!check || row.former_check == "none") return check;
  auto former = parse_check(row.former_check);
  if (!former) return former;
  if (const Check* chosen = under_former_name(row, *former, file)) return *chosen;
  if (row.check == row.former_check) return check;
  Check both{.kind = Check::Kind::any_of};
  both.parts.push_back(std::move(*check));
  both.parts.push_back(std::move(*former));
  return both;
}

Result<Named> named_checks(std::span<const DefaultRule> table, const FileRules& file) {
  Named named;
  for (const auto& [name, rule] : file) named[name] = {rule.check, rule.line};
  for (const DefaultRule& row : table) {
    if (file.contains(row.name)) continue;
    auto check = default_check(row, file);
    if (!check) return fail(ErrorCode::invalid, "rule '" + std::string(row.name) + "': " + check.error().message);
    named[std::string(row.name)] = {std::move(*check), 0};
  }
  return named;
}

}  // namespace

struct Rules::Content {
  std::vector<DefaultRule> table;
  FileRules file;                  // what files have set, before references were resolved
  std::vector<std::string> names;  // sorted
  std::vector<Check> checks;       // parallel to names
  std::size_t fallback = Check::unresolved;

  static Result<std::shared_ptr<const Content>> make(std::vector<DefaultRule> table, FileRules file) {
    auto named = named_checks(table, file);
    if (!named) return fail(std::move(named.error()));
    auto content = std::make_shared<Content>();
    std::vector<int> lines;
    for (auto& [name, rule] : *named) {
      content->names.push_back(name);
      content->checks.push_back(std::move(rule.check));
      lines.push_back(rule.line);
    }
    if (const auto resolved = resolve(content->names, content->checks); !resolved) {
      const int line = lines[resolved.error().rule];
      return fail(ErrorCode::invalid, (line == 0 ? "" : "line " + std::to_string(line) + ": ") + resolved.error().what);
    }
    content->table = std::move(table);
    content->file = std::move(file);
    content->fallback = place_of(content->names, "default");
    return content;
  }
};

Rules Rules::defaults() {
  auto rules = of(default_rules());
  CHECK(rules.has_value());
  return std::move(*rules);
}

Result<Rules> Rules::of(std::span<const DefaultRule> table) {
  auto content = Content::make({table.begin(), table.end()}, {});
  if (!content) return fail(std::move(content.error()));
  return Rules(std::move(*content));
}

Result<Rules> Rules::with_file(std::string_view yaml) const {
  auto read = read_rule_file(yaml);
  if (!read) return fail(std::move(read.error()));
  FileRules file = content_->file;
  for (FileRule& rule : *read) {
    std::string name = rule.name;
    file[std::move(name)] = std::move(rule);
  }
  constexpr std::size_t file_rules_max = 4096;
  if (file.size() > file_rules_max) return fail(ErrorCode::invalid, "the policy files hold too many rules");
  auto content = Content::make(content_->table, std::move(file));
  if (!content) return fail(std::move(content.error()));
  return Rules(std::move(*content));
}

bool Rules::has(std::string_view rule) const {
  return place_of(content_->names, rule) != Check::unresolved;
}

RuleId Rules::find(std::string_view rule) const {
  const std::size_t place = place_of(content_->names, rule);
  return RuleId{place == Check::unresolved ? content_->fallback : place};
}

bool Rules::allows(std::string_view rule, const Credentials& caller, const Target& target) const {
  return Standing(*this, caller).allows(find(rule), target);
}

Standing::Standing(Rules rules, Credentials who)
    : rules_(std::move(rules)), who_(std::move(who)), settled_(rules_.content_->checks.size()) {}

bool Standing::allows(RuleId rule, const Target& target) const {
  const auto place = static_cast<std::size_t>(rule);
  if (place == Check::unresolved) return false;
  return judge_rule(place, {rules_.content_->checks, who_, settled_, &target}) == Verdict::yes;
}

}  // namespace tarn::policy
