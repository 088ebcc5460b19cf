// Who may use a sandbox: the users `admin` and `demo`, each with a project of that name and a password of this
// sandbox's own, made when it is raised first and kept as long as its folder. Only root reads the files.
#pragma once

#include <array>

#include "identity/password_login.h"
#include "sandbox/layout.h"

namespace tarn::sandbox {

inline constexpr std::array account_names{"admin", "demo"};

// Writes what is not there yet: the passwords, and the identity service's file with their hashes.
Status make_accounts(const Layout& layout);

// Errors: not_found, when the sandbox was raised without accounts.
Result<identity::PasswordAccount> account(const Layout& layout, const std::string& name);

}  // namespace tarn::sandbox
