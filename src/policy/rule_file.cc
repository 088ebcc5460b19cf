#include "policy/rule_file.h"

#include <yaml-cpp/yaml.h>

#include <utility>

namespace tarn::policy {
namespace {

// yaml-cpp reports by exceptions; they end in read_rule_file.
[[noreturn]] void refuse(const YAML::Node& at, const std::string& what) {
  throw YAML::RepresentationException(at.Mark(), what);
}

// A bare ! is a tag in YAML, so `name: !` would say nothing at all, which in this language means "always". Whoever
// wrote it meant "never": no tag is taken but the two that plain and quoted text have.
bool is_tagged(const YAML::Node& node) {
  return node.IsNull() ? !node.Tag().empty() && node.Tag() != "?" : node.Tag() != "?" && node.Tag() != "!";
}

std::string text(const YAML::Node& node) {
  if (!node.IsScalar()) refuse(node, "a check is no text");
  if (is_tagged(node)) refuse(node, "a check begins with the tag " + node.Tag() + "; put it in quotes");
  return node.Scalar();
}

std::vector<std::vector<std::string>> lists(const YAML::Node& node) {
  std::vector<std::vector<std::string>> all;
  std::size_t count = 0;
  for (const auto& entry : node) {
    std::vector<std::string> one;
    if (entry.IsSequence()) {
      for (const auto& atom : entry) {
        if (++count > rule_checks_max) refuse(entry, "the rule has too many checks");
        one.push_back(text(atom));
      }
    } else if (const std::string atom = text(entry); !atom.empty()) {
      one.push_back(atom);
    }
    if (++count > 2 * rule_checks_max) refuse(entry, "the rule has too many lists");
    all.push_back(std::move(one));
  }
  return all;
}

Check check_of(const YAML::Node& node, const std::string& name) {
  if (is_tagged(node) && !node.IsSequence()) refuse(node, "rule '" + name + "' is only a tag; put it in quotes");
  if (node.IsNull()) return Check{};
  auto check = node.IsSequence() ? parse_check(lists(node)) : parse_check(text(node));
  if (!check) refuse(node, "rule '" + name + "': " + check.error().message);
  return std::move(*check);
}

}  // namespace

Result<std::vector<FileRule>> read_rule_file(std::string_view yaml) {
  if (yaml.size() > rule_file_bytes_max) return fail(ErrorCode::invalid, "the policy file is too large");
  try {
    std::vector<FileRule> rules;
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) return rules;
    if (!root.IsMap()) refuse(root, "the file is no map from rules' names to checks");
    for (const auto& entry : root) {
      if (!entry.first.IsScalar()) refuse(entry.first, "a rule's name is no text");
      const std::string name = entry.first.Scalar();
      rules.push_back({name, check_of(entry.second, name), entry.first.Mark().line + 1});
    }
    return rules;
  } catch (const YAML::Exception& error) {
    const std::string line = error.mark.is_null() ? "" : "line " + std::to_string(error.mark.line + 1) + ": ";
    return fail(ErrorCode::invalid, line + error.msg);
  }
}

}  // namespace tarn::policy
