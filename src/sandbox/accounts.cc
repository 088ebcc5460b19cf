#include "sandbox/accounts.h"

#include "identity/password.h"
#include "identity/secret_file.h"

namespace tarn::sandbox {
namespace {

constexpr std::size_t password_random_bytes = 18;  // 24 characters

// The roles of each account, as flow maps of YAML.
std::string roles_of(const std::string& name) {
  if (name == "admin") return "      - {role: admin, project: admin}\n      - {role: admin, system: all}\n";
  return "      - {role: member, project: " + name + "}\n";
}

}  // namespace

Status make_accounts(const Layout& layout) {
  if (fs::exists(layout.identity_file())) return {};
  std::string projects = "projects:\n";
  std::string users = "users:\n";
  for (const std::string name : account_names) {
    const Result<std::string> password =
        identity::kept_secret(layout.password_file(name).string(), password_random_bytes);
    if (!password) return fail(password.error());
    const Result<std::string> hash = identity::hash_password(*password);
    if (!hash) return fail(hash.error());
    projects += "  - {name: " + name + "}\n";
    users += "  - name: " + name + "\n    password_hash: \"" + *hash + "\"\n    roles:\n" + roles_of(name);
  }
  return identity::write_secret_file(layout.identity_file().string(), projects + users);
}

Result<identity::PasswordAccount> account(const Layout& layout, const std::string& name) {
  const Result<std::string> password = identity::read_secret_file(layout.password_file(name).string());
  if (!password) return fail(password.error());
  return identity::PasswordAccount{name, *password, name};
}

}  // namespace tarn::sandbox
