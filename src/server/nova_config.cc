#include "server/nova_config.h"

namespace tarn::server {

NovaConfig read_nova(const YAML::Node& node) {
  NovaConfig config;
  identity::Fields fields = account_fields(config.account);
  fields.emplace("endpoint", identity::text(config.endpoint, "endpoint"));
  identity::each_field(node, "nova", fields);
  if (config.endpoint.empty()) identity::refuse(node, "nova has no endpoint");
  demand_account(node, "nova", config.account);
  return config;
}

}  // namespace tarn::server
