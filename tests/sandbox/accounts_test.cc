// Who may use a sandbox, and that nobody else can read how.
#include "sandbox/accounts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "identity/directory_file.h"
#include "identity/password.h"
#include "identity/secret_file.h"
#include "support/temp_dir.h"

namespace tarn::sandbox {
namespace {

struct Accounts : testing::Test {
  Accounts() { fs::create_directories(layout.server_dir()); }
  test::TempDir dir;
  const Layout layout{"one", dir.file("")};
};

TEST_F(Accounts, HavePasswordsThatTheIdentityServiceTakes) {
  ASSERT_TRUE(make_accounts(layout).has_value());
  const auto text = identity::read_secret_file(layout.identity_file().string());
  ASSERT_TRUE(text.has_value());
  const auto directory = identity::parse_directory(*text);
  ASSERT_TRUE(directory.has_value()) << directory.error().message;
  const auto admin = account(layout, "admin");
  const auto demo = account(layout, "demo");
  ASSERT_TRUE(admin && demo);
  EXPECT_NE(admin->password, demo->password);
  EXPECT_GE(admin->password.size(), 24U);
  for (const auto& who : {*admin, *demo}) {
    const identity::User* user = directory->user_named("default", who.username);
    ASSERT_NE(user, nullptr);
    EXPECT_TRUE(identity::is_password(who.password, user->password_hash));
    const identity::Project* project = directory->project_named("default", who.project_name);
    ASSERT_NE(project, nullptr);
    const auto roles = directory->roles_in(user->id, {identity::ScopeKind::project, project->id});
    EXPECT_EQ(std::ranges::count(roles, "admin"), who.username == "admin" ? 1 : 0);
    EXPECT_EQ(std::ranges::count(roles, "member"), 1);
  }
  EXPECT_EQ(text->find(admin->password), std::string::npos);
  for (const fs::path& path : {layout.identity_file(), layout.password_file("admin"), layout.password_file("demo")}) {
    struct stat seen{};
    ASSERT_EQ(::stat(path.c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777U, 0600U) << path;
  }
}

TEST_F(Accounts, AreKept) {
  EXPECT_EQ(account(layout, "admin").error().code, ErrorCode::not_found);
  ASSERT_TRUE(make_accounts(layout).has_value());
  const auto before = identity::read_secret_file(layout.identity_file().string());
  const auto admin = account(layout, "admin");
  ASSERT_TRUE(make_accounts(layout).has_value());
  EXPECT_EQ(identity::read_secret_file(layout.identity_file().string()), before);
  EXPECT_EQ(account(layout, "admin")->password, admin->password);
}

}  // namespace
}  // namespace tarn::sandbox
