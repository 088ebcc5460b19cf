// The file of the built-in identity service.
#include "identity/directory_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "local_things.h"

namespace tarn::identity {
namespace {

using test::open_sesame;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string why(const std::string& text) {
  const auto directory = parse_directory(text);
  return directory ? "it was read" : directory.error().message;
}
std::string user(const std::string& more) {
  return "projects: [{name: blue}]\nusers:\n  - name: ada\n    password_hash: \"" + std::string(open_sesame) + "\"\n" +
         more;
}

TEST(DirectoryFile, HoldsUsersProjectsAndRoles) {
  const auto directory =
      parse_directory("users:\n  - {name: ada, domain: Acme, id: ada-1, password_hash: \"" + std::string(open_sesame) +
                      "\", enabled: false,\n     roles: [{role: Member, project: blue}, {role: admin, system: all},"
                      " {role: auditor, domain: Default}]}\n"
                      "projects:\n  - {name: blue, domain: Acme, description: sea}\n"
                      "domains: [{name: Acme, id: acme}]\nroles: [auditor]\ntoken_seconds: 60\nregion: north\n");
  ASSERT_TRUE(directory) << directory.error().message;
  const User* ada = directory->user_named("acme", "ada");
  ASSERT_NE(ada, nullptr);
  EXPECT_EQ(ada->id, "ada-1");
  EXPECT_FALSE(ada->enabled);
  const Project* blue = directory->project_named("acme", "blue");
  ASSERT_NE(blue, nullptr);
  EXPECT_EQ(blue->description, "sea");
  EXPECT_EQ(blue->id.size(), 32U);
  EXPECT_THAT(directory->grants, ElementsAre(Grant{"ada-1", "member", {ScopeKind::project, blue->id}},
                                             Grant{"ada-1", "admin", {ScopeKind::system, ""}},
                                             Grant{"ada-1", "auditor", {ScopeKind::domain, "default"}}));
  EXPECT_EQ(directory->token_life.count(), 60);
  EXPECT_EQ(directory->region, "north");
  EXPECT_EQ(directory->domain_named("Default")->id, "default");
}

TEST(DirectoryFile, GivesIdsThatAreTheSameAtEachReadingAndNobodyElses) {
  const std::string text = user("  - {name: bob, password_hash: \"" + std::string(open_sesame) + "\"}\n");
  const auto one = parse_directory(text);
  const auto two = parse_directory(text);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->users, two->users);
  EXPECT_NE(one->users[0].id, one->users[1].id);
  EXPECT_NE(one->users[0].id, one->projects[0].id);
}

TEST(DirectoryFile, SaysLineAndKeyOfWhatIsWrong) {
  EXPECT_EQ(why(user("")), "it was read");
  EXPECT_THAT(why("users:\n  - nane: x\n"), AllOf(HasSubstr("line 2"), HasSubstr("nane")));
  EXPECT_THAT(why(user("    enabled: perhaps\n")), AllOf(HasSubstr("line 5"), HasSubstr("enabled")));
  EXPECT_THAT(why(user("    roles: [{role: king, project: blue}]\n")), AllOf(HasSubstr("line 5"), HasSubstr("king")));
  EXPECT_THAT(why(user("    roles: [{role: member, project: red}]\n")), HasSubstr("red"));
  EXPECT_THAT(why(user("    roles: [{role: member}]\n")), HasSubstr("one of"));
  EXPECT_THAT(why(user("    roles: [{role: admin, system: all, project: blue}]\n")), HasSubstr("one of"));
  EXPECT_THAT(why(user("    roles: [{role: admin, system: some}]\n")), HasSubstr("system"));
  EXPECT_THAT(why(user("    domain: Nowhere\n")), HasSubstr("Nowhere"));
  EXPECT_THAT(why(user("    name: eve\n")), HasSubstr("twice"));
  EXPECT_THAT(why(user("    id: a.b\n")), HasSubstr("id"));
  EXPECT_THAT(why(user("  - {name: ada, password_hash: \"" + std::string(open_sesame) + "\"}\n")),
              HasSubstr("another"));
  EXPECT_THAT(why("projects: [{name: a}, {name: a}]"), HasSubstr("another"));
  EXPECT_THAT(why("projects: [{name: a, id: x}, {name: b, id: x}]"), HasSubstr("another"));
  EXPECT_THAT(why("domains: [{name: Default}]"), HasSubstr("another"));
  EXPECT_THAT(why("roles: [member]"), HasSubstr("member"));
  EXPECT_THAT(why("token_seconds: 59"), HasSubstr("token_seconds"));
  EXPECT_THAT(why("token_seconds: 86401"), HasSubstr("token_seconds"));
  EXPECT_THAT(why(""), HasSubstr("empty"));
  EXPECT_THAT(why("{"), HasSubstr("line 1"));
}

TEST(DirectoryFile, TakesNoPasswordForAHashAndRepeatsNone) {
  EXPECT_THAT(why("users: [{name: ada, password_hash: secret}]"),
              AllOf(HasSubstr("tarn password"), Not(HasSubstr("secret"))));
  EXPECT_THAT(why("users: [{name: ada}]"), HasSubstr("password_hash"));
  EXPECT_THAT(why("users: [{name: ada, password_hash: \"$1$abcdefgh$IVYxZ2oTqFbLLhA1rNPuC/\"}]"),
              HasSubstr("password_hash"))
      << "MD5 is too weak";
}

}  // namespace
}  // namespace tarn::identity
