#include "server/account_config.h"

namespace tarn::server {
namespace {

constexpr std::uint32_t timeout_seconds_max = 300;

}  // namespace

identity::Fields account_fields(Account& account) {
  using identity::text;
  identity::KeystoneSettings& said = account.settings;
  return {{"auth_url", text(said.auth_url, "auth_url")},
          {"username", text(said.username, "username")},
          {"password_file", text(account.password_file, "password_file")},
          {"user_domain_name", text(said.user_domain_name, "user_domain_name")},
          {"project_name", text(said.project_name, "project_name")},
          {"project_domain_name", text(said.project_domain_name, "project_domain_name")},
          {"ca_file", text(said.ca_file, "ca_file")},
          {"timeout_seconds", [&said](const YAML::Node& value) {
             said.timeout = std::chrono::seconds(identity::number_of(value, "timeout_seconds", 1, timeout_seconds_max));
           }}};
}

void demand_account(const YAML::Node& node, const std::string& what, const Account& account) {
  for (const auto& [key, value] :
       {std::pair{"auth_url", &account.settings.auth_url}, std::pair{"username", &account.settings.username},
        std::pair{"password_file", &account.password_file}})
    if (value->empty()) identity::refuse(node, what + " has no " + key);
}

}  // namespace tarn::server
