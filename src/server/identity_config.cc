#include "server/identity_config.h"

#include "identity/yaml_words.h"

namespace tarn::server {
namespace {

using identity::each_field;
using identity::each_item;
using identity::number_of;
using identity::refuse;
using identity::text;
using identity::text_of;

constexpr std::uint32_t timeout_seconds_max = 300;
constexpr std::uint32_t cache_seconds_max = 86'400;

// A reader of the key `mode`, which was read before the others.
void read_already(const YAML::Node& /*mode*/) {}

IdentityConfig keystone(const YAML::Node& node) {
  KeystoneConfig config;
  identity::KeystoneSettings& said = config.settings;
  const auto seconds = [](std::chrono::seconds& into, const std::string& key, std::uint32_t most) {
    return [&into, key, most](const YAML::Node& value) { into = std::chrono::seconds(number_of(value, key, 1, most)); };
  };
  const auto roles = [&said](const YAML::Node& list) {
    said.service_roles.clear();
    each_item("service_token_roles", [&said](const YAML::Node& role) {
      said.service_roles.push_back(text_of(role, "service_token_roles"));
    })(list);
  };
  each_field(node, "identity",
             {{"mode", read_already},
              {"auth_url", text(said.auth_url, "auth_url")},
              {"www_authenticate_uri", text(said.www_authenticate_uri, "www_authenticate_uri")},
              {"username", text(said.username, "username")},
              {"password_file", text(config.password_file, "password_file")},
              {"user_domain_name", text(said.user_domain_name, "user_domain_name")},
              {"project_name", text(said.project_name, "project_name")},
              {"project_domain_name", text(said.project_domain_name, "project_domain_name")},
              {"ca_file", text(said.ca_file, "ca_file")},
              {"timeout_seconds", seconds(said.timeout, "timeout_seconds", timeout_seconds_max)},
              {"token_cache_seconds", seconds(said.token_cache, "token_cache_seconds", cache_seconds_max)},
              {"service_token_roles", roles}});
  for (const auto& [key, value] : {std::pair{"auth_url", &said.auth_url}, std::pair{"username", &said.username},
                                   std::pair{"password_file", &config.password_file}})
    if (value->empty()) refuse(node, std::string("identity has no ") + key);
  return config;
}

IdentityConfig local(const YAML::Node& node) {
  LocalConfig config;
  each_field(node, "identity", {{"mode", read_already}, {"file", text(config.file, "file")}});
  if (config.file.empty()) refuse(node, "identity has no file");
  return config;
}

}  // namespace

IdentityConfig read_identity(const YAML::Node& node) {
  const YAML::Node said = node.IsMap() ? node["mode"] : node;
  const std::string mode = said.IsDefined() && said.IsScalar() ? said.Scalar() : "";
  if (mode == "keystone" && node.IsMap()) return keystone(node);
  if (mode == "local" && node.IsMap()) return local(node);
  if (mode != "none") refuse(node, "identity is not none, {mode: keystone, …} or {mode: local, …}");
  if (node.IsMap()) each_field(node, "identity", {{"mode", read_already}});
  return NoIdentity{};
}

}  // namespace tarn::server
