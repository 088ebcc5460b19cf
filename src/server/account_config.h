// How the configuration file names a service user and the Keystone that knows it: the same keys wherever one is named.
// Throws YAML::Exception, as the readers of identity/yaml_words.h; for parse_config.
#pragma once

#include <string>

#include "identity/keystone_settings.h"
#include "identity/yaml_words.h"

namespace tarn::server {

struct Account {
  identity::KeystoneSettings settings;  // still without the password
  std::string password_file;
};

// auth_url, username, password_file, user_domain_name, project_name, project_domain_name, ca_file, timeout_seconds:
// readers into `account`, which outlives them.
identity::Fields account_fields(Account& account);
// Refuses one that lacks what has no default. `what` names the map: "identity".
void demand_account(const YAML::Node& node, const std::string& what, const Account& account);

}  // namespace tarn::server
