// What is worked out once for a caller holds for every target, and what depends on the target is asked of each.
#include <gtest/gtest.h>

#include <random>

#include "policy/rules.h"
#include "policy/thing.h"

namespace tarn::policy {
namespace {

using namespace std::string_view_literals;

Credentials member() {
  Credentials who;
  who.project_id = "p1";
  who.roles = {"member"};
  return who;
}

// A check as text, and what it says of a target.
struct Sentence {
  std::string text;
  std::function<bool(bool own, bool shared)> holds;
};

Sentence word(std::mt19937& chance) {
  switch (chance() % 6) {
    case 0:
      return {"role:member", [](bool, bool) { return true; }};
    case 1:
      return {"role:admin", [](bool, bool) { return false; }};
    case 2:
      return {"project_id:%(project_id)s", [](bool own, bool) { return own; }};
    case 3:
      return {"field:things:shared=True", [](bool, bool shared) { return shared; }};
    case 4:
      return {"rule:owner_or_shared", [](bool own, bool shared) { return own || shared; }};
    default:
      return {"is_admin:True", [](bool, bool) { return false; }};
  }
}

Sentence sentence(std::mt19937& chance, int depth) {
  if (depth == 0) return word(chance);
  Sentence left = sentence(chance, depth - 1);
  if (chance() % 4 == 0)
    return {"not (" + left.text + ")", [left](bool own, bool shared) { return !left.holds(own, shared); }};
  Sentence right = sentence(chance, depth - 1);
  if (chance() % 2 == 0)
    return {"(" + left.text + ") and (" + right.text + ")",
            [left, right](bool own, bool shared) { return left.holds(own, shared) && right.holds(own, shared); }};
  return {"(" + left.text + ") or (" + right.text + ")",
          [left, right](bool own, bool shared) { return left.holds(own, shared) || right.holds(own, shared); }};
}

TEST(Standing, says_of_each_target_what_the_sentence_means) {
  std::mt19937 chance(1);
  for (int round = 0; round < 2'000; ++round) {
    const Sentence asked = sentence(chance, static_cast<int>(chance() % 5));
    const std::vector<DefaultRule> table{{"owner_or_shared", "project_id:%(project_id)s or field:x:shared=True"},
                                         {"context_is_admin", "role:admin"},
                                         {"asked", asked.text}};
    const auto rules = Rules::of(table);
    ASSERT_TRUE(rules.has_value()) << asked.text;
    const Standing standing(*rules, member());
    for (const bool own : {true, false, true})
      for (const bool shared : {false, true}) {
        const Thing thing({{"project_id", own ? "p1"sv : "p2"sv}, {"shared", shared}});
        EXPECT_EQ(standing.allows(rules->find("asked"), thing), asked.holds(own, shared)) << asked.text;
      }
  }
}

class Silent : public Target {
 public:
  [[nodiscard]] std::optional<Value> value(std::string_view name) const override {
    ADD_FAILURE() << "was asked for " << name;
    return std::nullopt;
  }
};

TEST(Standing, asks_no_target_for_what_the_caller_alone_decides) {
  const std::vector<DefaultRule> table{{"builders", "role:builder and project_id:%(project_id)s"},
                                       {"members", "project_id:%(project_id)s or role:member"},
                                       {"both", "rule:members and not rule:builders"}};
  const Rules rules = *Rules::of(table);
  const Standing standing(rules, member());
  EXPECT_FALSE(standing.allows(rules.find("builders"), Silent()));
  EXPECT_TRUE(standing.allows(rules.find("members"), Silent()));
  EXPECT_TRUE(standing.allows(rules.find("both"), Silent()));
  EXPECT_FALSE(standing.allows(rules.find("nobody's"), Silent())) << "no such rule, and no default";
}

}  // namespace
}  // namespace tarn::policy
