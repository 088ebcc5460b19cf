// What the configuration file says of Nova: where its API is, and as whom it is told of ports.
// A value; the file that it names is read by main.
#pragma once

#include <string>

#include "server/account_config.h"

namespace tarn::server {

struct NovaConfig {
  std::string endpoint;  // "http://nova.example:8774/v2.1": the service type `compute` of Keystone's catalog
  Account account;
};

// Throws YAML::Exception; for parse_config.
NovaConfig read_nova(const YAML::Node& node);

}  // namespace tarn::server
