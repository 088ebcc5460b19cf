// The server's configuration file: YAML whose keys are field names of model::Limits and of Config. Pure; reads no file.
// An unknown key is an error, because a misspelt limit would silently be none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/admit.h"
#include "server/identity_config.h"
#include "server/nova_config.h"

namespace tarn::server {

struct Config {
  model::Limits limits;
  std::vector<std::string> policy_files;  // read one after the other, each over what was before (policy/rules.h)
  IdentityConfig identity;
  std::optional<NovaConfig> nova;  // without it nobody is told of ports
};

// Errors: invalid, one line with the line number and the key.
//   vni: "1:65535"                      first:last, what tenants' networks get
//   default_network_type: vxlan         or vlan, flat
//   vlan_ranges: {physnet1: "100:199", physnet2: ""}
//   flat_networks: [physnet1]           or ["*"]
//   underlay_mtu: 1500
//   quotas: {network: 100, subnet: 100, port: 500}    -1: unlimited
//   fixed_ips_per_port_max, dns_servers_max, host_routes_max, address_pairs_max: numbers
//   router_distributed, l3_ha: true     of routers whose clients say nothing of it; the names are Neutron's
//   base_mac: "fa:16:3e:00:00:00"
//   policy_files: [/etc/tarn/policy.yaml]
//   identity: none                      or {mode: local, file: /etc/tarn/identity.yaml}, or
//   identity: {mode: keystone, auth_url: "https://keystone:5000", username: tarn, password_file: /etc/tarn/password}
//     and the other fields of identity/keystone_settings.h: user_domain_name, project_name, project_domain_name,
//     www_authenticate_uri, ca_file, timeout_seconds, token_cache_seconds, service_token_roles
//   nova: {endpoint: "http://nova:8774/v2.1", auth_url: "https://keystone:5000", username: tarn,
//          password_file: /etc/tarn/password}
//     and user_domain_name, project_name, project_domain_name, ca_file, timeout_seconds, as above
Result<Config> parse_config(const std::string& text);

}  // namespace tarn::server
