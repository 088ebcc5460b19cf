// Defaults and files: what a file changes, what it leaves, and how its mistakes are told.
#include "policy/rules.h"

#include <gtest/gtest.h>

#include "policy/thing.h"

namespace tarn::policy {
namespace {

using namespace std::string_view_literals;

Credentials with_roles(std::vector<std::string> roles) {
  Credentials caller;
  caller.project_id = "p1";
  caller.roles = std::move(roles);
  return caller;
}

const Thing own({{"project_id", "p1"sv}, {"tenant_id", "p1"sv}});
const Thing foreign({{"project_id", "p2"sv}, {"tenant_id", "p2"sv}});

Rules after(const Rules& rules, std::string_view yaml) {
  auto changed = rules.with_file(yaml);
  EXPECT_TRUE(changed.has_value()) << yaml << ": " << (changed ? "" : changed.error().message);
  return changed ? *changed : rules;
}

TEST(PolicyFile, ChangesWhatItNamesAndNothingElse) {
  const Rules defaults = Rules::defaults();
  const Rules changed =
      after(defaults, "# comment\ncreate_network: role:builder\n\"my_own\": \"rule:create_network\"\n");
  EXPECT_TRUE(defaults.allows("create_network", with_roles({"member"}), own));
  EXPECT_FALSE(changed.allows("create_network", with_roles({"member"}), own));
  EXPECT_TRUE(changed.allows("create_network", with_roles({"builder"}), own));
  EXPECT_TRUE(changed.has("my_own"));
  EXPECT_FALSE(defaults.has("my_own"));
  EXPECT_TRUE(changed.allows("my_own", with_roles({"builder"}), own));
  for (const DefaultRule& row : default_rules()) {
    if (row.name == "create_network") continue;
    const Credentials member = with_roles({"member", "reader"});
    EXPECT_EQ(defaults.allows(row.name, member, own), changed.allows(row.name, member, own)) << row.name;
  }
}

TEST(PolicyFile, SaidTwiceIsSaidOnceAndTheLastFileCounts) {
  const Rules once = after(Rules::defaults(), "create_port: role:a");
  const Rules twice = after(once, "create_port: role:a");
  const Rules later = after(once, "create_port: role:b\nupdate_port: role:b");
  EXPECT_TRUE(once.allows("create_port", with_roles({"a"}), own));
  EXPECT_TRUE(twice.allows("create_port", with_roles({"a"}), own));
  EXPECT_FALSE(later.allows("create_port", with_roles({"a"}), own));
  EXPECT_TRUE(later.allows("create_port", with_roles({"b"}), own));
}

TEST(PolicyFile, ReadsEveryFormOfACheck) {
  const Rules rules = after(Rules::defaults(), R"(
always: ""
void:
null_: null
no: "!"
list: [["role:a", "role:b"], ["role:c"]]
flat: ["role:a", "role:b"]
no_lists: []
empty_lists: [[], []]
folded: >-
  role:a or
  role:b
)");
  const Credentials ab = with_roles({"a", "b"});
  const Credentials a = with_roles({"a"});
  for (const char* name : {"always", "void", "null_", "list", "flat", "no_lists", "folded"}) {
    EXPECT_TRUE(rules.allows(name, ab, own)) << name;
  }
  EXPECT_FALSE(rules.allows("list", a, own));
  EXPECT_TRUE(rules.allows("list", with_roles({"c"}), own));
  EXPECT_TRUE(rules.allows("flat", a, own));
  EXPECT_FALSE(rules.allows("no", ab, own));
  EXPECT_FALSE(rules.allows("empty_lists", ab, own));
  EXPECT_TRUE(after(rules, "{\"json\": \"role:a\"}").allows("json", a, own));
  EXPECT_TRUE(after(rules, "").allows("flat", a, own));
}

TEST(PolicyFile, NamesTheLineOfAMistake) {
  for (const char* text : {"\ncreate_port: role", "\nx: \"@ and\"", "\nx: {a: b}", "\n- a list", "\nx: [unclosed",
                           "\n? [a]\n: \"@\"", "\nx: !", "\nx: !!str role:a", "\nx: [[[a]]]", "\nx: [role]",
                           "\nx: true", "\nx: rule:x", "\na: rule:b\nb: rule:c or not rule:a\nc: \"@\"",
                           "\ncontext_is_admin: is_admin:True", "\ndefault: rule:absent"}) {
    const auto rules = Rules::defaults().with_file(text);
    ASSERT_FALSE(rules.has_value()) << text;
    EXPECT_EQ(rules.error().code, ErrorCode::invalid);
    EXPECT_TRUE(rules.error().message.starts_with("line 2: ")) << text << " → " << rules.error().message;
  }
}

TEST(PolicyFile, RefusesRulesThatWouldCostTooMuch) {
  std::string doubling = "r0: \"!\"\n";
  std::string chain = doubling;
  for (int i = 1; i < 30; ++i) {
    const std::string before = std::to_string(i - 1);
    doubling += "r" + std::to_string(i) + ": rule:r" + before + " or rule:r" + before + "\n";
    chain += "r" + std::to_string(i) + ": rule:r" + before + "\n";
  }
  for (int i = 30; i < 3000; ++i) chain += "r" + std::to_string(i) + ": rule:r" + std::to_string(i - 1) + "\n";
  EXPECT_FALSE(Rules::defaults().with_file(doubling).has_value());
  EXPECT_FALSE(Rules::defaults().with_file(chain).has_value());
  EXPECT_FALSE(Rules::defaults().with_file("x: " + std::string(5000, '[')).has_value());
  EXPECT_FALSE(Rules::defaults().with_file(std::string(2U << 20, '#')).has_value());
}

TEST(PolicyFile, AnswersUnknownNamesByTheRuleDefault) {
  const Rules rules = Rules::defaults();
  EXPECT_FALSE(rules.has("create_port:name"));
  EXPECT_TRUE(rules.allows("nonsense", with_roles({}), own));
  EXPECT_FALSE(rules.allows("nonsense", with_roles({}), foreign));
  const Rules closed = after(rules, "default: \"!\"\nx: rule:nonsense\n");
  EXPECT_FALSE(closed.allows("nonsense", with_roles({"admin"}), own));
  EXPECT_FALSE(closed.allows("x", with_roles({"admin"}), own));
  const auto none = Rules::of({});
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->allows("nonsense", with_roles({"admin"}), own));
}

// oslo.policy 4.0.0, Enforcer._handle_deprecated_rule.
TEST(PolicyFile, ObeysFormerNamesAndFormerChecksUntilTheRuleIsSet) {
  const std::vector<DefaultRule> table{{"new", "role:new", "role:old", "old"},
                                       {"same", "role:new", "role:old", "same"}};
  const auto of = Rules::of(table);
  ASSERT_TRUE(of.has_value());
  const auto who = [](const Rules& rules, std::string_view rule) {
    std::string roles;
    for (const char* role : {"new", "old", "mine"}) {
      if (rules.allows(rule, with_roles({role}), own)) roles += std::string(role) + " ";
    }
    return roles;
  };
  EXPECT_EQ(who(*of, "new"), "new old ");
  EXPECT_EQ(who(*of, "same"), "new old ");
  EXPECT_EQ(who(after(*of, "old: role:mine"), "new"), "mine ");
  EXPECT_EQ(who(after(*of, "old: role:old"), "new"), "new old ");
  EXPECT_EQ(who(after(*of, "old: rule:new"), "new"), "new old ");
  EXPECT_EQ(who(after(*of, "old: role:mine\nnew: role:new"), "new"), "new ");
  EXPECT_EQ(who(after(*of, "same: role:new"), "same"), "new ");
}

}  // namespace
}  // namespace tarn::policy
