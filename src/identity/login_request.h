// The body of POST /v3/auth/tokens (Identity API v3, "Password authentication …" and "Token authentication …"),
// decoded. Pure; believes nothing that is not of the documented shape, and repeats no part of it in its errors.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace tarn::identity {

// Something named by its id, or by its name in a domain, which again has an id or a name.
struct Reference {
  std::string id;
  std::string name;
  std::string domain_id;
  std::string domain_name;
  bool operator==(const Reference&) const = default;
};

enum class ScopeWanted : std::uint8_t { none, project, domain, system };

struct LoginRequest {
  bool by_password = false;  // methods: ["password"]
  Reference user;
  std::string password;
  bool by_token = false;  // methods: ["token"]
  std::string token;
  ScopeWanted wanted = ScopeWanted::none;
  Reference scope;  // of project and domain
};

// Errors: invalid, naming the field.
Result<LoginRequest> parse_login(const std::string& body);

}  // namespace tarn::identity
