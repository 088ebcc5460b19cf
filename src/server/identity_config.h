// What the configuration file says of identity: how callers are known, and where the secrets of that lie.
// A value; the files that it names are read by main.
#pragma once

#include <string>
#include <variant>

#include "server/account_config.h"

namespace tarn::server {

struct NoIdentity {};  // every caller is an administrator: a lab
using KeystoneConfig = Account;
struct LocalConfig {
  std::string file;  // identity/directory_file.h says what is in it
};
using IdentityConfig = std::variant<NoIdentity, KeystoneConfig, LocalConfig>;

// Throws YAML::Exception; for parse_config.
IdentityConfig read_identity(const YAML::Node& node);

}  // namespace tarn::server
