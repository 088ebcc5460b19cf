// The language of rules: what each form asks, how the operators bind, and how nonsense is told.
#include <gtest/gtest.h>

#include "policy/check.h"
#include "policy/rules.h"
#include "policy/thing.h"

namespace tarn::policy {
namespace {

using namespace std::string_view_literals;

const Credentials caller{.user_id = "u1",
                         .user_name = "",
                         .user_domain_id = "",
                         .project_id = "p1",
                         .project_name = "",
                         .project_domain_id = "",
                         .system_scope = "",
                         .roles = {"member", "reader"},
                         .service_roles = {}};

const Thing thing({{"project_id", "p1"sv},
                   {"tenant_id", "p1"sv},
                   {"owner", "u2"sv},
                   {"name", "x"sv},
                   {"shared", true},
                   {"nothing", Null{}},
                   {"role", "Member"sv},
                   {"flag", false},
                   {"network:tenant_id", "p1"sv},
                   {"device_owner", "network:dhcp"sv}});

bool holds(std::string_view check) {
  const std::vector<DefaultRule> table{{"yes", "@"}, {"no", "!"}, {"asked", check}};
  const auto rules = Rules::of(table);
  EXPECT_TRUE(rules.has_value()) << check << ": " << (rules ? "" : rules.error().message);
  return rules && rules->allows("asked", caller, thing);
}

struct Row {
  const char* check;
  bool expected;
};

// The answers are those of Debian's python3-oslo.policy 4.0.0 to the same caller and target:
// bool(_parser.parse_rule(CHECK)(target, creds, enforcer)), with the rules yes and no.
constexpr Row answers[] = {
    {"", true},
    {"@", true},
    {"!", false},
    {"@ and !", false},
    {"@ or !", true},
    {"not !", true},
    {"not @", false},
    {"not not @", true},
    {"NOT !", true},
    {"@ Or !", true},
    {"! and ! or @", true},
    {"@ or @ and !", true},
    {"(@ or @) and !", false},
    {"not ! and @", true},
    {"not @ or @", true},
    {"not (@ and !)", true},
    {"((@))", true},
    {"( @ )", true},
    {"role:member", true},
    {"role:MEMBER", true},
    {"role:admin", false},
    {"role:%(role)s", true},
    {"role:%(absent)s", false},
    {"not role:%(absent)s", true},
    {"user_id:%(owner)s", false},
    {"user_id:u1", true},
    {"user:u1", true},
    {"project_id:%(project_id)s", true},
    {"tenant:%(tenant_id)s", true},
    {"project_id:p%(absent)s", false},
    {"project_id:p1%(name)s", false},
    {"project_id:%%", false},
    {"roles:member", true},
    {"roles:Member", false},
    {"service_roles:member", false},
    {"is_admin:True", false},
    {"is_admin:False", true},
    {"is_admin:%(flag)s", true},
    {"system_scope:all", false},
    {"system_scope:None", true},
    {"user_name:None", true},
    {"'x':%(name)s", true},
    {"\"x\":%(name)s", true},
    {"'y':%(name)s", false},
    {"True:%(shared)s", true},
    {"False:%(shared)s", false},
    {"None:%(nothing)s", true},
    {"None:%(name)s", false},
    {"None:%(absent)s", false},
    {"5:5", true},
    {"5:6", false},
    {"nobody:%(name)s", false},
    {"token.user:%(name)s", false},
    {"rule:yes", true},
    {"rule:no", false},
    {"rule:absent", false},
    {"rule:yes and not rule:no", true},
    {"'x':x%%(name)s", false},
    {"'x%(name)s':x%%(name)s", true},
    {"(role:member and project_id:%(project_id)s) or role:admin", true},
    {"role:member and (project_id:%(owner)s or role:admin)", false},
};

TEST(PolicyLanguage, AnswersAsOsloPolicyDoes) {
  for (const Row& row : answers) EXPECT_EQ(holds(row.check), row.expected) << row.check;
}

// As Neutron's OwnerCheck and FieldCheck: neutron/policy.py, and Python's re.match for patterns.
TEST(PolicyLanguage, AsksForFieldsAndParentsAsNeutronDoes) {
  const std::vector<Row> rows{
      {"tenant_id:%(tenant_id)s", true},
      {"tenant_id:%(network:tenant_id)s", true},
      {"tenant_id:%(ext_parent:tenant_id)s", false},
      {"field:networks:shared=True", true},
      {"field:networks:shared=1", true},
      {"field:networks:shared=False", false},
      {"field:networks:absent=True", false},
      {"field:networks:nothing=None", false},
      {"field:port:name=x", true},
      {"field:port:name=y", false},
      {"field:port:device_owner=~^network:", true},
      {"field:port:device_owner=~network:", true},
      {"field:port:device_owner=~^dhcp", false},
      {"field:port:device_owner=~.*dhcp$", true},
      {"field:port:device_owner=~.*:d.*p", true},
      {"field:port:device_owner=~network$", false},
      {"field:port:device_owner=~^network:dhcp.", false},
      {"field:port:shared=~True", false},
  };
  for (const Row& row : rows) EXPECT_EQ(holds(row.check), row.expected) << row.check;
}

TEST(PolicyLanguage, GivesNobodysThingsToNobody) {
  const Credentials nobody{};
  const Thing ownerless({{"project_id", Null{}}, {"user_id", ""sv}});
  const std::vector<DefaultRule> table{{"a", "project_id:%(project_id)s"}, {"b", "user_id:%(user_id)s"}};
  const auto rules = Rules::of(table);
  ASSERT_TRUE(rules.has_value());
  EXPECT_FALSE(rules->allows("a", nobody, ownerless));
  EXPECT_FALSE(rules->allows("b", nobody, ownerless));
}

TEST(PolicyLanguage, SaysAtWhichCharacterNonsenseBegins) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"role", "character 1"},        {"@ and", "character 6"},      {"@ @", "character 3"},
      {"(@", "character 3"},          {"@)", "character 2"},         {"or @", "character 1"},
      {"()", "character 2"},          {" ", "character 2"},          {"@ or role:%(x", "character 6"},
      {"a:%", "character 1"},         {"a:%(x)d", "character 1"},    {"'a:b':x", "character 1"},
      {"http://host/x", "character"}, {"tenant_id:p1", "character"}, {"field:port=1", "character"},
      {"field:a:b=~(x", "character"}, {"field:a:b=~*", "character"}, {"'text'", "character"},
  };
  for (const auto& [check, where] : rows) {
    const auto read = parse_check(check);
    ASSERT_FALSE(read.has_value()) << check;
    EXPECT_EQ(read.error().code, ErrorCode::invalid);
    EXPECT_TRUE(read.error().message.starts_with(where)) << check << " → " << read.error().message;
  }
}

TEST(PolicyLanguage, RefusesWhatIsTooDeepOrTooLong) {
  std::string wide = "@";
  for (int i = 0; i < 600; ++i) wide += " or @";
  std::string negations;
  for (int i = 0; i < 1000; ++i) negations += "not ";
  for (const std::string& bomb :
       {std::string(1000, '(') + "@" + std::string(1000, ')'), negations + "@", wide, std::string(10'000, 'x')}) {
    EXPECT_FALSE(parse_check(bomb).has_value()) << bomb.substr(0, 20);
  }
  EXPECT_TRUE(parse_check(std::string(30, '(') + "@" + std::string(30, ')')).has_value());
}

}  // namespace
}  // namespace tarn::policy
