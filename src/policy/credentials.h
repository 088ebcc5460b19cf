// Who a caller is, as an identity service told it: the words that policy rules may ask about. A value without rules;
// what it may do is policy's, and which of the cloud's projects it works in is `project_id`.
#pragma once

#include <string>
#include <vector>

namespace tarn::policy {

struct Credentials {
  std::string user_id;
  std::string user_name;
  std::string user_domain_id;
  std::string project_id;  // empty: a token without a project (unscoped, or of the whole system)
  std::string project_name;
  std::string project_domain_id;
  std::string system_scope;                // "all" for a token of the whole system
  std::vector<std::string> roles;          // names, lower case, sorted
  std::vector<std::string> service_roles;  // of the service that forwards the caller (X-Service-Token); as `roles`
};

}  // namespace tarn::policy
