// The body of a login with a password (Identity API v3, "Password authentication with scoped authorization"): what we
// send as a client, of Keystone and of ourselves. Pure.
#pragma once

#include <string>

namespace tarn::identity {

struct LoginWords {
  std::string username;
  std::string user_domain_name;
  std::string password;
  std::string project_name;
  std::string project_domain_name;
};

std::string login_words(const LoginWords& login);

}  // namespace tarn::identity
