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

constexpr std::uint32_t cache_seconds_max = 86'400;

// A reader of the key `mode`, which was read before the others.
void read_already(const YAML::Node& /*mode*/) {}

IdentityConfig keystone(const YAML::Node& node) {
  KeystoneConfig config;
  identity::KeystoneSettings& said = config.settings;
  const auto cache = [&said](const YAML::Node& value) {
    said.token_cache = std::chrono::seconds(number_of(value, "token_cache_seconds", 1, cache_seconds_max));
  };
  const auto roles = [&said](const YAML::Node& list) {
    said.service_roles.clear();
    each_item("service_token_roles", [&said](const YAML::Node& role) {
      said.service_roles.push_back(text_of(role, "service_token_roles"));
    })(list);
  };
  identity::Fields fields = account_fields(config);
  fields.insert({{"mode", read_already},
                 {"www_authenticate_uri", text(said.www_authenticate_uri, "www_authenticate_uri")},
                 {"token_cache_seconds", cache},
                 {"service_token_roles", roles}});
  each_field(node, "identity", fields);
  demand_account(node, "identity", config);
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
